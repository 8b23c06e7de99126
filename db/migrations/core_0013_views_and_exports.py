"""Saved views and the log of exported lists get their tables."""

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision = "core_0013"
down_revision = "core_0012"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")


def _kept() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer() if name == "version" else Key(), nullable=False) for name in _KEPT]


def upgrade() -> None:
    """Both are kept rows: what becomes of them stands in the history."""
    op.create_table(
        "saved_view",
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("shows", sa.JSON(), nullable=False),
        *_kept(),
        sa.CheckConstraint("reach IN ('own', 'office', 'locked')", name=op.f("ck_saved_view_known_reach")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index("ix_saved_view_page", "saved_view", ["page"], unique=False)
    op.create_index(op.f("ix_saved_view_made_in"), "saved_view", ["made_in"], unique=False)
    op.create_table(
        "export_entry",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        *_kept(),
        sa.CheckConstraint("people >= 0", name=op.f("ck_export_entry_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_entry")),
    )
    op.create_index(op.f("ix_export_entry_made_in"), "export_entry", ["made_in"], unique=False)
