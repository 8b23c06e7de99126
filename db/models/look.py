"""Who looked at what is hidden, as a file keeps it; a server keeps a log of its own that nobody can rewrite."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, new_id


class Look(Base):
    """One look at somebody's numbers: stored for good before anything was shown, and never changed."""

    __tablename__ = "look"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(index=True)
    by_name: Mapped[str]
    subject: Mapped[UUID]
    reason: Mapped[str]
    __table_args__ = (Index("ix_look_subject_number", "subject", "number"),)
