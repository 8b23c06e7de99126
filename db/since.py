"""Which change sets were stored since a mark: for work that goes on where it stopped, the same on every engine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, text
from sqlalchemy.orm import Session

from db.base import Key
from db.models.history import ChangeSet

_ON_SERVER = "SELECT id FROM change_set WHERE tx >= pg_snapshot_xmin(:s) AND NOT pg_visible_in_snapshot(tx, :s) LIMIT :most"


def mark(session: Session) -> str:
    """The moment this session sees, for a later `change_sets_since`."""
    if session.connection().dialect.name == "sqlite":
        newest = session.scalar(select(ChangeSet.number).order_by(ChangeSet.number.desc()).limit(1))
        return f"file:{newest or 0}"
    return f"server:{session.scalar(text('SELECT pg_current_snapshot()::text'))}"


def change_sets_since(session: Session, before: str, most: int) -> list[UUID] | None:
    """The change sets that were not to be seen at the mark; None when that cannot be told, or they are more than `most`.

    On a server change sets are stored in another order than that of their numbers, so the mark is what could be seen.
    """
    kind, _colon, place = before.partition(":")
    if session.connection().dialect.name == "sqlite":
        if kind != "file" or not place.isdigit():
            return None
        rows: Any = session.scalars(select(ChangeSet.id).where(ChangeSet.number > literal(int(place))).limit(most + 1))
    elif kind != "server":
        return None
    else:
        asked = text(_ON_SERVER.replace(":s", "CAST(:place AS pg_snapshot)")).columns(id=Key())
        rows = session.scalars(asked, {"place": place, "most": most + 1})
    found = list(rows)
    return found if len(found) <= most else None
