"""A list whose lines come from a file and not from the database: its model, and its table that looks like every other list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTableView, QWidget

from desktop.core.lists import ListSpec
from desktop.core.texts import Texts
from desktop.widgets.cells import CellDelegate, ListHeader, as_list, fill_ground
from desktop.widgets.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
L = TypeVar("L")


class FileModel(QAbstractTableModel, Generic[L]):
    """Shows lines in the columns of `spec`; knows as much of a list as its cells ask for."""

    spec: ListSpec[Any, Any]
    sorting = (-1, False)
    selection = frozenset[Any]()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = texts
        self._shown: list[L] = []

    def row_at(self, row: int) -> L | None:
        """The line in this place."""
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def words(self, line: L, column: int) -> str:
        """What stands in a cell."""
        shown = self.spec.columns[column].show(line, self.texts)
        return ", ".join(shown) if isinstance(shown, tuple) else shown

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.spec.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return self.words(self._shown[index.row()], index.column())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.texts.say(self.spec.columns[section].title)
        return None


class FileTable(QTableView):
    """One line is pointed at at a time, the first to begin with; letters do not jump."""

    row_pointed_at = Signal(int)  # -1 when there is none

    def __init__(self, model: FileModel[Any], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self.setAccessibleName(name)
        self._cells = CellDelegate(cast(Any, model), False, self)
        self.setItemDelegate(self._cells)
        self._header = header = ListHeader(cast(Any, model), False, self)
        header.setSectionsClickable(False)
        header.setSectionsMovable(False)
        self.setHorizontalHeader(header)
        self.setModel(model)
        as_list(self)
        self._fit()
        model.modelReset.connect(self._begin)

    def go_to(self, row: int) -> None:
        """Point at this row, or the last when there are fewer."""
        self.setCurrentIndex(self._rows.index(min(row, self._rows.rowCount() - 1), 0))

    def widths(self) -> Sequence[int]:
        """How wide the columns are, but for the last, which takes the room there is."""
        return [current_theme().px(column.width) for column in self._rows.spec.columns[:-1]]

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        self.row_pointed_at.emit(current.row() if current.isValid() else -1)

    def keyboardSearch(self, search: str) -> None:
        """Letters do not jump."""

    def showEvent(self, event: QShowEvent) -> None:
        fill_ground(self)  # only now: the style sheet takes it away when it dresses the table first
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_cells"):
            self._fit()
            fill_ground(self)

    def _fit(self) -> None:
        height = current_theme().row_height
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
        for number, width in enumerate(self.widths()):
            self.setColumnWidth(number, width)

    def _begin(self) -> None:
        if self._rows.rowCount():
            self.go_to(0)
        else:
            self.row_pointed_at.emit(-1)
