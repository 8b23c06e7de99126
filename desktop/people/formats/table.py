"""A list as a table of texts, whatever kind of file it came in, and what any such list must keep to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.people.imports.columns import ColumnMap

MAX_BYTES = 200 * 1024 * 1024
MAX_ROWS = 1_048_576  # what the sheet of a spreadsheet holds; the same for every kind of file
MAX_COLUMNS = 1_000
MAX_CELLS = 32 * 1024 * 1024  # of a sheet, those between others that are empty included
MAX_HEADING = 500  # letters
MAX_CELL = 131_072  # letters; a longer one is kept, and is a fault of its row

EMPTY = _("The file {name} is empty.")
HEADER_ONLY = _("The file {name} has only a header and no rows.")
TOO_BIG = _("The file {name} is too big to read at once.")
SPLIT_SIZE = _("Split it into files below 200 MB.")
TOO_MANY_ROWS = _("The file {name} has more than {most} rows.")
SPLIT_ROWS = _("Split it into several files.")
COPY_IT = _("Copy the list into a new spreadsheet and save that.")
SAVE_AS = _("Open it in the program it comes from and save it as XLSX, ODS or CSV.")

WRONG_CELLS_SHORT = _("The row has {cells} cells, the header has {headings}.")
WRONG_CELLS_LONG = _("The row has {cells} cells, more than the {headings} of the header; is a text with the separator unquoted?")

PLACED = re.compile("#([A-Z]{1,3})")  # what stands for the heading of a column that has none: "#A" is the first

Row = tuple[int, tuple[str, ...]]  # with the line of the file, or the row of the sheet, on which it begins, from 1


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot become a person: the first thing wrong in it. `values` fill the reason."""

    line: int
    column: str  # the file's own heading; empty when the row as a whole is wrong
    reason: Msgid
    values: dict[str, Any] = field(default_factory=dict)


class WrongCell(Exception):
    """A cell that does not hold what its heading promises."""

    def __init__(self, reason: Msgid, **values: Any) -> None:
        super().__init__(reason)
        self.reason, self.values = reason, values


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a list; cells have no spaces around them and composed letters.

    A row of a text file keeps the number of cells it has there, so that one too short or too long can be told; empty
    cells past the last heading are dropped. Rows of a sheet are as wide as the header.
    """

    header: tuple[str, ...]
    rows: list[Row]
    encoding: str  # of delimited text; else the kind of file: "xlsx", "xls", "ods", "ldif" or "vcard"
    delimiter: str  # of delimited text; else what parts headings when they are told
    sheet: str = ""
    sheets: tuple[str, ...] = ()  # every sheet of the workbook, those shown first
    unnamed: tuple[str, ...] = ()  # the letters of those columns of a sheet that hold text below no heading
    heading_lines: tuple[int, ...] = (1,)  # where the headings stand; nowhere in a file that has none
    above: int = 0  # rows with text above the headings
    columns: ColumnMap | None = None  # what the columns mean, where the kind of file says so itself
    faults: tuple[Fault, ...] = ()  # of what could not even become a row
    left_out: int = 0  # entries that are no people

    @property
    def headless(self) -> bool:
        """Whether it is a list of which nobody wrote what its columns hold."""
        return self.columns is None and bool(self.header) and PLACED.fullmatch(self.header[0]) is not None


def placed_headings(width: int) -> tuple[str, ...]:
    """What the columns of a list without headings go by: their places."""
    return tuple(f"#{letters_of(number)}" for number in range(1, width + 1))


def wrong_width(line: int, cells: int, headings: int) -> Fault:
    """What is wrong with a row that has fewer or more cells than the header."""
    reason = WRONG_CELLS_SHORT if cells < headings else WRONG_CELLS_LONG
    return Fault(line, "", reason, {"cells": cells, "headings": headings})


def empty(name: str) -> RuleBroken:
    """The refusal of a file without any text."""
    return RuleBroken(EMPTY, _("Choose a file with a header line and people below it."), name=name)


def header_only(name: str) -> RuleBroken:
    """The refusal of a file without rows."""
    return RuleBroken(HEADER_ONLY, _("Choose a file with people below the header."), name=name)


def too_big(name: str) -> RuleBroken:
    """The refusal of a file that would not fit."""
    return RuleBroken(TOO_BIG, SPLIT_SIZE, name=name)


def too_many_rows(name: str) -> RuleBroken:
    """The refusal of a file that is too long."""
    return RuleBroken(TOO_MANY_ROWS, SPLIT_ROWS, name=name, most=MAX_ROWS)


def too_many_cells(name: str) -> RuleBroken:
    """The refusal of a sheet with far more cells, empty ones between others included, than its people need."""
    return RuleBroken(_("The file {name} holds more cells than a list of people needs."), COPY_IT, name=name)


def too_many_columns(name: str) -> RuleBroken:
    """The refusal of a file that is too wide."""
    return RuleBroken(
        _("The file {name} has more than {most} columns."),
        _("Delete the columns that are not about people."),
        name=name,
        most=MAX_COLUMNS,
    )


def trimmed_header(cells: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The headings without empty ones at the end.

    Raises:
        RuleBroken: two are alike, one is very long, or there are too many.
    """
    width = max((n for n, cell in enumerate(cells, 1) if cell), default=0)
    if width > MAX_COLUMNS:
        raise too_many_columns(name)
    seen: set[str] = set()
    for number, cell in enumerate(cells[:width], 1):
        if len(cell) > MAX_HEADING:
            raise RuleBroken(
                _("The heading of column {column} in {name} is {letters} letters long."),
                _("Put short headings in the first line."),
                column=letters_of(number),
                letters=len(cell),
                name=name,
            )
        key = " ".join(cell.casefold().split())
        if key and key in seen:
            raise RuleBroken(
                _("Two columns in {name} have the same heading, “{heading}”."),
                _("Rename or delete one of them."),
                name=name,
                heading=cell[:100],
            )
        seen.add(key)
    return cells[:width]


def letters_of(column: int) -> str:
    """The name of a column as spreadsheets write it: 1 is A, 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
