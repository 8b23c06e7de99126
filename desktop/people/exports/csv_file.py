"""Exported lists as text: for programs that read nothing else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import BinaryIO

from desktop.core import copied
from desktop.people.exports.cells import Cell, clean

COMMA = frozenset({"en"})  # elsewhere the comma parts decimals, and spreadsheets expect semicolons


class CsvFile:
    """UTF-8 with its mark, as spreadsheets need it, and the separator they expect in this language.

    Text has no types, so what would run as a formula gets an apostrophe; numbers, plus signs of phone numbers and leading
    zeros stay as they are. A spreadsheet may still eat them when it opens the file: for those there are the other formats.
    """

    def __init__(self, file: BinaryIO, _title: str, headings: Sequence[str], _widths: Sequence[int], *, language: str) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text, delimiter="," if language in COMMA else ";", lineterminator="\r\n")
        self._writer.writerow([copied.cell(heading) for heading in headings])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write these rows below."""
        self._writer.writerows([[_text(cell) for cell in row] for row in rows])

    def close(self, _about_title: str, _about: Iterable[tuple[str, Cell]]) -> None:
        """End the file; there is no second sheet for what is said about it."""
        self._text.flush()
        self._text.detach()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else copied.cell(clean(str(cell)))
