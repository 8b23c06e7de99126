"""Writes the rows that could not be used into a file of their own, each with why, to be mended and brought in alone."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from db.errors import RuleBroken, Unavailable
from db.texts import _
from desktop.people.formats.table import Table
from desktop.people.formats.table_file import read_table
from desktop.people.imports.deciding.workbook import write_workbook
from desktop.people.imports.people_file import digest_of

WHY = _("Why this row was not used")
BOOKS = frozenset({"xlsx", "xls", "ods"})
NO_TABLES = frozenset({"ldif", "vcard"})  # entries of these have no rows to be written back


class Wanted(NamedTuple):
    """Which rows of a file to write, and where."""

    path: Path
    sheet: str
    digest: str  # of what was read
    target: Path
    heading: str  # of the last column
    reasons: dict[int, str]  # by the line of the row, in the reader's language


def can_be_mended(encoding: str) -> bool:
    """Whether files of this kind have rows that can be written into one like it."""
    return encoding not in NO_TABLES


def ending(encoding: str) -> str:
    """What the name of the file with the faulty rows ends in."""
    return ".xlsx" if encoding in BOOKS else ".csv"


def write_faulty(wanted: Wanted, report: Callable[[int, int], Any]) -> int:
    """Read the file again and write the rows wanted; meant for the worker process. Returns how many.

    Cells are written as they came, since they are to be mended. The headings are those of the file, so the same columns
    are recognised; the last one tells why and is left out when the file comes back.

    Raises:
        RuleBroken: the file is another one by now.
        Unavailable: one of the files cannot be used.
    """
    report(0, len(wanted.reasons))
    table = read_table(wanted.path, wanted.sheet)
    if digest_of(wanted.path, table.sheet) != wanted.digest:
        raise RuleBroken(_("The file {name} was changed since it was read."), _("Read it again first."), name=wanted.path.name)
    rows = list(_rows(table, wanted))
    beside = wanted.target.with_name(f".{wanted.target.name}.part")
    try:
        if ending(table.encoding) == ".xlsx":
            write_workbook(beside, table.sheet, rows)
        else:
            _write_text(beside, table, rows)
        os.replace(beside, wanted.target)
    except OSError:
        beside.unlink(missing_ok=True)
        what = _("The file {name} could not be written.")
        raise Unavailable(what, _("Choose another folder, or close the file elsewhere."), name=wanted.target.name) from None
    return len(rows) - 1


def is_mended(unused: Sequence[str], headings: Iterable[str]) -> bool:
    """Whether a file was written by `write_faulty`: its last unused column is that with the reasons, in some language."""
    return bool(unused) and unused[-1] in headings


def _rows(table: Table, wanted: Wanted) -> Iterator[list[str]]:
    width = len(table.header)
    yield [*table.header, wanted.heading]
    for line, cells in table.rows:
        if (why := wanted.reasons.get(line)) is not None:
            yield [*cells, *[""] * (width - len(cells)), why]


def _write_text(path: Path, table: Table, rows: Sequence[Sequence[str]]) -> None:
    """In the encoding it came in where that can hold the reasons too, else in UTF-8 with the mark by which programs know it."""
    encoding = table.encoding
    try:
        "".join(cell for row in rows for cell in row).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        encoding = "utf-8-sig"
    encoding = "utf-8-sig" if encoding in ("utf-8", "utf8") else encoding
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=table.delimiter).writerows(rows)
