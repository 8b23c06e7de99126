"""Offices held: tasks and policies belong to the post, the holder changes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class Post(Row, Base):
    """An office such as committee chair or alumni officer."""

    __tablename__ = "post"
    title: Mapped[str]
    title_key: Mapped[str] = mapped_column(unique=True)  # folded: one post for "Chair" and "chair"
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    __table_args__ = (CheckConstraint("title <> ''", name="has_a_title"),)


class PostHolding(Row, Base):
    """Who holds a post, from the first to the last day; an open end means until further notice."""

    __tablename__ = "post_holding"
    post_id: Mapped[UUID] = mapped_column(ForeignKey("post.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date | None]
