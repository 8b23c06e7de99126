"""Finds out which rows of a list are people the register knows, and what each row would add or change.

A row is the same person when an identifier matches, or name with e-mail, or name with phone; else it is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import new_id
from db.models.person import LANGUAGES, ContactPoint, Identifier, Person
from db.models.role import Role
from db.sorting import fold
from db.texts import Msgid, _

from desktop.people.rows import Identifier as RowIdentifier
from desktop.people.rows import IncomingPerson

Verdict = Literal["new", "same", "changed"]
CHUNK = 1000  # rows looked up together

FIELDS = {
    "given": _("Given name"),
    "family": _("Family name"),
    "preferred": _("Preferred name"),
    "birth_date": _("Birth date"),
    "language": _("Language"),
    "identifier": _("Number"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "address": _("Address"),
    "admitted": _("Admitted"),
}


class Change(NamedTuple):
    """One thing a row changes; `field` is a key of `FIELDS`, both sides are shown as they are."""

    field: str
    before: str
    after: str


class RowPlan(NamedTuple):
    """What becomes of one row. `changes` is empty unless the verdict is "changed"."""

    line: int
    verdict: Verdict
    person_id: UUID
    name: str
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Known:
    """A person as far as matching needs them; `stored` is false for one that an earlier row of the file made."""

    id: UUID
    given: str
    family: str
    preferred: str = ""
    birth_date: date | None = None
    language: str = ""
    identifiers: set[tuple[str, str, str]] = field(default_factory=set)  # kind, issuer, value
    reach: set[str] = field(default_factory=set)  # normal forms of e-mail addresses and phone numbers
    addresses: list[tuple[UUID, str, str, str]] = field(default_factory=list)  # id, street, postcode, city
    admitted: set[tuple[str, str]] = field(default_factory=set)  # folded programme, term
    stored: bool = True


class Register:
    """The people met so far: those of the database, looked up chunk by chunk, and those the file itself brings."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._people: dict[UUID, Known] = {}
        self._by_identifier: dict[tuple[str, str, str], UUID] = {}
        self._by_reach: dict[str, list[UUID]] = {}

    def look_up(self, rows: Sequence[IncomingPerson]) -> None:
        """Read everybody in the database whom one of these rows may mean."""
        numbers = {i.value for row in rows for i in row.identifiers}
        reach = {normal for row in rows for normal in _reach(row)}
        found: set[UUID] = set()
        if numbers:
            found |= set(self._session.scalars(select(Identifier.person_id).where(Identifier.value.in_(numbers))))
        if reach:
            found |= set(self._session.scalars(select(ContactPoint.person_id).where(ContactPoint.normal.in_(reach))))
        self._read(found - self._people.keys())

    def match(self, row: IncomingPerson) -> Known | None:
        """Who the row is, or None for somebody new. The person known longest wins where several fit."""
        for identifier in row.identifiers:
            if known := self._by_identifier.get(_number(identifier)):
                return self._people[known]
        name = (fold(row.family), fold(row.given))
        fitting = [
            person
            for normal in _reach(row)
            for person in self._by_reach.get(normal, ())
            if (fold(self._people[person].family), fold(self._people[person].given)) == name
        ]
        return self._people[min(fitting)] if fitting else None

    def add(self, row: IncomingPerson) -> Known:
        """Remember the person a new row makes, so that a later row of the file finds them."""
        person = Known(new_id(), row.given, row.family, stored=False)
        self._people[person.id] = person
        self.learn(person, row)
        person.preferred, person.birth_date = row.preferred, row.birth_date
        person.language = row.language if row.language in LANGUAGES else ""
        return person

    def learn(self, person: Known, row: IncomingPerson) -> None:
        """Remember the numbers and addresses a row adds to somebody."""
        for identifier in row.identifiers:
            person.identifiers.add(_number(identifier))
            self._by_identifier.setdefault(_number(identifier), person.id)
        for normal in _reach(row):
            person.reach.add(normal)
            self._by_reach.setdefault(normal, []).append(person.id)
        if row.programme or row.term:
            person.admitted.add((fold(row.programme), row.term))

    def _read(self, ids: set[UUID]) -> None:
        if not ids:
            return
        columns = (Person.id, Person.given, Person.family, Person.preferred, Person.birth_date, Person.language)
        for row in self._session.execute(select(*columns).where(Person.id.in_(ids))):
            self._people[row.id] = Known(row.id, row.given, row.family, row.preferred, row.birth_date, row.language)
        columns_of_numbers = (Identifier.person_id, Identifier.kind, Identifier.issuer, Identifier.value)
        for person_id, *number in self._session.execute(select(*columns_of_numbers).where(Identifier.person_id.in_(ids))):
            self._people[person_id].identifiers.add(tuple(number))
            self._by_identifier.setdefault(tuple(number), person_id)
        points = select(
            ContactPoint.id, ContactPoint.person_id, ContactPoint.kind, ContactPoint.normal,
            ContactPoint.street, ContactPoint.postcode, ContactPoint.city,
        ).where(ContactPoint.person_id.in_(ids))  # fmt: skip
        for point in self._session.execute(points.order_by(ContactPoint.position, ContactPoint.id)):
            person = self._people[point.person_id]
            if point.kind == "address":
                person.addresses.append((point.id, point.street, point.postcode, point.city))
            elif point.normal:
                person.reach.add(point.normal)
                self._by_reach.setdefault(point.normal, []).append(person.id)
        roles = select(Role.person_id, Role.programme, Role.term).where(Role.person_id.in_(ids), Role.kind == "admitted")
        for person_id, programme, term in self._session.execute(roles):
            self._people[person_id].admitted.add((fold(programme), term))


