"""Finds people of the register whom new rows of a list may well be, by the rules for duplicates, in sets rather than row by row.

Whoever is retired or kept apart is never read, so never suggested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db.collector import let_go
from db.models.person import Person
from desktop.people.duplicates.blocks import name_initials
from desktop.people.duplicates.names import names_of
from desktop.people.duplicates.reading import COMPARED, address_of, all_rows, as_uuid, ask, own_form, portraits
from desktop.people.duplicates.rules import SUSPECTED
from desktop.people.duplicates.scoring import Portrait, compare
from desktop.people.imports.deciding.plans import Candidate
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.imports.known import Known, is_another

AT_MOST = 5  # of those a row may be, the likeliest
_BY_BIRTH = (
    "SELECT p.birth_date, p.made_in, p.id, p.given, p.preferred, p.family, p.former FROM person p "
    f"WHERE p.birth_date IS NOT NULL AND p.birth_date {{}} AND {COMPARED}"
)
_HOUSES = (
    "SELECT c.street, c.postcode, c.city, p.id, p.given, p.preferred, p.family, p.former FROM contact_point c "
    f"JOIN person p ON p.id = c.person_id WHERE c.kind = 'address' AND c.street <> '' AND {COMPARED}"
)
Named = tuple[UUID, str, str]  # somebody's id, given and family name


class Likes:
    """Looks for who shares a birth date, a house or a way to reach them, and initials, and weighs those."""

    def __init__(self, session: Session, rows: Iterable[IncomingPerson], sharing: Mapping[str, Sequence[Named]]) -> None:
        """`sharing` tells who has an e-mail address or phone number, of those of all rows looked up so far."""
        self._session, self._rows, self._sharing = session, rows, sharing
        self._houses: dict[str, set[Any]] | None = None
        self._ways: dict[str, dict[str, list[UUID]]] = {}
        self._own: UUID | None = session.info.get("change_set")  # nobody it made was there when the file was looked at
        self.useful = session.scalar(select(Person.id).limit(1)) is not None  # nobody is like anybody in an empty register

    def __del__(self) -> None:
        let_go(self._houses, self._ways)

    def look_up(self, rows: Sequence[IncomingPerson]) -> dict[int, tuple[Candidate, ...]]:
        """Whom each of these rows may be, the likeliest first, by its line; rows like nobody are left out."""
        if not rows or not self.useful:
            return {}
        connection = self._session.connection()
        near: dict[int, set[Any]] = {}
        by_birth: dict[str, list[IncomingPerson]] = {}
        for row in rows:
            if row.birth_date is not None:
                by_birth.setdefault(row.birth_date.isoformat(), []).append(row)
            initials = name_initials(row.given, row.preferred, row.family)
            sharing = {person for normal in _reach(row) for one in initials for person in self._by_way(normal).get(one, ())}
            found = {own_form(connection, person) for person in sharing}
            for house in _houses(row.street, row.postcode, row.city):
                found.update(*(self._living_in(connection).get(f"{house}|{one}", ()) for one in initials))
            if found:
                near[row.line] = found
        self._add_born(connection, by_birth, near)
        seen = portraits(connection, set().union(*near.values()), numbers=False)
        weighed = ((row, _weighed(row, [seen[one] for one in near.get(row.line, ()) if one in seen])) for row in rows)
        return {row.line: found for row, found in weighed if found}

    def _add_born(self, connection: Connection, by_birth: dict[str, list[IncomingPerson]], near: dict[int, set[Any]]) -> None:
        """Add who was born on the same day, to the lines of all who share initials with them."""
        days: list[Any] = sorted(by_birth)
        if connection.dialect.name != "sqlite":
            days = [date.fromisoformat(day) for day in days]
        own = own_form(connection, self._own) if self._own is not None else None
        for day, made_in, person, given, preferred, family, former in ask(connection, _BY_BIRTH, days):
            if made_in == own:
                continue
            theirs = set(name_initials(given, preferred, family, former))
            for row in by_birth[str(day)]:
                if not theirs.isdisjoint(name_initials(row.given, row.preferred, row.family)):
                    near.setdefault(row.line, set()).add(person)

    def _by_way(self, normal: str) -> dict[str, list[UUID]]:
        """Who has an e-mail address or phone number, by initials: thousands may share that of a switchboard."""
        found = self._ways.get(normal)
        if found is None:
            found = self._ways[normal] = {}
            for person, given, family in self._sharing.get(normal, ()):
                for initials in name_initials(given, "", family):
                    found.setdefault(initials, []).append(person)
        return found

    def _living_in(self, connection: Connection) -> dict[str, set[Any]]:
        """Who lives in the houses of the list, by initials; read once, since no index knows streets."""
        if self._houses is None:
            wanted = {house for row in self._rows for house in _houses(row.street, row.postcode, row.city)}
            self._houses = {}
            for street, postcode, city, person, *names in all_rows(connection, _HOUSES):
                for house in _houses(street, postcode, city):
                    if house in wanted:
                        for initials in name_initials(*names):
                            self._houses.setdefault(f"{house}|{initials}", set()).add(person)
            let_go(wanted)
        return self._houses


def speaks_against(person: Known, row: IncomingPerson) -> bool:
    """Whether both have a number of which nobody has two, and not the same."""
    return any(is_another(person, number) for number in row.identifiers)


def _houses(street: str, postcode: str, city: str) -> list[str]:
    if not street:
        return []
    house = street.casefold().replace(" ", "")
    return [f"{house}|{place}" for place in (postcode.replace(" ", ""), city.casefold()) if place]


def _reach(row: IncomingPerson) -> list[str]:
    return [normal for _typed, normal in row.emails] + [normal for _typed, normal, _national in row.phones]


def _weighed(row: IncomingPerson, others: list[Portrait]) -> tuple[Candidate, ...]:
    """Those of them likely enough."""
    if not others:
        return ()
    own = Portrait(
        row.line,
        names_of(row.given, row.family, row.preferred),
        row.birth_date.isoformat() if row.birth_date is not None else "",
        frozenset(_reach(row)),
        frozenset({address_of(row.street, row.postcode, row.city)} if row.street else ()),
    )
    verdicts = ((as_uuid(other.id), compare(own, other)) for other in others)
    likely = sorted((-verdict.score, person, verdict.reasons) for person, verdict in verdicts if verdict.score >= SUSPECTED)
    return tuple(Candidate(person, reasons) for _score, person, reasons in likely[:AT_MOST])
