"""What the office keeps about a loan."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db import base


class Base(DeclarativeBase):
    """The module's own registry: a mapping that breaks here stops only this module."""

    metadata = base.metadata
    type_annotation_map = base.TYPES


class Loan(base.Row, Base):
    """Something is with somebody; `returned_at` is None until it is back."""

    __tablename__ = "loan"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    thing: Mapped[str]
    lent_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]
