"""People described once and used again: what a segment asks for, and whom a frozen one holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class Segment(Row, Base):
    """A living segment is worked out whenever it is used; a frozen one holds the people its definition found on one day.

    `definition` is what `desktop.people.segments.definition` writes and checks when it reads. A segment that is not `shared`
    is its owner's alone. Retired, never removed: what was made of it goes on naming it.
    """

    __tablename__ = "segment"
    title: Mapped[str]
    title_key: Mapped[bytes]  # db.sorting.sort_key of the title
    kind: Mapped[str] = mapped_column(default="living")
    definition: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[UUID]
    owner_name: Mapped[str]  # as shown then
    frozen_at: Mapped[datetime | None]
    size: Mapped[int | None]  # of a frozen one: how many it found
    retired_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("title <> ''", name="has_a_title"),
        CheckConstraint("kind IN ('living', 'frozen')", name="known_kind"),
    )


class SegmentMember(Row, Base):
    """One person a frozen segment found."""

    __tablename__ = "segment_member"
    segment_id: Mapped[UUID] = mapped_column(ForeignKey("segment.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    __table_args__ = (UniqueConstraint("segment_id", "person_id"),)
