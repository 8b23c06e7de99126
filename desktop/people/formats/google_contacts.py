"""Contacts as Google writes them into CSV, of old (“E-mail 1 - Type”) and since 2024 (“E-mail 1 - Label”).

Numbered pairs of columns hold a label and a value, and one cell may hold several values with “:::” between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from desktop.people.formats.records import Records, Value
from desktop.people.formats.table import Table, wrong_width
from desktop.people.imports.columns import ADDRESS, field_of, label_of
from desktop.people.imports.name_parts import split_name

_NUMBERED = re.compile(r"(e-?mail|phone|address|organization) ([0-9]{1,2}) - (.+)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*:::\s*")
_FIELDS = {
    ("email", "value"): "email",
    ("phone", "value"): "phone",
    ("address", "street"): "street",
    ("address", "city"): "city",
    ("address", "postal code"): "postcode",
    ("address", "country"): "country",
    ("organization", "name"): "organisation",
    ("organization", "title"): "title",
}
_LABELS = frozenset(("type", "label"))


class _Place(NamedTuple):
    """A column: the field it goes to, and the column with the label of what is in it, or -1."""

    column: int
    field: str
    heading: str
    label: int
    number: str


def is_google(header: tuple[str, ...]) -> bool:
    """Whether these are the headings Google writes."""
    return any((found := _NUMBERED.fullmatch(heading)) is not None and _kind(found) in _FIELDS for heading in header)


def parted(table: Table, name: str) -> Table:
    """The same people with one value a cell, each known with its label."""
    records = Records(table.encoding, name)
    places = _places(table.header, records)
    width = len(table.header)
    for line, cells in table.rows:
        if len(cells) != width:
            records.fail(wrong_width(line, len(cells), width))
        else:
            records.add(line, _values(places, cells))
    return records.table(table.delimiter, heading_lines=table.heading_lines, above=table.above)


def _kind(found: re.Match[str]) -> tuple[str, str]:
    return found[1].lower().replace("-", ""), found[3].strip().lower()


def _places(header: tuple[str, ...], records: Records) -> list[_Place]:
    numbered = {index: found for index, heading in enumerate(header) if (found := _NUMBERED.fullmatch(heading)) is not None}
    labels = {(_kind(found)[0], found[2]): index for index, found in numbered.items() if _kind(found)[1] in _LABELS}
    places = []
    for index, heading in enumerate(header):
        if (found := numbered.get(index)) is not None:
            number, field = found[2], _FIELDS.get(_kind(found), "")
            label = labels.get((_kind(found)[0], number), -1)
        else:
            number, field, label = "", field_of(heading), -1
        if field:
            places.append(_Place(index, field, heading, label, number))
        elif heading and index not in labels.values():
            records.ignore(heading)
    return places


def _values(places: list[_Place], cells: tuple[str, ...]) -> Iterator[Value]:
    has_parts = any(cells[place.column] for place in places if place.field in ("given", "family"))
    addresses: dict[str, str] = {}
    for column, field, heading, label, number in places:
        if not cells[column]:
            continue
        if field == "full_name":
            if not has_parts:
                given, family = split_name(cells[column])
                yield Value("given", heading, given)
                yield Value("family", heading, family)
            continue
        labels = _BETWEEN.split(cells[label]) if label >= 0 else []
        texts = _BETWEEN.split(cells[column]) if label >= 0 else [cells[column]]
        if field in ADDRESS:
            word = _label(labels[0] if labels else "", field)
            if addresses.setdefault(word, number) == number:  # of two with one label the first counts, whole
                yield Value(field, heading, texts[0], word)
            continue
        for place, text in enumerate(texts):
            yield Value(field, heading, text, _label(labels[min(place, len(labels) - 1)] if labels else "", field))


def _label(text: str, field: str) -> str:
    """A label as the register knows it; a star marks the one used first."""
    word = text.strip("* ")
    if field in ("organisation", "title"):
        return ""
    return "mobile" if word.lower() in ("mobile", "mobil", "matkapuhelin") else label_of(word) or word[:40].lower()
