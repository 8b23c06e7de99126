"""Finds pairs of records that may be one person: in the whole register, around a few people, or around one being typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.collector import collector_paused
from db.models.person import ContactPoint
from db.numbers import WHO_SHARES_NUMBERS
from db.search import people_matching
from db.sorting import fold
from desktop.people.duplicates.blocks import pairs_worth_comparing, read_register
from desktop.people.duplicates.names import forms_of
from desktop.people.duplicates.reading import as_uuid, ask, own_form, portraits
from desktop.people.duplicates.rules import SUSPECTED
from desktop.people.duplicates.scoring import Portrait, Verdict, compare

NAMESAKES = 300  # of one person, looked at for their homes
_BY_REACH = "SELECT person_id FROM contact_point WHERE normal <> '' AND normal {}"
_BY_BIRTH = "SELECT id FROM person WHERE birth_date {}"


class Suspicion(NamedTuple):
    """Two people, the smaller id first, with what speaks for their being one."""

    first: UUID
    second: UUID
    score: int
    reasons: tuple[str, ...]


@collector_paused()
def suspects(session: Session) -> list[Suspicion]:
    """Look through the whole register, identity numbers too."""
    connection = session.connection()
    register = read_register(connection)
    pairs = pairs_worth_comparing(connection, register)
    ids = register.ids
    seen = portraits(connection, {ids[place] for pair in pairs for place in pair})
    return list(_suspected((seen[ids[one]], seen[ids[other]]) for one, other in pairs))


def suspects_among(session: Session, people: Iterable[UUID]) -> list[Suspicion]:
    """Compare these people with everybody who shares something with them, by what the tables are indexed by."""
    connection = session.connection()
    chosen = portraits(connection, [own_form(connection, person) for person in people])
    near = {own: candidates(session, portrait) for own, portrait in chosen.items()}
    others = portraits(connection, set().union(*near.values()) - chosen.keys())
    seen = {**others, **chosen}
    pairs = {(min(own, other), max(own, other)) for own, found in near.items() for other in found if other in seen}
    return list(_suspected((seen[one], seen[other]) for one, other in pairs))


def candidates(session: Session, person: Portrait) -> set[Any]:
    """Ids, in the driver's form, of whoever shares a way to reach them, a number, a birth date or a name with a home."""
    connection = session.connection()
    found = {row[0] for row in ask(connection, _BY_REACH, sorted(person.reach))}
    if person.numbers:
        found.update(row[0] for row in ask(connection, WHO_SHARES_NUMBERS[connection.dialect.name], [person.id]))
    if person.born:
        day = person.born if connection.dialect.name == "sqlite" else date.fromisoformat(person.born)
        found.update(row[0] for row in ask(connection, _BY_BIRTH, [day]))
    if person.addresses:
        found.update(_namesakes_with_a_home(session, person))
    found.discard(person.id)
    return found


def weigh(person: Portrait, others: Iterable[Portrait], least: int) -> list[tuple[Portrait, Verdict]]:
    """Those who may be this person, the likeliest first."""
    found = [(other, compare(person, other)) for other in others]
    return sorted(((o, v) for o, v in found if v.score >= least), key=lambda pair: -pair[1].score)


def _suspected(pairs: Iterable[tuple[Portrait, Portrait]]) -> Iterator[Suspicion]:
    for a, b in pairs:
        verdict = compare(a, b)
        if verdict.score >= SUSPECTED:
            one, other = as_uuid(a.id), as_uuid(b.id)
            yield Suspicion(min(one, other), max(one, other), verdict.score, verdict.reasons)


def _namesakes_with_a_home(session: Session, person: Portrait) -> set[Any]:
    """People of the same name, in any order or everyday form, who live in one of the same houses."""
    found: set[Any] = set()
    connection = session.connection()
    first = person.names.given[:1] + person.names.called[:1]
    streets = {street for street, _postcode, _city in person.addresses}
    for given in {form for word in first for form in forms_of(word)}:
        for family in person.names.family[:2]:
            named = people_matching(f"{given} {family}")
            living = select(ContactPoint.person_id, ContactPoint.street).where(
                ContactPoint.person_id.in_(named), ContactPoint.kind == "address", ContactPoint.street != ""
            )
            for owner, street in session.execute(living.limit(NAMESAKES)):
                if fold(" ".join(street.split())) in streets:
                    found.add(own_form(connection, owner))
    return found
