"""Reads XLSX, the spreadsheets of Excel and of most other programs, row by row (ECMA-376 part 1, clause 18)."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from desktop.people.formats.sheet_archive import Archive, attribute
from desktop.people.formats.sheet_book import MAX_SHEETS, Book, Pick, SheetRows, tidy
from desktop.people.formats.sheet_values import NOT_A_VALUE, Kind, iso_text, kind_of, masked_number, number_text, serial_text
from desktop.people.formats.table import MAX_COLUMNS, too_many_columns

_RANGE = re.compile("([A-Za-z]{1,3})([0-9]{1,7}):[A-Za-z]{1,3}([0-9]{1,7})")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_TEXT_TYPES = frozenset(("str", "inlineStr"))


def read_xlsx(archive: Archive, pick: Pick) -> Book:
    """Read the first sheet `pick` wants; a workbook without one comes back without rows.

    Raises:
        RuleBroken: the file is damaged or too big.
    """
    workbook = _workbook_part(archive)
    listed = _Workbook(archive, workbook)
    strings = _strings(archive, listed.strings)
    formats = _formats(archive, listed.styles)
    book = Book([name for name, _part in listed.sheets])
    for name, part in listed.sheets:
        reader = _SheetReader(archive, SheetRows(book, name, pick, archive.name), strings, formats, listed.since_1904)
        archive.read_xml(part, reader.start, reader.end, reader.text)
        reader.rows.end()
        if book.sheet:
            break
    return book


def _workbook_part(archive: Archive) -> str:
    """Where the workbook is, as the file's own list of its main parts says."""
    found = _related(archive, "")
    return next((target for kind, target in found.values() if kind == "officeDocument"), "xl/workbook.xml")


def _related(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: id -> kind and part."""
    folder, file = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], target

    relations = posixpath.join(folder, "_rels", f"{file}.rels")
    if relations in archive:
        archive.read_xml(relations, start, _nothing, _nothing)
    return found


class _Workbook:
    """The list of sheets, those hidden last, and where texts and formats are."""

    def __init__(self, archive: Archive, part: str) -> None:
        self._related = _related(archive, part)
        self._shown: list[tuple[str, str]] = []
        self._hidden: list[tuple[str, str]] = []
        self.since_1904 = False
        archive.read_xml(part, self._start, _nothing, _nothing)
        self.sheets = (self._shown + self._hidden)[:MAX_SHEETS]
        parts = dict(self._related.values())
        self.strings, self.styles = parts.get("sharedStrings", ""), parts.get("styles", "")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            kind, target = self._related.get(attributes.get("r:id") or attribute(attributes, "id"), ("", ""))
            if kind == "worksheet":
                shown = self._hidden if attributes.get("state") in ("hidden", "veryHidden") else self._shown
                shown.append((attributes.get("name", ""), target))


def _strings(archive: Archive, part: str) -> list[str]:
    """The texts that cells refer to by number; how words are pronounced is left out."""
    strings: list[str] = []
    pieces: list[str] = []
    within = [False, False]  # a text, a pronunciation

    def start(name: str, _attributes: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name == "t":
            within[0] = True
        elif name == "rPh":
            within[1] = True

    def end(name: str) -> None:
        if name == "si":
            strings.append(_plain("".join(pieces)))
        elif name == "t":
            within[0] = False
        elif name == "rPh":
            within[1] = False

    def text(letters: str) -> None:
        if within[0] and not within[1]:
            pieces.append(letters)

    if part:
        archive.read_xml(part, start, end, text)
    return strings


def _formats(archive: Archive, part: str) -> list[tuple[Kind, str]]:
    """What each style of a cell makes of a number, and the pattern it shows it by."""
    codes: dict[int, str] = {}
    used: list[int] = []
    within: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")[:255]
        elif name == "cellXfs":
            within.append(name)
        elif name == "xf" and within:
            number = attributes.get("numFmtId", "0")
            used.append(int(number) if number.isdecimal() else 0)

    def end(name: str) -> None:
        if name == "cellXfs":
            within.clear()

    if part:
        archive.read_xml(part, start, end, _nothing)
    return [(kind_of(number, codes.get(number, "")), codes.get(number, "")) for number in used]


class _SheetReader:
    """Follows one sheet: rows with cells, each with a value, maybe a formula."""

    def __init__(
        self, archive: Archive, rows: SheetRows, strings: list[str], formats: list[tuple[Kind, str]], since_1904: bool
    ) -> None:
        self._name, self._damaged, self.rows, self._strings = archive.name, archive.damaged, rows, strings
        self._formats, self._since_1904 = formats, since_1904
        self._line = self._column = 0
        self._type = self._style = ""
        self._cells: dict[int, str] = {}
        self._pieces: list[str] = []
        self._keeps = self._aside = self._has_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._place(attributes.get("r", ""))
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._has_formula = False
            self._pieces = []
        elif name == "v" or name == "t":
            self._keeps = not self._aside
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            line = attributes.get("r", "")
            before, self._line = self._line, int(line) if line.isdecimal() and len(line) < 9 else self._line + 1
            if self._line <= before:
                raise self._damaged()
            self._column, self._cells = -1, {}
        elif name == "rPh":  # how a word is pronounced
            self._aside = True
        elif name == "mergeCell" and (found := _RANGE.fullmatch(attributes.get("ref", ""))) is not None:
            self.rows.merge(_column_of(found[1]), int(found[2]), int(found[3]))

    def text(self, letters: str) -> None:
        if self._keeps:
            self._pieces.append(letters)

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self._keeps = False
        elif name == "rPh":
            self._aside = False
        elif name == "c":
            raw = "".join(self._pieces)
            value = self._value(raw) if raw else NOT_A_VALUE if self._is_unknown() else ""
            if value:
                if self._column >= MAX_COLUMNS:
                    raise too_many_columns(self._name)
                self._cells[self._column] = value
        elif name == "row" and self._cells:
            self.rows.add(self._line, self._cells)

    def _is_unknown(self) -> bool:
        """Whether a cell without value has a formula that nobody worked out; one that gives no text says that it is text."""
        return self._has_formula and self._type not in _TEXT_TYPES

    def _place(self, reference: str) -> None:
        """Where the cell is; without saying so it follows the one before."""
        before = self._column
        self._column = _column_of(reference.rstrip("0123456789")) if reference else before + 1
        if self._column <= before:
            raise self._damaged()

    def _value(self, raw: str) -> str:
        try:
            if self._type == "s":
                number = int(raw)
                if number < 0:
                    raise self._damaged()
                return self._strings[number]
            if self._type == "n":
                return self._number(raw) if raw.strip() else ""
        except (ValueError, IndexError, OverflowError):
            raise self._damaged() from None
        if self._type in _TEXT_TYPES:
            return _plain(raw)
        if self._type == "b":
            return "TRUE" if raw.strip() in ("1", "true") else "FALSE"
        return iso_text(raw) if self._type == "d" else raw.strip()  # what is left is an error such as #N/A

    def _number(self, raw: str) -> str:
        kind, code = self._formats[int(self._style)] if self._style else ("number", "")
        if kind != "number":
            return serial_text(raw, kind, since_1904=self._since_1904)
        digits = number_text(raw.strip())
        return masked_number(digits, code) if code else digits


@lru_cache(maxsize=2048)
def _column_of(letters: str) -> int:
    """The column of a reference, from 0; -1 when it is none."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return -1
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _plain(text: str) -> str:
    """Undo how XLSX writes signs that XML cannot hold, and tidy."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return tidy(text)


def _nothing(*_what: object) -> None:
    """Nobody listens."""
