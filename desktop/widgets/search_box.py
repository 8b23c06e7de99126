"""A search field that speaks after a short pause in the typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.widgets.icons import draw_icon
from desktop.widgets.theme import current_theme

PAUSE = 120  # milliseconds
WIDEST = 480  # pixels at 100 % it asks for its words


class Cross(QWidget):
    """Empties the field by mouse, as Escape does by key; as large as the text. It is no stop of its own."""

    pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        edge = (self.width() - theme.px(14)) // 2
        draw_icon(QPainter(self), "close", self.rect().adjusted(edge, edge, -edge, -edge), QColor(theme.colours.dim))


class SearchBox(QLineEdit):
    """Down moves on into the results, Enter opens, Escape empties. `name` is read aloud; else the placeholder is."""

    settled = Signal(str)  # the text, after a pause; at once on Enter
    down = Signal()
    entered = Signal()

    def __init__(self, placeholder: str, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name or placeholder)
        self._cross = Cross(self)
        self._cross.pressed.connect(self.clear)
        self._fit()
        self._told = ""
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self._settle)
        self.textChanged.connect(self._typed)
        self.textChanged.connect(lambda text: self._cross.setVisible(bool(text)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Down:
            self._settle()
            self.down.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._settle()
            self.entered.emit()
        elif key == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Wide enough for what it says while empty, as far as a small window allows."""
        size, theme = super().sizeHint(), current_theme()
        words = QFontMetrics(self.font()).horizontalAdvance(self.placeholderText())
        return QSize(max(size.width(), min(words + theme.px(60), theme.px(WIDEST))), size.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fit()

    def _fit(self) -> None:
        """Keep room for the sign and the cross, which grow with the text."""
        margins = self.textMargins()
        margins.setLeft(current_theme().px(24))
        margins.setRight(max(margins.right(), current_theme().px(20)))
        if margins != self.textMargins():
            self.setTextMargins(margins)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = current_theme().px(24)
        self._cross.setGeometry(self.width() - side - current_theme().px(3), (self.height() - side) // 2, side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        side = theme.px(16)
        place = QRect(theme.px(9), (self.height() - side) // 2, side, side)
        draw_icon(QPainter(self), "search", place, QColor(theme.colours.dim))

    def _typed(self, text: str) -> None:
        self._pause.start()

    def _settle(self) -> None:
        self._pause.stop()
        if self.text() != self._told:
            self._told = self.text()
            self.settled.emit(self._told)
