"""The queue of a round: how many stand where, who is next, and the claims that keep two callers apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.base import Key
from db.errors import Conflict, RuleBroken
from db.models.person import Person
from db.prepared import Prepared
from db.search import title_of
from db.texts import Msgid, PluralMsgid, _, ngettext
from desktop.core.contacting.allowed import plan_contact
from desktop.core.contacting.rules import SENTENCES, Plan
from desktop.modules.phones.next_up import Outlook, first_ready, put_claim
from desktop.modules.phones.rounds import read_round
from desktop.modules.phones.rules import LEASE, REASONS, within_hours
from desktop.modules.phones.standing import CALL, Desk, joined, run_out, standing, times
from desktop.modules.phones.tables import Call, CallClaim, CallEntry, CallOutcome, CallRound

_RELEASE = Prepared(delete(CallClaim).where(CallClaim.entry_id == bindparam("entry", type_=Key())))
STANDING = frozenset({"call_entry", "call_claim"})  # the tables that say where somebody stands


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


def plan_of(session: Session, row: CallRound | None) -> Plan:
    """What the calls of a round are for."""
    return plan_contact(session, "phone", row.purpose or "") if row is not None else CALL


def queue_counts(session: Session, round_id: UUID, desk: Desk, *, now: datetime, zone: tzinfo) -> QueueCounts:
    """Where everybody in the round stands, and what the clock will change next."""
    row = read_round(session, round_id)
    where = standing(desk, now, plan_of(session, row)).label("standing")
    waits = case((CallEntry.state == "callback", CallEntry.callback_at), else_=CallEntry.ready_at)
    places = joined(select(where, waits.label("at")), desk, now).where(CallEntry.round_id == round_id).subquery()
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
    seen = Outlook(session, round_id, desk, now)
    if seen.held is not None or seen.state != "open":
        return seen.held
    if seen.promised:
        for word in ("callback_mine", "callback_any"):
            while (found := _promised(session, round_id, word, desk, now, seen.plan)) is not None:
                if put_claim(session, found, desk, now):
                    return found
    if within_hours(now, zone, seen.opens, seen.closes):
        while (found := first_ready(session.connection(), round_id, desk, now, seen.plan)) is not None:
            if put_claim(session, found, desk, now):
                return found
    return None


def claim(session: Session, entry_id: UUID, desk: Desk, *, now: datetime) -> None:
    """Take this very person, such as a callback chosen by hand; what the desk held is given back.

    Raises:
        Conflict: a colleague is calling them.
        RuleBroken: they cannot be called, or are done.
    """
    session.execute(delete(CallClaim).where(run_out(times(now))))
    _refuse_held(session, entry_id, desk)
    entry = session.get(CallEntry, entry_id)
    plan = plan_of(session, session.get(CallRound, entry.round_id) if entry is not None else None)
    word = session.scalar(joined(select(standing(desk, now, plan)), desk, now).where(CallEntry.id == entry_id))
    if word is not None and (why := word.removeprefix("blocked:")) in SENTENCES:
        raise RuleBroken(SENTENCES[why], _("Nobody calls them from this round."))
    if word is None or word == "done" or word.startswith("blocked"):
        raise RuleBroken(_("This person cannot be called in this round."), _("Look at the card for the reason."))
    give_back(session, desk.token)
    if not put_claim(session, entry_id, desk, now):
        _refuse_held(session, entry_id, desk)


def renew(session: Session, token: UUID, *, now: datetime) -> None:
    """Keep what a console holds for another lease."""
    session.execute(update(CallClaim).where(CallClaim.token == token).values(until=now + LEASE))


def give_back(session: Session, token: UUID) -> None:
    """Let go at once of whoever a console holds."""
    session.execute(delete(CallClaim).where(CallClaim.token == token))


def release(session: Session, entry_id: UUID) -> None:
    """End whatever claim there is on this entry: the call with them is logged."""
    _RELEASE.add(session.connection(), entry=entry_id)
    session.info["areas"].add(CallClaim.__tablename__)


def promises(
    session: Session, round_id: UUID | None, desk: Desk, *, now: datetime, until: datetime, limit: int = 8
) -> list[Promise]:
    """My callbacks and anyone's until that moment, the earliest first; of one round, or of all open ones."""
    word = standing(desk, now, plan_of(session, session.get(CallRound, round_id) if round_id is not None else None))
    ours = or_(CallEntry.callback_user.is_(None), CallEntry.callback_user == desk.user_id)
    query = joined(
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


def _promised(session: Session, round_id: UUID, word: str, desk: Desk, now: datetime, plan: Plan) -> UUID | None:
    """The first due callback that stands at `word`; a server passes over whom another desk looks at."""
    query = joined(select(CallEntry.id), desk, now).where(
        CallEntry.round_id == round_id, CallEntry.state == "callback", standing(desk, now, plan) == word
    )
    query = query.order_by(CallEntry.callback_at, CallEntry.id).limit(1)
    found: UUID | None = session.scalar(query.with_for_update(of=CallEntry, key_share=True, skip_locked=True))
    return found


def _refuse_held(session: Session, entry_id: UUID, desk: Desk) -> None:
    held = session.get(CallClaim, entry_id)
    if held is not None and held.token != desk.token:
        raise Conflict(_("{name} is calling this person right now."), _("Choose somebody else."), name=held.user_name)
