"""Erasing somebody protected on a server: its own function does all of it, inside the open step."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from db.absent import absent
from db.base import new_id
from db.protected.people import ask


def forget_protected(session: Session, person: UUID, keeps: Iterable[str], case: str) -> None:
    """Let the server do it.

    Args:
        keeps: As "table.column", where rows that law keeps refer to the person.

    Raises:
        Unavailable: nobody protected is there by that id.
        IntegrityError: something of theirs belongs to what is gone meanwhile.
    """
    if not ask(session, "erase_protected(%s, %s, %s::text[], %s)", person, new_id(), list(keeps), case):
        raise absent()
