"""Who has which record open: leases, so that a desk that ended without a word is forgotten within a minute."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base


class Presence(Base):
    """One record open in one window; machine state, no history. On a server a function alone writes it, under the login's name."""

    __tablename__ = "presence"
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[UUID] = mapped_column(primary_key=True)  # the window
    ref: Mapped[UUID] = mapped_column(primary_key=True, index=True)  # no foreign key: whether a record exists is not told
    page: Mapped[str]  # the kind of record, as its page is called
    user_name: Mapped[str]
    until: Mapped[datetime]
