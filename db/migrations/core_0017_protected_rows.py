"""Rows of protected people are found by their id, to be changed where they are kept."""

from alembic import op

revision = "core_0017"
down_revision = "core_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index; a server makes its functions anew with every revision."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_protected_kept_row_id", "kept", ["row_id"], schema="protected")
    else:
        op.create_index("ix_protected_kept_row_id", "protected_kept", ["row_id"])
