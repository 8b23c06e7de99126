"""What the columns of lists mean, kept under a name so that the next list of its kind is understood at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from db.base import Base, Row


class ImportProfile(Row, Base):
    """One profile. Without `owner_id` it is the office's, else that user's alone.

    Nobody removes one: it is retired, so that on a server only who may see it can do that too.
    """

    __tablename__ = "import_profile"
    name: Mapped[str]
    owner_id: Mapped[UUID | None]
    content: Mapped[dict[str, Any]]  # as `desktop.people.imports.mapping.profiles` writes it
    retired_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("name <> ''", name="has_a_name"),)
