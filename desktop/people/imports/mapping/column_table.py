"""The columns of a file with what stands in them and what they were said to mean, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from db.texts import _
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.imports.mapping import words
from desktop.people.imports.mapping.mapping import ColumnChoice
from desktop.widgets.cells import CellDelegate, ListHeader, as_list, fill_ground
from desktop.widgets.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Line(NamedTuple):
    """One column of the file: some of its values, and what it means."""

    samples: tuple[str, ...]
    choice: ColumnChoice


def _means(line: Line, texts: Texts) -> str:
    return " · ".join(filter(None, (words.meaning(line.choice, texts), words.way(line.choice, texts))))


COLUMNS: ListSpec[Any, Line] = ListSpec(
    query=cast(Any, None),  # the columns come from a file
    row=Line,
    columns=(
        Column(_("Heading in the file"), lambda line, texts: line.choice.heading, "heading", 180, strong=True),
        Column(_("Examples"), lambda line, texts: " · ".join(line.samples), "", 240, tone=lambda line: "dim"),
        Column(_("What it means"), _means, "", 260, tone=lambda line: "" if line.choice.field else "dim"),
    ),
)


class ColumnModel(QAbstractTableModel):
    """Holds what each column of a file was said to mean."""

    spec = COLUMNS
    sorting = (-1, False)
    selection = frozenset[Any]()
    edited = Signal()

    def __init__(self, texts: Texts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.texts = texts
        self._lines: list[Line] = []

    @property
    def choices(self) -> tuple[ColumnChoice, ...]:
        """What was said, in the order of the file."""
        return tuple(line.choice for line in self._lines)

    def show_columns(self, choices: Sequence[ColumnChoice], samples: Sequence[tuple[str, ...]]) -> None:
        """Show the columns of another file; `samples` are in the same order."""
        self.beginResetModel()
        self._lines = [Line(values, choice) for values, choice in zip(samples, choices, strict=True)]
        self.endResetModel()

    def choose(self, row: int, choice: ColumnChoice) -> None:
        """Say something else of one column."""
        line = self._lines[row]
        if choice != line.choice:
            self._lines[row] = line._replace(choice=choice)
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
            self.edited.emit()

    def row_at(self, row: int) -> Line | None:
        """The column in this place."""
        return self._lines[row] if 0 <= row < len(self._lines) else None

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.spec.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        return self.spec.columns[index.column()].show(self._lines[index.row()], self.texts)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.texts.say(self.spec.columns[section].title)
        return None


class ColumnTable(QTableView):
    """The table of columns. Enter, F2 or a letter goes on to saying what the column means; a letter is passed along."""

    pointed_at = Signal(int)  # the row, or -1
    edit_wanted = Signal(object)  # the key pressed, a QKeyEvent, or None

    def __init__(self, model: ColumnModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = model
        self.setAccessibleName(name)
        self._cells = CellDelegate(cast(Any, model), False, self)
        self.setItemDelegate(self._cells)
        self._header = header = ListHeader(cast(Any, model), False, self)
        header.setSectionsClickable(False)
        header.setSectionsMovable(False)
        self.setHorizontalHeader(header)
        self.setModel(model)
        as_list(self)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the columns share the room there is
        self._fit()
        for section in (1, 2):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        model.modelReset.connect(self._begin)
        self.doubleClicked.connect(lambda _place: self.edit_wanted.emit(None))

    def step(self) -> None:
        """Go to the next column; at the last one stay."""
        self.setCurrentIndex(self._columns.index(min(self.currentIndex().row() + 1, self._columns.rowCount() - 1), 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        self.pointed_at.emit(current.row() if current.isValid() else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_wanted.emit(None)
        elif plain and event.text().strip() and event.text().isprintable():
            self.edit_wanted.emit(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and plain and self._columns.rowCount():
            self.setCurrentIndex(self._columns.index(0 if event.key() == Qt.Key.Key_Home else self._columns.rowCount() - 1, 0))
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters choose a meaning instead of jumping."""

    def showEvent(self, event: QShowEvent) -> None:
        fill_ground(self)  # only now: the style sheet takes it away when it dresses the table first
        super().showEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange) and hasattr(self, "_cells"):
            self._fit()
            fill_ground(self)

    def _fit(self) -> None:
        theme = current_theme()
        self.verticalHeader().setMinimumSectionSize(theme.row_height)
        self.verticalHeader().setDefaultSectionSize(theme.row_height)
        for number, column in enumerate(COLUMNS.columns):
            self.setColumnWidth(number, max(theme.px(column.width), self._header.needed(number)))

    def _begin(self) -> None:
        if self._columns.rowCount():
            self.setCurrentIndex(self._columns.index(0, 0))
        else:
            self.pointed_at.emit(-1)
