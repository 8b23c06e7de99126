"""What the readers of both kinds of spreadsheet share: rows as they gather, and which sheet to keep."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop.people.formats.sheet_archive import Enough
from desktop.people.formats.table import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Row, too_many_cells, too_many_columns, too_many_rows
from desktop.people.formats.table_header import LOOKED_AT

MAX_SHEETS = 1_000  # of which the first are looked at
MAX_MERGED = 100_000  # cells that stand for several

Cells = tuple[str, ...]
Pick = Callable[[str, Cells, bool], bool]  # whether a sheet with this name and row is the one to read; is the row its first?


@dataclass(slots=True)
class Book:
    """A workbook as far as it was read."""

    sheets: list[str] = field(default_factory=list)
    sheet: str = ""  # the one that was picked; empty when none was
    rows: list[Row] = field(default_factory=list)
    merged: list[tuple[int, int, int]] = field(
        default_factory=list
    )  # column, first and last line of cells that stand for several

    def fill_down(self, name: str) -> None:
        """Say in each row what a cell over several rows says for all of them.

        Raises:
            RuleBroken: such cells cover far more than a list of people holds.
        """
        lines, room = [line for line, _cells in self.rows], len(self.rows) * MAX_COLUMNS
        for column, first, last in self.merged:
            place = bisect_left(lines, first)
            above = self.rows[place][1] if place < len(lines) and lines[place] == first else ()
            text = above[column] if column < len(above) else ""
            while text and (place := place + 1) < len(lines) and lines[place] <= last:
                room -= 1
                if not room:
                    raise too_many_cells(name)
                cells = self.rows[place][1]
                if column >= len(cells):
                    self.rows[place] = lines[place], (*cells, *[""] * (column - len(cells)), text)
                elif not cells[column]:
                    self.rows[place] = lines[place], (*cells[:column], text, *cells[column + 1 :])


class SheetRows:
    """Gathers the rows of one sheet that hold any text, once one of the first was found to be the headings."""

    def __init__(self, book: Book, sheet: str, pick: Pick, name: str) -> None:
        self._book, self._sheet, self._pick, self._name = book, sheet, pick, name
        self._is_picked = False
        self._waiting: list[tuple[int, Cells, int]] = []  # until the sheet is picked
        self._room = MAX_CELLS
        self._merged: list[tuple[int, int, int]] = []

    def add(self, line: int, cells: dict[int, str], times: int = 1) -> None:
        """Take the row on `line`: texts by column, from 0.

        Args:
            times: How many rows in a row are like this one.

        Raises:
            Enough: this sheet is not the one to read, as far as its first rows show.
            RuleBroken: there are too many rows, columns or cells.
        """
        width = max(cells) + 1
        if width > MAX_COLUMNS:
            raise too_many_columns(self._name)
        self._room -= width
        if self._room < 0:
            raise too_many_cells(self._name)
        row = tuple(map(cells.get, range(width), ("",) * width)) if len(cells) < width else tuple(cells.values())
        if self._is_picked:
            self._keep(line, row, times)
            return
        self._waiting.append((line, row, times))
        if self._pick(self._sheet, row, len(self._waiting) == 1):
            self._is_picked, self._book.sheet = True, self._sheet
            for waiting in self._waiting:
                self._keep(*waiting)
        elif len(self._waiting) >= LOOKED_AT:
            raise Enough

    def merge(self, column: int, first: int, last: int) -> None:
        """Take note that a cell stands for others below it, down to the row on `last`."""
        if last > first and column < MAX_COLUMNS:
            if len(self._merged) >= MAX_MERGED:
                raise too_many_cells(self._name)
            self._merged.append((column, first, last))

    def end(self) -> None:
        """The sheet is over."""
        if self._is_picked:
            self._book.merged = self._merged

    def _keep(self, line: int, row: Cells, times: int) -> None:
        rows = self._book.rows
        if len(rows) + times > MAX_ROWS:
            raise too_many_rows(self._name)
        rows += [(line + n, row) for n in range(times)]


def tidy(text: str) -> str:
    """A text as a list keeps it: no spaces around it, composed letters."""
    text = text.strip().replace("\0", "")  # which a server does not keep
    return text if text.isascii() or unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
