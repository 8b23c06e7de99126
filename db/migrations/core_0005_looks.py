"""A log of who looked at numbers that are shown masked."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0005"
down_revision = "core_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """On a server it only holds what was moved in from a file: there the log is the audit's."""
    op.create_table(
        "look",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", Key(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("subject", Key(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_look")),
        sa.UniqueConstraint("id", name=op.f("uq_look_id")),
    )
    op.create_index(op.f("ix_look_by_id"), "look", ["by_id"])
    op.create_index("ix_look_subject_number", "look", ["subject", "number"])
    if op.get_bind().dialect.name == "postgresql":  # the function takes one value more
        old = "text, uuid[], uuid[], text[], text[], bytea[], text[], text[], boolean"
        op.execute(f"DROP FUNCTION IF EXISTS kontinuum_search_put({old})")
