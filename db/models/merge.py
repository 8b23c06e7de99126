"""Records that were merged into another one: handles that lead on, and what it takes to take the two apart again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class MergedPerson(Row, Base):
    """`person_id` is retired and leads to `into_id`, which may lead on itself. The row never changes: it is there, or taken back.

    The change set that made the row is the merge. `moved` says what it did: under "rows" the ids of rows that went over, by
    "table.column"; under "gone" those of which only the other record's remained, by table; under "set" each value it
    changed, by table, row and column, as [before, after]; under "fields" the same of every field of the record that stayed.
    """

    __tablename__ = "merged_person"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    into_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    __table_args__ = (CheckConstraint("person_id <> into_id", name="into_another"),)
