"""The index of names answers by itself, without opening the rows it names; the text indexes gather more before they write."""

import sqlalchemy as sa
from alembic import op

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of names anew with the column its condition names."""
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
