"""Segments get their tables: what they ask for, and whom the frozen ones hold."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")


def _kept() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer() if name == "version" else Key(), nullable=False) for name in _KEPT]


def upgrade() -> None:
    """Two kept tables; who is in a frozen segment is looked up from both sides."""
    op.create_table(
        "segment",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("owner_id", Key(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("frozen_at", Moment(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("retired_at", Moment(), nullable=True),
        *_kept(),
        sa.CheckConstraint("title <> ''", name=op.f("ck_segment_has_a_title")),
        sa.CheckConstraint("kind IN ('living', 'frozen')", name=op.f("ck_segment_known_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    op.create_index(op.f("ix_segment_made_in"), "segment", ["made_in"], unique=False)
    op.create_table(
        "segment_member",
        sa.Column("segment_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=False),
        *_kept(),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_segment_member_segment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_segment_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_member")),
        sa.UniqueConstraint("segment_id", "person_id", name=op.f("uq_segment_member_segment_id_person_id")),
    )
    op.create_index(op.f("ix_segment_member_person_id"), "segment_member", ["person_id"], unique=False)
    op.create_index(op.f("ix_segment_member_made_in"), "segment_member", ["made_in"], unique=False)
