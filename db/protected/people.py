"""Marking people as protected, and ending it: everything known of them leaves the tables others read, and comes back.

None of it is a step of the history, for whoever reads that would learn of it; it cannot be taken back by others, and has a
record of its own. On a server functions do it, which only those may call who hold the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.absent import absent
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import RuleBroken
from db.models.person import Identifier, Person
from db.protected.tables import EVENT, KEPT, NUMBER, PERSON
from db.stated import stated
from db.texts import _

MARK = "protect_person"  # what `Database.before_step` hears; no step of the history bears the name
KINDS = {
    "secrecy": _("Secrecy mark"),
    "registration": _("Protected registration"),
    "address": _("Non-disclosure for safety"),
    "household": _("Non-disclosure for safety, household"),
    "identity": _("New identity"),
}
LONGEST = 500  # letters of a ground or an address
_MOVED = ("person", "contact_point", "identifier", "role", "interaction", "task", "change_set", "suspected_pair", "search_entry")


@dataclass(frozen=True, slots=True)
class ProtectionForm:
    """What an officer writes of a protection. `forwarding` is where letters go instead of to the person, line by line."""

    kind: str
    ground: str
    decided_on: date | None = None
    valid_until: date | None = None
    forwarding: str = ""


@dataclass(frozen=True, slots=True)
class ProtectedLine:
    """One protected person without anything that tells who it is.

    `household` is the same for those who were protected together. `arrived` counts records that came in later under one of
    their identity numbers and were kept with theirs; `beside` are open records with such a number.
    """

    id: UUID
    handle: str
    kind: str
    ground: str
    decided_on: date | None
    valid_until: date | None
    forwarding: str
    since: datetime
    by_name: str
    arrived: int
    beside: tuple[UUID, ...]
    household: UUID | None = None


def protect(database: Database, actor: Actor, person_id: UUID, form: ProtectionForm, *, now: datetime) -> str:
    """Move all that is known of a person to where nobody is let in; gives the handle they are called by from now on.

    Raises:
        RuleBroken: the form says too little, or its days cannot be.
        Unavailable: nobody is there by that id, protected people among them; or a copy made first failed.
    """
    return protect_together(database, actor, [person_id], form, now=now)[0]


def protect_together(
    database: Database, actor: Actor, people: Sequence[UUID], form: ProtectionForm, *, now: datetime
) -> list[str]:
    """Do the same for all of a household, or for none; gives their handles. Each is a mark of its own, for the same ground.

    Raises:
        RuleBroken: the form says too little, or its days cannot be.
        Unavailable: one of them is not there; or a copy made first failed.
    """
    form = _checked(form, now.date())
    database.before_step(MARK)
    made: list[str] = []
    with database.upkeep() as session:
        for person_id in people:
            handle = _hide(session, actor, person_id, form, now, act="protected")
            if handle is None:
                raise absent()
            made.append(handle)
        if len(made) > 1:
            _join(session, people)
    return made


def raise_protection(session: Session, person_id: UUID, kind: str, ground: str) -> None:
    """What an import does for whom its file calls protected, inside its own step; it never lowers or ends anything.

    Raises:
        Unavailable: nobody is there by that id.
    """
    session.flush()
    actor, now = session.info["actor"], session.info["now"]()
    if _hide(session, actor, person_id, ProtectionForm(kind, ground), now, act="raised") is None:
        raise absent()


def raise_together(session: Session, people: Sequence[UUID], kind: str, ground: str) -> None:
    """The same for all of a household; each is a mark of its own, for the same ground.

    Raises:
        Unavailable: one of them is not there.
    """
    for person_id in people:
        raise_protection(session, person_id, kind, ground)
    if len(people) > 1:
        _join(session, people)


def change_protection(database: Database, actor: Actor, person_id: UUID, form: ProtectionForm, *, now: datetime) -> None:
    """Change what is written of a protection.

    Raises:
        RuleBroken: as for `protect`.
        Unavailable: nobody protected is there by that id.
    """
    form = _checked(form, now.date())
    with database.upkeep(quiet=True) as session:
        if session.connection().dialect.name == "postgresql":
            done = ask(session, "change_protection(%s, %s, %s, %s::date, %s::date, %s)", person_id, *_values(form))
        else:
            values = {field.name: getattr(form, field.name) for field in fields(form)}
            found = session.execute(update(PERSON).where(PERSON.c.id == person_id).values(values).returning(PERSON.c.handle))
            handle: str | None = found.scalar()
            done = handle is not None
            if handle is not None:
                _note(session, actor, "changed", handle, form.ground, now)
        if not done:
            raise absent()


def end_protection(database: Database, actor: Actor, person_id: UUID, reason: str, *, now: datetime) -> None:
    """Bring back everything where it was, under its ids, with its history; what they share with others who are protected stays
    with these.

    Raises:
        RuleBroken: no reason is given, or something of it belongs to what is gone meanwhile.
        Unavailable: nobody protected is there by that id.
    """
    end_together(database, actor, [person_id], reason, now=now)


def end_together(database: Database, actor: Actor, people: Sequence[UUID], reason: str, *, now: datetime) -> None:
    """Do the same for all of these, or for none.

    Raises:
        RuleBroken: no reason is given, or something of them belongs to what is gone meanwhile.
        Unavailable: one of them is not protected.
    """
    refused = RuleBroken(_("Say why the protection ends."), _("For example: the decision was withdrawn."), field="reason")
    reason = stated(reason, LONGEST, refused)
    database.before_step(MARK)
    with database.upkeep() as session:
        session.info["areas"].update(_MOVED)
        try:
            done = all(_bring_back(session, actor, own, reason, now) for own in people)
        except IntegrityError as error:
            raise RuleBroken(
                _("The protection cannot be ended: something of this person belongs to what was removed since."),
                _("Nothing was changed. Take back that removal first; the history of the office shows it."),
            ) from error
        if not done:
            raise absent()


def protected_people(session: Session) -> list[ProtectedLine]:
    """Everybody protected, the newest first; for those alone who hold the right."""
    if session.connection().dialect.name == "postgresql":
        rows = _rows(session, "SELECT * FROM protected_people()")
        households = dict(_rows(session, "SELECT * FROM protected_households()"))
        return [_line(row[:-1], row[-1], households.get(row[0])) for row in rows]
    found = []
    for row in session.execute(select(PERSON).order_by(PERSON.c.since.desc(), PERSON.c.id)).all():
        people = KEPT.c.owner == row.id, KEPT.c.table_name == "person", KEPT.c.row_id != row.id
        arrived = len(session.execute(select(KEPT.c.number).where(*people)).all())
        same = (Identifier.kind == NUMBER.c.kind) & (Identifier.value == NUMBER.c.value)
        beside = session.scalars(select(Identifier.person_id).join(NUMBER, same).where(NUMBER.c.owner == row.id).distinct())
        found.append(_line((*row[:-1], arrived), beside, row.household))
    return found


def _line(values: Sequence[Any], beside: Iterable[UUID], household: UUID | None) -> ProtectedLine:
    return ProtectedLine(*(*values, tuple(sorted(beside)), household))


def held_out(session: Session, change_set: UUID) -> int:
    """How many records a step brought in that were kept with those of protected people; for those alone who hold the right."""
    if session.connection().dialect.name == "postgresql":
        return int(_rows(session, "SELECT protected_arrivals(%s)", change_set)[0][0])
    wanted = select(EVENT.c.number).where(EVENT.c.act == "arrived", EVENT.c.reason == str(change_set))
    return len(session.execute(wanted).all())


def hold_out(session: Session, actor: Actor, change_set: UUID, *, now: datetime) -> None:
    """Let records that the step made under an identity number of a protected person go where that one is.

    For a file, as the step is stored; a server does it by itself.
    """
    if session.execute(select(NUMBER.c.owner).limit(1)).first() is None:
        return
    from db.sqlite import protecting

    connection = session.connection()
    for own, owner, handle in protecting.arrivals(connection, change_set):
        protecting.hide(connection, own, owner, session.info["sources"], now=now)
        _note(session, actor, "arrived", handle, str(change_set), now)


def _checked(form: ProtectionForm, today: date) -> ProtectionForm:
    if form.kind not in KINDS:
        raise RuleBroken(_("A protection needs a kind."), _("Choose one."), field="kind")
    refused = RuleBroken(
        _("Say on what ground the person is protected."), _("For example the number of the decision."), field="ground"
    )
    ground = stated(form.ground, LONGEST, refused)
    if form.decided_on is not None and form.decided_on > today:
        raise RuleBroken(_("The decision lies in the future."), _("Write the day it was made."), field="decided_on")
    if form.valid_until is not None and form.valid_until < (form.decided_on or today):
        raise RuleBroken(_("The protection would be over already."), _("Write a later day, or none."), field="valid_until")
    lines = "\n".join(filter(None, (line.strip() for line in form.forwarding.splitlines())))[:LONGEST]
    return ProtectionForm(form.kind, ground, form.decided_on, form.valid_until, lines)


def _hide(session: Session, actor: Actor, person_id: UUID, form: ProtectionForm, now: datetime, *, act: str) -> str | None:
    if act == "protected":  # an import names its tables itself
        session.info["areas"].update(_MOVED)
    if session.connection().dialect.name == "postgresql":
        if act == "raised":
            made: str | None = ask(session, "raise_protection(%s, %s, %s)", person_id, form.kind, form.ground)
        else:
            made = ask(session, "protect_person(%s, %s, %s, %s::date, %s::date, %s)", person_id, *_values(form))
        return made
    if session.scalar(select(Person.id).where(Person.id == person_id)) is None:
        return None
    from db.sqlite import protecting

    handle = new_id().hex[-6:].upper()
    values = {field.name: getattr(form, field.name) for field in fields(form)}
    session.execute(insert(PERSON).values(id=person_id, handle=handle, since=now, by_name=actor.name, **values))
    protecting.hide(session.connection(), person_id, person_id, session.info["sources"], now=now)
    _note(session, actor, act, handle, form.ground, now)
    return handle


def _join(session: Session, people: Sequence[UUID]) -> None:
    if session.connection().dialect.name == "postgresql":
        ask(session, "join_protected(%s)", list(people))
    else:
        session.execute(update(PERSON).where(PERSON.c.id.in_(people)).values(household=new_id()))


def _bring_back(session: Session, actor: Actor, person_id: UUID, reason: str, now: datetime) -> bool:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        from db.postgresql import asking, search_index

        done = asking.end_protection(connection, person_id, reason)
        search_index.refresh(connection, session.info["sources"], None)
        return done
    gone = session.execute(delete(PERSON).where(PERSON.c.id == person_id).returning(PERSON.c.handle, PERSON.c.kind)).one_or_none()
    if gone is None:
        return False
    from db.sqlite import protecting

    protecting.bring_back(connection, person_id, session.info["sources"])
    if gone.kind == "identity":
        protecting.keep_apart(connection, person_id)
    _note(session, actor, "ended", gone.handle, reason, now)
    return True


def _note(session: Session, actor: Actor, act: str, handle: str, reason: str, now: datetime) -> None:
    session.execute(insert(EVENT).values(at=now, by_name=actor.name, act=act, handle=handle, reason=reason))


def _values(form: ProtectionForm) -> tuple[Any, ...]:
    return form.kind, form.ground, form.decided_on, form.valid_until, form.forwarding


def ask(session: Session, call: str, *values: Any) -> Any:
    """What a function of the server answers that writes; a step that does nothing besides has done something."""
    answer = _rows(session, f"SELECT {call}", *values)[0][0]
    raw: Any = session.connection().connection.driver_connection
    raw.written += 1
    return answer


def _rows(session: Session, statement: str, *values: Any) -> list[Any]:
    from db.postgresql.protecting import asked  # loads the driver, which a file does not need

    return asked(session.connection(), statement, values)
