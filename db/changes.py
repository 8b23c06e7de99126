"""What a commit moved: told to everyone who shows the data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """One commit. `areas` are table names, `ids` the records it was about (empty: too many to name).

    `safe` is false when it is stored here, but a copy that should have confirmed has not.
    """

    areas: frozenset[str]
    ids: frozenset[UUID] = frozenset()
    change_set: UUID | None = None
    safe: bool = True
