"""How the console looks: the queue on the left, the call in the middle, help on the right or under the call."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.modules.phones.call_view import CallView
from desktop.modules.phones.console_keys import KEYS, Keys
from desktop.modules.phones.queue_panel import QueuePanel
from desktop.modules.phones.rest_view import RestView
from desktop.modules.phones.side_panel import SidePanel
from desktop.widgets.panels import column, side_panel, splitter
from desktop.widgets.theme import current_theme

ROOM, TIGHT = 1080, 640  # pixels at 100 % that three columns need, and two


class ConsoleFrame(QWidget):
    """The parts in their places, and the keys on their way; what they do is the console's."""

    bindings: Keys

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._say = context.texts.say
        self.queue, self.call, self.side = QueuePanel(context.texts), CallView(context), SidePanel(context.texts)
        self.rest = RestView(context.texts)
        self._lay_out()

    def _lay_out(self) -> None:
        self.middle = QStackedWidget()
        self.middle.addWidget(self.rest)
        self.middle.addWidget(self.call)
        self._beside, self._narrow = column(self.side, gap=0), False
        self._side = side_panel(self._beside)
        self._queue = side_panel(self.queue)
        columns = self._columns = splitter(
            self._queue, self.middle, self._side, sizes=(260, 760, 290), name=self._say(_("Console"))
        )
        for place, share in enumerate((0, 1, 0)):
            columns.setStretchFactor(place, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(columns)
        self._side.hide()

    def place_side(self) -> None:
        """Help and earlier contacts stand on the right, or under the call where the window is narrow."""
        narrow = self.width() < current_theme().px(ROOM)
        if narrow != self._narrow:
            self._narrow = narrow
            (self.call.annex if narrow else self._beside).addWidget(self.side)
        self._side.setVisible(self.call.data is not None and not narrow)
        tight = self.width() < current_theme().px(TIGHT)
        if tight != (self._columns.indexOf(self.middle) == 0):  # below each other the call stands first
            self._columns.insertWidget(0, self.middle if tight else self._queue)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_side()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self.bindings.means(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.bindings.press(event):
            super().keyPressEvent(event)

    def keys(self) -> tuple[tuple[str, str], ...]:
        """The keys of this page with what they do, for the map of keys."""
        own = [(button.key, button.text()) for button in self.call.outcomes.buttons.values()]
        return tuple((key, self._say(text)) for key, text in KEYS) + tuple(own)
