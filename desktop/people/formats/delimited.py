"""Reads delimited text (CSV and its kin), however it is written, into a table."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.google_contacts import is_google, parted
from desktop.people.formats.table import MAX_ROWS, Row, Table, empty, header_only, too_many_rows, trimmed_header
from desktop.people.formats.table_header import LOOKED_AT, find_header, heading_place
from desktop.people.formats.text_decoding import decode
from desktop.people.formats.text_lines import LINE, MAX_LINE, MAX_LINES, without_end
from desktop.people.imports.mapping.mapping import Headings

DELIMITERS = (";", ",", "\t", "|")
MAX_FIELD = 8 * 1024 * 1024  # letters; more comes of a quotation mark that is missing
WIDTH_BY = 1000  # records that decide how many columns a list without headings has
SAMPLED = 50  # records that decide the delimiter

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ ;,\t]*(?:\r\n|\r|\n)', re.IGNORECASE)


def read_delimited(content: bytes, name: str, headings: Headings = "") -> Table:
    """Read a text; encoding, delimiter and, unless they are said, headings are found out, lines without any text left out.

    Raises:
        RuleBroken: it is empty, no text, cut off, too big, or its header cannot be used.
    """
    encoding, text = decode(content, name)
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
    found = find_header(rows, headings, Counter(len(cells) for _line, cells in rows[:WIDTH_BY]).most_common(1)[0][0])
    header = trimmed_header(found.cells, name)
    if found.below == len(rows):
        raise header_only(name)
    width = len(header)
    people = [(line, _without_empty_tail(cells, width)) for line, cells in rows[found.below :]]
    table = Table(header, people, encoding, delimiter, heading_lines=found.lines, above=found.above)
    return parted(table, name) if is_google(header) else table


def _find_delimiter(text: str) -> str:
    """The delimiter by which headings appear, and most of the first records have as many cells as these, quotes respected."""
    best, best_score = DELIMITERS[0], (False, 0.0, 0)
    sample = text[:200_000]
    with _long_cells():
        for delimiter in DELIMITERS:
            reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
            records = list(islice((tuple(map(str.strip, cells)) for cells in reader if any(cells)), LOOKED_AT + SAMPLED))
            place = heading_place(records)
            widths = [len(cells) for cells in records[max(place, 0) :][:SAMPLED]]
            if not widths or widths[0] < 2:
                continue
            even = Counter(widths)[widths[0]] / len(widths)
            score = (place >= 0 and even > 0.5, round(even, 1) if even < 0.8 else 1.0, widths[0])
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
            raise without_end(line + 1, name) from caught
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
    for number, found in enumerate(LINE.finditer(text), skipped + 1):
        if found.end() - found.start() > MAX_LINE:
            raise without_end(number, name)
        yield found[0]


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
