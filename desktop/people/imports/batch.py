"""The rows that one portion of a list adds, gathered table by table and stored together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import new_id, new_keys
from db.bulk import Preparing, Ready, insert_ready
from db.database import own_change_set, tell_search
from db.errors import Conflict
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.search import person_text
from db.search_text import Texts
from db.sorting import fold, name_key
from db.texts import _
from desktop.people.imports.changes import address_after, noted, replaced_by
from desktop.people.imports.deciding.plans import Change
from desktop.people.imports.deciding.settling import Settled
from desktop.people.imports.incoming import ADMITTED, IncomingPerson
from desktop.people.imports.known import Known, Place, address_line

_Rows = list[tuple[Any, ...]]
_Change = tuple[type[Person] | type[ContactPoint] | type[Identifier], UUID, int, dict[str, Any]]
_PERSON = ("id", "given", "family", "preferred", "birth_date", "language", "name_key", "note")
_EMAIL = ("id", "person_id", "label", "value", "normal", "position")
_PHONE = ("id", "person_id", "label", "value", "normal", "national", "position")
_ADDRESS = ("id", "person_id", "value", "street", "postcode", "city", "city_key", "country")


@dataclass(slots=True)
class Batch:
    """What is still to be stored of the rows taken so far."""

    preparing: Preparing
    source: str
    today: date
    rows: int = 0  # of the list
    ready: list[Ready | None] = field(default_factory=list)
    keys: Iterator[bytearray] = field(default_factory=new_keys)
    texts: Texts = field(default_factory=dict)  # for the search index
    people: _Rows = field(default_factory=list)
    emails: _Rows = field(default_factory=list)
    phones: _Rows = field(default_factory=list)
    addresses: _Rows = field(default_factory=list)
    identifiers: _Rows = field(default_factory=list)
    roles: _Rows = field(default_factory=list)
    changed: list[_Change] = field(default_factory=list)

    def take(self, settled: Settled) -> None:
        """Do what is to be done about a row."""
        person, row = settled.person, settled.row
        if settled.outcome == "new":
            address = self.add_person(bytearray(person.id.bytes), row, person.language)
            if address is not None and not settled.alone:
                person.addresses.insert(0, Place(UUID(bytes=bytes(address)), row.street, row.postcode, row.city, row.country))
        elif settled.outcome == "changed":
            self.change_person(person, row, settled.changes)

    def add_person(self, person: bytearray, row: IncomingPerson, language: str) -> bytearray | None:
        """Everything the row says about somebody new; gives the id of their address.

        Written out at length: of an import's own work this is the most, once for each of a hundred thousand.
        """
        (
            _line, given, family, preferred, birth_date, identifiers, emails, phones,
            street, postcode, city, country, _language, programme, term, note, labelled, role, _protected,
        ) = row  # fmt: skip
        keys, address, rows = self.keys, None, 1  # rows of the tables that search texts are read from
        key, label_of = name_key(family, given), dict(labelled).get if labelled else _no_label
        self.people.append((person, given, family, preferred, birth_date, language, key, note))
        for kind, value, issuer in identifiers:
            self.identifiers.append((next(keys), person, kind, value, issuer))
        for position, (typed, normal) in enumerate(emails):
            if not position or all(normal != other for _typed, other in emails[:position]):
                self.emails.append((next(keys), person, label_of(normal, ""), typed, normal, position))
                rows += 1
        for position, (typed, normal, national) in enumerate(phones):
            if not position or all(normal != other for _typed, other, _national in phones[:position]):
                self.phones.append((next(keys), person, label_of(normal, ""), typed, normal, national, position))
                rows += 1
        if city or street:
            address = next(keys)
            line = address_line(street, postcode, city)
            self.addresses.append((address, person, line, street, postcode, city, fold(city), country))
            rows += 1
        if programme or term or role:
            self.roles.append((next(keys), person, role or ADMITTED, programme, term))
        self.texts[bytes(person)] = rows, person_text(given, family, preferred, key, emails, phones)
        return address

    def change_person(self, person: Known, row: IncomingPerson, changes: tuple[Change, ...]) -> None:
        """Only what the row says and the register does not hold yet."""
        fields, before = {change.field for change in changes}, self._searched
        self._change_row(person, row, fields)
        self._add_numbers(person, row)
        self._add_reach(person, row)
        if "address" in fields:
            self._change_address(person, row)
        if ("admitted" in fields or "role" in fields) and row.stage is not None:
            self.roles.append((next(self.keys), bytearray(person.id.bytes), *row.stage))
        if self._searched > before:  # their text says more now
            told, _text = self.texts.get(person.id.bytes, (0, None))
            self.texts[person.id.bytes] = told + self._searched - before, None

    def make_ready(self) -> Batch:
        """Turn all that was gathered into what the database takes."""
        rows, source = self.preparing.rows, self.source
        self.ready = [  # parents first
            rows(Person, _PERSON, self.people),
            rows(ContactPoint, _EMAIL, self.emails, source=source, kind="email"),
            rows(ContactPoint, _PHONE, self.phones, source=source, kind="phone"),
            rows(ContactPoint, _ADDRESS, self.addresses, source=source, kind="address"),
            rows(Identifier, ("id", "person_id", "kind", "value", "issuer"), self.identifiers),
            rows(Role, ("id", "person_id", "kind", "programme", "term"), self.roles, source=source),
        ]
        return self

    def store(self, session: Session) -> None:
        """Store all that was made ready; then change what was there, or is since now."""
        for rows in self.ready:
            insert_ready(session, rows)
        tell_search(session, "person", self.texts)
        for change in self.changed:
            _change(session, *change)

    @property
    def _searched(self) -> int:
        """How many rows were gathered of what search texts are read from, besides the people themselves."""
        return len(self.emails) + len(self.phones) + len(self.addresses)

    def _change_row(self, person: Known, row: IncomingPerson, fields: set[str]) -> None:
        values: dict[str, Any] = {
            name: getattr(row, name) for name in ("given", "family", "preferred", "birth_date", "language") if name in fields
        }
        if "note" in fields:
            values["note"] = noted(person, row)
        if not values:
            return
        if "given" in values or "family" in values:
            values["name_key"] = name_key(values.get("family", person.family), values.get("given", person.given))
        self.changed.append((Person, person.id, person.version, values))
        person.version += 1

    def _change_address(self, person: Known, row: IncomingPerson) -> None:
        if not person.addresses:
            first = Place(new_id(), row.street, row.postcode, row.city, row.country)
            keys = bytearray(first.id.bytes), bytearray(person.id.bytes)
            self.addresses.append((*keys, first.line, *first[1:4], fold(first.city), first.country))
            person.addresses.insert(0, first)
        elif (place := address_after(person, row)) is not None:
            values = {"street": place.street, "postcode": place.postcode, "city": place.city, "country": place.country}
            more = {"value": place.line, "city_key": fold(place.city), "source": self.source}
            self.changed.append((ContactPoint, place.id, place.version - 1, {**values, **more}))

    def _add_numbers(self, person: Known, row: IncomingPerson) -> None:
        """Write down numbers not known yet; those they take the place of end today, and stay in the history."""
        key = bytearray(person.id.bytes)
        for kind, value, issuer in row.identifiers:
            if (kind, issuer, value) not in person.identifiers:
                for former in replaced_by(person, kind):
                    self.changed.append((Identifier, former.id, former.version, {"valid_to": self.today}))
                    person.passing.remove(former)
                self.identifiers.append((next(self.keys), key, kind, value, issuer))

    def _add_reach(self, person: Known, row: IncomingPerson) -> None:
        key, known, labels = bytearray(person.id.bytes), set(person.reach), dict(row.labels)
        for position, (typed, normal) in enumerate(row.emails):
            if normal not in known:
                known.add(normal)
                self.emails.append((next(self.keys), key, labels.get(normal, ""), typed, normal, position))
        for position, (typed, normal, national) in enumerate(row.phones):
            if normal not in known:
                known.add(normal)
                self.phones.append((next(self.keys), key, labels.get(normal, ""), typed, normal, national, position))


def _no_label(_normal: str, none: str) -> str:
    """What an address is called in a row that calls none by a name."""
    return none


def _change(
    session: Session,
    kind: type[Person] | type[ContactPoint] | type[Identifier],
    row_id: UUID,
    version: int,
    values: dict[str, Any],
) -> None:
    """Change the row as it was read: on a server a colleague may save between the reading and now."""
    stamp = {"version": version + 1, "changed_in": own_change_set(session)}
    done = session.execute(
        update(kind).where(kind.id == row_id, kind.version == version).values(**values, **stamp),
        execution_options={"synchronize_session": False},
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            _("Someone changed a person of this list while it was brought in."),
            _("Nothing of the list was saved, and nothing was overwritten. Import it again."),
        )
