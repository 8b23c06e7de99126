"""What the search box finds, and what it must read again before the next commit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class SearchEntry(Base):
    """One findable record. `number` is the key full-text search needs; `sort` orders equally good hits."""

    __tablename__ = "search_entry"
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str]
    ref: Mapped[UUID]
    title: Mapped[str]
    detail: Mapped[str]
    sort: Mapped[bytes]
    __table_args__ = (UniqueConstraint("ref", "kind"), Index("ix_search_entry_sort", "sort"))


class SearchDirty(Base):
    """Records whose search text is out of date; filled by triggers, empty after every commit."""

    __tablename__ = "search_dirty"
    ref: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = {"sqlite_with_rowid": False}


class RecentUse(Base):
    """What a user opened last; machine state, no history."""

    __tablename__ = "recent_use"
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    ref: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]
