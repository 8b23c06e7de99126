"""What people allow: purposes with their texts, consents given and taken back, and the ways by which nobody may reach them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

# What a purpose is for decides what the person can refuse: matters of service are told in any case.
PURPOSE_KINDS = {
    "service": _("Service"),
    "information": _("Information"),
    "marketing": _("Marketing"),
}
BASES = {
    "consent": _("Consent"),
    "public_task": _("Public task"),
    "contract": _("Contract"),
    "legitimate_interest": _("Legitimate interest"),
}
CONSENT_STATES = {"given": _("Given"), "refused": _("Refused"), "withdrawn": _("Withdrawn")}
CONSENT_WAYS = {
    "call": _("In a call"),
    "form": _("On a form"),
    "email": _("By e-mail"),
    "letter": _("By letter"),
    "meeting": _("In a meeting"),
    "web": _("On the web"),
    "other": _("In another way"),
}
CHANNELS = {"phone": _("Phone calls"), "email": _("E-mail"), "sms": _("Text messages"), "post": _("Letters")}
ALL_CHANNELS = "all"
BLOCKABLE = {ALL_CHANNELS: _("All contact"), **CHANNELS}


class ConsentPurpose(Row, Base):
    """What people are contacted for. Codes are never reused; a purpose that is over is retired, never removed.

    `names` maps a language to what the purpose is called in it. A consent is valid for `months`, or without end.
    """

    __tablename__ = "consent_purpose"
    code: Mapped[str] = mapped_column(unique=True)
    names: Mapped[dict[str, Any]]
    kind: Mapped[str]
    basis: Mapped[str]
    months: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    retired: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("code <> ''", name="has_a_code"),
        CheckConstraint("kind IN ('service', 'information', 'marketing')", name="known_kind"),
        CheckConstraint("basis IN ('consent', 'public_task', 'contract', 'legitimate_interest')", name="known_basis"),
    )


class ConsentText(Row, Base):
    """What people are shown when they are asked: one version in one language. Never changed, only followed by another."""

    __tablename__ = "consent_text"
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("consent_purpose.id"))
    language: Mapped[str]
    number: Mapped[int]
    text: Mapped[str]
    since: Mapped[date]
    __table_args__ = (UniqueConstraint("purpose_id", "language", "number"),)


class Consent(Row, Base):
    """One answer of one person about one purpose. The newest counts; earlier ones stay as evidence.

    `ends_at` is the moment from which one that was given no longer holds. `evidence_id` is the line of the timeline where it
    was said or signed; `note` says where else to look.
    """

    __tablename__ = "consent"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose_id: Mapped[UUID] = mapped_column(ForeignKey("consent_purpose.id"), index=True)
    state: Mapped[str]
    at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    way: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_text.id"))
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("interaction.id"), index=True)
    by_name: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("state IN ('given', 'refused', 'withdrawn')", name="known_state"),
        Index("ix_consent_person_id_purpose_id_at", "person_id", "purpose_id", "at"),
    )


class ContactBlock(Row, Base):
    """Do not contact this person by this channel, or by any; from `ends_at` on it no longer holds. Lifting removes it."""

    __tablename__ = "contact_block"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    by_name: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        CheckConstraint("channel IN ('all', 'phone', 'email', 'sms', 'post')", name="known_channel"),
        Index("ix_contact_block_person_id_channel", "person_id", "channel"),
        Index("ix_contact_block_ends_at", "ends_at"),
    )
