"""Showing numbers that are masked, and the log of who looked: stored for good before anything is shown.

On a server the log is the server's own. In a file whoever can open it can read the numbers, and the log, without leaving a
trace: there it is for colleagues who use the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.models.look import Look
from db.models.person import Identifier, Person
from db.protected.tables import PERSON
from db.search import search, title_of
from db.stated import stated
from db.texts import _

LONGEST = 300  # letters of a reason
NAMED = 100  # people one name may mean


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look at one person's numbers, or, without a person, a comparison of `amount` numbers with the register's."""

    number: int
    id: UUID
    at: datetime
    user: str
    address: str  # of the computer, where a server knows it
    person_id: UUID | None
    person: str  # empty when nobody is there by that id any more
    reason: str
    amount: int = 0


@dataclass(frozen=True, slots=True)
class LookFilter:
    """Which looks: by one user, from one moment on, at one of some people, or at people called like `text`."""

    user: UUID | None = None
    since: datetime | None = None
    people: tuple[UUID, ...] | None = None  # None is everybody
    text: str = ""


def reveal(database: Database, actor: Actor, person_id: UUID, reason: str, *, now: datetime) -> dict[UUID, str]:
    """The normal forms of a person's numbers by their ids; the look is stored for good before anything is read.

    Raises:
        RuleBroken: the reason says nothing.
    """
    refused = RuleBroken(_("Say why you need the number."), _("Choose a reason or write one."), field="reason")
    words = stated(reason, LONGEST, refused)
    with database.read() as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            from db.postgresql import asking

            if asking.looks_are_logged(connection):
                return {row[0]: row[2] for row in asking.numbers_of(connection, person_id, words)}
    with database.upkeep(quiet=True) as session:
        session.add(Look(at=now, by_id=actor.id, by_name=actor.name, subject=person_id, reason=words))
    with database.read() as session:
        rows = session.execute(select(Identifier.id, Identifier.value).where(Identifier.person_id == person_id))
        return {row.id: row.value for row in rows}


def looks(session: Session, wanted: LookFilter, *, before: int | None = None, limit: int = 50) -> list[LookLine]:
    """The newest lines that fit, or those before the line numbered `before`."""
    if wanted.people is None and wanted.text.strip():
        called = search(session, wanted.text, NAMED, names_only=True)
        wanted = replace(wanted, people=tuple(hit.id for hit in called))
    found = _rows(session, wanted, before, limit)
    ids = {row[5] for row in found if row[5] is not None}
    people = select(Person.id, Person.family, Person.given).where(Person.id.in_(ids))
    names = {row.id: title_of(row.family, row.given) for row in session.execute(people)} if ids else {}
    return [
        LookLine(number, own, at, user, address, person, names.get(person, ""), reason, amount)
        for number, own, at, user, address, person, reason, amount in found
    ]


def name_of(session: Session, person_id: UUID) -> str:
    """What somebody is called; empty when nobody is there by that id."""
    row = session.execute(select(Person.family, Person.given).where(Person.id == person_id)).one_or_none()
    return title_of(row.family, row.given) if row else ""


def _rows(session: Session, wanted: LookFilter, before: int | None, limit: int) -> Sequence[Any]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        from db.postgresql import asking  # loads the driver, which a file does not need

        if asking.looks_are_logged(connection):
            return asking.looks(connection, wanted.since, before, wanted.user, wanted.people, limit)
    query = select(Look).order_by(Look.number.desc()).limit(limit)
    if connection.dialect.name == "sqlite":  # looks at who is protected meanwhile are as if nobody had been looked at
        query = query.where(Look.subject.not_in(select(PERSON.c.id)))
    if wanted.user is not None:
        query = query.where(Look.by_id == wanted.user)
    if wanted.since is not None:
        query = query.where(Look.at >= wanted.since)
    if wanted.people is not None:
        query = query.where(Look.subject.in_(wanted.people))
    if before is not None:
        query = query.where(Look.number < before)
    rows = session.scalars(query)
    return [(row.number, row.id, row.at, row.by_name, "", row.subject, row.reason, 0) for row in rows]
