"""Windows say which records they have open; a file counts what moves beside the history, so that other windows hear of it."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0004"
down_revision = "core_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A server needs no counter: it hints by itself."""
    op.create_table(
        "presence",
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("token", Key(), nullable=False),
        sa.Column("ref", Key(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "token", "ref", name=op.f("pk_presence")),
    )
    op.create_index(op.f("ix_presence_ref"), "presence", ["ref"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE TABLE hint (area TEXT PRIMARY KEY, number INTEGER NOT NULL, writer TEXT NOT NULL) WITHOUT ROWID")
