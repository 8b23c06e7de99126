"""The days from which time is counted: when the office and somebody last had to do with each other. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, null

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

    def is_over(self, latest: ColumnElement[Any], bound: Bound) -> ColumnElement[bool]:
        """Whether the latest one was on the last day that is long enough ago, or before."""
        return latest <= bound.day if self.is_day else latest < bound.moment

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
