"""Saying which records a window has open, and asking who else does. For `upkeep` scopes: it leaves no history.

A lease has to be kept: a window that was killed is gone when its own runs out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert, not_, or_, select, text, update
from sqlalchemy.orm import Session

from db.actor import Actor
from db.engine import engine_of
from db.models.presence import Presence

AREA = "presence"
BEAT = 18.0  # seconds between two times a window says what it has open
LEASE = 40.0  # seconds that holds: one beat may be missed
_OPEN = Presence.__table__.c


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has a record open in another window. `own` when it is the very same user."""

    ref: UUID
    name: str
    own: bool


def keep_presence(session: Session, token: UUID, open_records: Mapping[UUID, str], *, actor: Actor, now: datetime) -> None:
    """Say that the window `token` has these records open, each with the key of its page, and no others.

    On a server the name and the clock are its own: `actor` and `now` are for files. Others are told when something moved.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        call = text("SELECT kontinuum_present(:token, CAST(:pages AS text[]), CAST(:refs AS uuid[]))")
        values = {"token": token, "pages": [*open_records.values()], "refs": [*open_records]}
        moved = connection.execute(call, values).scalar_one()
    else:
        moved = _keep(session, token, open_records, actor, now)
    if moved:
        engine_of(connection).hint(connection, {AREA})


def _keep(session: Session, token: UUID, open_records: Mapping[UUID, str], actor: Actor, now: datetime) -> bool:
    mine = (_OPEN.user_id == actor.id) & (_OPEN.token == token)
    gone = or_(_OPEN.until <= now, _OPEN.until > now + timedelta(seconds=2 * LEASE), mine & not_(_OPEN.ref.in_([*open_records])))
    moved = session.execute(delete(Presence).where(gone)).rowcount  # type: ignore[attr-defined]
    until = now + timedelta(seconds=LEASE)
    session.execute(update(Presence).where(mine).values(until=until))
    there = {*session.scalars(select(_OPEN.ref).where(mine))}
    fresh = [
        {"user_id": actor.id, "token": token, "ref": ref, "page": page, "user_name": actor.name, "until": until}
        for ref, page in open_records.items()
        if ref not in there
    ]
    if fresh:
        session.execute(insert(Presence), fresh)
    return bool(moved or fresh)


def others_at(session: Session, token: UUID, refs: Iterable[UUID], *, actor: Actor, now: datetime) -> list[Present]:
    """Who else has one of these records open, each user once for each record, by name.

    A server shows only who is at records that one may see oneself.
    """
    wanted = [*refs]
    if not wanted:
        return []
    server = session.connection().dialect.name == "postgresql"
    holds = _OPEN.until > (func.clock_timestamp() if server else now)
    who = select(_OPEN.ref, _OPEN.user_id, _OPEN.user_name).where(_OPEN.ref.in_(wanted), _OPEN.token != token, holds).distinct()
    rows = session.execute(who.order_by(_OPEN.user_name, _OPEN.user_id)).all()
    return [Present(ref, name, user == actor.id) for ref, user, name in rows]
