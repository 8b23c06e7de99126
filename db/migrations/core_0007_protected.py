"""People whose identity is protected get tables of their own, away from everybody else's."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """On a server in a schema nobody is let into; in a file the schema is the beginning of their names."""
    server = op.get_bind().dialect.name == "postgresql"
    if server:
        op.execute("CREATE SCHEMA IF NOT EXISTS protected")
    where, prefix = ("protected", "") if server else (None, "protected_")
    op.create_table(
        f"{prefix}person",
        sa.Column("id", Key(), primary_key=True),
        sa.Column("handle", sa.Text(), nullable=False, unique=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.Column("forwarding", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        schema=where,
    )
    op.create_table(
        f"{prefix}kept",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("owner", Key(), nullable=False, index=True),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", Key()),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        schema=where,
    )
    op.create_table(
        f"{prefix}number",
        sa.Column("owner", Key(), nullable=False, index=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False, index=True),
        schema=where,
    )
    op.create_table(
        f"{prefix}event",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        schema=where,
    )
    if server:  # what is being moved in or out by which transaction, so that the guards of history let it through
        op.execute("CREATE UNLOGGED TABLE protected.moving (tx xid8 PRIMARY KEY)")
    else:  # the highest number of a step that was moved there: a file would give it again
        op.execute("CREATE TABLE protected_last (number INTEGER NOT NULL)")
        op.execute("INSERT INTO protected_last VALUES (0)")
