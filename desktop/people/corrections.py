"""Which steps of the history correct what is known of somebody, and the note why. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from db.database import describe

LONGEST = 300  # letters of a note

CORRECTIONS = frozenset(
    {
        "edit_person",
        "edit_contact",
        "remove_contact",
        "edit_role",
        "remove_role",
        "remove_identifier",
        "put_back",
        "take_back",
    }
)


def with_reason(step: Callable[[Session], Any], reason: str) -> Callable[[Session], Any]:
    """The same step with the note in the history; without words it is the step alone."""
    words = " ".join(reason.split())[:LONGEST]

    def reasoned(session: Session) -> Any:
        done = step(session)
        describe(session, reason=words)
        return done

    return reasoned if words else step
