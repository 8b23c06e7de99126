"""Invents a register in which the same people stand twice, written down by hands that differ, and people who only look alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from bench.people import Made, make_people
from db.sorting import fold
from desktop.people.imports.incoming import IncomingPerson

SEED = 23
_SHORT = {
    "Lars": "Lasse", "Karl": "Kalle", "Mikael": "Micke", "Fredrik": "Fredde", "Kristina": "Stina", "Maria": "Mia", "Thomas": "Tompa",
    "Jan": "Janne", "Björn": "Nalle", "Håkan": "Hoke", "Mats": "Matte", "Stefan": "Staffan", "Lauri": "Lasse", "Antti": "Ante",
}  # fmt: skip


class Written(Iterator[Made]):
    """The register, person by person; `truth` gathers whose rows are one person, by the first one's number."""

    def __init__(self, count: int, seed: int = SEED) -> None:
        self.truth: dict[int, set[int]] = {}
        self._whose: dict[int, int] = {}
        self._rng = Random(seed)
        self._people = make_people(count, seed)
        self._last: Made | None = None
        self._other: dict[int, IncomingPerson] = {}  # whose row is not as it was invented

    def __next__(self) -> Made:
        made = next(self._people)
        if made.double_of:
            origin = self._whose.get(made.double_of, made.double_of)
            self._whose[made.number] = origin
            self.truth.setdefault(origin, {origin}).add(made.number)
            made = made._replace(row=_by_another_hand(self._rng, self._as_stored(made)))
            self._other[made.number] = made.row
        elif self._last is not None and self._rng.random() < 0.02:
            made = made._replace(row=_of_the_family(self._rng, made.row, self._last.row))
            self._other[made.number] = made.row
        self._last = made
        return made

    def pairs(self) -> set[tuple[int, int]]:
        """The pairs of numbers that are one person."""
        return {(one, other) for rows in self.truth.values() for one in rows for other in rows if one < other}

    def _as_stored(self, made: Made) -> IncomingPerson:
        """A double of somebody who was made another is one of who they are now."""
        row, now = made.row, self._other.get(made.double_of)
        if now is None:
            return row
        born, phones = now.birth_date if row.birth_date else None, now.phones[:1] if row.phones else ()
        row = row._replace(given=now.given, family=now.family, street=now.street, postcode=now.postcode, city=now.city)
        return row._replace(birth_date=born, emails=now.emails, phones=phones)


def _by_another_hand(rng: Random, row: IncomingPerson) -> IncomingPerson:
    """A double: the name now and then in another writing, the birth date wrong, e-mail address or home lost or another.

    Something is left as it was: birth date, phone or home; where the birth date is wrong, e-mail address or phone.
    """
    row = _named_otherwise(rng, row) if rng.random() < 0.4 else row
    if row.birth_date and (row.emails or row.phones) and rng.random() < 0.2:
        return row._replace(birth_date=_wrong_day(rng, row.birth_date))
    kept = [bool(row.birth_date), bool(row.emails), bool(row.phones), bool(row.street)]
    if sum(kept) > 1 and row.emails and rng.random() < 0.4:
        row, kept[1] = row._replace(emails=()), False
    if sum(kept) > 1 and row.street and rng.random() < 0.4:
        row = row._replace(street=f"Nygatan {rng.randint(1, 90)}", postcode=f"{rng.randint(100, 999)} {rng.randint(10, 99)}")
    return row


def _named_otherwise(rng: Random, row: IncomingPerson) -> IncomingPerson:
    first, _space, more = row.given.partition(" ")
    ways = ["swapped", "plain", "letter", "hyphen", "short", "fewer"]
    way = ways[int(rng.random() * len(ways))]
    if way == "swapped":
        return row._replace(given=row.family, family=row.given)
    if way == "plain":
        return row._replace(given=fold(row.given).title(), family=fold(row.family).title())
    if way == "letter" and len(row.family) > 5:
        at = rng.randrange(1, len(row.family) - 1)
        return row._replace(family=row.family[:at] + row.family[at + 1 :])
    if way == "hyphen":
        return row._replace(given=row.given.replace(" ", "-"), family=row.family.partition("-")[0])
    if way == "short" and first in _SHORT:
        return row._replace(given=f"{_SHORT[first]} {more}".strip())
    return row._replace(given=first)


def _wrong_day(rng: Random, born: date) -> date:
    """One digit wrong, or day and month swapped where both can be."""
    if born.day <= 12 and rng.random() < 0.4:
        return date(born.year, born.day, born.month)
    if rng.random() < 0.5:
        return date(born.year - born.year % 10 + (born.year + rng.randint(1, 9)) % 10, born.month, min(born.day, 28))
    return born.replace(day=born.day % 10 + (10 if born.day < 10 else 0) or 1)


def _of_the_family(rng: Random, row: IncomingPerson, near: IncomingPerson) -> IncomingPerson:
    """Somebody who lives with the one before: same family name and home, often the same phone or e-mail; another person."""
    same = near._replace(line=row.line, given=row.given, birth_date=row.birth_date, identifiers=row.identifiers, preferred="")
    if row.given.split()[0] == near.given.split()[0]:
        return row
    if rng.random() < 0.2:
        same = same._replace(birth_date=near.birth_date)  # twins
    return same._replace(emails=near.emails if rng.random() < 0.2 else row.emails)
