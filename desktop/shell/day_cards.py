"""What modules have to say about today, beside the tasks of My day."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.shell.containment import attempt
from desktop.shell.fitting import OnlyWithCards
from desktop.widgets.panels import side_panel
from desktop.widgets.theme import current_theme

if TYPE_CHECKING:
    from desktop.shell.desk import Desk


FIRST = 200  # milliseconds the painted page has to itself: a key pressed at once is not kept waiting


class DayCards(QObject):
    """The panel of cards. They are made after `begin`, one a turn of the event loop: each brings its module's code in.

    A card that breaks is told once and left out; without any to show, the panel is hidden.
    """

    def __init__(self, desk: Desk, context: ModuleContext, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._context = desk, context
        self._wanted = deque(offer.contribution.opens for offer in context.offers("my_day_card"))
        self._box = QVBoxLayout()
        self._box.setSpacing(current_theme().px(12))
        self.panel = side_panel(self._box)
        self._shown = OnlyWithCards(self.panel)
        self._turn = QTimer(self, singleShot=True, interval=FIRST)
        self._turn.timeout.connect(self._make_one)

    @property
    def complete(self) -> bool:
        """Whether every card has been made."""
        return not self._wanted

    def begin(self) -> None:
        """Make what is not made yet; the page is on the screen."""
        if self._wanted:
            self._turn.start()

    def _make_one(self) -> None:
        made = attempt(
            partial(self._made, self._wanted.popleft()),
            self._desk.registry,
            self._context.messages,
            _("opening a card of My day"),
        )
        if isinstance(made, QWidget):
            self._box.addWidget(made)
            self._shown.add(made)
        else:
            self._context.messages.told.emit(made)
        self._turn.setInterval(0)
        self.begin()

    def _made(self, opens: str) -> QWidget:
        card: QWidget = self._context.load(opens)(self._context, None)
        return card
