"""Finds out which rows of a list are people the register knows, and what each row would add or change.

A row is the same person when an identifier matches, or name with e-mail, or name with phone, and nothing speaks against it
such as another birth date. Where these lead to two people the row is neither's until somebody says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import new_id
from db.collector import let_go
from db.identity_numbers import ONE_FOR_LIFE, REPLACES
from db.models.history import RowImage
from db.models.person import LANGUAGES, ContactPoint, Identifier, Person
from db.models.role import Role
from db.numbers import Holder, holders
from db.sorting import fold
from db.texts import Msgid, _
from desktop.people.duplicates.reading import as_uuid, ask
from desktop.people.imports.deciding.plans import Change
from desktop.people.imports.incoming import ADMITTED, IncomingPerson
from desktop.people.imports.incoming import Identifier as RowIdentifier
from desktop.people.imports.mapping.mapping import MATCH_KEYS

_OWNERS = (
    "SELECT c.person_id, c.normal, p.family, p.given FROM contact_point c JOIN person p ON p.id = c.person_id "
    "WHERE c.normal {} AND c.normal <> ''"
)
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
    "protection": _("Mark of protection"),
}
KEYS = {  # which match key a kind of number goes by
    "personnummer": "identity_number",
    "coordination": "identity_number",
    "interim": "identity_number",
    "hetu": "identity_number",
    "learner_oid": "learner_oid",
}


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
    wrote: UUID | None = None  # the change set it was written in last; None for this import's own

    @property
    def line(self) -> str:
        """As people write it in one line."""
        return address_line(self.street, self.postcode, self.city)


class Passing(NamedTuple):
    """A number that holds today and that another may take the place of."""

    id: UUID
    kind: str
    version: int


@dataclass(slots=True)
class Known:
    """A person as far as matching needs them."""

    id: UUID
    given: str
    family: str
    preferred: str = ""
    birth_date: date | None = None
    language: str = ""
    note: str = ""
    identifiers: set[tuple[str, str, str]] = field(default_factory=set)  # kind, issuer, value; of those the file names
    numbered: set[str] = field(default_factory=set)  # of which kinds of `ONE_FOR_LIFE` they have a number, whatever it is
    reach: set[str] = field(default_factory=set)  # normal forms of e-mail addresses and phone numbers
    addresses: list[Place] = field(default_factory=list)
    stages: set[Stage] = field(default_factory=set)
    passing: list[Passing] = field(default_factory=list)
    wrote: set[UUID | None] = field(default_factory=set)  # the change sets that wrote names and birth date; None: this import's
    version: int = 1


class Register:
    """The people met so far: those of the database, looked up chunk by chunk, and those the file itself brings."""

    def __init__(self, session: Session, rows: Iterable[IncomingPerson], keys: Sequence[str] = MATCH_KEYS) -> None:
        self._session, self._keys = session, frozenset(keys)
        self._ways = [key for key in keys if key in _WAYS]
        self._holders: dict[str, list[Holder]] = {}
        self._people: dict[UUID, Known] = {}
        self._by_identifier: dict[tuple[str, str, str], UUID] = {}
        self._shared: dict[tuple[str, str, str], set[UUID]] = {}  # numbers that several people of the register have
        self._by_reach: dict[Reach, list[UUID]] = {}
        self._owners: dict[Reach, list[UUID]] = {}
        self.sharing: dict[str, list[tuple[UUID, str, str]]] = {}  # who has an address or number, given and family name
        self._looked_up: set[str] = set()
        self._shared_by_rows = _repeated(rows)
        for holder in holders(session, ((i.kind, i.value) for row in rows for i in row.identifiers)):
            self._holders.setdefault(holder.value, []).append(holder)

    def __del__(self) -> None:
        let_go(self._people, self._holders, self._by_identifier, self._by_reach, self._owners, self.sharing)
        let_go(self._looked_up, self._shared_by_rows)

    def is_alone(self, row: IncomingPerson) -> bool:
        """Whether no other row of the file and nobody in the register has a number, address or phone of this row.

        Then it matches nobody, and no later row can match the person it makes. To be asked of rows that were looked up.
        """
        shared, known, holders = self._shared_by_rows, self.sharing, self._holders
        for identifier in row.identifiers:
            if identifier.value in shared or identifier.value in holders:
                return False
        for _typed, normal in row.emails:
            if normal in shared or normal in known:
                return False
        return all(not (normal in shared or normal in known) for _typed, normal, _national in row.phones)

    def look_up(self, rows: Sequence[IncomingPerson]) -> None:
        """Read everybody in the database whom one of these rows may mean."""
        same = [holder for row in rows for i in row.identifiers for holder in self._holders.get(i.value, ())]
        found = {holder.person_id for holder in same}
        self._look_up_reach({normal for row in rows for normal in _reach(row)} - self._looked_up)
        if self._owners:
            found |= {person for row in rows for key in _reach_keys(row, row) for person in self._owners.get(key, ())}
        self.meet(found)
        for holder in same:
            self._know(holder)

    def meet(self, people: set[UUID]) -> None:
        """Read these people, whom a row may be."""
        # One by one: taking the view of the keys from the set would look at everybody met so far, for each portion of rows.
        unread = sorted(person for person in people if person not in self._people)
        for start in range(0, len(unread), READ_AT_ONCE):
            self._read(unread[start : start + READ_AT_ONCE])

    def person(self, person_id: UUID) -> Known | None:
        """Somebody met; None for others."""
        return self._people.get(person_id)

    def _look_up_reach(self, normals: set[str]) -> None:
        """Whose these are, once per import: thousands may share the number of a switchboard."""
        for person, normal, family, given in ask(self._session.connection(), _OWNERS, list(normals)):
            person_id = as_uuid(person)
            self._owners.setdefault((normal, fold(family), fold(given)), []).append(person_id)
            self.sharing.setdefault(normal, []).append((person_id, given, family))
        self._looked_up |= normals

    def match(self, row: IncomingPerson) -> list[Known]:
        """Whom the row may mean by the keys, those known longest first: nobody, the one it is, or several.

        All its numbers count, since two that lead to two people are a question. E-mail and phone are tried in their order
        where no number is known, and the first that is anybody's decides.
        """
        found: set[UUID] = set()
        for identifier in row.identifiers:
            if KEYS.get(identifier.kind, "registry_id") in self._keys and (known := self._by_identifier.get(_number(identifier))):
                found |= self._shared.get(_number(identifier), {known})
        if found:
            return [self._people[person] for person in sorted(found)]
        for way in self._ways:
            fitting = {person for key in _reach_keys(row, row, way) for person in self._by_reach.get(key, ())}
            if found := {person for person in fitting if not _differ(self._people[person], row)}:
                break
        return [self._people[person] for person in sorted(found)]

    def add(self, row: IncomingPerson) -> Known:
        """Remember the person a new row makes, so that a later row of the file finds them."""
        person = newcomer(row)
        self._people[person.id] = person
        return person

    def _know(self, holder: Holder) -> None:
        if (person := self._people.get(holder.person_id)) is not None:
            number = holder.kind, holder.issuer, holder.value
            person.identifiers.add(number)
            first = self._by_identifier.setdefault(number, person.id)
            if first != person.id:
                self._shared.setdefault(number, {first}).add(person.id)

    def learn(self, person: Known, row: IncomingPerson) -> None:
        """Remember all that a row says about somebody, so that a later row of the file is compared with it."""
        for name in ("given", "family", "preferred", "birth_date"):
            value = getattr(row, name)
            if value and value != getattr(person, name):
                person.wrote.add(None)
                setattr(person, name, value)
        if row.language in LANGUAGES:
            person.language = row.language
        person.note = noted(person, row)
        for identifier in row.identifiers:
            person.identifiers.add(_number(identifier))
            if identifier.kind in ONE_FOR_LIFE:
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
        stamps = Person.version, Person.made_in, Person.changed_in
        often: list[UUID] = []
        for found in self._session.execute(select(*columns, *stamps).where(Person.id.in_(ids))):
            row: Any = tuple(found)
            id, given, family, preferred, born, language, note, version, made_in, changed_in = row
            self._people[id] = Known(
                id, given, family, preferred, born, language, note, version=version, wrote={made_in, changed_in}
            )
            if version > 2:
                often.append(id)
        if often:
            between = select(RowImage.row_id, RowImage.change_set).where(RowImage.row_id.in_(often))
            for person_id, change_set in self._session.execute(between.where(RowImage.table_name == Person.__tablename__)):
                self._people[person_id].wrote.add(change_set)
        numbers = select(Identifier.id, Identifier.person_id, Identifier.kind, Identifier.version, Identifier.valid_to)
        for number in self._session.execute(numbers.where(Identifier.person_id.in_(ids), Identifier.kind.in_(_REPLACED))):
            person = self._people[number.person_id]
            if number.kind in ONE_FOR_LIFE:
                person.numbered.add(number.kind)
            if number.valid_to is None:
                person.passing.append(Passing(number.id, number.kind, number.version))
        points = select(
            ContactPoint.id, ContactPoint.person_id, ContactPoint.kind, ContactPoint.normal, ContactPoint.street,
            ContactPoint.postcode, ContactPoint.city, ContactPoint.country, ContactPoint.version, ContactPoint.changed_in,
        ).where(ContactPoint.person_id.in_(ids))  # fmt: skip
        for point in self._session.execute(points.order_by(ContactPoint.position, ContactPoint.id)):
            person = self._people[point.person_id]
            if point.kind == "address":
                place = point.street, point.postcode, point.city, point.country, point.version, point.changed_in
                person.addresses.append(Place(point.id, *place))
            elif point.normal:
                person.reach.add(point.normal)
                self._reaches((point.normal, fold(person.family), fold(person.given)), person.id)
        roles = select(Role.person_id, Role.kind, Role.programme, Role.term).where(Role.person_id.in_(ids))
        for person_id, *stage in self._session.execute(roles):
            self._people[person_id].stages.add(_stage(*stage))


def newcomer(row: IncomingPerson) -> Known:
    """The person a new row makes."""
    language = row.language if row.language in LANGUAGES else ""
    return Known(new_id(), row.given, row.family, row.preferred, row.birth_date, language, row.note, wrote={None})


def _repeated(rows: Iterable[IncomingPerson]) -> set[str]:
    """The numbers, addresses and phones that occur more than once in the file."""
    once: set[str] = set()
    again: set[str] = set()
    for row in rows:
        for identifier in row.identifiers:
            (again if identifier.value in once else once).add(identifier.value)
        for normal in _reach(row):
            (again if normal in once else once).add(normal)
    let_go(once)
    return again


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
    for number in row.identifiers:
        if _number(number) not in person.identifiers:
            passing = replaced_by(person, number.kind)
            former = passing[0].kind if passing else number.kind if is_another(person, number) else ""
            found.append(Change("identifier", former, ":".join(filter(None, (number.kind, number.issuer)))))
    found += [Change("email", "", typed) for typed, normal in row.emails if normal not in person.reach]
    found += [Change("phone", "", typed) for typed, normal, _national in row.phones if normal not in person.reach]
    if (place := address_after(person, row)) is not None:
        found.append(Change("address", person.addresses[0].line if person.addresses else "", place.line))
    if (stage := row.stage) is not None and _stage(*stage) not in person.stages:
        named = stage[1:] if stage[0] == ADMITTED else stage
        found.append(Change("admitted" if stage[0] == ADMITTED else "role", "", " ".join(filter(None, named))))
    if row.protected:  # whoever is in the register is not protected yet
        found.append(Change("protection", "", row.protected))
    if noted(person, row) != person.note:
        found.append(Change("note", "", row.note))
    return tuple(found)


def replaced_by(person: Known, kind: str) -> list[Passing]:
    """The numbers that are history once one of this kind is written down."""
    replaced = REPLACES.get(kind, ())
    return [number for number in person.passing if number.kind in replaced] if replaced else []


def is_another(person: Known, number: RowIdentifier) -> bool:
    """Whether the person has, or had, a number of which nobody has two, and not this one: then a name and an e-mail are a relative's."""
    return number.kind in ONE_FOR_LIFE and number.kind in person.numbered and _number(number) not in person.identifiers


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


def _reach_keys(row: IncomingPerson, name: IncomingPerson | Known, way: str = "") -> list[Reach]:
    """The addresses and numbers of a row under one's name; only those of one match key where it is given."""
    family, given = fold(name.family), fold(name.given)
    return [(normal, family, given) for normal in (_WAYS[way](row) if way else _reach(row))]


def _differ(person: Known, row: IncomingPerson) -> bool:
    """Whether both have a birth date or an identity number of one kind, and not the same."""
    if person.birth_date is not None and row.birth_date is not None and person.birth_date != row.birth_date:
        return True
    return any(is_another(person, number) for number in row.identifiers)


_WAYS: dict[str, Callable[[IncomingPerson], list[str]]] = {
    "email_name": lambda row: [normal for _typed, normal in row.emails],
    "phone_name": lambda row: [normal for _typed, normal, _national in row.phones],
}
_REPLACED = ONE_FOR_LIFE.union(*REPLACES.values())
