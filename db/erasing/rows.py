"""Single rows whose time is over: they go with their history and with what hangs on them, while the person stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db.engine import engine_of


def forget_rows(session: Session, table: str, rows: Mapping[UUID, int], said: Sequence[str] = ()) -> int:
    """Take rows of one table away inside a write scope, with their images, what refers to them, and files of their own.

    Args:
        rows: The version of each, as it was looked at; what was changed since stays.
        said: Columns whose texts steps repeat in their words; these lose them.

    Returns:
        How many are gone.

    Raises:
        RuleBroken: a legal hold keeps somebody whose row is among them.
    """
    session.flush()
    session.expunge_all()
    connection = session.connection()
    gone = engine_of(connection).forget_rows(connection, table, rows, said, session.info["now"]())
    session.info["areas"].add(table)
    return gone
