"""Who may be contacted, decided in sets: the one answer for queues, letters, dialling and whatever comes to send something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from db.base import Key, Moment
from db.models.consent import ALL_CHANNELS, CHANNELS, Consent, ConsentPurpose, ContactBlock
from db.models.interaction import CHANNEL_OF, Interaction
from db.models.person import ContactPoint, Person
from db.models.setting import StoredSetting
from db.prepared import Prepared, limited, together
from desktop.core.contacting.rules import BY_CHANNEL, PRESSURE_KEYS, UNSAID, Answer, Clearance, Plan, PressureRule, Purpose

PORTION = 500  # ids in one statement
_POINTS = {"phone": "phone", "sms": "phone", "email": "email", "post": "address"}
_LINES, _SETTINGS = Interaction.__table__.c, StoredSetting.__table__.c

Hindrance = tuple[ColumnElement[bool], Any]  # what is in the way, and the word for it: a code of `WHY` or what gives one
People = Select[Any] | Iterable[UUID]
Rows = Iterable[tuple[Any, ...]]


def plan_contact(session: Session, channel: str, purpose: str = "", *, asked: bool = False) -> Plan:
    """What a contact needs to know of the office's purposes and settings before anybody is asked about.

    Args:
        purpose: The code of one; empty where the contact has none of its own.
        asked: The person asked for it, such as for a callback: then it is never too often.

    Raises:
        LookupError: there is no purpose of that code.
    """
    session.flush()
    purposes, settings = together(session.connection(), *FOR_PLANS)
    return plan_from(purposes, settings, channel, purpose, asked=asked)


def plan_from(purposes: Rows, settings: Rows, channel: str, purpose: str = "", *, asked: bool = False) -> Plan:
    """The same from the answers to `FOR_PLANS`, for who asks for more in one go.

    Raises:
        LookupError: there is no purpose of that code.
    """
    rows = [Purpose(*row) for row in purposes]
    found = next((row for row in rows if row.code == purpose), None)
    if purpose and found is None:
        raise LookupError(purpose)
    kind = found.kind if found is not None else UNSAID
    alike = tuple(sorted(row.code for row in rows if row.kind == kind))
    return Plan(channel, found, asked, PressureRule.of(dict(settings)), alike)


def may_contact(session: Session, people: People, plan: Plan, *, now: datetime, today: date, ways: bool = True) -> Answer:
    """Which of these people may be contacted so, and why the others may not.

    Args:
        people: Ids, or a query of one column of them: a hundred thousand are one statement.
        today: The day at the office, by which an address holds or no longer does.
        ways: False where a usable number or address is seen to elsewhere.
    """
    why = case(*hindrances(Person.id, plan, now=now, today=today, ways=ways), else_="")
    often = literal(False) if plan.pressure.stops else too_often(Person.id, plan, counted_since(plan, now))
    query = select(Person.id, why, often)
    allowed: set[UUID] = set()
    pressed: set[UUID] = set()
    stopped: dict[UUID, str] = {}
    for portion in _portions(people):
        if not isinstance(portion, Select):
            stopped |= dict.fromkeys(portion, "gone")
        for person, reason, much in session.execute(query.where(Person.id.in_(portion))):
            stopped.pop(person, None)
            if reason:
                stopped[person] = reason
                continue
            allowed.add(person)
            if much:
                pressed.add(person)
    return Answer(Clearance(plan.channel, frozenset(allowed)), stopped, frozenset(pressed))


def said_against(session: Session, person_id: UUID, channel: str, now: datetime) -> str:
    """Why one person is not to be contacted by a channel, purposes and numbers aside; empty where they may.

    For what is written down all day long: compiled once.
    """
    session.flush()
    found = _SAID[channel].first(session.connection(), person=person_id, now=now)
    return str(found[0]) if found is not None else "gone"


def hindrances(
    person: SQLColumnExpression[UUID], plan: Plan, *, now: datetime, today: date, ways: bool = True
) -> list[Hindrance]:
    """What keeps somebody from being contacted, in the order of `WHY`; for statements that read `Person`."""
    found: list[Hindrance] = [(Person.deceased_on.is_not(None), "deceased"), (Person.retired_at.is_not(None), "retired")]
    found += refusals(person, plan, now)
    if plan.pressure.stops and plan.most is not None:
        found.append((too_often(person, plan, counted_since(plan, now)), "pressure"))
    if ways and plan.channel:
        there = (ContactPoint.person_id == person, ContactPoint.kind == _POINTS[plan.channel])
        holds = or_(ContactPoint.valid_to.is_(None), ContactPoint.valid_to >= today)
        usable = exists().where(*there, ContactPoint.hold == "", holds)
        found.append((~usable, case((exists().where(*there), "held"), else_="no_way")))
    return found


def refusals(person: SQLColumnExpression[UUID], plan: Plan, now: datetime) -> list[Hindrance]:
    """What the person said themselves: stops by channel, and their newest word on the purpose."""
    stops = {ALL_CHANNELS: "no_contact"} | ({plan.channel: BY_CHANNEL[plan.channel]} if plan.channel else {})
    holds = or_(ContactBlock.ends_at.is_(None), ContactBlock.ends_at > now)
    block = select(case(stops, value=ContactBlock.channel)).where(
        ContactBlock.person_id == person, or_(*(ContactBlock.channel == channel for channel in stops)), holds
    )
    first = limited(block.order_by(ContactBlock.channel != ALL_CHANNELS), 1).scalar_subquery()
    purpose = plan.purpose
    if purpose is None or purpose.kind == "service":
        return [(first.is_not(None), first)]
    needed = purpose.basis == "consent"
    over = [(Consent.ends_at <= now, "expired")] if needed else []
    said = select(case((Consent.state != "given", Consent.state), *over, else_="")).where(
        Consent.person_id == person, Consent.purpose_id == purpose.id
    )
    # Of two answers at the same moment the one that says no counts.
    strict = case((Consent.state == "given", 1), else_=0)
    newest = limited(said.order_by(Consent.at.desc(), strict, Consent.id.desc()), 1).scalar_subquery()
    word = func.coalesce(newest, "no_consent" if needed else "")
    return [(first.is_not(None), first), (word != "", word)]


def counted_since(plan: Plan, now: datetime) -> datetime:
    """From when on contacts count for how often is too often."""
    return now - timedelta(days=plan.pressure.days)


def too_often(person: SQLColumnExpression[UUID], plan: Plan, since: datetime) -> ColumnElement[bool]:
    """Whether they were contacted as often as is enough already; what they had asked for does not count."""
    if plan.most is None:
        return literal(False)
    alike: ColumnElement[bool] = _LINES.purpose.in_([literal(code) for code in plan.alike])
    if plan.kind == UNSAID:
        alike = or_(alike, _LINES.purpose.is_(None))
    counted = and_(
        _LINES.person_id == person,
        _LINES.kind.in_([literal(kind) for kind in CHANNEL_OF]),
        _LINES.at > since,
        _LINES.direction == "out",
        _LINES.asked.is_not(true()),
        alike,
    )
    return select(func.count()).where(counted).scalar_subquery() >= plan.most


def forwarded(protected: UUID) -> Clearance:
    """Leave to hand one letter to the authority that forwards it to somebody protected, which decides by rules of its own."""
    return Clearance("post", frozenset({protected}))


def _portions(people: People) -> Iterator[Any]:
    if isinstance(people, Select):
        yield people
        return
    ids = iter(dict.fromkeys(people))
    while portion := list(islice(ids, PORTION)):
        yield portion


def _said(channel: str) -> Prepared:
    now: Any = bindparam("now", type_=Moment())
    found = hindrances(Person.id, Plan(channel), now=now, today=date.min, ways=False)
    return Prepared(select(case(*found, else_="")).where(Person.id == bindparam("person", type_=Key())))


_SAID = {channel: _said(channel) for channel in CHANNELS}
# What a plan is made of: all purposes, and the office's rule about how often is too often.
FOR_PLANS: tuple[tuple[Prepared, dict[str, Any]], ...] = (
    (Prepared(select(ConsentPurpose.id, ConsentPurpose.code, ConsentPurpose.kind, ConsentPurpose.basis)), {}),
    (
        Prepared(
            select(_SETTINGS.key, _SETTINGS.value).where(
                _SETTINGS.user_id.is_(None), _SETTINGS.key.in_([literal(key) for key in PRESSURE_KEYS])
            )
        ),
        {},
    ),
)
