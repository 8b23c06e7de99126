"""A step is stored with less work: steps that undo nothing need no place in the index of those that do."""

import sqlalchemy as sa
from alembic import op

revision = "core_0020"
down_revision = "core_0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A server's function that closes a step takes one value more, so that of another kind goes."""
    op.drop_index("ix_change_set_takes_back", "change_set")
    fits = sa.text("takes_back IS NOT NULL")
    op.create_index("ix_change_set_takes_back", "change_set", ["takes_back"], sqlite_where=fits, postgresql_where=fits)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS kontinuum_close(text, json, uuid, text, uuid[], text)")
