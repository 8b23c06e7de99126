"""The index of names answers by itself, without opening the rows it names; the text indexes gather more before they write;
drafts get their table.
"""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of names anew with the column its condition names, and the drafts where they are not there yet."""
    if not sa.inspect(op.get_bind()).has_table("draft"):  # for a time the first revision made them
        op.create_table(
            "draft",
            sa.Column("user_id", Key(), nullable=False),
            sa.Column("page", sa.Text(), nullable=False),
            sa.Column("arguments", sa.Text(), nullable=False),
            sa.Column("state", sa.Text(), nullable=False),
            sa.Column("at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("user_id", "page", "arguments", name=op.f("pk_draft")),
        )
    op.drop_index("ix_person_name_key_id", table_name="person")
    op.create_index(
        "ix_person_by_name",
        "person",
        ["name_key", "id", "retired_at"],
        unique=False,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in ("search_words", "search_parts"):
            op.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('hashsize', {16 * 1024 * 1024})")
