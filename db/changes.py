"""What a commit moved: told to everyone who shows the data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """One commit. `areas` are table names, `ids` the records it was about (empty: too many to name)."""

    areas: frozenset[str]
    ids: frozenset[UUID] = frozenset()
    change_set: UUID | None = None
