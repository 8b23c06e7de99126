"""Whom a step on somebody protected takes along, each to be ticked."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from desktop.widgets.labels import plain_label
from desktop.widgets.theme import current_theme


class Together(QWidget):
    """Nobody is ticked to begin with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[UUID, QCheckBox] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, current_theme().px(6), 0, 0)
        self._layout.setSpacing(current_theme().px(6))

    def offer(self, people: Iterable[tuple[UUID, str]]) -> None:
        """One more line for each of these."""
        for own, text in people:
            self.boxes[own] = box = QCheckBox(text.replace("&", "&&"))
            box.setAccessibleName(text)
            self._layout.addWidget(box)

    def tell(self, text: str) -> None:
        """Say why nobody can be ticked."""
        self._layout.addWidget(plain_label(text, wrap=True))

    def tick_all(self, on: bool) -> None:
        """Take all of them along, or nobody."""
        for box in self.boxes.values():
            box.setChecked(on)

    def chosen(self) -> list[UUID]:
        """Who is ticked, in order."""
        return [own for own, box in self.boxes.items() if box.isChecked()]
