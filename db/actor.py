"""Who acts: the user in whose name something is saved."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in user. `roles` are names of role bundles; `desktop.core.rights` knows what they allow."""

    id: UUID
    name: str
    roles: frozenset[str] = frozenset()
