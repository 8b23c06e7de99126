"""Keeps the list of suspected pairs up to date: everybody at first, from then on only who was changed since.

The list is machine state: it is written beside the history, and could be made anew at any time. Two desks may look at once;
whoever began from an older look gives way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import Database
from db.engine import one_at_a_time
from db.models.duplicate import DuplicateScan, SuspectedPair
from db.models.history import ChangeAbout, ChangeSet, RowImage
from db.models.person import ContactPoint, Identifier, Person
from db.since import change_sets_since, mark
from desktop.people.duplicates.rules import fingerprint
from desktop.people.duplicates.search import Suspicion, suspects, suspects_among

FEW = 1000  # people changed, or change sets, that are looked at one by one; more, and everybody is looked at


@dataclass(frozen=True, slots=True)
class Look:
    """What one look through the register did: whom it looked at, None for everybody, and where it went on from."""

    before: str
    mark: str
    rules: str
    people: frozenset[UUID] | None
    found: tuple[Suspicion, ...]


def bring_up_to_date(session: Session, database: Database, *, now: datetime, only_news: bool = False) -> bool:
    """Look at whoever changed since the last look, and write down what was found; whether there was anything to look at.

    Args:
        session: Reads, identity numbers too, so its user must be allowed to; the writing is done in a scope of its own.
        only_news: Leave it for another time when everybody would have to be looked at.
    """
    look = look_through(session, only_news=only_news)
    if look is None:
        return False
    with database.upkeep() as writing:
        _write_down(writing, look, now)
    return True


def look_through(session: Session, *, only_news: bool = False) -> Look | None:
    """Compare whoever changed since the last look with the register, or everybody with everybody; None when nobody changed."""
    last = session.get(DuplicateScan, 1)
    rules = fingerprint()
    people = _changed_since(session, last.mark) if last is not None and last.rules == rules else None
    if (people is None and only_news) or (people is not None and not people):
        return None
    here = mark(session)
    found = suspects(session) if people is None else suspects_among(session, people)
    return Look(last.mark if last is not None else "", here, rules, people, tuple(found))


def last_look(session: Session) -> datetime | None:
    """When the register was last looked through; None for never."""
    return session.scalar(select(DuplicateScan.at))


def _changed_since(session: Session, before: str) -> frozenset[UUID] | None:
    """Whose names, numbers or ways to reach them were touched; None when they are many or it cannot be told."""
    sets = change_sets_since(session, before, FEW)
    if sets is None:
        return None
    found: set[UUID] = set()
    for table, person in ((Person, Person.id), (ContactPoint, ContactPoint.person_id), (Identifier, Identifier.person_id)):
        found |= _at_most_few(session, person, table.made_in.in_(sets))
        touched = RowImage.change_set.in_(sets), RowImage.table_name == table.__tablename__
        images = select(RowImage.row_id).where(*touched)
        found |= _at_most_few(session, person, table.id.in_(images))
    gone = RowImage.change_set.in_(sets), RowImage.table_name == "person"
    found |= set(session.scalars(select(RowImage.row_id).where(*gone).limit(FEW + 1)))
    told = select(ChangeAbout.ref).join(ChangeSet, ChangeSet.number == ChangeAbout.change_set).where(ChangeSet.id.in_(sets))
    found |= set(session.scalars(told.limit(FEW + 1)))
    return frozenset(found) if len(found) <= FEW else None


def _at_most_few(session: Session, person: Any, where: ColumnElement[bool]) -> set[UUID]:
    return set(session.scalars(select(person).where(where).limit(FEW + 1)))


def _write_down(session: Session, look: Look, now: datetime) -> None:
    """Replace what was known about these people; a pair no longer suspected keeps its row with a score of 0."""
    one_at_a_time(session, "looking for duplicates")
    last = session.get(DuplicateScan, 1)
    if (last.mark if last is not None else "") != look.before:
        return  # another desk looked meanwhile, and later
    known = select(SuspectedPair.id, SuspectedPair.first_id, SuspectedPair.second_id, SuspectedPair.score, SuspectedPair.reasons)
    if look.people is not None:
        known = known.where(or_(SuspectedPair.first_id.in_(look.people), SuspectedPair.second_id.in_(look.people)))
    before = {(row.first_id, row.second_id): row for row in session.execute(known)}
    fresh, changed = [], []
    for first, second, score, reasons in look.found:
        told = " ".join(reasons)
        old = before.pop((first, second), None)
        if old is None:
            fresh.append(_values(new_id(), score, told, now) | {"first_id": first, "second_id": second})
        elif (old.score, old.reasons) != (score, told):
            changed.append(_values(old.id, score, told, now))
    changed += [_values(old.id, 0, "", now) for old in before.values() if old.score]
    if fresh:
        session.execute(insert(SuspectedPair), fresh)
    if changed:
        session.execute(update(SuspectedPair), changed)
    if last is None:
        session.add(DuplicateScan(id=1, mark=look.mark, rules=look.rules, at=now))
    else:
        last.mark, last.rules, last.at = look.mark, look.rules, now
    session.flush()


def _values(id: UUID, score: int, reasons: str, now: datetime) -> dict[str, object]:
    return {"id": id, "score": score, "reasons": reasons, "found_at": now}
