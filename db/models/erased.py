"""Who was erased, by their bare ids: what an older backup still holds of them is erased again when it is restored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class ErasedPerson(Base):
    """The id a person once had here, and nothing else of them. No history: it can neither be taken back nor changed."""

    __tablename__ = "erased_person"
    person_id: Mapped[UUID] = mapped_column(primary_key=True)  # no foreign key: there is nobody by that id any more
    how: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint("how IN ('erase', 'anonymise')", name="known_how"),)
