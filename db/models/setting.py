"""Settings kept with the data: the office's, and each user's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class StoredSetting(Row, Base):
    """One value that differs from its default. Without `user_id` it is the office's."""

    __tablename__ = "setting"
    key: Mapped[str]
    user_id: Mapped[UUID | None]
    value: Mapped[Any] = mapped_column(JSON)
    __table_args__ = (Index("ix_setting_key_user_id", "key", "user_id"),)
