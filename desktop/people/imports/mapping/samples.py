"""Picks the values that show what a column holds, without showing anybody's identity number or anybody protected."""

from __future__ import annotations

import re

from db.identity_numbers import DOT
from desktop.people.formats.table import Table
from desktop.people.imports.columns import ColumnMap
from desktop.people.imports.mapping.protection import is_protected

SHOWN = 3  # values of a column
LOOKED_AT = 200  # rows
MAX_SHOWN = 60  # letters of a value
_LIKE_A_NUMBER = re.compile(
    r"(?:[0-9]{2})?[0-9]{6}[-+A-FU-Y]?[0-9A-Z][0-9]{2}[0-9A-Z]", re.ASCII | re.IGNORECASE
)  # right or wrong


def samples_of(table: Table, columns: ColumnMap) -> tuple[tuple[str, ...], ...]:
    """Up to three different values of each column, from the first rows."""
    fields = {column.index: column.field for column in columns.known}
    marks = [place for place, field in fields.items() if field == "protection"]
    found: list[dict[str, None]] = [{} for _heading in table.header]
    for _line, cells in table.rows[:LOOKED_AT]:
        if any(is_protected(cells[place]) for place in marks if place < len(cells)):
            continue
        for place, (values, text) in enumerate(zip(found, cells, strict=False)):
            if text and len(values) < SHOWN:
                values[_shown(text, fields.get(place, ""))] = None
    return tuple(tuple(values) for values in found)


def _shown(text: str, field: str) -> str:
    if field not in ("phone", "mobile") and _LIKE_A_NUMBER.fullmatch(text):
        return f"{text[:-4]}{DOT * 4}"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
