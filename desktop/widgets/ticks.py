"""Ticks on a list: single records by id, or all that fit the filter as a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal


@dataclass(frozen=True, slots=True)
class Selection:
    """What is ticked: these records, or, as a rule, all that fit `filter` except those in `without`."""

    ids: frozenset[UUID]
    all_matching: bool
    filter: Any
    without: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return self.all_matching or bool(self.ids)

    def __contains__(self, id: UUID) -> bool:
        return id not in self.without if self.all_matching else id in self.ids


NOTHING = Selection(frozenset(), False, None)


class TickedModel(QAbstractTableModel):
    """A table model whose rows can be ticked."""

    selected = Signal(object)  # a Selection

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter: Any = None
        self._selection = NOTHING

    @property
    def filter(self) -> Any:
        """The filter whose matches "all" means."""
        return self._filter

    @property
    def selection(self) -> Selection:
        """What is ticked."""
        return self._selection

    @property
    def selected_count(self) -> int:
        """How many records that is."""
        return self.rowCount() - len(self._selection.without) if self._selection.all_matching else len(self._selection.ids)

    def select(self, selection: Selection) -> None:
        """Tick exactly these."""
        if selection == self._selection:
            return
        self._selection = selection
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0), [Qt.ItemDataRole.CheckStateRole])
        self.selected.emit(selection)

    def select_all(self) -> None:
        """Tick, as a rule, all that fit the filter: also those not read yet."""
        self.select(Selection(frozenset(), True, self.filter))

    def select_none(self) -> None:
        """Take all ticks off."""
        self.select(NOTHING)

    def toggle(self, id: UUID) -> None:
        """Tick or untick one."""
        now = self._selection
        if now.all_matching:
            self.select(Selection(frozenset(), True, now.filter, now.without ^ {id}))
        else:
            self.select(Selection(now.ids ^ {id}, False, self.filter))
