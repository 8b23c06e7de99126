"""What is due: the tasks of all modules that one user should see, in the order of their hour. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Select, Text, and_, false, func, null, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import Session

from db.access import readable
from db.models.person import Person
from db.models.post import Post, PostHolding
from db.models.task import Task
from desktop.core.clock import Clock
from desktop.core.manifest import Manifest

# The tables themselves: this is the first page of a start, which waits for no mapper.
_TASK, _PERSON, _POST, _HOLDING = Task.__table__.c, Person.__table__.c, Post.__table__.c, PostHolding.__table__.c
_OF_THE_TASK = ("id", "version", "title", "kind", "module", "subject", "person_id", "user_id", "due", "note")
AHEAD = timedelta(days=7)  # how far My day looks


@dataclass(frozen=True, slots=True)
class DayFilter:
    """Tasks of these modules that fall due before `until`: the user's own, those of posts, and anybody's.

    With `everybody` also those of other users and of other posts. Without any module there is nothing due, and nothing is read.
    """

    user_id: UUID
    modules: tuple[str, ...]
    until: datetime
    everybody: bool = False
    person: UUID | None = None  # who the user is in the register: of posts' tasks only those of the posts held on `today`
    today: date | None = None


@dataclass(frozen=True, slots=True)
class DayRow:
    """One task; plain values under the query's names."""

    id: UUID
    version: int
    title: str
    kind: str
    module: str
    subject: UUID | None
    person_id: UUID | None
    user_id: UUID | None
    due: datetime
    note: str
    family: str
    given: str
    post: str


def modules_with_tasks(manifests: Iterable[Manifest], rights: Iterable[str]) -> tuple[str, ...]:
    """The modules whose tasks these rights let somebody read; of one that does not say, whoever holds any right of it."""
    held = frozenset(rights)
    return tuple(
        m.key
        for m in manifests
        if ("task" in readable(m.access, held) if m.access else any(right.key in held for right in m.rights))
    )


def day_query(filter: DayFilter) -> Select[Any]:
    """Every open task that fits, unordered and unlimited, with the sort expression `due`."""
    if not filter.modules:
        columns = (*DayRow.__dataclass_fields__, "person_sort")
        return select(*[cast_to(null(), _KINDS.get(name, Text())).label(name) for name in columns]).where(false())
    query = (
        select(
            *(getattr(_TASK, name) for name in _OF_THE_TASK),
            func.coalesce(_PERSON.family, "").label("family"),
            func.coalesce(_PERSON.given, "").label("given"),
            func.coalesce(_POST.title, "").label("post"),
            func.coalesce(_PERSON.name_key, b"").label("person_sort"),
        )
        .select_from(Task.__table__)
        .outerjoin(Person.__table__, _PERSON.id == _TASK.person_id)
        .outerjoin(Post.__table__, _POST.id == _TASK.post_id)
        .where(_TASK.done_at.is_(None), _TASK.due < filter.until, _TASK.module.in_(filter.modules))
    )
    return cast(
        Select[Any], query if filter.everybody else query.where(or_(_for_no_user(filter), _TASK.user_id == filter.user_id))
    )


def _for_no_user(filter: DayFilter) -> ColumnElement[bool]:
    """Anybody's, and those of posts: once the user said who they are, of their own posts."""
    if filter.person is None:
        return _TASK.user_id.is_(None)
    held = select(_HOLDING.post_id).where(
        _HOLDING.person_id == filter.person,
        _HOLDING.starts <= filter.today,
        or_(_HOLDING.ends.is_(None), _HOLDING.ends >= filter.today),
    )
    return and_(_TASK.user_id.is_(None), or_(_TASK.post_id.is_(None), _TASK.post_id.in_(held)))


_KINDS: dict[str, Any] = {
    **{name: Task.__table__.c[name].type for name in DayRow.__dataclass_fields__ if name in Task.__table__.c},
    "person_sort": LargeBinary(),
}


def count_due(session: Session, filter: DayFilter) -> int:
    """How many tasks fit."""
    return session.scalar(select(func.count()).select_from(day_query(filter).subquery())) or 0


def who_one_is(stored: dict[str, Any]) -> UUID | None:
    """The person of the register the user said to be, from the setting "core.person"."""
    return UUID(stored["id"]) if stored.get("id") else None


def end_of_today(clock: Clock) -> datetime:
    """The moment the office's day ends."""
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(), tzinfo=clock.zone)
    return midnight.astimezone(UTC)


def when(due: datetime, clock: Clock) -> str:
    """ "overdue", "today" or "later", as the office counts days."""
    if due < datetime.combine(clock.today(), time(), tzinfo=clock.zone).astimezone(UTC):
        return "overdue"
    return "today" if due < end_of_today(clock) else "later"
