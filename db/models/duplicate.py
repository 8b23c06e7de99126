"""Records that may be one person twice: what was found, what the office said about it, and who is never compared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row, new_id


class SuspectedPair(Base):
    """Two records that looked alike at the last look; machine state, no history, made anew at any time.

    `first_id` is the smaller id. A pair that is no longer suspected keeps its row with a score of 0. The ids are no foreign
    keys: what a look wrote down must never keep a person from being taken back.
    """

    __tablename__ = "suspected_pair"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    score: Mapped[int]
    reasons: Mapped[str] = mapped_column(default="")  # codes with spaces between them
    found_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        Index("ix_suspected_pair_second_id", "second_id"),
        Index("ix_suspected_pair_score", "score"),
    )


class NotADuplicate(Row, Base):
    """The office looked at two records and says that they are two people.

    `score` is what spoke for one person then: the pair comes back when more does.
    """

    __tablename__ = "not_a_duplicate"
    first_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    score: Mapped[int]
    reasons: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
    )


class KeptApart(Row, Base):
    """A record that is never compared with another one and never suggested, such as a new identity.

    It names one record only: which two must not be linked is written nowhere.
    """

    __tablename__ = "kept_apart"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)


class DuplicateScan(Base):
    """How far the register was looked through; one row, machine state. `mark` is for `db.since`."""

    __tablename__ = "duplicate_scan"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str]
    rules: Mapped[str]  # which rules were used; others mean looking at everybody again
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint(text("id = 1"), name="one_row"),)
