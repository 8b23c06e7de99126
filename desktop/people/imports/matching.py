"""Finds out which rows of a list are people the register knows, and what each row would add or change.

A row is the same person when an identifier matches, or name with e-mail, or name with phone, and nothing speaks against it
such as another birth date; else it is new.
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
from db.collector import let_go
from db.models.person import LANGUAGES, ContactPoint, Identifier, Person
from db.models.role import Role
from db.numbers import Holder, holders
from db.sorting import fold
from db.texts import Msgid, _
from desktop.people.imports.rows import ADMITTED, IncomingPerson
from desktop.people.imports.rows import Identifier as RowIdentifier

Verdict = Literal["new", "same", "changed"]
CHUNK = 1000  # rows looked up together
READ_AT_ONCE = 10_000  # ids in one question; the engine takes three times as many
Reach = tuple[str, str, str]  # an e-mail address or phone number with the folded family and given name
Stage = tuple[str, str, str]  # a role with the folded programme and the term

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
    "role": _("Role"),
    "note": _("Note"),
}
# Nobody has two of a kind: where they differ, name and e-mail are those of a relative.
ONE_EACH = frozenset({"personnummer", "hetu"})


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


def address_line(street: str, postcode: str, city: str) -> str:
    """A postal address as people write it in one line."""
    town = f"{postcode} {city}" if postcode and city else postcode or city
    return f"{street}, {town}" if street and town else street or town


class Place(NamedTuple):
    """A postal address."""

    id: UUID
    street: str
    postcode: str
    city: str
    country: str
    version: int = 1

    @property
    def line(self) -> str:
        """As people write it in one line."""
        return address_line(self.street, self.postcode, self.city)


@dataclass(slots=True)
class Known:
    """A person as far as matching needs them; `stored` is false for one that an earlier row of the file made."""

    id: UUID
    given: str
    family: str
    preferred: str = ""
    birth_date: date | None = None
    language: str = ""
    note: str = ""
    identifiers: set[tuple[str, str, str]] = field(default_factory=set)  # kind, issuer, value; of those the file names
    numbered: set[str] = field(default_factory=set)  # of which kinds of `ONE_EACH` they have a number, whatever it is
    reach: set[str] = field(default_factory=set)  # normal forms of e-mail addresses and phone numbers
    addresses: list[Place] = field(default_factory=list)
    stages: set[Stage] = field(default_factory=set)
    stored: bool = True
    version: int = 1


class Register:
    """The people met so far: those of the database, looked up chunk by chunk, and those the file itself brings."""

    def __init__(self, session: Session, rows: Iterable[IncomingPerson]) -> None:
        self._session = session
        self._holders: dict[str, list[Holder]] = {}
        for holder in holders(session, ((i.kind, i.value) for row in rows for i in row.identifiers)):
            self._holders.setdefault(holder.value, []).append(holder)
        self._people: dict[UUID, Known] = {}
        self._by_identifier: dict[tuple[str, str, str], UUID] = {}
        self._by_reach: dict[Reach, list[UUID]] = {}
        self._owners: dict[Reach, list[UUID]] = {}
        self._looked_up: set[str] = set()

    def __del__(self) -> None:
        let_go(self)

    def look_up(self, rows: Sequence[IncomingPerson]) -> None:
        """Read everybody in the database whom one of these rows may mean."""
        same = [holder for row in rows for i in row.identifiers for holder in self._holders.get(i.value, ())]
        found = {holder.person_id for holder in same}
        self._look_up_reach({normal for row in rows for normal in _reach(row)} - self._looked_up)
        found |= {person for row in rows for key in _reach_keys(row, row) for person in self._owners.get(key, ())}
        unread = sorted(found - self._people.keys())
        for start in range(0, len(unread), READ_AT_ONCE):
            self._read(unread[start : start + READ_AT_ONCE])
        for holder in same:
            self._know(holder)

    def _look_up_reach(self, normals: set[str]) -> None:
        """Whose these are, once per import: thousands may share the number of a switchboard."""
        if not normals:
            return
        points = select(ContactPoint.person_id, ContactPoint.normal, Person.family, Person.given)
        points = points.join(Person, Person.id == ContactPoint.person_id).where(
            ContactPoint.normal.in_(normals), ContactPoint.normal != ""
        )
        for person_id, normal, family, given in self._session.execute(points):
            self._owners.setdefault((normal, fold(family), fold(given)), []).append(person_id)
        self._looked_up |= normals

    def match(self, row: IncomingPerson) -> Known | None:
        """Who the row is, or None for somebody new. The person known longest wins where several fit."""
        for identifier in row.identifiers:
            if known := self._by_identifier.get(_number(identifier)):
                return self._people[known]
        fitting = [person for key in _reach_keys(row, row) for person in self._by_reach.get(key, ())]
        fitting = [person for person in fitting if not _differ(self._people[person], row)]
        return self._people[min(fitting)] if fitting else None

    def add(self, row: IncomingPerson) -> Known:
        """Remember the person a new row makes, so that a later row of the file finds them."""
        person = Known(new_id(), row.given, row.family, stored=False)
        self._people[person.id] = person
        person.preferred, person.birth_date, person.note = row.preferred, row.birth_date, row.note
        person.language = row.language if row.language in LANGUAGES else ""
        return person

    def _know(self, holder: Holder) -> None:
        if (person := self._people.get(holder.person_id)) is not None:
            number = holder.kind, holder.issuer, holder.value
            person.identifiers.add(number)
            self._by_identifier.setdefault(number, person.id)

    def learn(self, person: Known, row: IncomingPerson) -> None:
        """Remember all that a row says about somebody, so that a later row of the file is compared with it."""
        for name in ("given", "family", "preferred", "birth_date"):
            if value := getattr(row, name):
                setattr(person, name, value)
        if row.language in LANGUAGES:
            person.language = row.language
        person.note = noted(person, row)
        for identifier in row.identifiers:
            person.identifiers.add(_number(identifier))
            person.numbered.add(identifier.kind)
            self._by_identifier.setdefault(_number(identifier), person.id)
        person.reach.update(_reach(row))
        for key in _reach_keys(row, person):
            self._reaches(key, person.id)
        if (place := address_after(person, row)) is not None:
            person.addresses[:1] = [place]
        if (stage := row.stage) is not None:
            person.stages.add(_stage(*stage))

    def _reaches(self, key: Reach, person_id: UUID) -> None:
        known = self._by_reach.setdefault(key, [])
        if person_id not in known:
            known.append(person_id)

    def _read(self, ids: Sequence[UUID]) -> None:
        columns = (Person.id, Person.given, Person.family, Person.preferred, Person.birth_date, Person.language, Person.note)
        for row in self._session.execute(select(*columns, Person.version).where(Person.id.in_(ids))):
            self._people[row.id] = Known(*row[:-1], version=row.version)
        kinds = select(Identifier.person_id, Identifier.kind).where(Identifier.person_id.in_(ids), Identifier.kind.in_(ONE_EACH))
        for person_id, kind in self._session.execute(kinds):
            self._people[person_id].numbered.add(kind)
        points = select(
            ContactPoint.id, ContactPoint.person_id, ContactPoint.kind, ContactPoint.normal,
            ContactPoint.street, ContactPoint.postcode, ContactPoint.city, ContactPoint.country, ContactPoint.version,
        ).where(ContactPoint.person_id.in_(ids))  # fmt: skip
        for point in self._session.execute(points.order_by(ContactPoint.position, ContactPoint.id)):
            person = self._people[point.person_id]
            if point.kind == "address":
                person.addresses.append(Place(point.id, point.street, point.postcode, point.city, point.country, point.version))
            elif point.normal:
                person.reach.add(point.normal)
                self._reaches((point.normal, fold(person.family), fold(person.given)), person.id)
        roles = select(Role.person_id, Role.kind, Role.programme, Role.term).where(Role.person_id.in_(ids))
        for person_id, *stage in self._session.execute(roles):
            self._people[person_id].stages.add(_stage(*stage))


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
    found += [Change("identifier", "", ":".join(filter(None, (i.kind, i.issuer)))) for i in new_numbers]
    found += [Change("email", "", typed) for typed, normal in row.emails if normal not in person.reach]
    found += [Change("phone", "", typed) for typed, normal, _national in row.phones if normal not in person.reach]
    if (place := address_after(person, row)) is not None:
        found.append(Change("address", person.addresses[0].line if person.addresses else "", place.line))
    if (stage := row.stage) is not None and _stage(*stage) not in person.stages:
        named = stage[1:] if stage[0] == ADMITTED else stage
        found.append(Change("admitted" if stage[0] == ADMITTED else "role", "", " ".join(filter(None, named))))
    if noted(person, row) != person.note:
        found.append(Change("note", "", row.note))
    return tuple(found)


def noted(person: Known, row: IncomingPerson) -> str:
    """The note about somebody with what the row remarks below it, unless that is there already."""
    if not row.note or row.note in person.note:
        return person.note
    return f"{person.note}\n{row.note}" if person.note else row.note


def address_after(person: Known, row: IncomingPerson) -> Place | None:
    """What the first address becomes, or None when one of the person's addresses already says all of the row's.

    Nobody keeps the street when they move to another town; within the town the row only adds.
    """
    if not (row.city or row.street):
        return None
    given = _compared(row.street, row.postcode, row.city)
    for place in person.addresses:
        if all(not new or new == old for new, old in zip(given, _compared(*place[1:4]), strict=True)):
            return None
    old = person.addresses[0] if person.addresses else Place(new_id(), "", "", "", "", version=0)
    version = old.version + 1
    if row.city and fold(row.city) != fold(old.city):
        return Place(old.id, row.street, row.postcode, row.city, row.country, version)
    merged = row.street or old.street, row.postcode or old.postcode, row.city or old.city, row.country or old.country
    return Place(old.id, *merged, version)


def _compared(street: str, postcode: str, city: str) -> tuple[str, str, str]:
    return fold(street), fold(postcode.replace(" ", "")), fold(city)


def chunks(rows: Sequence[IncomingPerson]) -> Iterable[Sequence[IncomingPerson]]:
    """The rows in portions that are looked up together."""
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def field_label(change: Change) -> Msgid:
    """The label of what changes."""
    return FIELDS[change.field]


def _stage(role: str, programme: str, term: str) -> Stage:
    return role, fold(programme), term


def _number(identifier: RowIdentifier) -> tuple[str, str, str]:
    return identifier.kind, identifier.issuer, identifier.value


def _reach(row: IncomingPerson) -> list[str]:
    return [normal for _typed, normal in row.emails] + [normal for _typed, normal, _national in row.phones]


def _reach_keys(row: IncomingPerson, name: IncomingPerson | Known) -> list[Reach]:
    """The addresses and numbers of a row under one's name."""
    family, given = fold(name.family), fold(name.given)
    return [(normal, family, given) for normal in _reach(row)]


def _differ(person: Known, row: IncomingPerson) -> bool:
    """Whether both have a birth date or an identity number of one kind, and not the same."""
    if person.birth_date is not None and row.birth_date is not None and person.birth_date != row.birth_date:
        return True
    theirs = {(kind, value) for kind, _issuer, value in person.identifiers}
    return any(i.kind in ONE_EACH & person.numbered and (i.kind, i.value) not in theirs for i in row.identifiers)
