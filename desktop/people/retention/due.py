"""Who is due on a day, by which rule and since when. Everybody once, under the first rule that finds them. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, exists, func, literal, or_, select, true, union_all
from sqlalchemy.orm import Session

from db.erasing.holds import is_held
from db.models.history import ChangeSet
from db.models.merge import MergedPerson
from db.models.person import Person
from db.models.post import PostHolding
from db.models.task import Task
from desktop.people.retention.rules import Rule
from desktop.people.retention.signs import SIGNS, Bound, columns, over

# What erasing leaves behind as records that hold a name, or only numbers, is not found again.
LEFT_BEHIND = ("erase_person", "anonymise_person", "erase_again", "dispose_people")


@dataclass(frozen=True, slots=True)
class DueFilter:
    """Whom to show: those due on `day` by the rules that are on, or by one of them (`only`, its key)."""

    day: date
    zone: tzinfo
    rules: tuple[Rule, ...]
    only: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[Rule, ...]:
        """The rules that find somebody."""
        return tuple(rule for rule in self.rules if rule.active and rule.known.find is not None)


@dataclass(frozen=True, slots=True)
class DueRow:
    """Somebody who is due. `rule` is the place of the rule among those asked; then the days and moments that count for it."""

    id: UUID
    version: int
    family: str
    given: str
    rule: int
    contact: datetime | None
    answer: datetime | None
    role: date | None
    retired: datetime | None
    deceased: date | None
    made: datetime | None

    def since(self, zone: tzinfo) -> tuple[str, date]:
        """The sign from which the time is counted, and its day at the office; "made" where there is none."""
        days = {key: day for key in SIGNS if (day := _day(getattr(self, key), zone)) is not None}
        if not days:
            return "made", _day(self.made, zone) or date.min
        latest = max(days, key=lambda key: days[key])
        return latest, days[latest]


def due_query(filter: DueFilter) -> Select[Any]:
    """Everybody who is due, as `DueRow` with sort expressions, unordered and unlimited."""
    asked = filter.asked
    if not asked:
        return _sorted(_of(None, 0, filter).subquery(), literal(False))
    every = union_all(*(_of(rule, place, filter) for place, rule in enumerate(asked))).subquery()
    first = func.row_number().over(partition_by=every.c.id, order_by=every.c.rule)
    ranked = select(every, first.label("first")).subquery()
    wanted = [place for place, rule in enumerate(asked) if not filter.only or rule.code in filter.only]
    return _sorted(ranked, ranked.c.first == 1, ranked.c.rule.in_(wanted))


def due_counts(session: Session, filter: DueFilter) -> tuple[tuple[Rule, int], ...]:
    """How many are due by each rule that is on."""
    found = due_query(filter).subquery()
    rows = session.execute(select(found.c.rule, func.count()).group_by(found.c.rule))
    counts: dict[int, int] = dict(rows.all())
    return tuple((rule, counts.get(place, 0)) for place, rule in enumerate(filter.asked))


def still_due(session: Session, rule: Rule, day: date, zone: tzinfo, people: Sequence[UUID]) -> set[UUID]:
    """Who of these is due by the rule as it was decided, holds among the hindrances."""
    if rule.known.find is None:
        return set()
    return set(session.scalars(select(Person.id).where(Person.id.in_(people), *_conditions(rule, day, zone))))


def _of(rule: Rule | None, place: int, filter: DueFilter) -> Select[Any]:
    own: list[Any] = [
        Person.id,
        Person.version,
        Person.family,
        Person.given,
        Person.name_key,
        literal(place, Integer).label("rule"),
    ]
    found: Select[Any] = select(*own, *columns(rule.since if rule is not None else ()))
    return found if rule is None else found.where(*_conditions(rule, filter.day, filter.zone))


def _conditions(rule: Rule, day: date, zone: tzinfo) -> list[ColumnElement[bool]]:
    find = rule.known.find
    assert find is not None
    return [find(day), over(rule.since, Bound.of(day, rule.months, zone)), *_free(day)]


def _free(day: date) -> list[ColumnElement[bool]]:
    """Whom nothing keeps."""
    left = exists().where(ChangeSet.id == Person.made_in, ChangeSet.verb.in_(LEFT_BEHIND))
    in_office = exists().where(PostHolding.person_id == Person.id, or_(PostHolding.ends.is_(None), PostHolding.ends >= day))
    return [
        ~exists().where(MergedPerson.person_id == Person.id),
        ~is_held(Person.id, day),
        ~exists().where(Task.person_id == Person.id, Task.done_at.is_(None)),
        ~in_office,
        ~left,
    ]


def _sorted(found: Any, *conditions: Any) -> Select[Any]:
    shown = [found.c[key] for key in ("id", "version", "family", "given", "rule", *SIGNS, "made")]
    sorts = [found.c.name_key.label("name_sort"), found.c.rule.label("rule_sort")]
    return select(*shown, *sorts).where(true(), *conditions)


def _day(when: date | datetime | None, zone: tzinfo) -> date | None:
    return when.astimezone(zone).date() if isinstance(when, datetime) else when
