"""The queue of a round: where everybody stands and why, who is next, and the claims that keep two callers apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, false, func, literal, not_, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.errors import Conflict, RuleBroken
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.prepared import limited
from db.search import title_of
from db.texts import Msgid, PluralMsgid, _, ngettext
from desktop.core.contacting.allowed import Hindrance, plan_contact, refusals, too_often
from desktop.core.contacting.rules import SENTENCES, Plan
from desktop.modules.phones.rounds import LIFE, read_round
from desktop.modules.phones.rules import LEASE, REASONS, within_hours
from desktop.modules.phones.tables import Call, CallClaim, CallEntry, CallOutcome, CallRound

CALL = Plan("phone")  # a call that says no purpose
STANDING = frozenset({"call_entry", "call_claim"})  # the tables that say where somebody stands


@dataclass(frozen=True, slots=True)
class Desk:
    """One open console: who sits there, and since when an unkept promise of theirs is anybody's."""

    token: UUID
    user_id: UUID
    user_name: str
    programme: str = ""  # the caller's own; people of it come first
    fall_hours: int = 2  # a callback of one's own falls to anyone so long after its time


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """Where the people of a round stand at one moment; each person is counted once.

    `callbacks_mine` and `callbacks_any` are due, `callbacks_other` is due but promised by somebody else and
    `callbacks_later` has its time ahead. `blocked` maps a reason to a number, in the order of `rules.REASONS`.
    """

    total: int = 0
    ready: int = 0
    cooling: int = 0
    claimed: int = 0
    callbacks_mine: int = 0
    callbacks_any: int = 0
    callbacks_other: int = 0
    callbacks_later: int = 0
    callbacks_today: int = 0  # of those later, until the day ends
    done: int = 0
    blocked: dict[str, int] = field(default_factory=dict)
    next_at: datetime | None = None  # when somebody becomes ready, if nobody is
    open: bool = True
    in_hours: bool = True

    @property
    def due(self) -> int:
        """People this desk may call now; outside the hours only promises are kept."""
        promised = self.callbacks_mine + self.callbacks_any
        return promised + (self.ready if self.in_hours else 0) if self.open else 0


@dataclass(frozen=True, slots=True)
class Promise:
    """One callback in the list beside the call."""

    entry_id: UUID
    name: str
    at: datetime
    mine: bool
    due: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """What one caller did today in one round."""

    calls: int
    reached: int


def standing(desk: Desk, now: datetime, plan: Plan = CALL) -> ColumnElement[str]:
    """The word for where an entry stands; over `CallEntry` joined as `_joined` does. `plan` is what the round is for."""
    gone = [(Person.deceased_on.is_not(None), "blocked:deceased"), (Person.retired_at.is_not(None), "blocked:retired")]
    return case(*_hindrances(desk, now, plan, gone, lambda *where: exists().where(*where)), else_="ready")


