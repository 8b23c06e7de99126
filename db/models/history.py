"""Change sets and the images of rows as they were before."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ChangeSet(Base):
    """One named step by one user. `verb` gives the words, `details` what fills them.

    `takes_back` names the change set this one undid. `number` rises with every commit.
    """

    __tablename__ = "change_set"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID]
    actor_name: Mapped[str]
    verb: Mapped[str]
    details: Mapped[dict[str, Any] | None]
    takes_back: Mapped[UUID | None]
    areas: Mapped[str] = mapped_column(server_default="")  # the tables it moved, with spaces between them
    __table_args__ = (  # of the few steps that undo another; the others are spared the place in it
        Index(
            "ix_change_set_takes_back",
            "takes_back",
            sqlite_where=text("takes_back IS NOT NULL"),
            postgresql_where=text("takes_back IS NOT NULL"),
        ),
    )


class OpenChangeSet(Base):
    """At most one row, there only while a write scope is open: what triggers compare `made_in` and `changed_in` with.

    Its own trigger asks the program for the change set, so that other programs cannot open one.
    """

    __tablename__ = "open_change_set"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class ChangeAbout(Base):
    """Which records a change set was about, for the history of one record."""

    __tablename__ = "change_about"
    ref: Mapped[UUID] = mapped_column(primary_key=True)
    change_set: Mapped[int] = mapped_column(ForeignKey("change_set.number"), primary_key=True)
    __table_args__ = {"sqlite_with_rowid": False}


class RowImage(Base):
    """A row as it was before a change ("u") or a removal ("d"); written by triggers only, never by the program."""

    __tablename__ = "row_image"
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    change_set: Mapped[UUID]
    table_name: Mapped[str]
    row_id: Mapped[UUID]
    operation: Mapped[str]
    before: Mapped[str]  # JSON by column name; binary values as hexadecimal digits
    __table_args__ = (
        Index("ix_row_image_change_set_table_name", "change_set", "table_name"),
        Index("ix_row_image_row_id", "row_id"),
        Index("ix_row_image_removed", "change_set", sqlite_where=text("operation = 'd'")),
    )
