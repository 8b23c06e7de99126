"""All that is kept of somebody protected, as it lies: that it is asked for is stored for good before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import insert, select, union_all

from db.actor import Actor
from db.database import Database
from db.models.look import Look
from db.protected.tables import EVENT, KEPT, PERSON


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows as table, image and when they came there, in that order; and each look there was, with its reason.

    Nothing at all where nobody protected is there by that id.
    """

    rows: tuple[tuple[str, str, datetime], ...] = ()
    looks: tuple[tuple[datetime, str], ...] = ()


def read_kept(database: Database, actor: Actor, person_id: UUID, reason: str, *, now: datetime) -> Kept:
    """Read it, for those alone who hold the right; `reason` stands in the record of what was done, which nobody can change."""
    with database.read() as session:
        if session.connection().dialect.name == "postgresql":
            from db.postgresql import asking  # loads the driver, which a file does not need

            rows, looks = asking.protected_rows(session.connection(), person_id, reason)
            return Kept(tuple(rows), tuple(looks))
    with database.upkeep(quiet=True) as session:
        handle = session.scalar(select(PERSON.c.handle).where(PERSON.c.id == person_id))
        if handle is None:
            return Kept()
        session.execute(insert(EVENT).values(at=now, by_name=actor.name, act="looked", handle=handle, reason=reason))
    with database.read() as session:
        wanted = select(KEPT.c.table_name, KEPT.c.before, KEPT.c.at).where(KEPT.c.owner == person_id).order_by(KEPT.c.number)
        theirs = select(KEPT.c.row_id).where(KEPT.c.owner == person_id, KEPT.c.table_name == "person")
        earlier = select(Look.at, Look.reason).where(Look.subject.in_(theirs))
        since = select(EVENT.c.at, EVENT.c.reason).where(EVENT.c.handle == handle, EVENT.c.act == "looked")
        rows = [(row.table_name, row.before, row.at) for row in session.execute(wanted)]
        looks = [(row.at, row.reason) for row in session.execute(union_all(earlier, since))]
        return Kept(tuple(rows), tuple(looks))


def moment_of(text: str) -> datetime:
    """A moment as an image holds it; files keep UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
