"""The days from which time is counted: when the office and somebody last had to do with each other. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, exists, func, null, or_, select

from db.base import Moment
from db.models.consent import Consent
from db.models.history import ChangeSet
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.role import Role
from db.texts import Msgid, _
from desktop.core.contacting.decisions import months_later


@dataclass(frozen=True, slots=True)
class Sign:
    """A day or moment of a person, or the latest one among rows of theirs."""

    title: Msgid
    when: Any
    person: Any = None  # the column that names the person; None where it is a column of `Person`
    where: tuple[ColumnElement[bool], ...] = ()
    is_day: bool = field(default=False)

    def after(self, bound: Bound) -> ColumnElement[bool]:
        """Whether something was later than the last day that is long enough ago."""
        later = self.when > bound.day if self.is_day else self.when >= bound.moment
        if self.person is None:
            return func.coalesce(later, False)
        return exists().where(self.person == Person.id, *self.where, later)

    def known(self) -> ColumnElement[bool]:
        """Whether there is any."""
        if self.person is None:
            there: ColumnElement[bool] = self.when.is_not(None)
            return there
        return exists().where(self.person == Person.id, *self.where, self.when.is_not(None))

    def latest(self) -> Any:
        """The day or moment itself."""
        if self.person is None:
            return self.when
        return select(func.max(self.when)).where(self.person == Person.id, *self.where).scalar_subquery()

    def nothing(self) -> Any:
        """In its place where it does not count."""
        return cast(null(), Date if self.is_day else Moment)


SIGNS: dict[str, Sign] = {
    "contact": Sign(_("last contact"), Interaction.at, Interaction.person_id, (Interaction.kind != "note",)),
    "answer": Sign(_("last answer about a purpose"), Consent.at, Consent.person_id),
    "role": Sign(_("end or beginning of a role"), func.coalesce(Role.ends, Role.starts), Role.person_id, is_day=True),
    "retired": Sign(_("leaving the lists"), Person.retired_at),
    "deceased": Sign(_("death"), Person.deceased_on, is_day=True),
}
MADE = Sign(_("making of the record"), ChangeSet.at, ChangeSet.id)


@dataclass(frozen=True, slots=True)
class Bound:
    """The last day that is so many months ago on `on`, and the moment at which it ends."""

    day: date
    moment: datetime

    @classmethod
    def of(cls, on: date, months: int, zone: tzinfo) -> Bound:
        """Whatever was on that day or before is over: its time, months later or on the last day of that month, has come."""
        day = months_later(on, -months)
        while months_later(day + timedelta(days=1), months) <= on:
            day += timedelta(days=1)
        return cls(day, datetime.combine(day + timedelta(days=1), time(), zone))


def over(keys: Iterable[str], bound: Bound) -> ColumnElement[bool]:
    """Whether nothing was since; where nothing is known, the record has to be as old."""
    signs = [SIGNS[key] for key in keys]
    old = exists().where(ChangeSet.id == Person.made_in, ChangeSet.at < bound.moment)
    conditions = [~sign.after(bound) for sign in signs]
    return or_(*(sign.known() for sign in signs), old).self_group() & _all(conditions)


def columns(keys: Iterable[str]) -> list[Any]:
    """When each sign was, under its key, and when the record was made; empty where it does not count."""
    counted = frozenset(keys)
    made = select(ChangeSet.at).where(ChangeSet.id == Person.made_in).scalar_subquery()
    signs = [(sign.latest() if key in counted else sign.nothing()).label(key) for key, sign in SIGNS.items()]
    return [*signs, made.label("made")]


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    found = conditions[0]
    for one in conditions[1:]:
        found = found & one
    return found
