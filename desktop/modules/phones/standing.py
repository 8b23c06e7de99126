"""Where an entry of a round stands and why, as conditions on rows: its own state, the person, their numbers, and claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, literal, not_, or_, select, true

from db.models.person import ContactPoint, Person
from db.prepared import limited
from desktop.core.contacting.allowed import Hindrance, counted_since, refusals, too_often
from desktop.core.contacting.rules import Plan
from desktop.modules.phones.rules import LEASE
from desktop.modules.phones.tables import CallClaim, CallEntry

CALL = Plan("phone")  # a call that says no purpose


@dataclass(frozen=True, slots=True)
class Desk:
    """One open console: who sits there, and since when an unkept promise of theirs is anybody's."""

    token: UUID
    user_id: UUID
    user_name: str
    programme: str = ""  # the caller's own; people of it come first
    fall_hours: int = 2  # a callback of one's own falls to anyone so long after its time


class Times(NamedTuple):
    """The moments a standing depends on. Where a statement is compiled once, they are its parameters."""

    now: Any
    far: Any  # no lease made by a clock that is right lies further ahead
    since: Any  # from when on contacts count for how often is too often


def times(now: datetime, plan: Plan = CALL) -> Times:
    """The moments themselves."""
    return Times(now, now + 2 * LEASE, counted_since(plan, now))


def standing(desk: Desk, now: datetime, plan: Plan = CALL) -> ColumnElement[str]:
    """The word for where an entry stands; over `CallEntry` joined as `joined` does. `plan` is what the round is for."""
    gone = [(Person.deceased_on.is_not(None), "blocked:deceased"), (Person.retired_at.is_not(None), "blocked:retired")]
    callback = _callback(desk, now)
    found = _hindrances(callback, times(now, plan), plan, gone, lambda *where: exists().where(*where))
    return case(*found, else_="ready")


def ready(at: Times, plan: Plan) -> ColumnElement[bool]:
    """Whether an entry stands at "ready"; over `CallEntry` and its claim alone.

    Said so that a server looks at one after the other and stops at the first that does: each limit keeps it from reading
    all points of contact, or all people from their first for every entry.
    """

    def any_point(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        return limited(select(ContactPoint.id).where(*where).correlate(CallEntry), 1).scalar_subquery().is_not(None)

    whom = select(or_(Person.deceased_on.is_not(None), Person.retired_at.is_not(None))).where(Person.id == CallEntry.person_id)
    gone = [(limited(whom.correlate(CallEntry), 1).scalar_subquery().is_not(false()), "blocked")]
    return and_(*(hinders.is_not(true()) for hinders, _word in _hindrances("callback", at, plan, gone, any_point)))


def joined(query: Any, desk: Desk, now: datetime) -> Select[Any]:
    """With the person, and the claim of another desk if one holds."""
    query = query.select_from(CallEntry).join(Person, Person.id == CallEntry.person_id)
    return with_claim(query, desk.token, times(now))


def with_claim(query: Select[Any], token: Any, at: Times) -> Select[Any]:
    """With the claim of another desk, if one holds."""
    others = and_(CallClaim.entry_id == CallEntry.id, not_(run_out(at)), CallClaim.token != token)
    return query.outerjoin(CallClaim, others)


def run_out(at: Times) -> ColumnElement[bool]:
    """Whether a claim holds no longer. One that lies further ahead than any lease was made before the clock was set back."""
    return or_(CallClaim.until <= at.now, CallClaim.until > at.far)


def _callback(desk: Desk, now: datetime) -> ColumnElement[str]:
    at, whose = CallEntry.callback_at, CallEntry.callback_user
    fallen = now - timedelta(hours=desk.fall_hours)
    return case(
        (at > now, "callback_later"),
        (whose == desk.user_id, "callback_mine"),
        (or_(whose.is_(None), at <= fallen), "callback_any"),
        else_="callback_other",
    )


def _hindrances(
    callback: ColumnElement[str] | str,
    at: Times,
    plan: Plan,
    gone: Sequence[Hindrance],
    any_point: Callable[..., ColumnElement[bool]],
) -> list[Hindrance]:
    """Why an entry is not ready, and the word for it; the first that holds counts. `gone` says who is not there any more."""
    phone = and_(ContactPoint.person_id == CallEntry.person_id, ContactPoint.kind == "phone")
    return [
        (CallEntry.state == "done", "done"),
        *gone,
        (CallEntry.state == "blocked", literal("blocked:") + CallEntry.why),
        *_rules(plan, at),
        (~any_point(phone), "blocked:no_number"),
        (~any_point(phone, ContactPoint.hold == ""), "blocked:held"),
        (CallClaim.entry_id.is_not(None), "claimed"),
        (CallEntry.state == "callback", callback),
        (and_(CallEntry.ready_at > at.now, CallEntry.last_outcome != ""), "cooling"),  # nobody cools down before a call
    ]


def _rules(plan: Plan, at: Times) -> list[Hindrance]:
    """What the people themselves said, and how often is too often; a callback they asked for never is."""
    person = CallEntry.person_id
    found: list[Hindrance] = [(said, literal("blocked:") + why) for said, why in refusals(person, plan, at.now)]
    if plan.pressure.stops and plan.most is not None:
        found.append((and_(CallEntry.state != "callback", too_often(person, plan, at.since)), "blocked:pressure"))
    return found
