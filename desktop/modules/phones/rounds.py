"""Rounds of calls: making them, adding people, how far they have come, and which programmes lack a caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, insert, or_, select
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import about, describe, stamps, take
from db.errors import Conflict, RuleBroken
from db.models.history import ChangeAbout, ChangeSet
from db.models.person import Person
from db.models.role import Role
from db.texts import _
from desktop.modules.phones import script
from desktop.modules.phones.tables import CallEntry, CallRound

KINDS = {"outgoing": _("Outgoing calls"), "hotline": _("Hotline")}
LIFE = ("prospect", "applicant", "admitted", "student")  # whose programme counts for a call
MOST_TITLE = 200
DAY = 24 * 60

People = Select[Any] | Iterable[UUID]


@dataclass(frozen=True, slots=True)
class RoundForm:
    """What the office says about a round. `scripts` and `help` are written texts by language; hours are minutes."""

    title: str
    kind: str = "outgoing"
    language: str = "sv"
    scripts: dict[str, tuple[script.Step, ...]] = field(default_factory=dict)
    help: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    opens: int | None = None
    closes: int | None = None
    max_tries: int | None = None
    purpose: str = ""  # the code of what people are called for


@dataclass(frozen=True, slots=True)
class Added:
    """What adding people did."""

    round_id: UUID
    added: int
    already: int


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One line of the list of rounds."""

    id: UUID
    version: int
    title: str
    kind: str
    state: str
    total: int
    done: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class RoundFilter:
    """Which rounds; closed ones only when asked for."""

    closed: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """A programme in a round: how many of its people still wait, and how many callers come from it."""

    programme: str
    waiting: int
    callers: int


def rounds_query(filter: RoundFilter) -> Select[Any]:
    """Every round that fits, with its progress; unordered and unlimited."""
    total = select(func.count()).where(CallEntry.round_id == CallRound.id)
    query = select(
        CallRound.id,
        CallRound.version,
        CallRound.title,
        CallRound.kind,
        CallRound.state,
        total.scalar_subquery().label("total"),
        total.where(CallEntry.state == "done").scalar_subquery().label("done"),
        CallRound.made_at,
        func.lower(CallRound.title).label("title_sort"),
        case((CallRound.state == "open", 0), else_=1).label("state_sort"),
    )
    return query if filter.closed else query.where(CallRound.state == "open")


def create_round(session: Session, form: RoundForm, people: People, *, now: datetime) -> Added:
    """Make a round and put `people` into it, in their order; a filter is frozen as the people it finds now.

    Raises:
        RuleBroken: no title, hours that are none, or a script that leads nowhere.
    """
    _check(form)
    row = CallRound(made_at=now, **_values(form))
    session.add(row)
    session.flush()
    added = add_people(session, row.id, people, now=now)
    describe(session, title=row.title, count=added.added)
    return added


def change_round(session: Session, round_id: UUID, version: int, form: RoundForm) -> None:
    """Give a round other words, hours or limits; its people and calls stay.

    Raises:
        RuleBroken: as in `create_round`, or the kind would change.
        Conflict: somebody else changed it since.
    """
    _check(form)
    row = take(session, CallRound, round_id, version)
    if row.kind != form.kind:
        raise RuleBroken(_("A round keeps its kind."), _("Make a new round instead."), field="kind")
    for name, value in _values(form).items():
        setattr(row, name, value)
    about(session, round_id)
    describe(session, title=row.title)
    session.flush()


def set_state(session: Session, round_id: UUID, version: int, state: str) -> None:
    """Close a round so that nobody is called from it, or open it again.

    Raises:
        Conflict: somebody else changed it since.
    """
    row = take(session, CallRound, round_id, version)
    row.state = state
    about(session, round_id)
    describe(session, title=row.title)
    session.flush()


def add_people(session: Session, round_id: UUID, people: People, *, now: datetime) -> Added:
    """Put those of `people` into the round who are not in it yet, behind everybody else.

    Raises:
        RuleBroken: the round is closed, or is a hotline, which has no list.
    """
    row = read_round(session, round_id)
    wanted = session.execute(people).scalars() if isinstance(people, Select) else people
    ids = list(dict.fromkeys(wanted))
    if row.state != "open":
        raise RuleBroken(_("The call round “{title}” is closed."), _("Open it again, or choose another."), title=row.title)
    if row.kind == "hotline" and ids:
        raise RuleBroken(_("A hotline has no list of people."), _("Choose a round of outgoing calls."), field="kind")
    inside = set(session.scalars(select(CallEntry.person_id).where(CallEntry.round_id == round_id)))
    fresh = [person for person in ids if person not in inside]
    start = 1 + (session.scalar(select(func.max(CallEntry.position)).where(CallEntry.round_id == round_id)) or 0)
    if fresh:
        rows = [_entry(session, round_id, person, start + place, now) for place, person in enumerate(fresh)]
        session.execute(insert(CallEntry), rows)
    about(session, round_id)
    describe(session, title=row.title, count=len(fresh))
    return Added(round_id, len(fresh), len(ids) - len(fresh))


