"""The one window: remembers where it stood and shows either the welcome or the open database."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSize
from PySide6.QtGui import QCloseEvent, QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMainWindow, QWidget

from desktop.core.settings import DeskSettings
from desktop.widgets.reading_order import step_focus
from desktop.widgets.rooms import Room
from desktop.widgets.theme import current_theme

GEOMETRY = "window"
FIRST_SIZE = QSize(1280, 820)
FRAME = 3  # pixels of colour around a demo


class MainWindow(QMainWindow):
    """Frame around the views. `may_close` is asked before it closes, `gone` is told after."""

    def __init__(self, kept: DeskSettings, may_close: Callable[[], bool], gone: Callable[[], None]) -> None:
        super().__init__()
        self._kept, self._may_close, self._gone = kept, may_close, gone
        self._framed = False
        self._shown: Room | None = None
        self._wanted = False
        self.setWindowTitle("Kontinuum")
        self.setMinimumSize(720, 480)
        self._restore_place()

    @property
    def empty(self) -> bool:
        """Whether nothing was ever shown in it."""
        return self._shown is None

    def appear(self) -> None:
        """Come onto the screen as soon as there is something to show."""
        self._wanted = True
        if self._shown is not None:
            self.show()

    def show_view(self, view: QWidget, *, framed: bool = False) -> None:
        """Show this instead of what was there; `framed` draws the colour of the demo around it."""
        former = self.takeCentralWidget()
        self._framed = framed
        edge = FRAME if framed else 0
        self.setContentsMargins(edge, 0, edge, edge)
        self._shown = Room(view)  # held here: nothing else in Python holds it, and its collector must not take it
        self.setCentralWidget(self._shown)
        if former is not None:
            former.hide()
            former.deleteLater()
        if self._wanted:
            self.show()
        self.update()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the page is read, whatever was made when."""
        return step_focus(self, forward)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._framed:
            painter = QPainter(self)
            painter.setPen(QPen(QColor(current_theme().colours.warn), FRAME * 2))
            painter.drawRect(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close():
            event.ignore()
            return
        self._kept.set(GEOMETRY, bytes(self.saveGeometry().toBase64().data()).decode())
        event.accept()
        self._wanted = False
        self._gone()

    def _restore_place(self) -> None:
        """Where it stood last, if that screen is still there; else in the middle, never larger than the screen."""
        kept = str(self._kept.get(GEOMETRY, ""))
        if kept and self.restoreGeometry(QByteArray.fromBase64(kept.encode())):
            return
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry() if screen else None
        size = FIRST_SIZE.boundedTo(room.size()) if room else FIRST_SIZE
        self.resize(size)
        if room:
            self.move(room.center() - self.rect().center())
