"""Rows of protected people are found by their id, to be changed where they are kept; some were protected together."""

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision = "core_0017"
down_revision = "core_0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index and one column; a server makes its functions anew with every revision."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_protected_kept_row_id", "kept", ["row_id"], schema="protected")
        op.add_column("person", sa.Column("household", Key()), schema="protected")
    else:
        op.create_index("ix_protected_kept_row_id", "protected_kept", ["row_id"])
        op.add_column("protected_person", sa.Column("household", Key()))