def people_of_change_set(change_set: UUID) -> Select[Any]:
    """The people an import made, gave a stage of life or was about; in the order of the register."""
    number = select(ChangeSet.number).where(ChangeSet.id == change_set).scalar_subquery()
    touched = or_(
        Person.made_in == change_set,
        Person.id.in_(select(Role.person_id).where(Role.made_in == change_set)),
        Person.id.in_(select(ChangeAbout.ref).where(ChangeAbout.change_set == number)),
    )
    return select(Person.id).where(touched, Person.retired_at.is_(None)).order_by(Person.name_key, Person.id)


def open_rounds(session: Session) -> list[tuple[UUID, str]]:
    """Rounds people may still be added to, with their titles, newest first."""
    query = select(CallRound.id, CallRound.title).where(CallRound.state == "open", CallRound.kind == "outgoing")
    return [(row[0], row[1]) for row in session.execute(query.order_by(CallRound.made_at.desc()))]


def read_round(session: Session, round_id: UUID) -> CallRound:
    """The round as it stands.

    Raises:
        Conflict: it is no longer there.
    """
    row = session.get(CallRound, round_id)
    if row is None:
        raise Conflict(_("This call round is no longer there."), _("Go back to the list of call rounds."))
    return row


def round_form(session: Session, round_id: UUID) -> tuple[int, RoundForm]:
    """What is kept about a round, for its form, with the version read.

    Raises:
        Conflict: it is no longer there.
    """
    row = read_round(session, round_id)
    scripts = {language: script.from_json(steps) for language, steps in row.script.items()}
    return row.version, RoundForm(
        row.title, row.kind, row.language, scripts, dict(row.help), row.opens, row.closes, row.max_tries, row.purpose or ""
    )


def coverage(session: Session, round_id: UUID, *, today: date) -> list[Coverage]:
    """The programmes of those still to be called, most first, with the callers who come from them.

    Callers are people with a current stage "caller" of that programme.
    """
    holds = or_(Role.ends.is_(None), Role.ends >= today)
    callers = (
        select(Role.programme, func.count(Role.person_id.distinct()).label("callers"))
        .where(Role.kind == "caller", Role.programme != "", holds)
        .group_by(Role.programme)
        .subquery()
    )
    theirs = (
        select(CallEntry.person_id, func.max(Role.programme).label("programme"))
        .join(Role, Role.person_id == CallEntry.person_id)
        .where(CallEntry.round_id == round_id, CallEntry.state != "done", Role.kind.in_(LIFE), Role.programme != "")
        .group_by(CallEntry.person_id)
        .subquery()
    )
    waiting = func.count()
    rows = session.execute(
        select(theirs.c.programme, waiting, func.coalesce(func.max(callers.c.callers), 0))
        .outerjoin(callers, callers.c.programme == theirs.c.programme)
        .group_by(theirs.c.programme)
        .order_by(waiting.desc(), theirs.c.programme)
    )
    return [Coverage(*row) for row in rows]


def _check(form: RoundForm) -> None:
    if not form.title.strip():
        raise RuleBroken(_("The round has no title."), _("Write what the calls are about."), field="title")
    if len(form.title) > MOST_TITLE:
        raise RuleBroken(_("The title is too long."), _("Keep it under 200 letters."), field="title")
    hours = [hour for hour in (form.opens, form.closes) if hour is not None]
    if any(not 0 <= hour <= DAY for hour in hours) or (len(hours) == 2 and hours[0] >= hours[1]):
        raise RuleBroken(_("The calling hours are none."), _("Let them begin before they end."), field="opens")
    if form.max_tries is not None and form.max_tries < 1:
        raise RuleBroken(_("Nobody would be called."), _("Allow at least one try."), field="max_tries")
    for steps in form.scripts.values():
        script.check(steps)


def _values(form: RoundForm) -> dict[str, Any]:
    return {
        "title": form.title.strip(),
        "kind": form.kind,
        "language": form.language,
        "script": {language: script.to_json(steps) for language, steps in form.scripts.items() if steps},
        "help": dict(form.help),
        "opens": form.opens,
        "closes": form.closes,
        "max_tries": form.max_tries,
        "purpose": form.purpose or None,
    }


def _entry(session: Session, round_id: UUID, person_id: UUID, position: int, now: datetime) -> dict[str, Any]:
    return {
        **stamps(session),
        "id": new_id(),
        "round_id": round_id,
        "person_id": person_id,
        "position": position,
        "state": "ready",
        "why": "",
        "ready_at": now,
        "attempts": 0,
        "last_outcome": "",
    }
