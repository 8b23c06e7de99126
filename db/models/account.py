"""Local users: who may sit at this database, and in which roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class UserAccount(Row, Base):
    """A user of a local file. `login` is compared folded; `roles` are names of bundles of rights."""

    __tablename__ = "user_account"
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[Any]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (CheckConstraint("login <> ''", name="has_a_login"),)
