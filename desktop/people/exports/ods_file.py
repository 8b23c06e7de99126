"""Exported lists as ODS, written row by row: memory does not grow with the list. (OASIS OpenDocument 1.3)"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from desktop.people.exports.cells import Cell, clean

_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible"),
        ("number", "datastyle"), ("manifest", "manifest"), ("config", "config"),
    )
)  # fmt: skip
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_INCH_PER_SIGN = 0.085
_FORMATS = (
    '<number:date-style style:name="D"><number:year number:style="long"/><number:text>-</number:text>'
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>'
    '<number:text-style style:name="T"><number:text-content/></number:text-style>'
    '<style:style style:name="bold" style:family="table-cell" style:data-style-name="T">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="day" style:family="table-cell" style:data-style-name="D"/>'
    '<style:style style:name="text" style:family="table-cell" style:data-style-name="T"/>'
)
_MANIFEST = (
    f'{_HEAD}<manifest:manifest {_NAMES} manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{_KIND}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


class OdsFile:
    """The list on the first sheet, its heading filtered; what is said about it on the second. Texts stay texts."""

    def __init__(self, file: BinaryIO, title: str, headings: Sequence[str], widths: Sequence[int], *, language: str) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=5)
        self._zip.writestr(ZipInfo("mimetype"), _KIND, ZIP_STORED)  # the first part and never compressed
        self._zip.writestr("META-INF/manifest.xml", _MANIFEST)
        self._name, self._columns, self._rows = _sheet_name(title), len(headings), 0
        self._content: IO[bytes] = self._zip.open("content.xml", "w", force_zip64=True)
        wide = "".join(
            f'<style:style style:name="w{n}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{width * _INCH_PER_SIGN:.2f}in"/></style:style>'
            for n, width in enumerate((*widths, 30, 80))
        )
        self._put(
            f'{_HEAD}<office:document-content {_NAMES} office:version="1.3"><office:automatic-styles>{_FORMATS}{wide}'
            f"</office:automatic-styles><office:body><office:spreadsheet>{_table(self._name, range(self._columns))}"
        )
        self._write([headings], "bold")

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write these rows below."""
        self._write(rows, "text")

    def close(self, about_title: str, about: Iterable[tuple[str, Cell]]) -> None:
        """End the list, write the second sheet and the filter of the first."""
        second = _sheet_name(about_title)
        second = f"{second} 2" if second.casefold() == self._name.casefold() else second
        lines = "".join(
            f"<table:table-row>{_cell(name, 'bold')}{_cell(value, 'text')}</table:table-row>" for name, value in about
        )
        end = f"{_letters(self._columns - 1)}{max(self._rows, 1)}"
        quoted = "'" + self._name.replace("'", "''") + "'"
        area = _attribute(f"{quoted}.A1:{quoted}.{end}")
        self._put(
            f"</table:table>{_table(second, range(self._columns, self._columns + 2))}{lines}</table:table>"
            f'<table:database-ranges><table:database-range table:name="list" table:target-range-address="{area}" '
            'table:display-filter-buttons="true"/></table:database-ranges>'
            "</office:spreadsheet></office:body></office:document-content>"
        )
        self._content.close()
        self._zip.close()

    def _write(self, rows: Iterable[Sequence[Cell]], style: str) -> None:
        parts = []
        for row in rows:
            self._rows += 1
            parts.append(f"<table:table-row>{''.join([_cell(cell, style) for cell in row])}</table:table-row>")
        self._put("".join(parts))

    def _put(self, text: str) -> None:
        self._content.write(text.encode())


def _table(name: str, columns: Iterable[int]) -> str:
    wide = "".join(f'<table:table-column table:style-name="w{n}"/>' for n in columns)
    return f'<table:table table:name="{_attribute(name)}">{wide}'


def _cell(cell: Cell, style: str) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return (
            f'<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{cell.isoformat()}">'
            f"<text:p>{cell.isoformat()}</text:p></table:table-cell>"
        )
    if isinstance(cell, int):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        f"<text:p>{escape(clean(cell))}</text:p></table:table-cell>"
    )


def _letters(number: int) -> str:
    return (chr(64 + number // 26) if number >= 26 else "") + chr(65 + number % 26)


def _sheet_name(title: str) -> str:
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in clean(title)).strip(" '")[:31] or "1"


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
