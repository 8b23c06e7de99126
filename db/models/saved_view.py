"""Views of a list that somebody saved: what it narrows to, its columns and its order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

# Who sees a view and who may change it. Codes are stored, labels shown.
REACHES = {
    "own": _("Only me"),
    "office": _("The office; everybody may change it"),
    "locked": _("The office; only I may change it"),
}


class SavedView(Row, Base):
    """One view of the list of a page. `user_id` is whoever saved it first; `shows` is plain values the page understands."""

    __tablename__ = "saved_view"
    user_id: Mapped[UUID]
    page: Mapped[str]  # "people.list"
    name: Mapped[str]
    reach: Mapped[str]
    shows: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (
        CheckConstraint("reach IN ('own', 'office', 'locked')", name="known_reach"),
        Index("ix_saved_view_page", "page"),
    )
