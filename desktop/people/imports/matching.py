"""Finds out which rows of a list are people the register knows.

A row is the same person when an identifier matches, or name with e-mail, or name with phone, and nothing speaks against it
such as another birth date. Where these lead to two people the row is neither's until somebody says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.collector import let_go
from db.identity_numbers import ONE_FOR_LIFE, REPLACES
from db.models.history import RowImage
from db.models.person import LANGUAGES, ContactPoint, Identifier, Person
from db.models.role import Role
from db.numbers import Holder, holders
from db.sorting import fold
from desktop.people.duplicates.reading import as_uuid, ask
from desktop.people.imports.changes import address_after, noted
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.known import Known, Passing, Place, is_another, newcomer, number_of, stage_of
from desktop.people.imports.mapping.mapping import MATCH_KEYS
from desktop.people.imports.portions import repeated

_OWNERS = (
    "SELECT c.person_id, c.normal, p.family, p.given FROM contact_point c JOIN person p ON p.id = c.person_id "
    "WHERE c.normal {} AND c.normal <> ''"
)
READ_AT_ONCE = 10_000  # ids in one question; the engine takes three times as many
Reach = tuple[str, str, str]  # an e-mail address or phone number with the folded family and given name

KEYS = {  # which match key a kind of number goes by
    "personnummer": "identity_number",
    "coordination": "identity_number",
    "interim": "identity_number",
    "hetu": "identity_number",
    "learner_oid": "learner_oid",
}


class Register:
    """The people met so far: those of the database, looked up chunk by chunk, and those the file itself brings."""

    def __init__(self, session: Session, rows: Sequence[IncomingPerson], keys: Sequence[str] = MATCH_KEYS) -> None:
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
        self._writers: set[UUID | None] = set()
        self._shared_by_rows = repeated(rows)
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

    def writers(self) -> set[UUID | None]:
        """The change sets that wrote something of those met since this was asked last."""
        met, self._writers = self._writers, set()
        return met

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
            if KEYS.get(identifier.kind, "registry_id") in self._keys and (
                known := self._by_identifier.get(number_of(identifier))
            ):
                found |= self._shared.get(number_of(identifier), {known})
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
            person.identifiers.add(number_of(identifier))
            if identifier.kind in ONE_FOR_LIFE:
                person.numbered.add(identifier.kind)
            self._by_identifier.setdefault(number_of(identifier), person.id)
        person.reach.update(_reach(row))
        for key in _reach_keys(row, person):
            self._reaches(key, person.id)
        if (place := address_after(person, row)) is not None:
            person.addresses[:1] = [place]
        if (stage := row.stage) is not None:
            person.stages.add(stage_of(*stage))

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
            self._writers.update((made_in, changed_in))
            if version > 2:
                often.append(id)
        if often:
            between = select(RowImage.row_id, RowImage.change_set).where(RowImage.row_id.in_(often))
            for person_id, change_set in self._session.execute(between.where(RowImage.table_name == Person.__tablename__)):
                self._people[person_id].wrote.add(change_set)
                self._writers.add(change_set)
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
                self._writers.add(point.changed_in)
            elif point.normal:
                person.reach.add(point.normal)
                self._reaches((point.normal, fold(person.family), fold(person.given)), person.id)
        roles = select(Role.person_id, Role.kind, Role.programme, Role.term).where(Role.person_id.in_(ids))
        for person_id, *stage in self._session.execute(roles):
            self._people[person_id].stages.add(stage_of(*stage))


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
