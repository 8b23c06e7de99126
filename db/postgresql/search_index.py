"""The search index on a server."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection


def install(connection: Connection, marks: Sequence[tuple[str, str, str, str]]) -> None:
    """Make the index and its triggers."""


def refresh(connection: Connection, sources: Iterable[Any], change_set: UUID | None) -> None:
    """Bring the index up to date with the open change set and everything marked dirty."""


def rebuild(connection: Connection, sources: Iterable[Any]) -> None:
    """Read every findable record anew."""
