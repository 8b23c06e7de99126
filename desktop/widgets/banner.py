"""Messages that do not stop the work, and the rare question that must."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from db.texts import Msgid, _
from desktop.widgets.buttons import Button
from desktop.widgets.labels import plain_label
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

SIGNS = {"info": "i", "ok": "✓", "warn": "!", "bad": "!"}
CLOSE, CANCEL = _("Close this message"), _("Cancel")


def announce(widget: QWidget, text: str, *, urgent: bool = False) -> None:
    """Have a screen reader say `text`, at its next pause or at once."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # large, and no start has anything to say

    event = QAccessibleAnnouncementEvent(widget, text)
    politeness = QAccessible.AnnouncementPoliteness
    event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
    QAccessible.updateAccessibility(event)


class _Sign(QWidget):
    """The sign before a message, so that its kind is not told by colour alone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tone = "info"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(current_theme().px(18), current_theme().px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        ink, ground = theme.tint(self.tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(self.rect().toRectF())
        painter.setPen(ground)
        painter.setFont(theme.font(12, QFont.Weight.Bold))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, SIGNS.get(self.tone, "i"))


class Banner(QWidget):
    """A strip that says what happened; it takes no focus, pushes nothing away, and is read aloud.

    Args:
        close_name: What the closing cross is called, in the reader's language.
        stays: Only the program takes it away.
    """

    closed = Signal()

    def __init__(self, close_name: str = CLOSE, parent: QWidget | None = None, *, stays: bool = False) -> None:
        super().__init__(parent)
        self._tone, self._stays = "info", stays
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        theme = current_theme()
        self._sign = _Sign(self)
        self._text, self._detail = plain_label("", "strong", wrap=True), plain_label("", wrap=True)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(theme.px(8))
        self._close = Button("×", "link", parent=self)
        self._close.setAccessibleName(close_name)
        self._close.clicked.connect(self.dismiss)
        self._close.setVisible(not stays)
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addStretch(1)
        words.addWidget(self._text)
        words.addWidget(self._detail)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(12), theme.px(8), theme.px(8), theme.px(8))
        layout.setSpacing(theme.px(10))
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(words, 1)
        layout.addLayout(self._acts)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """What is said now; empty when nothing is."""
        return " ".join(filter(None, (self._text.text(), self._detail.text()))) if not self.isHidden() else ""

    def tell(
        self, text: str, detail: str = "", *, tone: str = "info", seconds: float = 0,
        actions: Iterable[tuple[str, Callable[[], object]]] = (),
    ) -> None:  # fmt: skip
        """Say something; it goes by itself after `seconds`, or stays. An action closes the strip and then acts."""
        self._tone = self._sign.tone = tone
        self._text.setText(text)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._fill(actions)
        self.setAccessibleName(f"{text} {detail}".strip())
        self.show()
        self.update()
        self._timer.stop()
        if seconds:
            self._timer.start(int(seconds * 1000))
        announce(self, f"{text} {detail}".strip(), urgent=tone == "bad")

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _fill(self, actions: Iterable[tuple[str, Callable[[], object]]]) -> None:
        while (item := self._acts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for text, act in actions:
            button = Button(text, "quiet", parent=self)
            button.clicked.connect(partial(self._do, act))
            self._acts.addWidget(button)

    def _do(self, act: Callable[[], object]) -> None:
        self.dismiss()
        act()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not self._stays:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        ink, ground = theme.tint(self._tone)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QColor(ink)
        edge.setAlphaF(0.35)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), theme.px(8), theme.px(8))


class Question(RoomyDialog):
    """A question whose buttons are verbs; Escape and closing mean no."""

    def __init__(
        self, parent: QWidget | None, question: str, detail: str, verb: str, cancel: str = CANCEL, *, danger: bool = False
    ) -> None:
        super().__init__(parent)
        theme = current_theme()
        self.setWindowTitle(question)
        self.setMinimumWidth(theme.px(380))
        self.question: QLabel = plain_label(question, "title", wrap=True)
        self.body.addWidget(self.question)
        if detail:
            self.body.addWidget(plain_label(detail, wrap=True))
        self.yes, self.no = Button(verb, "danger" if danger else "primary"), Button(cancel, "quiet")
        box = QDialogButtonBox()
        box.addButton(self.yes, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.no, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        (self.no if danger else self.yes).setDefault(True)
        (self.no if danger else self.yes).setFocus()


def ask(
    parent: QWidget | None, question: str, detail: str, verb: str, *, cancel: str | Msgid = CANCEL, danger: bool = False
) -> bool:
    """Ask before what cannot be undone; `verb` stands on the button. With `danger`, Enter means no."""
    dialog = Question(parent, question, detail, verb, cancel, danger=danger)
    answer = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return answer