def _ready(desk: Desk, now: datetime, plan: Plan) -> ColumnElement[bool]:
    """Whether an entry stands at "ready"; over `CallEntry` and its claim alone.

    Said so that a server looks at one after the other and stops at the first that does: each limit keeps it from reading
    all points of contact, or all people from their first for every entry.
    """

    def any_point(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        return limited(select(ContactPoint.id).where(*where).correlate(CallEntry), 1).scalar_subquery().is_not(None)

    whom = select(or_(Person.deceased_on.is_not(None), Person.retired_at.is_not(None))).where(Person.id == CallEntry.person_id)
    gone = [(limited(whom.correlate(CallEntry), 1).scalar_subquery().is_not(false()), "blocked")]
    return and_(*(hinders.is_not(true()) for hinders, _word in _hindrances(desk, now, plan, gone, any_point)))


def _hindrances(
    desk: Desk, now: datetime, plan: Plan, gone: Sequence[Hindrance], any_point: Callable[..., ColumnElement[bool]]
) -> list[Hindrance]:
    """Why an entry is not ready, and the word for it; the first that holds counts. `gone` says who is not there any more."""
    phone = and_(ContactPoint.person_id == CallEntry.person_id, ContactPoint.kind == "phone")
    at, whose = CallEntry.callback_at, CallEntry.callback_user
    fallen = now - timedelta(hours=desk.fall_hours)
    callback = case(
        (at > now, "callback_later"),
        (whose == desk.user_id, "callback_mine"),
        (or_(whose.is_(None), at <= fallen), "callback_any"),
        else_="callback_other",
    )
    return [
        (CallEntry.state == "done", "done"),
        *gone,
        (CallEntry.state == "blocked", literal("blocked:") + CallEntry.why),
        *_rules(plan, now),
        (~any_point(phone), "blocked:no_number"),
        (~any_point(phone, ContactPoint.hold == ""), "blocked:held"),
        (CallClaim.entry_id.is_not(None), "claimed"),
        (CallEntry.state == "callback", callback),
        (and_(CallEntry.ready_at > now, CallEntry.last_outcome != ""), "cooling"),  # nobody cools down before a call
    ]


def _rules(plan: Plan, now: datetime) -> list[Hindrance]:
    """What the people themselves said, and how often is too often; a callback they asked for never is."""
    person = CallEntry.person_id
    found: list[Hindrance] = [(said, literal("blocked:") + why) for said, why in refusals(person, plan, now)]
    if plan.pressure.stops and plan.most is not None:
        found.append((and_(CallEntry.state != "callback", too_often(person, plan, now)), "blocked:pressure"))
    return found


def plan_of(session: Session, row: CallRound | None) -> Plan:
    """What the calls of a round are for."""
    return plan_contact(session, "phone", row.purpose or "") if row is not None else CALL


def queue_counts(session: Session, round_id: UUID, desk: Desk, *, now: datetime, zone: tzinfo) -> QueueCounts:
    """Where everybody in the round stands, and what the clock will change next."""
    row = read_round(session, round_id)
    where = standing(desk, now, plan_of(session, row)).label("standing")
    waits = case((CallEntry.state == "callback", CallEntry.callback_at), else_=CallEntry.ready_at)
    places = _joined(select(where, waits.label("at")), desk, now).where(CallEntry.round_id == round_id).subquery()
    day_ends = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), datetime.min.time(), zone)
    today = func.sum(case((places.c.at < day_ends, 1), else_=0))
    found = session.execute(
        select(places.c.standing, func.count(), func.min(places.c.at), today).group_by(places.c.standing)
    ).all()
    counts = {word: count for word, count, _at, _today in found}
    later = [at for word, _count, at, _today in found if word in ("cooling", "callback_later")]
    blocked = {word.removeprefix("blocked:"): count for word, count in counts.items() if word.startswith("blocked:")}
    known = ("ready", "cooling", "claimed", "done")
    calls = ("mine", "any", "other", "later")
    return QueueCounts(
        total=sum(counts.values()),
        **{word: counts.get(word, 0) for word in known},
        **{f"callbacks_{word}": counts.get(f"callback_{word}", 0) for word in calls},
        callbacks_today=next((today for word, _count, _at, today in found if word == "callback_later"), 0),
        blocked={why: blocked[why] for why in sorted(blocked, key=[*REASONS, *blocked].index)},
        next_at=min(later, default=None),
        open=row.state == "open",
        in_hours=within_hours(now, zone, row.opens, row.closes),
    )


