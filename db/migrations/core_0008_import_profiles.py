"""What the columns of lists mean is kept under a name, for one user or the office."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "import_profile",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", Key(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_import_profile_has_a_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_profile")),
    )
    op.create_index(op.f("ix_import_profile_made_in"), "import_profile", ["made_in"], unique=False)
