"""A copy of the database that answers for lists and counts in the server's place, as the rest of the program knows it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy.orm import Session

Standing = Literal["unasked", "even", "behind", "away"]


class NotNow(Exception):
    """The copy cannot answer, or knows less than this desk; the server answers in its place."""


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """How the copy stood when it was last asked: it answered, knew less than this desk, or could not be used.

    Args:
        as_of: The last change it had, where it was behind.
    """

    standing: Standing = "unasked"
    as_of: datetime | None = None


class Replica(Protocol):
    """One copy. It never shows less than what this desk saved or heard of."""

    name: str
    state: ReplicaState

    def moved(self) -> None:
        """Something was saved that this desk knows of: from now on the copy must have it."""

    def read(self) -> AbstractContextManager[Session]:
        """A session that sees one moment of the copy.

        Raises:
            NotNow: before anything was read, or when the copy broke off.
        """

    def close(self) -> None:
        """Let go of its connections."""
