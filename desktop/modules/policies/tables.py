"""What the office keeps about its policies: versions, who must sign, who has, and when it was looked through."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db import base
from db.base import Row
from db.models.document import Attachment
from db.models.person import Person
from db.models.post import Post


class Base(DeclarativeBase):
    """The module's own registry over the one MetaData: a mapping that breaks here stops only us."""

    metadata = base.metadata
    type_annotation_map = base.TYPES


class Policy(Row, Base):
    """A policy through all its versions. Title, contact and language are those of the newest version."""

    __tablename__ = "policy"
    title: Mapped[str]
    title_key: Mapped[bytes]  # sort_key of the title
    title_folded: Mapped[str]  # what a search compares
    language: Mapped[str]
    owner_post_id: Mapped[UUID] = mapped_column(ForeignKey(Post.id), index=True)
    state: Mapped[str]  # of the version in force, else of the newest one
    next_review: Mapped[date | None]  # none until a version is in force
    created_on: Mapped[date]
    created_by: Mapped[str]  # name as shown then
    __table_args__ = (CheckConstraint("title <> ''", name="has_a_title"),)


class PolicyVersion(Row, Base):
    """One version: everything that is printed stands here, so that a later change of the policy alters no old sheet."""

    __tablename__ = "policy_version"
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"), index=True)
    number: Mapped[int]
    state: Mapped[str]
    title: Mapped[str]
    owner_post: Mapped[str]
    contact: Mapped[str]
    language: Mapped[str]
    source: Mapped[str]  # the narrow Markdown
    content_hash: Mapped[str]  # fingerprint.content_hash of the five above
    note: Mapped[str] = mapped_column(default="")  # what is new, for the list of versions
    author_id: Mapped[UUID]  # the user who wrote last; never the one who decides, where four eyes are asked for
    revised_on: Mapped[date]
    revised_by: Mapped[str]
    decided_on: Mapped[date | None]
    decided_by: Mapped[str] = mapped_column(default="")
    in_force_on: Mapped[date | None]
    ended_on: Mapped[date | None]  # replaced or withdrawn
    __table_args__ = (
        UniqueConstraint("policy_id", "number", name="uq_policy_version_policy_id_number"),
        CheckConstraint("state IN ('draft', 'under_review', 'decided', 'current', 'replaced', 'withdrawn')", name="known_state"),
        CheckConstraint("decided_on IS NOT NULL OR state NOT IN ('decided', 'current', 'replaced')", name="decided_first"),
    )


class PolicySigner(Row, Base):
    """Who must sign: whoever holds a post, or one person."""

    __tablename__ = "policy_signer"
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey(Post.id))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey(Person.id), index=True)
    __table_args__ = (CheckConstraint("(post_id IS NULL) <> (person_id IS NULL)", name="post_or_person"),)


class PolicySignature(Row, Base):
    """A person's signature under exactly one version, with the scanned sheet."""

    __tablename__ = "policy_signature"
    version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_version.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey(Person.id), index=True)
    post_title: Mapped[str]  # as it stands on the sheet
    signed_on: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey(Attachment.id))
    filed_at: Mapped[datetime]
    filed_by: Mapped[str]
    __table_args__ = (UniqueConstraint("version_id", "person_id", name="uq_policy_signature_version_id_person_id"),)


class PolicyReview(Row, Base):
    """The policy was looked through: without a change, or a new version came into force."""

    __tablename__ = "policy_review"
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policy.id"), index=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_version.id"))
    reviewed_on: Mapped[date]
    reviewed_by: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    __table_args__ = (CheckConstraint("outcome IN ('no_change', 'new_version')", name="known_outcome"),)
