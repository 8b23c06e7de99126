"""Who is called next: the statements of it, compiled once, for every desk asks them after every call."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, exists, literal, or_, select, text
from sqlalchemy.orm import Session

from db.base import Key, Moment
from db.models.role import Role
from db.prepared import Prepared, limited, together
from desktop.core.contacting.allowed import FOR_PLANS, plan_from
from desktop.core.contacting.rules import Plan
from desktop.modules.phones.rounds import LIFE, read_round
from desktop.modules.phones.rules import LEASE
from desktop.modules.phones.standing import Desk, Times, ready, times, with_claim
from desktop.modules.phones.standing import run_out as _run_out
from desktop.modules.phones.tables import CallClaim, CallEntry, CallRound

_AT = Times(*(bindparam(name, type_=Moment()) for name in Times._fields))
_ROUND_ID: Any = bindparam("round", type_=Key())
_TOKEN: Any = bindparam("token", type_=Key())
_END_OLD = Prepared(delete(CallClaim).where(_run_out(_AT)))
_HELD = Prepared(
    select(CallClaim.entry_id)
    .join(CallEntry, CallEntry.id == CallClaim.entry_id)
    .where(CallClaim.token == _TOKEN, CallEntry.round_id == _ROUND_ID)
)
_ROUND = Prepared(select(CallRound.state, CallRound.opens, CallRound.closes, CallRound.purpose).where(CallRound.id == _ROUND_ID))
_PROMISED = Prepared(
    limited(
        select(CallEntry.id).where(
            CallEntry.round_id == _ROUND_ID,
            CallEntry.state == "callback",
            or_(CallEntry.callback_at.is_(None), CallEntry.callback_at <= _AT.now),
        ),
        1,
    )
)
_CLAIM = Prepared(
    text(
        "INSERT INTO call_claim (entry_id, token, user_id, user_name, until) VALUES (:entry, :token, :user, :name, :until) "
        "ON CONFLICT DO NOTHING RETURNING entry_id"
    )
    .bindparams(*(bindparam(name, type_=Key()) for name in ("entry", "token", "user")), bindparam("until", type_=Moment()))
    .columns(CallClaim.entry_id)
)
_READY: dict[Any, Prepared] = {}  # by what the statement's text depends on


class Outlook:
    """What a desk that wants somebody finds first, in one go: whom it holds already, the round, and due promises."""

    def __init__(self, session: Session, round_id: UUID, desk: Desk, now: datetime) -> None:
        """Ends claims that ran out, too.

        Raises:
            Conflict: the round is no longer there.
        """
        session.flush()
        at = times(now)
        _old, held, rounds, promised, purposes, settings = together(
            session.connection(),
            (_END_OLD, {"now": at.now, "far": at.far}),
            (_HELD, {"token": desk.token, "round": round_id}),
            (_ROUND, {"round": round_id}),
            (_PROMISED, {"round": round_id, "now": now}),
            *FOR_PLANS,
        )
        session.info["areas"].add(CallClaim.__tablename__)
        if not rounds:
            read_round(session, round_id)
        self.held: UUID | None = held[0][0] if held else None
        self.state, self.opens, self.closes, purpose = rounds[0]
        self.promised = bool(promised)
        self.plan: Plan = plan_from(purposes, settings, "phone", purpose or "")


def first_ready(connection: Connection, round_id: UUID, desk: Desk, now: datetime, plan: Plan) -> UUID | None:
    """The first who may be called, locked: people of the caller's own programme before the others."""
    at = times(now, plan)
    values = {"round": round_id, "token": desk.token, **at._asdict()}
    if desk.programme:
        own = ready_statement(plan, own=True).first(connection, **values, programme=desk.programme)
        if own is not None:
            return cast(UUID, own[0])
    found = ready_statement(plan, own=False).first(connection, **values)
    return found[0] if found is not None else None


def put_claim(session: Session, entry_id: UUID, desk: Desk, now: datetime) -> bool:
    """False when another desk was quicker: on a server many look at once."""
    session.flush()
    session.info["areas"].add(CallClaim.__tablename__)
    values = {"entry": entry_id, "token": desk.token, "user": desk.user_id, "name": desk.user_name, "until": now + LEASE}
    return _CLAIM.first(session.connection(), **values) is not None


def ready_statement(plan: Plan, *, own: bool) -> Prepared:
    """Asks for the first who may be called, `own` among people of one programme.

    By their place alone, as the index has them: sorted any further, the server reads all of them first where it plans for
    values it does not know.
    """
    key = (plan.purpose, (plan.most, plan.alike) if plan.pressure.stops else None, own)
    if key not in _READY:
        query = with_claim(select(CallEntry.id).select_from(CallEntry), _TOKEN, _AT)
        query = query.where(CallEntry.round_id == _ROUND_ID, CallEntry.state == "ready", ready(_AT, plan))
        if own:
            programme: Any = bindparam("programme")
            life = Role.kind.in_([literal(kind) for kind in LIFE])
            query = query.where(exists().where(Role.person_id == CallEntry.person_id, Role.programme == programme, life))
        query = limited(query.order_by(CallEntry.position), 1)
        # A server passes over whom another desk looks at.
        _READY[key] = Prepared(query.with_for_update(of=CallEntry, key_share=True, skip_locked=True))
    return _READY[key]
