"""Exported lists as XLSX, written row by row: memory does not grow with the list. (ECMA-376, parts 1 and 2)"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from desktop.people.exports.cells import Cell, clean

MOST_ROWS = 1_048_575  # below the heading
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN, _BOLD, _DAY, _TEXT = range(4)  # cell formats, in the order of `_STYLES`
_FIRST_DAY, _ZERO = date(1900, 3, 1), date(1899, 12, 30)  # before it the numbers of days are not agreed on
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # which a reader would take for a sign written by its number
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_PARTS = (
    f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_KIND}.worksheet+xml"/></Types>'
)
_TOP = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK = (
    f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)


class XlsxFile:
    """The list on the first sheet, its heading fixed and filtered; what is said about it on the second.

    Texts are written as texts, never as numbers or formulas, so phone numbers and leading zeros stay and nothing runs.
    """

    def __init__(self, file: BinaryIO, title: str, headings: Sequence[str], widths: Sequence[int], *, language: str) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=5)
        self._title, self._columns, self._row = title, len(headings), 0
        self._sheet: IO[bytes] = self._zip.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        self._sheet.write(_begin(widths, f'<sheetView workbookViewId="0" tabSelected="1">{pane}</sheetView>').encode())
        self._write([headings], bold=True)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write these rows below."""
        self._write(rows)

    def close(self, about_title: str, about: Iterable[tuple[str, Cell]]) -> None:
        """End the list, write the second sheet and all that holds them together."""
        self._sheet.write(
            f'</sheetData><autoFilter ref="A1:{_letters(self._columns - 1)}{max(self._row, 1)}"/></worksheet>'.encode()
        )
        self._sheet.close()
        lines = "".join(
            f'<row r="{n}">{_cell(f"A{n}", name, _BOLD)}{_cell(f"B{n}", value, _TEXT)}</row>'
            for n, (name, value) in enumerate(about, 1)
        )
        view = '<sheetView workbookViewId="0"/>'
        names = [_sheet_name(self._title), _sheet_name(about_title)]
        if names[0].casefold() == names[1].casefold():
            names[1] += " 2"
        sheets = "".join(f'<sheet name="{_quoted(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1))
        for name, content in {
            "xl/worksheets/sheet2.xml": f"{_begin((30, 80), view)}{lines}</sheetData></worksheet>",
            "xl/styles.xml": _HEAD + _STYLES,
            "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _HEAD + _BOOK,
            "_rels/.rels": _HEAD + _TOP,
            "[Content_Types].xml": _HEAD + _PARTS,
        }.items():
            self._zip.writestr(name, content)
        self._zip.close()

    def _write(self, rows: Iterable[Sequence[Cell]], *, bold: bool = False) -> None:
        letters, parts = [_letters(n) for n in range(self._columns)], list[str]()
        for row in rows:
            self._row += 1
            cells = (_cell(f"{at}{self._row}", cell, _BOLD if bold else _TEXT) for at, cell in zip(letters, row, strict=True))
            parts.append(f'<row r="{self._row}">{"".join(cells)}</row>')
        self._sheet.write("".join(parts).encode())


def _begin(widths: Sequence[int], view: str) -> str:
    columns = "".join(f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(widths, 1))
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews>{view}</sheetViews><cols>{columns}</cols><sheetData>'


def _cell(at: str, cell: Cell, style: int) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date) and cell >= _FIRST_DAY:
        return f'<c r="{at}" s="{_DAY}"><v>{(cell - _ZERO).days}</v></c>'
    if isinstance(cell, int):
        return f'<c r="{at}" s="{_PLAIN}"><v>{cell}</v></c>'
    text = cell.isoformat() if isinstance(cell, date) else _ESCAPED.sub("_x005F_", clean(cell))
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", clean(title)).strip(" '")[:31] or "1"


def _quoted(text: str) -> str:
    return escape(text, {'"': "&quot;"})