def why_empty(counts: QueueCounts) -> list[tuple[Msgid | PluralMsgid, dict[str, Any]]]:
    """Why nobody can be called now, as sentences to say in order; empty when somebody can."""
    said: list[tuple[Msgid | PluralMsgid, dict[str, Any]]] = []
    if not counts.open:
        return [(_("This round is closed."), {})]
    if counts.due:
        return []
    if counts.ready:
        return [(_("Calls are not made at this hour."), {})]
    if not counts.total:
        return [(_("Nobody is in this round yet."), {})]
    if counts.done == counts.total:
        return [(_("Everybody has been called."), {})]
    parts = (
        (counts.cooling, ngettext("{count} person is cooling down.", "{count} people are cooling down.")),
        (
            counts.callbacks_later,
            ngettext("{count} callback is promised for later.", "{count} callbacks are promised for later."),
        ),
        (counts.callbacks_other, ngettext("{count} callback is someone else's.", "{count} callbacks are someone else's.")),
        (counts.claimed, ngettext("{count} person is in a colleague's hands.", "{count} people are in colleagues' hands.")),
        (sum(counts.blocked.values()), ngettext("{count} person cannot be called.", "{count} people cannot be called.")),
    )
    said += [(words, {"count": number}) for number, words in parts if number]
    return said


def pop_next(session: Session, round_id: UUID, desk: Desk, *, now: datetime, zone: tzinfo) -> UUID | None:
    """The entry this desk calls next, claimed for it; the one it holds already if there is one.

    My callbacks that are due come first, then anyone's, then the ready: people of the caller's own programme before
    the others, each in the order of the list. Nobody else gets the person until the lease runs out. Runs in a scope
    that may write.
    """
    session.execute(delete(CallClaim).where(_run_out(now)))
    held = session.scalar(
        select(CallClaim.entry_id)
        .join(CallEntry, CallEntry.id == CallClaim.entry_id)
        .where(CallClaim.token == desk.token, CallEntry.round_id == round_id)
    )
    if held is not None:
        return held
    row = read_round(session, round_id)
    if row.state != "open":
        return None
    ready = ("ready",) if within_hours(now, zone, row.opens, row.closes) else ()
    plan = plan_of(session, row)
    for word in ("callback_mine", "callback_any", *ready):
        while (found := _first(session, round_id, word, desk, now, plan)) is not None:
            if _claim(session, found, desk, now):
                return found
    return None


def claim(session: Session, entry_id: UUID, desk: Desk, *, now: datetime) -> None:
    """Take this very person, such as a callback chosen by hand; what the desk held is given back.

    Raises:
        Conflict: a colleague is calling them.
        RuleBroken: they cannot be called, or are done.
    """
    session.execute(delete(CallClaim).where(_run_out(now)))
    _refuse_held(session, entry_id, desk)
    entry = session.get(CallEntry, entry_id)
    plan = plan_of(session, session.get(CallRound, entry.round_id) if entry is not None else None)
    word = session.scalar(_joined(select(standing(desk, now, plan)), desk, now).where(CallEntry.id == entry_id))
    if word is not None and (why := word.removeprefix("blocked:")) in SENTENCES:
        raise RuleBroken(SENTENCES[why], _("Nobody calls them from this round."))
    if word is None or word == "done" or word.startswith("blocked"):
        raise RuleBroken(_("This person cannot be called in this round."), _("Look at the card for the reason."))
    give_back(session, desk.token)
    if not _claim(session, entry_id, desk, now):
        _refuse_held(session, entry_id, desk)


def renew(session: Session, token: UUID, *, now: datetime) -> None:
    """Keep what a console holds for another lease."""
    session.execute(update(CallClaim).where(CallClaim.token == token).values(until=now + LEASE))


def give_back(session: Session, token: UUID) -> None:
    """Let go at once of whoever a console holds."""
    session.execute(delete(CallClaim).where(CallClaim.token == token))


def release(session: Session, entry_id: UUID) -> None:
    """End whatever claim there is on this entry: the call with them is logged."""
    session.execute(delete(CallClaim).where(CallClaim.entry_id == entry_id))


