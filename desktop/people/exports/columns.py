"""What of a person goes into an exported list, typed: identity numbers are not among it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from typing import Protocol

from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.exports.cells import Cell
from desktop.people.listing import PersonRow
from desktop.people.views.columns import BY_KEY, needed

SIGNS = 7  # pixels a sign takes in a list, to make a width of a spreadsheet of it
_POSTAL = frozenset({"street", "postcode", "town", "country"})


class Value(Protocol):
    def __call__(self, row: PersonRow, texts: Texts, *, held: bool) -> Cell: ...


def fields(keys: Iterable[str]) -> frozenset[str]:
    """The fields of a row these columns are made of; whether an address is on hold must be known to leave it out."""
    wanted = frozenset(keys)
    return needed(wanted) | (frozenset({"post_hold"}) if wanted & _POSTAL else frozenset())


def line(row: PersonRow, keys: Iterable[str], texts: Texts, *, held: bool) -> list[Cell]:
    """The cells of one person; addresses and numbers on hold are left empty unless they are asked for (`held`)."""
    return [_VALUES.get(key, partial(_shown, key=key))(row, texts, held=held) for key in keys]


def width(key: str) -> int:
    """How wide a column of a spreadsheet is, in signs."""
    return max(8, BY_KEY[key].width // SIGNS)


def _shown(row: PersonRow, texts: Texts, *, held: bool, key: str) -> Cell:
    """As the list shows it."""
    found = BY_KEY[key].show(row, texts)
    return ", ".join(found) if isinstance(found, tuple) else found


def _usable(text: str, hold: str, held: bool) -> str:
    return "" if hold and not held else text


def _postal(name: str, row: PersonRow, texts: Texts, *, held: bool) -> Cell:
    return _usable(str(getattr(row, name)), row.post_hold, held)


def _day(moment: datetime | None, texts: Texts) -> date | None:
    return moment.astimezone(texts.zone).date() if moment is not None else None


_VALUES: dict[str, Value] = {
    "email": lambda row, texts, *, held: _usable(row.email, row.email_hold, held),
    "phone": lambda row, texts, *, held: _usable(row.phone, row.phone_hold, held),
    **{name: partial(_postal, name) for name in _POSTAL},
    "contact": lambda row, texts, *, held: _day(row.last_contact, texts),
    "created": lambda row, texts, *, held: _day(row.created, texts),
    "changed": lambda row, texts, *, held: _day(row.changed, texts),
    "born": lambda row, texts, *, held: row.born,
    "birth_year": lambda row, texts, *, held: row.born.year if row.born else None,
    "language": lambda row, texts, *, held: words.language(row.language, texts),
}
