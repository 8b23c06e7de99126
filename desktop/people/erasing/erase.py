"""Erases or anonymises people. What law keeps, and what goes on being counted, goes over to records of their own first."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.engine import engine_of, hold_still, one_at_a_time
from db.erasing.erased import note_erased
from db.erasing.forgetting import forget
from db.errors import Conflict, RuleBroken, Unavailable
from db.models.person import Person
from db.sorting import name_key
from db.stated import stated
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.manifest import Fate
from desktop.people.erasing.plan import ErasePlan, How, Mark, Part, emptied, read_plan
from desktop.people.merging.tables import portions, table_of, write_rows

VERBS: Mapping[How, str] = {"erase": "erase_person", "anonymise": "anonymise_person"}
NOBODY = _("Anonymised")
LONGEST = 200  # letters of a case


@dataclass(frozen=True, slots=True)
class Order:
    """Whom to erase, how, and the decision it rests on: a number of the diary, without names.

    `mark` is that of the plan somebody agreed to, if somebody read one.
    """

    person: UUID
    how: How
    case: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What erasing knows of the modules, and what those are called of whom nothing but numbers remains."""

    fates: tuple[Fate, ...]
    nobody: str

    @classmethod
    def of(cls, context: ModuleContext) -> World:
        """As this user calls it."""
        return cls(context.fates(), context.texts.say(NOBODY))


@dataclass(frozen=True, slots=True)
class Gone:
    """Who is gone: the record and those merged into it. `named` holds the name beside what law keeps."""

    people: tuple[UUID, ...]
    named: UUID | None


def erase_person(database: Database, actor: Actor, order: Order, world: World) -> bool:
    """Do it, for good; False when the file still holds traces because somebody is reading it: they go when it is closed.

    Raises:
        RuleBroken: no case is given, or the record only leads to another one.
        Conflict: somebody wrote about the person since the plan was read.
        Unavailable: nobody is there by that id, protected people among them.
    """
    case = checked_case(order.case)
    with database.write(actor, VERBS[order.how], details={"case": case}) as session:
        people = take_out(session, order.person, order.how, world, order.mark)
    keep_list(database, dict.fromkeys(people, order.how))
    return wiped(database)


def checked_case(case: str) -> str:
    """A case as it is kept.

    Raises:
        RuleBroken: it says nothing.
    """
    refused = RuleBroken(_("Write the case or decision this rests on."), _("For example its number in the diary."), field="case")
    return stated(case, LONGEST, refused)


def take_out(session: Session, person: UUID, how: How, world: World, mark: Mark | None = None) -> tuple[UUID, ...]:
    """Erase inside a write scope that is about nobody; the ids that are gone. Without a mark nobody agreed to a plan.

    Raises:
        Conflict, RuleBroken, Unavailable: as `erase_person`.
    """
    return take_out_naming(session, person, how, world, mark).people


def take_out_naming(session: Session, person: UUID, how: How, world: World, mark: Mark | None = None) -> Gone:
    """The same, and which record bears the name."""
    one_at_a_time(session, f"merge {person}")
    hold_still(session, [person])
    plan = read_plan(session, person, world.fates)
    if mark is not None and plan.mark != mark:
        raise Conflict(
            _("Somebody has written about this person meanwhile."), _("Nothing was erased. Look again at what would go.")
        )
    now: datetime = session.info["now"]()
    kept = [part for part in plan.becoming("kept", how) if part.fate.erasing.refers]
    named = _record(session, plan.family, plan.given, now) if kept else None
    if named is not None:
        for part in kept:
            _bring_over(session, plan, part, named, {})
        for some in portions(plan.files):
            write_rows(session, table_of("attachment", "subject"), some, {"subject": named})
    counted = plan.becoming("counts", how)
    if counted:
        own = _record(session, world.nobody, "", now)
        for part in counted:
            _bring_over(session, plan, part, own, emptied(part))
    forget(session, person, how, named=named, further=plan.people[1:])
    session.info["areas"].update(part.table.name for part in plan.parts)
    return Gone(plan.people, named)


def _record(session: Session, family: str, given: str, now: datetime) -> UUID:
    """A record out of lists and search that holds a name and nothing else."""
    own, key, connection = new_id(), name_key(family, given), session.connection()
    if not engine_of(connection).name_apart(connection, own, family, given, key, now):
        session.add(Person(id=own, family=family, given=given, name_key=key, retired_at=now))
        session.flush()
    return own


def _bring_over(session: Session, plan: ErasePlan, part: Part, own: UUID, values: Mapping[str, object]) -> None:
    """Let rows refer to `own` instead of the person, with these values."""
    left = set(part.rows)
    for column in part.fate.erasing.refers:
        for some in portions(part.rows):
            wanted = select(part.table.c.id).where(part.table.c.id.in_(some), part.table.c[column].in_(plan.people))
            theirs = list(session.scalars(wanted))
            if theirs:
                write_rows(session, part.table, theirs, {**values, column: own})
                left -= set(theirs)
    if values:
        for some in portions(sorted(left)):
            write_rows(session, part.table, some, values)


def keep_list(database: Database, people: Mapping[UUID, str]) -> None:
    """Note the ids of whoever is gone beside the backups of a file, so that none brings them back."""
    if isinstance(database.address, Path):
        with suppress(OSError):  # the database itself holds the list, too
            note_erased(database.address, people)


def wiped(database: Database) -> bool:
    """Let nothing stay of them where the database lies; False when traces go later, because somebody is reading the file."""
    try:
        return database.wipe()
    except Unavailable:
        return False  # another program has the file open; it is written anew the next time