def promises(
    session: Session, round_id: UUID | None, desk: Desk, *, now: datetime, until: datetime, limit: int = 8
) -> list[Promise]:
    """My callbacks and anyone's until that moment, the earliest first; of one round, or of all open ones."""
    word = standing(desk, now, plan_of(session, session.get(CallRound, round_id) if round_id is not None else None))
    ours = or_(CallEntry.callback_user.is_(None), CallEntry.callback_user == desk.user_id)
    query = _joined(
        select(CallEntry.id, Person.family, Person.given, CallEntry.callback_at, CallEntry.callback_user), desk, now
    ).where(
        CallEntry.state == "callback",
        CallEntry.callback_at < until,
        or_(word.in_(("callback_mine", "callback_any")), and_(word == "callback_later", ours)),
    )
    if round_id is not None:
        query = query.where(CallEntry.round_id == round_id)
    else:
        query = query.join(CallRound, CallRound.id == CallEntry.round_id).where(CallRound.state == "open")
    rows = session.execute(query.order_by(CallEntry.callback_at, CallEntry.id).limit(limit))
    return [
        Promise(entry, title_of(family, given), at, whose == desk.user_id, at <= now) for entry, family, given, at, whose in rows
    ]


def shift(session: Session, round_id: UUID, user_id: UUID, *, since: datetime) -> Shift:
    """What a caller did in a round since that moment."""
    reached = select(CallOutcome.code).where(CallOutcome.reached)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(case((Call.outcome.in_(reached), 1), else_=0)), 0)).where(
            Call.round_id == round_id, Call.caller_id == user_id, Call.ended >= since
        )
    ).one()
    return Shift(row[0], row[1])


def _joined(query: Any, desk: Desk, now: datetime) -> Select[Any]:
    """With the person, and the claim of another desk if one holds."""
    return _with_claim(query.select_from(CallEntry).join(Person, Person.id == CallEntry.person_id), desk, now)


def _with_claim(query: Select[Any], desk: Desk, now: datetime) -> Select[Any]:
    others = and_(CallClaim.entry_id == CallEntry.id, not_(_run_out(now)), CallClaim.token != desk.token)
    return query.outerjoin(CallClaim, others)


def _run_out(now: datetime) -> ColumnElement[bool]:
    """Whether a claim holds no longer. One that lies further ahead than any lease was made before the clock was set back."""
    return or_(CallClaim.until <= now, CallClaim.until > now + 2 * LEASE)


def _first(session: Session, round_id: UUID, word: str, desk: Desk, now: datetime, plan: Plan) -> UUID | None:
    callback = word != "ready"
    entries = select(CallEntry.id).select_from(CallEntry)
    if callback:
        query = _joined(entries, desk, now).where(CallEntry.state == "callback", standing(desk, now, plan) == word)
    else:
        query = _with_claim(entries, desk, now).where(CallEntry.state == "ready", _ready(desk, now, plan))
    query = query.where(CallEntry.round_id == round_id)
    query = query.order_by(CallEntry.callback_at if callback else CallEntry.position, CallEntry.id).limit(1)
    query = query.with_for_update(
        of=CallEntry, key_share=True, skip_locked=True
    )  # a server passes over whom another desk looks at
    if not callback and desk.programme:
        same = exists().where(Role.person_id == CallEntry.person_id, Role.programme == desk.programme, Role.kind.in_(LIFE))
        own: UUID | None = session.scalar(query.where(same))
        if own is not None:
            return own
    found: UUID | None = session.scalar(query)
    return found


def _refuse_held(session: Session, entry_id: UUID, desk: Desk) -> None:
    held = session.get(CallClaim, entry_id)
    if held is not None and held.token != desk.token:
        raise Conflict(_("{name} is calling this person right now."), _("Choose somebody else."), name=held.user_name)


def _claim(session: Session, entry_id: UUID, desk: Desk, now: datetime) -> bool:
    """False when another desk was quicker: on a server many look at once."""
    claim = CallClaim(entry_id=entry_id, token=desk.token, user_id=desk.user_id, user_name=desk.user_name, until=now + LEASE)
    try:
        with session.begin_nested():
            session.add(claim)
    except IntegrityError:
        return False
    return True
