"""How the call ended: the frequent outcomes on keys, the others by typing their first letters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.modules.phones import words
from desktop.modules.phones.rules import Outcome
from desktop.widgets.buttons import Button, choice_button
from desktop.widgets.form import CodeField
from desktop.widgets.labels import KeyCap
from desktop.widgets.panels import row
from desktop.widgets.theme import current_theme

COLUMNS, FEWEST = 3, 2
ROOM = 540  # pixels at 100 % below which there are only two columns
OTHER_KEY = "F3"
CALLBACKS = ("callback_own", "callback_any")  # one button; whose it is, is asked with the time


class OutcomeBar(QWidget):
    """Exactly one outcome, or none yet."""

    chosen = Signal(str)

    def __init__(self, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts, self._say = texts, texts.say
        self._rules: dict[str, Outcome] = {}
        self._cells: list[QHBoxLayout] = []
        self._columns = 0
        self.buttons: dict[str, Button] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(current_theme().px(8))
        self.other = CodeField()
        self.other.setAccessibleName(self._say(_("Other outcome")))
        self.other.setAccessibleDescription(OTHER_KEY)
        self.other.activated.connect(lambda _place: self.choose(self.other.code()))

    def offer(self, outcomes: Iterable[Outcome]) -> None:
        """Offer these: those with a key as buttons, the others in the list."""
        rules = list(outcomes)
        self._rules = {outcome.code: outcome for outcome in rules}
        for button in self.buttons.values():
            button.deleteLater()
        self.buttons = {outcome.code: self._button(outcome) for outcome in rules if outcome.key}
        others = [
            (outcome.code, words.outcome(outcome.code, self._texts, outcome.label))
            for outcome in rules
            if not outcome.key and not (outcome.code in CALLBACKS and CALLBACKS[0] in self.buttons)
        ]
        self.other.set_choices([("", self._say(_("Other outcome…"))), *sorted(others, key=lambda pair: pair[1].casefold())])
        self._cells = [row(button) for button in self.buttons.values()]
        last = row(KeyCap(OTHER_KEY), self.other)
        last.setStretch(1, 1)
        self._cells.append(last)
        self._place()

    def _place(self) -> None:
        """Put the cells into as many columns as there is room for."""
        widest = max((button.sizeHint().width() for button in self.buttons.values()), default=0)
        need = max(current_theme().px(ROOM), COLUMNS * (widest + self._grid.spacing()))
        columns = COLUMNS if self.width() >= need else FEWEST
        if columns == self._columns and self._grid.count() == len(self._cells):
            return
        self._columns = columns
        while self._grid.takeAt(0) is not None:
            pass
        for place, cell in enumerate(self._cells):
            cell.setParent(None)
            self._grid.addLayout(cell, place // columns, place % columns)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def minimumSizeHint(self) -> QSize:
        widest = max((button.sizeHint().width() for button in self.buttons.values()), default=0)
        return QSize(FEWEST * widest + self._grid.spacing(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    @property
    def code(self) -> str:
        """The code chosen; empty when none is."""
        return next((code for code, button in self.buttons.items() if button.isChecked()), self.other.code())

    @property
    def rule(self) -> Outcome | None:
        """The rules of the outcome chosen."""
        return self._rules.get(self.code)

    def key_of(self, key: str) -> str:
        """The code on this key; empty when there is none."""
        return next((code for code, outcome in self._rules.items() if outcome.key == key), "")

    def choose(self, code: str) -> None:
        """Choose an outcome, or none; one that is not offered is left aside."""
        code = CALLBACKS[0] if code in CALLBACKS and CALLBACKS[0] in self.buttons else code
        for own, button in self.buttons.items():
            button.setChecked(own == code)
        self.other.set_code(code if code in self._rules and code not in self.buttons else "")
        if self.other.currentIndex() < 0:
            self.other.setCurrentIndex(0)
        self.chosen.emit(self.code)

    def open_others(self) -> None:
        """Go to the list of the others and open it; the first letters find one."""
        self.other.setFocus()
        self.other.showPopup()

    def _button(self, outcome: Outcome) -> Button:
        ask = outcome.code in CALLBACKS and not outcome.label
        text = self._say(_("Call back…")) if ask else words.outcome(outcome.code, self._texts, outcome.label)
        button = choice_button(text.replace("&", "&&"), outcome.key)
        button.setMinimumHeight(button.sizeHint().height())  # a page that grows scrolls; what ends a call is never cut
        button.clicked.connect(partial(self.choose, outcome.code))
        return button
