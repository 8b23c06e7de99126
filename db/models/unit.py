"""The office's own organisation: units in four levels, and which programmes of the registers belong to which unit."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

# Codes are stored, labels shown; from the top down. A unit stands below one of a higher level, so the tree has no circles.
LEVELS = {
    "university": _("University"),
    "faculty": _("Faculty"),
    "department": _("Department"),
    "programme": _("Programme"),
}


class Unit(Row, Base):
    """One unit, under its name in each language; `starts` and `ends` are its first and last day, open when not known."""

    __tablename__ = "unit"
    code: Mapped[str]  # as the university's own registers write it
    code_key: Mapped[str] = mapped_column(unique=True)  # folded
    level: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    name_sv: Mapped[str] = mapped_column(default="")
    name_fi: Mapped[str] = mapped_column(default="")
    name_en: Mapped[str] = mapped_column(default="")
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    __table_args__ = (
        CheckConstraint("code <> ''", name="has_a_code"),
        CheckConstraint("name_sv <> '' OR name_fi <> '' OR name_en <> ''", name="has_a_name"),
        CheckConstraint("level IN ('university', 'faculty', 'department', 'programme')", name="known_level"),
        CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name="in_order"),
    )


class UnitProgramme(Row, Base):
    """A programme as roles write it, and the unit it belongs to: lists of the registers know programmes, not units."""

    __tablename__ = "unit_programme"
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    programme: Mapped[str] = mapped_column(unique=True)
    __table_args__ = (CheckConstraint("programme <> ''", name="has_a_name"),)
