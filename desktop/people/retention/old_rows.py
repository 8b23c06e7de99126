"""Single rows whose time is over by the rules for rows, and how many those are. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import Session

from db.erasing.holds import is_held
from db.models.history import ChangeSet
from desktop.core.manifest import RowRetention
from desktop.people.retention.rules import Rule
from desktop.people.retention.signs import Bound


@dataclass(frozen=True, slots=True)
class Over:
    """Which rows of one table a rule is about: `kind` has a `person_id`; time is counted from `when`."""

    kind: Any
    when: SQLColumnExpression[Any]
    where: tuple[ColumnElement[bool], ...] = ()


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Rows due on `day` by the rules for rows that are on, or by some of them (`only`, their keys)."""

    day: date
    zone: tzinfo
    rules: tuple[Rule, ...]
    only: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[Rule, ...]:
        """The rules that find something."""
        on = (rule for rule in self.rules if rule.active and rule.known.over is not None)
        return tuple(rule for rule in on if not self.only or rule.code in self.only)


@dataclass(frozen=True, slots=True)
class RowsDue:
    """What one rule finds: how many rows of how many people, and between which moments their time began."""

    rule: Rule
    rows: int
    people: int
    first: datetime | None
    last: datetime | None


def over_of(rule: Rule) -> Over:
    """What a rule whose module runs says of its rows."""
    assert rule.known.over is not None
    found: Over = rule.known.over()
    return found


def due_rows(rule: Rule, day: date, zone: tzinfo) -> Select[Any]:
    """The id, version and beginning of each row whose time is over; nobody who is held has one."""
    over = over_of(rule)
    kind, bound = over.kind, Bound.of(day, rule.months, zone)
    free = or_(kind.person_id.is_(None), ~is_held(kind.person_id, day))
    return select(kind.id, kind.version, kind.person_id, over.when.label("began")).where(
        over.when < bound.moment, *over.where, free
    )


def unchanged(rule: Rule, mark: int) -> ColumnElement[bool]:
    """That no step after this one touched the row."""
    return select(ChangeSet.number).where(ChangeSet.id == over_of(rule).kind.changed_in, ChangeSet.number <= mark).exists()


def held_rows(session: Session, rule: Rule, day: date, zone: tzinfo) -> int:
    """How many rows have their time over and belong to somebody who is held."""
    over = over_of(rule)
    own = and_(over.when < Bound.of(day, rule.months, zone).moment, *over.where, is_held(over.kind.person_id, day))
    return session.scalar(select(func.count()).select_from(over.kind).where(own)) or 0


def rows_due(session: Session, filter: RowFilter) -> list[RowsDue]:
    """What is due by each rule that is on, whether something is or not."""
    found = []
    for rule in filter.asked:
        due = due_rows(rule, filter.day, filter.zone).subquery()
        counts = select(
            func.count(), func.count(due.c.person_id.distinct()), func.min(due.c.began), func.max(due.c.began)
        ).select_from(due)
        found.append(RowsDue(rule, *session.execute(counts).one()))
    return found


def next_rows(session: Session, rule: Rule, day: date, zone: tzinfo, mark: int, most: int) -> dict[UUID, int]:
    """The oldest of them that nobody touched after that step, with their versions."""
    due = due_rows(rule, day, zone).where(unchanged(rule, mark)).order_by("began").limit(most)
    return {row.id: row.version for row in session.execute(due)}


def offer_of(rule: Rule) -> RowRetention:
    """What the module says of the rule."""
    offer = rule.known.offer
    assert isinstance(offer, RowRetention)
    return offer


def total(found: Sequence[RowsDue]) -> int:
    """How many rows these are together."""
    return sum(one.rows for one in found)
