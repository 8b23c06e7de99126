"""A choice of several codes: a button that says what is chosen, and a popup in which they are found by typing and ticked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from desktop.widgets.buttons import Button
from desktop.widgets.choice_popup import ChoicePopup
from desktop.widgets.labels import tip

SHOWN = 3  # chosen ones that are named on the button
LETTERS = 28  # of one name on the button
HEIGHT = 300  # of the popup, in pixels at 100 %


class ManyChoice(Button):
    """Space or Enter opens it. In the popup letters narrow, arrows move, Enter ticks or unticks, Escape closes.

    Args:
        name: What is chosen, for readers.
        nothing: What it says while nothing is chosen.
        find: What the box of the popup is for.
    """

    changed = Signal()

    def __init__(self, name: str, nothing: str, find: str, parent: QWidget | None = None) -> None:
        super().__init__(nothing, "quiet", parent=parent)
        self._name, self._nothing, self._find = name, nothing, find
        self._choices: list[tuple[str, str]] = []
        self._codes: list[str] = []
        self.popup: ChoicePopup | None = None
        self.clicked.connect(self.open_popup)
        self._tell()

    def set_choices(self, choices: Iterable[tuple[str, str]]) -> None:
        """Offer these (code, label); what was chosen stays chosen, also what is not offered any more."""
        self._choices = list(choices)
        if self.popup is not None:
            self.popup.offer(self._offered(), self._codes)
        self._tell()

    def codes(self) -> tuple[str, ...]:
        """The codes chosen, in the order in which they were."""
        return tuple(self._codes)

    def set_codes(self, codes: Iterable[str]) -> None:
        """Choose these instead."""
        self._codes = list(codes)
        self._tell()

    def open_popup(self) -> None:
        """Let the user tick."""
        if self.popup is None:
            self.popup = ChoicePopup(self._name, self._find, self, hint=self._find, listed=self._name, height=HEIGHT)
            self.popup.chosen.connect(self._turn)
        self.popup.offer(self._offered(), self._codes)
        self.popup.open_at(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _offered(self) -> list[tuple[str, str]]:
        known = {code for code, _label in self._choices}
        return [*self._choices, *((code, code) for code in self._codes if code not in known)]

    def _turn(self, code: str) -> None:
        self._codes = [one for one in self._codes if one != code] if code in self._codes else [*self._codes, code]
        if self.popup is not None:
            self.popup.tick(self._codes)
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        labels = dict(self._choices)
        names = [labels.get(code, code) for code in self._codes]
        cut = [name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…" for name in names[:SHOWN]]
        rest = f" +{len(names) - SHOWN}" if len(names) > SHOWN else ""
        self.setText((", ".join(cut) + rest).replace("&", "&&") or self._nothing)
        self.setToolTip(tip(", ".join(names)))
        self.setAccessibleName(f"{self._name}: {', '.join(names) or self._nothing}")
        self.updateGeometry()
