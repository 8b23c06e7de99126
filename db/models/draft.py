"""What users typed and did not save, kept so that it survives a crash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Draft(Base):
    """The unsaved text of one open page; machine state, no history. `arguments` and `state` are JSON the program wrote."""

    __tablename__ = "draft"
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True)
    arguments: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    at: Mapped[datetime]
