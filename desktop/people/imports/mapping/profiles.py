"""Mappings kept under a name, for one user or the whole office. Flushes; the caller's write scope commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.import_profile import ImportProfile
from db.sorting import fold, sort_key
from db.texts import _
from desktop.people.imports.mapping.mapping import BRAKE_PERCENT, MATCH_KEYS, RULES, SOURCES, ColumnChoice, Mapping

MAX_NAME = 100  # letters
_WRITTEN = ("", "day_first", "month_first", "family_first")


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A profile as it was kept; `shared` when it is the whole office's."""

    id: UUID
    version: int
    name: str
    shared: bool
    mapping: Mapping


def profiles_for(session: Session, user_id: UUID) -> list[StoredProfile]:
    """The office's profiles and the user's own, by the alphabet."""
    rows = session.scalars(
        select(ImportProfile).where(
            ImportProfile.retired_at.is_(None), or_(ImportProfile.owner_id.is_(None), ImportProfile.owner_id == user_id)
        )
    )
    found = [StoredProfile(row.id, row.version, row.name, row.owner_id is None, mapping_of(row.content)) for row in rows.all()]
    return sorted(found, key=lambda profile: (sort_key(profile.name), profile.id))


def keep_profile(session: Session, name: str, mapping: Mapping, *, user_id: UUID, shared: bool) -> UUID:
    """Keep a mapping under a new name and give the profile's id.

    Raises:
        RuleBroken: the name is empty, too long, or another profile has it.
    """
    name = _named(session, name, user_id)
    profile = ImportProfile(name=name, owner_id=None if shared else user_id, content=content_of(mapping))
    session.add(profile)
    session.flush()
    about(session, profile.id)
    return profile.id


def change_profile(session: Session, profile_id: UUID, version: int, mapping: Mapping) -> None:
    """Keep another mapping under the same name.

    Raises:
        Conflict: somebody else changed or removed the profile since.
    """
    profile = _taken(session, profile_id, version)
    profile.content = content_of(mapping)
    session.flush()


def rename_profile(session: Session, profile_id: UUID, version: int, name: str, *, user_id: UUID, shared: bool) -> None:
    """Give a profile another name, or to other people: to the whole office, or back to oneself.

    Raises:
        RuleBroken: the name is empty, too long, or another profile has it.
        Conflict: somebody else changed or removed the profile since.
    """
    profile = _taken(session, profile_id, version)
    profile.name = _named(session, name, user_id, but=profile_id)
    profile.owner_id = None if shared else user_id
    session.flush()


def remove_profile(session: Session, profile_id: UUID, version: int, *, now: datetime) -> None:
    """Offer a profile no more; taking this back brings it again.

    Raises:
        Conflict: somebody else changed or removed the profile since.
    """
    _taken(session, profile_id, version).retired_at = now
    session.flush()


def profile_named(profiles: Iterable[StoredProfile], name: str) -> StoredProfile | None:
    """The one of this name, whatever its case and accents."""
    return next((profile for profile in profiles if fold(profile.name) == fold(name.strip())), None)


def content_of(mapping: Mapping) -> dict[str, Any]:
    """A mapping as it is stored."""
    found = asdict(mapping)
    found["columns"] = [{key: value for key, value in column.items() if value} for column in found["columns"]]
    return found


def mapping_of(content: dict[str, Any]) -> Mapping:
    """What was stored; of what a newer program wrote only as much as this one knows."""
    names = {each.name for each in fields(ColumnChoice)}
    columns = tuple(
        ColumnChoice(**{key: str(value) for key, value in column.items() if key in names})  # type: ignore[arg-type]
        for column in content.get("columns", ())
        if column.get("heading") and column.get("written", "") in _WRITTEN
    )
    keys = tuple(key for key in content.get("match_keys", MATCH_KEYS) if key in MATCH_KEYS)
    source = content.get("source", "person")
    return Mapping(
        columns,
        {key: str(text) for key, text in content.get("constants", {}).items()},
        keys or MATCH_KEYS,
        source if source in SOURCES else "person",
        {key: rule for key, rule in content.get("rules", {}).items() if rule in RULES},
        int(content.get("brake_percent", BRAKE_PERCENT)),
        headings if (headings := content.get("headings", "")) in ("first", "none") else "",
    )


def _taken(session: Session, profile_id: UUID, version: int) -> ImportProfile:
    profile = take(session, ImportProfile, profile_id, version)
    about(session, profile_id)
    describe(session, name=profile.name)
    return profile


def _named(session: Session, name: str, user_id: UUID, but: UUID | None = None) -> str:
    """The name as it is kept, when it may be."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise RuleBroken(_("The profile needs a name of at most {most} letters."), _("Write one."), field="name", most=MAX_NAME)
    one_at_a_time(session, f"import profile {fold(name)}")
    same = profile_named(profiles_for(session, user_id), name)
    if same is not None and same.id != but:
        raise RuleBroken(_("There is a profile called {name} already."), _("Choose another name."), field="name", name=same.name)
    describe(session, name=name)
    return name
