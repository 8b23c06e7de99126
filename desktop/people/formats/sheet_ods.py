"""Reads ODS, the spreadsheets of LibreOffice and its kin, row by row (OpenDocument 1.3 part 3, clause 9)."""

from __future__ import annotations

from desktop.people.formats.sheet_archive import Archive, Enough
from desktop.people.formats.sheet_book import MAX_SHEETS, Book, Pick, SheetRows, tidy
from desktop.people.formats.sheet_values import ERRORS, NOT_A_VALUE, as_shown, duration_text, iso_text, number_text
from desktop.people.formats.table import MAX_COLUMNS

CONTENT = "content.xml"
_NUMBERS = frozenset(("float", "percentage", "currency"))
_CELLS = frozenset(("table:table-cell", "table:covered-table-cell"))
_ASIDE = frozenset(
    ("office:annotation", "table:shapes", "draw:frame", "table:tracked-changes", "office:forms")
)  # their paragraphs are not the cell's
_MANY = 1 << 31


def read_ods(archive: Archive, pick: Pick) -> Book:
    """Read the first sheet `pick` wants, those hidden last; a workbook without one comes back without rows.

    Raises:
        RuleBroken: the file is damaged or too big.
    """
    reader = _Reader(archive, pick, takes_hidden=False)
    archive.read_xml(CONTENT, reader.start, reader.end, reader.text)
    if reader.hidden and not reader.book.sheet:
        reader = _Reader(archive, pick, takes_hidden=True)
        archive.read_xml(CONTENT, reader.start, reader.end, reader.text)
    reader.book.sheets.sort(key=reader.hidden.__contains__)
    return reader.book


class _Reader:
    """Follows the content of a workbook: tables with rows with cells with paragraphs."""

    def __init__(self, archive: Archive, pick: Pick, *, takes_hidden: bool) -> None:
        self.book = Book()
        self.hidden: set[str] = set()  # the names of sheets
        self._takes_hidden = takes_hidden
        self._style = ""  # whose properties follow
        self._hiding: set[str] = set()  # the names of styles
        self._archive, self._pick = archive, pick
        self._sheet: SheetRows | None = None  # the one being read; none between sheets, and in those not wanted
        self._line = self._column = self._row_times = self._cell_times = 0
        self._cells: dict[int, str] = {}
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self._in_cell = False
        self._in_paragraph = self._aside = self._tables = 0  # how deep

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _ASIDE:
            self._aside += 1
        elif name == "table:table":
            self._begin_table(attributes)
        elif name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._hiding.add(self._style)
        elif self._sheet is None or self._aside or self._tables > 1:
            return
        elif name in _CELLS:
            self._in_cell, self._attributes, self._paragraphs = True, attributes, []
            self._cell_times = self._times(attributes, "table:number-columns-repeated")
        elif name == "table:table-row":
            self._row_times = self._times(attributes, "table:number-rows-repeated")
            self._column, self._cells = 0, {}
        elif self._in_cell:
            self._begin_text(name, attributes)

    def text(self, letters: str) -> None:
        if self._in_paragraph and not self._aside:
            self._paragraphs[-1] += letters

    def end(self, name: str) -> None:
        if name in _ASIDE:
            self._aside -= 1
        elif name == "table:table":
            self._tables -= 1
            if not self._tables and self._sheet is not None:
                self._sheet.end()
                self._sheet = None
        elif self._sheet is None or self._aside or self._tables > 1:
            return
        elif name in _CELLS:
            self._in_cell = False
            self._end_cell()
        elif name == "text:p" and self._in_paragraph:
            self._in_paragraph -= 1
        elif name == "table:table-row":
            self._end_row()

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self._tables += 1
        if self._tables > 1:  # a table within a cell
            return
        sheet = attributes.get("table:name", "")
        self._line = 0
        if len(self.book.sheets) < MAX_SHEETS:
            self.book.sheets.append(sheet)
            if attributes.get("table:style-name") in self._hiding:
                self.hidden.add(sheet)
            is_passed = sheet in self.hidden and not self._takes_hidden
            self._sheet = None if self.book.sheet or is_passed else SheetRows(self.book, sheet, self._pick, self._archive.name)

    def _begin_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p":
            self._in_paragraph += 1
            self._paragraphs.append("")
        elif self._in_paragraph and name == "text:s":
            self._paragraphs[-1] += " " * min(self._times(attributes, "text:c"), 1000)
        elif self._in_paragraph and name in ("text:tab", "text:line-break"):
            self._paragraphs[-1] += "\t" if name == "text:tab" else "\n"

    def _end_cell(self) -> None:
        attributes = self._attributes
        value = self._value() if attributes or self._paragraphs else ""
        if value:
            if (below := self._times(attributes, "table:number-rows-spanned")) > 1 and self._sheet is not None:
                self._sheet.merge(self._column, self._line + 1, self._line + below)
            if self._cell_times > MAX_COLUMNS:
                self._cell_times = MAX_COLUMNS + 1  # refused with its row
            self._cells.update((self._column + n, value) for n in range(self._cell_times))
        self._column += self._cell_times

    def _end_row(self) -> None:
        if self._cells and self._sheet is not None:
            try:
                self._sheet.add(self._line + 1, self._cells, self._row_times)
            except Enough:
                self._sheet = None
        self._line += self._row_times

    def _value(self) -> str:
        attributes, shown = self._attributes, "\n".join(self._paragraphs)
        kind = attributes.get("office:value-type", "")
        if attributes.get("calcext:value-type") == "error":
            return shown if shown in ERRORS else "#N/A"
        try:
            if kind in _NUMBERS:
                return as_shown(number_text(attributes["office:value"]), tidy(shown))
        except (KeyError, ValueError, OverflowError):
            raise self._archive.damaged() from None
        if kind == "date":
            return iso_text(attributes.get("office:date-value", ""))
        if kind == "time":
            return duration_text(attributes.get("office:time-value", ""))
        if kind == "boolean":
            return "TRUE" if attributes.get("office:boolean-value") == "true" else "FALSE"
        if not kind and not shown and "table:formula" in attributes:
            return NOT_A_VALUE
        return tidy(shown or attributes.get("office:string-value", ""))

    def _times(self, attributes: dict[str, str], name: str) -> int:
        """How often something is repeated: once, unless the file says so."""
        times = attributes.get(name)
        if times is None:
            return 1
        if not times.isdecimal() or len(times) > 10 or not 0 < int(times) < _MANY:
            raise self._archive.damaged()
        return int(times)
