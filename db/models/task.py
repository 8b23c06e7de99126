"""What is to be done: for a user or for the holder of a post, by when, about whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class Task(Row, Base):
    """`module` made it and `subject` is that module's own record behind it (no foreign key: modules may be away).

    A task with neither user nor post is anybody's. `kind` is a code of the module, such as "callback" or "review".
    """

    __tablename__ = "task"
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(default="")
    module: Mapped[str] = mapped_column(default="people")
    subject: Mapped[UUID | None] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    user_id: Mapped[UUID | None]
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"), index=True)
    due: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_task_done_at_due", "done_at", "due"),)
