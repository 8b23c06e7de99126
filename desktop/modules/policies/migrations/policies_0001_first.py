"""The branch of policies begins. Revisions import no live tables, only types that never change."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision, down_revision = "policies_0001", None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "policy",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.LargeBinary(), nullable=False),
        sa.Column("title_folded", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("owner_post_id", Key(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_review", sa.Date(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("title <> ''", name=op.f("ck_policy_has_a_title")),
        sa.ForeignKeyConstraint(["owner_post_id"], ["post.id"], name=op.f("fk_policy_owner_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_index(op.f("ix_policy_made_in"), "policy", ["made_in"], unique=False)
    op.create_index(op.f("ix_policy_owner_post_id"), "policy", ["owner_post_id"], unique=False)
    op.create_table(
        "policy_version",
        sa.Column("policy_id", Key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_post", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", Key(), nullable=False),
        sa.Column("revised_on", sa.Date(), nullable=False),
        sa.Column("revised_by", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("in_force_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint(
            "decided_on IS NOT NULL OR state NOT IN ('decided', 'current', 'replaced')",
            name=op.f("ck_policy_version_decided_first"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'under_review', 'decided', 'current', 'replaced', 'withdrawn')",
            name=op.f("ck_policy_version_known_state"),
        ),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_version_policy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint("policy_id", "number", name="uq_policy_version_policy_id_number"),
    )
    op.create_index(op.f("ix_policy_version_made_in"), "policy_version", ["made_in"], unique=False)
    op.create_index(op.f("ix_policy_version_policy_id"), "policy_version", ["policy_id"], unique=False)
    op.create_table(
        "policy_signer",
        sa.Column("policy_id", Key(), nullable=False),
        sa.Column("post_id", Key(), nullable=True),
        sa.Column("person_id", Key(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("(post_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_policy_signer_post_or_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_policy_signer_person_id")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_signer_policy_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_policy_signer_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_signer")),
    )
    op.create_index(op.f("ix_policy_signer_made_in"), "policy_signer", ["made_in"], unique=False)
    op.create_index(op.f("ix_policy_signer_person_id"), "policy_signer", ["person_id"], unique=False)
    op.create_index(op.f("ix_policy_signer_policy_id"), "policy_signer", ["policy_id"], unique=False)
    op.create_table(
        "policy_signature",
        sa.Column("version_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("post_title", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("attachment_id", Key(), nullable=True),
        sa.Column("filed_at", Moment(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_policy_signature_attachment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_policy_signature_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_signature_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_signature")),
        sa.UniqueConstraint("version_id", "person_id", name="uq_policy_signature_version_id_person_id"),
    )
    op.create_index(op.f("ix_policy_signature_made_in"), "policy_signature", ["made_in"], unique=False)
    op.create_index(op.f("ix_policy_signature_person_id"), "policy_signature", ["person_id"], unique=False)
    op.create_index(op.f("ix_policy_signature_version_id"), "policy_signature", ["version_id"], unique=False)
    op.create_table(
        "policy_review",
        sa.Column("policy_id", Key(), nullable=False),
        sa.Column("version_id", Key(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("outcome IN ('no_change', 'new_version')", name=op.f("ck_policy_review_known_outcome")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_policy_review_policy_id")),
        sa.ForeignKeyConstraint(["version_id"], ["policy_version.id"], name=op.f("fk_policy_review_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_review")),
    )
    op.create_index(op.f("ix_policy_review_made_in"), "policy_review", ["made_in"], unique=False)
    op.create_index(op.f("ix_policy_review_policy_id"), "policy_review", ["policy_id"], unique=False)
