"""Reads XLS, the spreadsheets of Excel until 2003 and of many programs still, through a library for nothing else."""

from __future__ import annotations

import struct
from io import StringIO
from typing import Any

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.sheet_archive import SAVE_AGAIN, Enough, protected
from desktop.people.formats.sheet_book import MAX_SHEETS, Book, Pick, SheetRows, tidy
from desktop.people.formats.sheet_values import Kind, kind_of, masked_number, number_text, serial_text

# What the library raises when a file does not hold together: it trusts what it reads.
_BROKEN = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    struct.error,
    EOFError,
    RecursionError,
)
_EMPTY, _TEXT, _NUMBER, _DAY, _BOOLEAN, _ERROR, _BLANK = range(7)  # as the library calls them


def read_xls(records: bytes, name: str, pick: Pick) -> Book:
    """Read the first sheet `pick` wants, those hidden last; a workbook without one comes back without rows.

    Args:
        records: The stream “Workbook” of the file.

    Raises:
        RuleBroken: the file is damaged, protected by a password, or too big.
    """
    import xlrd  # takes time to load, so only when wanted

    try:
        workbook = xlrd.open_workbook(file_contents=records, formatting_info=True, ragged_rows=True, logfile=StringIO())
        sheets = sorted(workbook.sheets()[:MAX_SHEETS], key=lambda sheet: bool(sheet.visibility))
        book = Book([sheet.name for sheet in sheets])
        for sheet in sheets:
            _read_sheet(workbook, sheet, SheetRows(book, sheet.name, pick, name))
            if book.sheet:
                break
    except xlrd.XLRDError as caught:
        if "encrypted" in str(caught).lower():
            raise protected(name) from None
        raise _damaged(name) from caught
    except _BROKEN as caught:
        raise _damaged(name) from caught
    return book


def _read_sheet(workbook: Any, sheet: Any, rows: SheetRows) -> None:
    """Give the rows of one sheet, until it shows not to be the one wanted."""
    formats: dict[int, tuple[Kind, str]] = {}
    try:
        for line in range(sheet.nrows):
            cells = {}
            for column, cell in enumerate(sheet.row(line)):
                if cell.ctype not in (_EMPTY, _BLANK) and (text := _text(workbook, cell, formats)):
                    cells[column] = text
            if cells:
                rows.add(line + 1, cells)
    except Enough:
        return
    for first, below, column, _beside in sheet.merged_cells:  # the end is not included
        rows.merge(column, first + 1, below)
    rows.end()


def _text(workbook: Any, cell: Any, formats: dict[int, tuple[Kind, str]]) -> str:
    """What a cell says."""
    if cell.ctype == _TEXT:
        return tidy(str(cell.value))
    if cell.ctype == _BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == _ERROR:
        import xlrd

        return str(xlrd.error_text_from_code.get(cell.value, "#N/A"))
    if cell.xf_index not in formats:
        used = workbook.format_map.get(workbook.xf_list[cell.xf_index].format_key)
        code = used.format_str if used is not None else ""
        formats[cell.xf_index] = kind_of(0, code) if code else "number", code
    kind, code = formats[cell.xf_index]
    raw = repr(float(cell.value))
    if kind != "number":
        return serial_text(raw, kind, since_1904=bool(workbook.datemode))
    digits = number_text(raw)
    return masked_number(digits, code) if code and code.lower() != "general" else digits


def _damaged(name: str) -> RuleBroken:
    return RuleBroken(_("The file {name} is damaged and cannot be read."), SAVE_AGAIN, name=name)
