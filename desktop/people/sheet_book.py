"""What the readers of both kinds of spreadsheet share: rows as they gather, and which sheet to keep."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.people.sheet_archive import Enough
from desktop.people.table import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row, too_many_cells, too_many_columns, too_many_rows

MAX_SHEETS = 1_000  # of which the first are looked at

Cells = tuple[str, ...]
Pick = Callable[[str, Cells], bool]  # whether the sheet of this name, with this first row, is the one to read


@dataclass(slots=True)
class Book:
    """A workbook as far as it was read."""

    sheets: list[str] = field(default_factory=list)
    sheet: str = ""  # the one that was picked; empty when none was
    rows: list[Row] = field(default_factory=list)


class SheetRows:
    """Gathers the rows of one sheet that hold any text, after its first row was asked about."""

    def __init__(self, book: Book, sheet: str, pick: Pick, name: str) -> None:
        self._book, self._sheet, self._pick, self._name = book, sheet, pick, name
        self._is_picked = False
        self._room = MAX_CELLS

    def add(self, line: int, cells: dict[int, str], times: int = 1) -> None:
        """Take the row on `line`: texts by column, from 0.

        Args:
            times: How many rows in a row are like this one.

        Raises:
            Enough: this sheet is not the one to read.
            RuleBroken: there are too many rows, columns or cells.
        """
        width = max(cells) + 1
        if width > MAX_COLUMNS:
            raise too_many_columns(self._name)
        self._room -= width
        if self._room < 0:
            raise too_many_cells(self._name)
        row = tuple(map(cells.get, range(width), ("",) * width)) if len(cells) < width else tuple(cells.values())
        if not self._is_picked:
            if not self._pick(self._sheet, row):
                raise Enough
            self._is_picked, self._book.sheet = True, self._sheet
        rows = self._book.rows
        if len(rows) + times > MAX_ROWS:
            raise too_many_rows(self._name)
        rows += [(line + n, row) for n in range(times)]


def tidy(text: str) -> str:
    """A text as a list keeps it: no spaces around it, composed letters."""
    text = text.strip()
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
