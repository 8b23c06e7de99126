"""Legal holds: whoever has one is neither erased nor anonymised, by rule or by hand. Each engine refuses it by itself."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_
from sqlalchemy.orm import Session

from db.absent import absent
from db.actor import Actor
from db.database import describe, take
from db.errors import RuleBroken
from db.merged import name_on, refuse_merged
from db.models.person import Person
from db.models.retention import LegalHold
from db.stated import LEAST
from db.texts import _

LONGEST = 500  # letters of a reason


def held() -> RuleBroken:
    """What is said to whoever would erase somebody all the same."""
    return RuleBroken(
        _("A legal hold keeps this person."), _("Nothing was erased. Whoever looks after retention can lift the hold first.")
    )


def is_held(person: SQLColumnExpression[UUID], day: date) -> ColumnElement[bool]:
    """Whether somebody has a hold on that day."""
    return exists().where(LegalHold.person_id == person, or_(LegalHold.until.is_(None), LegalHold.until >= day))


def hold_person(
    session: Session, person: UUID, reason: str, until: date | None, *, actor: Actor, now: datetime, today: date
) -> UUID:
    """Keep somebody from being erased or anonymised, up to a day or until the hold is lifted.

    Raises:
        RuleBroken: the reason says nothing, the day is over, or the record only leads to another one.
        Unavailable: nobody is there by that id, protected people among them.
    """
    words = " ".join(reason.split())
    if not LEAST <= len(words) <= LONGEST:
        raise RuleBroken(_("Say why the person has to be kept."), _("For example the number of the case."), field="reason")
    if until is not None and until < today:
        raise RuleBroken(_("The hold would be over already."), _("Write a later day, or none."), field="until")
    refuse_merged(session, person)
    if session.get(Person, person) is None:
        raise absent()
    describe(session, name=name_on(session, person))
    own = LegalHold(person_id=person, reason=words, until=until, since=now, by_name=actor.name)
    session.add(own)
    session.flush()
    return own.id


def lift_hold(session: Session, hold: UUID, version: int) -> None:
    """Take a hold away; the history keeps it.

    Raises:
        Conflict: somebody changed or lifted it since it was read.
    """
    row = take(session, LegalHold, hold, version)
    describe(session, name=name_on(session, row.person_id))
    session.delete(row)
    session.flush()
