"""Reading and writing settings that are kept with the data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.engine import one_at_a_time
from db.errors import Conflict
from db.models.setting import StoredSetting
from db.texts import _

_STORED = StoredSetting.__table__.c  # columns of the table: the first reads of a start, before any mapper is configured


def read_all(session: Session, user: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """All stored values by key: the office's, and those of one user."""
    office: dict[str, Any] = {}
    own: dict[str, Any] = {}
    query = select(_STORED.key, _STORED.value, _STORED.user_id).where(or_(_STORED.user_id.is_(None), _STORED.user_id == user))
    for key, value, whose in session.execute(query):
        (office if whose is None else own)[key] = value
    return office, own


def read_settings(session: Session, user: UUID | None) -> dict[str, Any]:
    """All stored values by key: the office's, or those of one user."""
    rows = session.execute(
        select(StoredSetting.key, StoredSetting.value).where(
            StoredSetting.user_id.is_(None) if user is None else StoredSetting.user_id == user
        )
    )
    return {row.key: row.value for row in rows}


def read_setting(session: Session, key: str, user: UUID | None = None) -> Any:
    """One stored value, or None when it was never set."""
    return read_settings(session, user).get(key)


def change_setting(session: Session, key: str, known: Any, value: Any, user: UUID | None = None) -> None:
    """As `write_setting`, if the stored value still is the one `known` (None: never set).

    Raises:
        Conflict: somebody else changed it since.
    """
    one_at_a_time(session, f"setting {key} {user}")
    if read_setting(session, key, user) != known:
        raise Conflict(
            _("Someone else changed this setting while you had it open."),
            _("Nothing was overwritten; you see their value now. Change it again if need be."),
        )
    write_setting(session, key, value, user)


def write_setting(session: Session, key: str, value: Any, user: UUID | None = None) -> None:
    """Store a plain value; None goes back to the default. Flushes, never commits."""
    one_at_a_time(session, f"setting {key} {user}")
    place = StoredSetting.user_id.is_(None) if user is None else StoredSetting.user_id == user
    row = session.scalars(select(StoredSetting).where(StoredSetting.key == key, place)).one_or_none()
    if value is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(StoredSetting(key=key, value=value, user_id=user))
    elif row.value != value:
        row.value = value
    session.flush()
