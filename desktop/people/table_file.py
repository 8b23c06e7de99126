"""Reads a list, whatever program wrote it, into a table: delimited text here, spreadsheets next door."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from db.errors import RuleBroken, Unavailable
from db.texts import Msgid, _
from desktop.people.sheet_file import OLD_OFFICE, SAVE_AS, ZIPS, read_workbook, refuse_old_office
from desktop.people.table import (
    MAX_BYTES,
    MAX_ROWS,
    Row,
    Table,
    empty,
    header_only,
    too_big,
    too_many_rows,
    trimmed_header,
)

DELIMITERS = (";", ",", "\t", "|")
MAX_LINES = 4 * MAX_ROWS  # empty ones and those within quotes included; both signs of a Windows line count
MAX_LINE, MAX_FIELD = 16 * 1024 * 1024, 8 * 1024 * 1024  # letters; more comes of a quotation mark that is missing
SAMPLED = 50  # records that decide the delimiter

_KINDS: tuple[tuple[bytes, Msgid], ...] = (
    (b"%PDF", _("a PDF")),
    (b"{\\rtf", _("a formatted text")),
    (b"\x89PNG", _("a picture")),
    (b"\xff\xd8\xff", _("a picture")),
    (b"GIF8", _("a picture")),
    (b"\x1f\x8b", _("a compressed file")),
    (b"7z\xbc\xaf", _("a compressed file")),
    (b"SQLite format 3", _("a database")),
    (b"<?xml", _("an XML file")),
    (b"<!doctype html", _("a web page")),
    (b"<html", _("a web page")),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HALF_UTF8 = re.compile(rb"\xc3[\xa4\xa5\xb6\x84\x85\x96\xa9]")  # å ä ö Å Ä Ö é
_DOS_LETTERS = re.compile("[A-Za-z][\u201e\u2020\u201d][a-z]")  # ä å ö of an old DOS program, read as Windows text
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f]")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ ;,\t]*(?:\r\n|\r|\n)', re.IGNORECASE)


def read_table(path: Path, sheet: str = "") -> Table:
    """Read a whole file; what kind it is, its encoding and delimiter are found out, lines without any text left out.

    Args:
        sheet: Which sheet of a spreadsheet; else the first that looks like a list of people. Nothing to a text file.

    Raises:
        RuleBroken: the file is empty, no list, cut off, damaged, protected, too big, or its header cannot be used.
        Unavailable: the file cannot be opened.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise too_big(path.name)
        content = path.read_bytes()
    except OSError as caught:
        reason = caught.strerror or type(caught).__name__
        raise Unavailable(_("The file {name} cannot be opened: {reason}."), name=path.name, reason=reason) from caught
    return parse_table(content, path.name, sheet)


def parse_table(content: bytes, name: str, sheet: str = "") -> Table:
    """Do what `read_table` does with bytes that are already here; `name` is for the messages."""
    if content.startswith(ZIPS):
        return read_workbook(content, name, sheet)
    if content.startswith(OLD_OFFICE):
        raise refuse_old_office(content, name)
    return _parse_text(content, name)


def _parse_text(content: bytes, name: str) -> Table:
    encoding, text = _decode(content, name)
    if text.count("\n") + text.count("\r") > MAX_LINES:
        raise too_many_rows(name)
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    start, skipped = 0, 0
    told = _SEPARATOR_LINE.match(text)
    if told is not None:
        start, skipped = told.end(), 1
    delimiter = told[1] if told is not None else _find_delimiter(text)
    if delimiter in '"\r\n\x00':
        raise RuleBroken(_("The first line of {name} names an impossible separator."), _("Delete that line."), name=name)
    rows = _records(text[start:], delimiter, skipped, name)
    if not rows:
        raise empty(name)
    header = trimmed_header(rows[0][1], name)
    if len(rows) == 1:
        raise header_only(name)
    width = len(header)
    return Table(header, [(line, _without_empty_tail(cells, width)) for line, cells in rows[1:]], encoding, delimiter)


