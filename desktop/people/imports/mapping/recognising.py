"""Tells by its headings which kind of list a file is: one that was mapped before, or one known to the program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.texts import _
from desktop.people.imports.columns import heading_key
from desktop.people.imports.mapping.applying import missing_headings
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.mapping.profiles import StoredProfile, profile_named, profiles_for
from desktop.people.imports.mapping.ready import ReadyProfile, ready_profiles

TOLD_BY_CONTENT = frozenset({"email", "phone", "identity_number"})
ALIKE = 0.75  # of all headings of a file and a profile together, so many are in both


def looks_like(header: Sequence[str], profiles: Iterable[StoredProfile]) -> StoredProfile | ReadyProfile | None:
    """The profile a header speaks for, one that people kept before one that came with the program; None when none does.

    A kept profile needs every column it uses; of several the one with the most headings in common counts.
    """
    there = _keys(header)
    likenesses = [(_likeness(there, profile), profile) for profile in profiles if not missing_headings(profile.mapping, header)]
    best = max(likenesses, key=lambda found: found[0], default=None)
    if best is not None and best[0] >= ALIKE:
        return best[1]
    signs, ready = max(((ready.signs(header), ready) for ready in ready_profiles().values()), key=lambda found: found[0])
    return ready if signs else None


def holds_the_same(mapping: Mapping, recognised: Mapping) -> bool:
    """Whether a mapping by place finds the addresses and numbers where they were found in a list without headings."""
    wanted, found = (
        {(column.heading, column.field) for column in each.columns if column.field in TOLD_BY_CONTENT}
        for each in (mapping, recognised)
    )
    return mapping.headings == "none" and wanted == found


def profile_called(session: Session, name: str, user_id: UUID) -> Mapping | ReadyProfile:
    """What a profile says: one that was kept under this name, else the one that comes with the program under this key.

    Raises:
        RuleBroken: there is none.
    """
    kept = profiles_for(session, user_id)
    if (found := profile_named(kept, name)) is not None:
        return found.mapping
    if name in ready_profiles():
        return ready_profiles()[name]
    known = ", ".join([*(f"“{profile.name}”" for profile in kept), *ready_profiles()])
    raise RuleBroken(_("There is no import profile called {name}."), _("There are: {known}."), name=name, known=known)


def _likeness(there: frozenset[str], profile: StoredProfile) -> float:
    own = _keys(column.heading for column in profile.mapping.columns)
    return len(there & own) / len(there | own) if there or own else 0.0


def _keys(headings: Iterable[str]) -> frozenset[str]:
    return frozenset(heading_key(heading).replace(" ", "") for heading in headings if heading)
