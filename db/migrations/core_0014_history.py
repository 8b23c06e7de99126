"""The history is looked through by time, and for what was removed; servers get the function that shows single rows."""

import sqlalchemy as sa
from alembic import op

revision = "core_0014"
down_revision = "core_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two indexes; the functions are made anew with every revision."""
    op.create_index(op.f("ix_change_set_at"), "change_set", ["at"], unique=False)
    removed = sa.text("operation = 'd'")
    op.create_index("ix_row_image_removed", "row_image", ["change_set"], sqlite_where=removed, postgresql_where=removed)
