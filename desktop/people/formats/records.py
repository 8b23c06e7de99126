"""Gathers entries that say themselves what each value means into a table with columns nobody has to recognise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.sheet_book import tidy
from desktop.people.formats.table import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    Fault,
    Row,
    Table,
    too_many_cells,
    too_many_columns,
    too_many_rows,
)
from desktop.people.imports.columns import REPEATED, ColumnMap, KnownColumn

MAX_IGNORED = 200  # names of what is not used that are told
_MAX_TOLD = 60  # letters of such a name


class Value(NamedTuple):
    """One value of an entry: the field it goes to, and what the file calls it."""

    field: str
    heading: str
    text: str
    label: str = ""  # of ways to reach somebody
    issuer: str = ""  # of registry numbers
    country: str = ""  # of identity numbers


@dataclass(slots=True)
class Records:
    """The entries of one file; values of one meaning that an entry repeats get a column each.

    Raises:
        RuleBroken: at any step, when there are more entries, columns or cells than a list of people has.
    """

    kind: str  # "ldif", "vcard", or the encoding of a text
    name: str  # the file's, for messages
    left_out: int = 0  # entries that are no people
    _rows: list[tuple[int, tuple[int, ...], tuple[str, ...]]] = field(default_factory=list)  # line, columns, what stands there
    _places: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)  # so that entries alike share theirs
    _faults: list[Fault] = field(default_factory=list)
    _columns: dict[tuple[Any, ...], KnownColumn] = field(default_factory=dict)
    _ignored: dict[str, None] = field(default_factory=dict)

    def add(self, line: int, values: Iterable[Value]) -> None:
        """Take the entry that begins on `line`."""
        if len(self._rows) + len(self._faults) >= MAX_ROWS:
            raise too_many_rows(self.name)
        cells: dict[int, str] = {}
        filled: set[tuple[str, str]] = set()  # of what comes once in an entry the first counts
        for value in values:
            text = tidy(value.text)
            if text and (value.field in REPEATED or (value.field, value.label) not in filled):
                cells[self._place(value, cells)] = text
                filled.add((value.field, value.label))
        places = tuple(cells)  # with the texts beside it half of what a dict would take, of which there may be a million
        self._rows.append((line, self._places.setdefault(places, places), tuple(cells.values())))

    def fail(self, fault: Fault) -> None:
        """Take note that an entry cannot be used."""
        if len(self._rows) + len(self._faults) >= MAX_ROWS:
            raise too_many_rows(self.name)
        self._faults.append(fault)

    def ignore(self, heading: str) -> None:
        """Take note of something the file holds that is not used."""
        if len(self._ignored) < MAX_IGNORED:
            self._ignored[tidy(heading)[:_MAX_TOLD]] = None

    def table(self, delimiter: str = "", **more: Any) -> Table:
        """All of it; `more` are further facts of the table.

        Raises:
            RuleBroken: there is nobody in it.
        """
        if not self._rows and not self._faults:
            raise RuleBroken(_("The file {name} holds no people."), _("Choose a file with people in it."), name=self.name)
        known = tuple(self._columns.values())
        width = len(known)
        if len(self._rows) * width > MAX_CELLS:
            raise too_many_cells(self.name)
        rows: list[Row] = []
        for line, columns_there, values in self._rows:
            cells = dict(zip(columns_there, values, strict=True))
            rows.append((line, tuple(cells.get(place, "") for place in range(width))))
        columns = ColumnMap(known, tuple(self._ignored))
        header = tuple(column.heading for column in known)
        return Table(
            header, rows, self.kind, delimiter,
            columns=columns, faults=tuple(self._faults), left_out=self.left_out, **{"heading_lines": (), **more},
        )  # fmt: skip

    def _place(self, value: Value, cells: dict[int, str]) -> int:
        """The column of a value: the first of its meaning that this entry has not filled."""
        number = 1
        while True:
            key = (value.field, value.heading, value.label, value.issuer, value.country, number)
            column = self._columns.get(key)
            if column is None:
                column = self._columns[key] = self._new_column(value, number)
            if column.index not in cells:
                return column.index
            number += 1

    def _new_column(self, value: Value, number: int) -> KnownColumn:
        if len(self._columns) >= MAX_COLUMNS:
            raise too_many_columns(self.name)
        heading = f"{value.heading} ({value.label})" if value.label and value.label not in value.heading else value.heading
        heading = f"{heading} {number}" if number > 1 else heading
        return KnownColumn(len(self._columns), value.field, heading, value.issuer, value.country, value.label)
