"""The stages of a life with the university: what somebody was or is, from when to when."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

# Codes are stored, labels shown; in the order of a life.
ROLE_KINDS = {
    "prospect": _("Prospect"),
    "applicant": _("Applicant"),
    "admitted": _("Admitted"),
    "student": _("Student"),
    "doctoral": _("Doctoral candidate"),
    "exchange_out": _("Exchange out"),
    "exchange_in": _("Exchange in"),
    "alumnus": _("Alumnus"),
    "mentor": _("Mentor"),
    "mentee": _("Mentee"),
    "donor_contact": _("Donor contact"),
    "customer_contact": _("Customer contact"),
    "staff": _("Staff"),
    "caller": _("Caller"),
}


class Role(Row, Base):
    """One stage. `starts` and `ends` are calendar days, both included; an open end means it still holds."""

    __tablename__ = "role"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    programme: Mapped[str] = mapped_column(default="")
    term: Mapped[str] = mapped_column(default="")  # "2027-autumn", "2027-spring", or as the source wrote it
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("ix_role_kind_person_id", "kind", "person_id"),)
