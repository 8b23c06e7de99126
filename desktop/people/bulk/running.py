"""The look ahead at a change of many people, and the one step that makes it: in portions, with versions checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, tuple_, update
from sqlalchemy.orm import Session

from db.base import new_id
from db.bulk import insert_rows
from db.database import ABOUT_AT_MOST, about, describe, own_change_set
from db.engine import one_at_a_time
from db.models.person import Person
from db.search import title_of
from db.texts import Msgid
from desktop.core.lanes import Report
from desktop.people.bulk.kinds import Adding, Bulk, Changing

PORTION = 500  # rows a statement changes
SAMPLE = 50  # people shown before and after
NAMED = 20  # people left out who are named


@dataclass(frozen=True, slots=True)
class Example:
    """One row as it is and as it will be: codes, or what is shown."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """People a change does not touch, and why."""

    reason: Msgid
    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change will do: its rows are fixed with the versions they have now, whoever joins the filter later."""

    change: Bulk
    targets: tuple[tuple[UUID, int, UUID], ...]  # row and its version, person; of a new row the person's
    people: int  # who get something
    examples: tuple[Example, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it. `overtaken` are those whose row a colleague changed meanwhile; theirs is as the colleague left it."""

    people: int
    overtaken: int
    names: tuple[str, ...]


def plan(session: Session, people: Select[Any], change: Bulk) -> Plan:
    """Find out what a change would do; `people` selects one column of ids."""
    rows = _rows(people, change)
    found = session.connection().execute(rows.with_only_columns(*rows.selected_columns[:3]))
    targets = tuple((row[0], row[1], row[2]) for part in found.partitions(PORTION) for row in part)
    shown = session.execute(rows.order_by(Person.name_key, Person.id).limit(SAMPLE))
    examples = tuple(Example(title_of(row.family, row.given), str(row.before or ""), change.after) for row in shown)
    return Plan(
        change, targets, len({person for _row, _version, person in targets}), examples, _left_out(session, people, change)
    )


def carry_out(session: Session, plan: Plan, reason: str, report: Report) -> Outcome:
    """Do what was looked at, in a write scope whose verb is the change's.

    Args:
        report: Told after each portion; raises to stop, and then nothing of it stays.
    """
    change, touched, missed = plan.change, set[UUID](), list[UUID]()
    for start in range(0, len(plan.targets), PORTION):
        report(start, len(plan.targets))
        portion = plan.targets[start : start + PORTION]
        done = _change(session, change, portion) if isinstance(change, Changing) else _add(session, change, portion)
        for row_id, _version, person_id in portion:
            if row_id in done:
                touched.add(person_id)
            else:
                missed.append(person_id)
    report(len(plan.targets), len(plan.targets))
    if len(touched) <= ABOUT_AT_MOST:
        about(session, *touched)
    describe(session, count=len(touched), reason=reason)
    return Outcome(len(touched), len(missed), _names(session, missed[:NAMED]))


def _rows(people: Select[Any], change: Bulk) -> Select[Any]:
    """Key, version and person of each row the change is about, with what it holds and the name."""
    fitting = Person.id.in_(people)
    if isinstance(change, Adding):
        return select(Person.id, Person.version, Person.id, Person.family, Person.given, _nothing()).where(
            fitting, *[not_(condition) for _reason, condition in change.reasons]
        )
    columns = change.kind.id, change.kind.version, change.person_id, Person.family, Person.given, change.before.label("before")
    rows = select(*columns).where(fitting, change.where)
    return rows if change.kind is Person else rows.join(Person, Person.id == change.kind.person_id)


def _nothing() -> Any:
    return func.coalesce("", "").label("before")


def _left_out(session: Session, people: Select[Any], change: Bulk) -> tuple[LeftOut, ...]:
    """Each person once, under the first reason that fits."""
    found: list[LeftOut] = []
    before: ColumnElement[bool] = false()
    for reason, condition in change.reasons:
        own = and_(Person.id.in_(people), condition, not_(before))
        count = session.scalar(select(func.count()).select_from(Person).where(own)) or 0
        if count:
            names = select(Person.family, Person.given).where(own).order_by(Person.name_key, Person.id).limit(NAMED)
            found.append(LeftOut(reason, count, tuple(title_of(*row) for row in session.execute(names))))
        before = or_(before, condition)
    return tuple(found)


def _change(session: Session, change: Changing, portion: Sequence[tuple[UUID, int, UUID]]) -> set[UUID]:
    """Change those that are as they were looked at; answers which."""
    kind, own = change.kind, own_change_set(session)
    ids = [row_id for row_id, _version, _person in portion]
    as_seen = kind.id.in_(ids), tuple_(kind.id, kind.version).in_([(row_id, version) for row_id, version, _person in portion])
    values = {**change.values, "version": kind.version + 1, "changed_in": own}
    done = session.execute(update(kind).where(*as_seen, change.where).values(values).execution_options(synchronize_session=False))
    if done.rowcount == len(ids):  # type: ignore[attr-defined]
        return set(ids)
    return set(session.scalars(select(kind.id).where(kind.id.in_(ids), kind.changed_in == own)))


def _add(session: Session, change: Adding, portion: Sequence[tuple[UUID, int, UUID]]) -> set[UUID]:
    """Add a row for those who are still there and still without one; answers for whom."""
    one_at_a_time(session, change.verb)  # else two who choose the same people both find them without
    ids = [person for _row, _version, person in portion]
    reasons = [not_(condition) for _reason, condition in change.reasons]
    there = session.scalars(select(Person.id).where(Person.id.in_(ids), Person.retired_at.is_(None), *reasons)).all()
    columns = ("id", "person_id", *change.values)
    rows: Iterator[tuple[Any, ...]] = ((new_id(), person, *change.values.values()) for person in there)
    insert_rows(session, change.kind, columns, rows)
    return set(there)


def _names(session: Session, ids: Iterable[UUID]) -> tuple[str, ...]:
    names = select(Person.family, Person.given).where(Person.id.in_(list(ids))).order_by(Person.name_key, Person.id)
    return tuple(title_of(*row) for row in session.execute(names))