def changes_of(person: Known, row: IncomingPerson) -> tuple[Change, ...]:
    """What the row says that the register does not hold yet. Silence of the file never empties anything."""
    found: list[Change] = []
    for name in ("given", "family", "preferred"):
        before, after = getattr(person, name), getattr(row, name)
        if after and after != before:
            found.append(Change(name, before, after))
    if row.birth_date and row.birth_date != person.birth_date:
        found.append(Change("birth_date", person.birth_date.isoformat() if person.birth_date else "", row.birth_date.isoformat()))
    if row.language in LANGUAGES and row.language != person.language:
        found.append(Change("language", person.language, row.language))
    new_numbers = [i for i in row.identifiers if _number(i) not in person.identifiers]
    found += [Change("identifier", "", i.kind) for i in new_numbers]
    found += [Change("email", "", typed) for typed, normal in row.emails if normal not in person.reach]
    found += [Change("phone", "", typed) for typed, normal, _national in row.phones if normal not in person.reach]
    if (place := address_change(person, row)) is not None:
        found.append(place)
    if (row.programme or row.term) and (fold(row.programme), row.term) not in person.admitted:
        found.append(Change("admitted", "", " ".join(filter(None, (row.programme, row.term)))))
    return tuple(found)


def address_change(person: Known, row: IncomingPerson) -> Change | None:
    """The address the row brings, unless one of the person's addresses already says all of it."""
    if not (row.city or row.street):
        return None
    given = tuple(fold(part) for part in (row.street, row.postcode.replace(" ", ""), row.city))
    for _id, street, postcode, city in person.addresses:
        have = (fold(street), fold(postcode.replace(" ", "")), fold(city))
        if all(not new or new == old for new, old in zip(given, have, strict=True)):
            return None
    before = one_line(*person.addresses[0][1:]) if person.addresses else ""
    return Change("address", before, one_line(row.street, row.postcode, row.city))


def one_line(street: str, postcode: str, city: str) -> str:
    """A postal address as people write it in one line."""
    return ", ".join(filter(None, (street, " ".join(filter(None, (postcode, city))))))


def chunks(rows: Sequence[IncomingPerson]) -> Iterable[Sequence[IncomingPerson]]:
    """The rows in portions that are looked up together."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def field_label(change: Change) -> Msgid:
    """The label of what changes."""
    return FIELDS[change.field]


def _number(identifier: RowIdentifier) -> tuple[str, str, str]:
    return identifier.kind, identifier.issuer, identifier.value


def _reach(row: IncomingPerson) -> list[str]:
    return [normal for _typed, normal in row.emails] + [normal for _typed, normal, _national in row.phones]
