"""What a commit moved: told to everyone who shows the data."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """One commit. `areas` are table names, `ids` the records it was about (empty: too many to name, or not for this user).

    `by_others` was done by another program; `confirmed` is False while a second server has not promised to keep it.
    """

    areas: frozenset[str]
    ids: frozenset[UUID] = frozenset()
    change_set: UUID | None = None
    by_others: bool = False
    confirmed: bool = True