def _decode(content: bytes, name: str) -> tuple[str, str]:
    """Find the encoding and decode by it."""
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise empty(name)
    start = content[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for magic, kind in _KINDS:
        if content.startswith(magic) or start.startswith(magic.lower()):
            raise RuleBroken(_("The file {name} is {kind}, not a table of text."), SAVE_AS, name=name, kind=kind)
    mark, encoding = next(((mark, code) for mark, code in _MARKS if content.startswith(mark)), (b"", ""))
    encoding = encoding or _wide_without_mark(content)
    if not encoding and b"\0" in content:
        raise _binary(name)
    try:
        text = content[len(mark) :].decode(encoding or "utf-8")
    except UnicodeDecodeError as caught:
        if caught.reason == "unexpected end of data" or caught.reason == "truncated data":
            raise RuleBroken(
                _("The file {name} ends in the middle of a letter; the end is missing."), _("Fetch the file again."), name=name
            ) from None
        if encoding:
            raise _undecodable(name, content, len(mark) + caught.start) from None
        encoding, text = "windows-1252", _decode_windows(content, name, caught.start)
    if len(_CONTROLS.findall(text[:65_536])) > 5 or "\0" in text:
        raise _binary(name)
    return encoding or "utf-8", text


def _wide_without_mark(content: bytes) -> str:
    """UTF-16 without a mark shows itself by a zero in nearly every second byte."""
    sample = content[:4096]
    pairs = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if pairs and odd > pairs * 0.6 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if pairs and even > pairs * 0.6 and odd == 0 else ""


def _decode_windows(content: bytes, name: str, first_bad: int) -> str:
    """Decode as Windows-1252, unless the bytes are UTF-8 that was damaged or come from an old DOS program."""
    if b"\xc3" in content and _HALF_UTF8.search(content):
        raise _undecodable(name, content, first_bad)
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError as caught:
        raise _undecodable(name, content, caught.start) from None
    found = _DOS_LETTERS.search(text) if any(sign in text for sign in "\u201e\u2020\u201d") else None
    if found is not None:
        raise _undecodable(name, content, found.start() + 1)
    return text


def _undecodable(name: str, content: bytes, place: int) -> RuleBroken:
    return RuleBroken(
        _("The letters in {name} cannot be read: line {line} is written in another encoding."),
        _("Save it again as CSV with UTF-8."),
        name=name,
        line=content.count(b"\n", 0, place) + 1,
    )


def _binary(name: str) -> RuleBroken:
    return RuleBroken(_("The file {name} is not a text file."), SAVE_AS, name=name)


def _find_delimiter(text: str) -> str:
    """The delimiter by which most of the first records have as many cells as the header, quotes respected."""
    best, best_score = DELIMITERS[0], (0.0, 0)
    sample = text[:200_000]
    with _long_cells():
        for delimiter in DELIMITERS:
            records = islice(
                (cells for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if any(cells)), SAMPLED
            )
            widths = [len(cells) for cells in records]
            if not widths or widths[0] < 2:
                continue
            even = Counter(widths)[widths[0]] / len(widths)
            score = (round(even, 1) if even < 0.8 else 1.0, widths[0])
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _records(text: str, delimiter: str, skipped: int, name: str) -> list[Row]:
    """Every record with any text in it, with the line it begins on."""
    rows: list[Row] = []
    line = last_start = skipped
    with _long_cells():
        reader = csv.reader(_lines(text, skipped, name), delimiter=delimiter)
        try:
            for cells in reader:
                last_start, line = line, skipped + reader.line_num
                if not cells:
                    continue
                stripped = tuple(map(str.strip, cells))
                if any(stripped):
                    rows.append((last_start + 1, stripped))
                    if len(rows) > MAX_ROWS + 1:
                        raise too_many_rows(name)
        except csv.Error as caught:  # a cell is longer than `_long_cells` lets it be
            raise _without_end(line + 1, name) from caught
    if rows and '"' in text and _never_closed(text, last_start - skipped, delimiter, name):
        raise RuleBroken(
            _("The file {name} is cut off: the quotation mark opened in the record on line {line} is never closed."),
            _("Fetch the file again."),
            name=name,
            line=last_start + 1,
        )
    return rows


def _lines(text: str, skipped: int, name: str) -> Iterator[str]:
    """The lines with their ends; one by one, since all of them at once would take four times the room."""
    for number, found in enumerate(_LINE.finditer(text), skipped + 1):
        if found.end() - found.start() > MAX_LINE:
            raise _without_end(number, name)
        yield found[0]


def _without_end(line: int, name: str) -> RuleBroken:
    return RuleBroken(
        _("Line {line} of {name} holds a text longer than any list needs."),
        _("Look at that line: perhaps a quotation mark is missing. Else save the list again as CSV."),
        line=line,
        name=name,
    )


def _never_closed(text: str, lines_before: int, delimiter: str, name: str) -> bool:
    """Whether the last record ends inside quotation marks, which the reader itself forgives."""
    last = islice(_lines(text, 0, name), lines_before, None)
    with _long_cells():
        try:
            list(csv.reader(last, delimiter=delimiter, strict=True))
        except csv.Error as caught:
            return "unexpected end of data" in str(caught)
    return False


@contextmanager
def _long_cells() -> Iterator[None]:
    """Lets cells be long enough to be a fault of their row only; the limit belongs to the whole process and is put back."""
    before = csv.field_size_limit(MAX_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _without_empty_tail(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    return cells
