"""Tells what the columns of a list without headings hold, as far as their cells alone show it, as a suggestion."""

from __future__ import annotations

import re
from collections.abc import Sequence

from db.identity_numbers import recognise
from desktop.people.imports.columns import ColumnMap, KnownColumn

LOOKED_AT = 200  # rows
MOST = 0.8  # of the cells that are filled
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+")
_PHONE = re.compile(r"(?:\+|0|\(0)[0-9 ()/.\-]{5,22}", re.ASCII)
_NUMBERS = {"personnummer": "SE", "samordningsnummer": "SE", "hetu": "FI"}
_DIGITS = range(7, 16)  # of a phone number


def kind_of(text: str) -> tuple[str, str]:
    """The field a cell speaks for and, of identity numbers, their country; empty where it could be anything."""
    if _EMAIL.fullmatch(text):
        return "email", ""
    number = recognise(text)
    if number is not None and number[0] in _NUMBERS:
        return "identity_number", _NUMBERS[number[0]]
    if _PHONE.fullmatch(text) and sum(map(str.isdigit, text)) in _DIGITS:
        return "phone", ""
    return "", ""


def speaks_of_a_person(cells: Sequence[str]) -> bool:
    """Whether a row tells of somebody rather than what is told in the rows below it: headings hold no addresses and numbers."""
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and any(kind_of(cell)[0] for cell in filled)


def columns_by_content(header: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]) -> ColumnMap:
    """The columns whose cells nearly all speak for one field; all others are left to whoever knows the list."""
    known = []
    for place, heading in enumerate(header):
        kinds = [kind_of(cells[place]) for _line, cells in rows[:LOOKED_AT] if place < len(cells) and cells[place]]
        best = max(set(kinds), key=kinds.count, default=("", ""))
        if best[0] and kinds.count(best) >= MOST * len(kinds):
            known.append(KnownColumn(place, best[0], heading, country=best[1]))
    used = {column.index for column in known}
    return ColumnMap(tuple(known), tuple(heading for place, heading in enumerate(header) if place not in used))
