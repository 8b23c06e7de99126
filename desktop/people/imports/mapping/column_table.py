"""The columns of a file with what stands in them and what they were said to mean, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from db.texts import _
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.people.imports import words as import_words
from desktop.people.imports.file_table import FileModel, FileTable
from desktop.people.imports.mapping import words
from desktop.people.imports.mapping.mapping import ColumnChoice
from desktop.widgets.theme import current_theme


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
        Column(
            _("Heading in the file"),
            lambda line, texts: import_words.heading(line.choice.heading, texts),
            "heading",
            180,
            strong=True,
        ),
        Column(_("Examples"), lambda line, texts: " · ".join(line.samples), "", 240, tone=lambda line: "dim"),
        Column(_("What it means"), _means, "", 260, tone=lambda line: "" if line.choice.field else "dim"),
    ),
)


class ColumnModel(FileModel[Line]):
    """Holds what each column of a file was said to mean."""

    spec = COLUMNS
    edited = Signal()

    @property
    def choices(self) -> tuple[ColumnChoice, ...]:
        """What was said, in the order of the file."""
        return tuple(line.choice for line in self._shown)

    def show_columns(self, choices: Sequence[ColumnChoice], samples: Sequence[tuple[str, ...]]) -> None:
        """Show the columns of another file; `samples` are in the same order."""
        self.beginResetModel()
        self._shown = [Line(values, choice) for values, choice in zip(samples, choices, strict=True)]
        self.endResetModel()

    def choose(self, row: int, choice: ColumnChoice) -> None:
        """Say something else of one column."""
        line = self._shown[row]
        if choice != line.choice:
            self._shown[row] = line._replace(choice=choice)
            self.dataChanged.emit(self.index(row, 0), self.index(row, self.columnCount() - 1))
            self.edited.emit()


class ColumnTable(FileTable):
    """The table of columns. Enter, F2 or a letter goes on to saying what the column means; a letter is passed along."""

    edit_wanted = Signal(object)  # the key pressed, a QKeyEvent, or None

    def __init__(self, model: ColumnModel, name: str, parent: QWidget | None = None) -> None:
        super().__init__(model, name, parent)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # the columns share the room there is
        for section in (1, 2):
            self._header.setSectionResizeMode(section, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda _place: self.edit_wanted.emit(None))

    def step(self) -> None:
        """Go to the next column; at the last one stay."""
        self.go_to(self.currentIndex().row() + 1)

    def widths(self) -> Sequence[int]:
        """Wide enough for every heading."""
        columns = enumerate(COLUMNS.columns)
        return [max(current_theme().px(column.width), self._header.needed(number)) for number, column in columns]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_wanted.emit(None)
        elif plain and event.text().strip() and event.text().isprintable():
            self.edit_wanted.emit(event)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and plain and self._rows.rowCount():
            self.go_to(0 if event.key() == Qt.Key.Key_Home else self._rows.rowCount() - 1)
        else:
            super().keyPressEvent(event)
