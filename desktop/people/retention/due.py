"""Who is due on a day, by which rule and since when. Everybody once, under the first rule that finds them. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, Subquery, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from db.erasing.holds import is_held
from db.models.history import ChangeSet
from db.models.merge import MergedPerson
from db.models.person import Person
from db.models.post import PostHolding
from db.models.task import Task
from desktop.people.retention.facts import Facts
from desktop.people.retention.rules import Rule
from desktop.people.retention.signs import SIGNS, Bound, Sign

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
    facts = Facts(filter.day, {key for rule in asked for key in rule.since})
    rule: ColumnElement[Any] = literal(None, Integer)
    if asked:
        rule = case(*((_fits(one, facts, filter.zone), place) for place, one in enumerate(asked)))
    made = select(ChangeSet.at).where(ChangeSet.id == Person.made_in).scalar_subquery()
    own = (Person.id, Person.version, Person.family, Person.given, Person.name_key)
    dated = [when.label(key) for key, when in facts.latest.items()]
    found = select(*own, rule.label("rule"), *dated, made.label("made")).select_from(facts.source)
    every = found.where(*_free(filter.day)).subquery()
    wanted = [place for place, one in enumerate(asked) if not filter.only or one.code in filter.only]
    shown = [every.c[key] for key in ("id", "version", "family", "given", "rule")]
    signs = [_counted(key, sign, every, asked).label(key) for key, sign in SIGNS.items()]
    sorts = [every.c.name_key.label("name_sort"), every.c.rule.label("rule_sort")]
    return select(*shown, *signs, every.c.made, *sorts).where(every.c.rule.in_(wanted))


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
    facts = Facts(day, rule.since, people)
    due = select(Person.id).select_from(facts.source).where(Person.id.in_(people), _fits(rule, facts, zone), *_free(day))
    return set(session.scalars(due))


def _fits(rule: Rule, facts: Facts, zone: tzinfo) -> ColumnElement[bool]:
    find = rule.known.find
    assert find is not None
    return and_(facts.over(rule.since, Bound.of(facts.day, rule.months, zone)), find(facts))


def _counted(key: str, sign: Sign, every: Subquery, asked: Sequence[Rule]) -> ColumnElement[Any]:
    """A sign's day or moment, where the rule by which somebody is due counts from it."""
    places = [place for place, rule in enumerate(asked) if key in rule.since]
    nothing: ColumnElement[Any] = sign.nothing()
    return case((every.c.rule.in_(places), every.c[key]), else_=nothing) if places else nothing


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


def _day(when: date | datetime | None, zone: tzinfo) -> date | None:
    return when.astimezone(zone).date() if isinstance(when, datetime) else when
