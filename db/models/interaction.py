"""The timeline: every contact with a person, whichever module had it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

INTERACTION_KINDS = {
    "call": _("Call"),
    "email": _("E-mail"),
    "letter": _("Letter"),
    "sms": _("Text message"),
    "meeting": _("Meeting"),
    "visit": _("Visit"),
    "note": _("Note"),
    "event": _("Event"),
    "signature": _("Signature"),
}
# Which way a contact of ours takes to them; the other kinds need nobody's leave.
CHANNEL_OF = {"call": "phone", "email": "email", "letter": "post", "sms": "sms"}
DIRECTIONS = {"in": _("from them"), "out": _("from us"), "": _("between us")}


class Interaction(Row, Base):
    """One line of the timeline. `text` is what somebody wrote; `outcome` is a code of the owning `module`.

    `purpose` is the code of what we contacted them for; `asked` is true where they had asked us to. Lines are written by
    `desktop.core.contacting.recording` alone, which looks whether we may.
    """

    __tablename__ = "interaction"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    direction: Mapped[str] = mapped_column(default="")
    seconds: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    module: Mapped[str] = mapped_column(default="people")
    by_name: Mapped[str] = mapped_column(default="")  # who had the contact, as shown then
    purpose: Mapped[str | None]
    asked: Mapped[bool | None]
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out', '')", name="known_direction"),
        Index("ix_interaction_person_id_kind_at", "person_id", "kind", "at"),
        Index("ix_interaction_kind_at_person_id", "kind", "at", "person_id"),
    )
