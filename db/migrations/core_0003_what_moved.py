"""A change set says which tables it moved, so that other desks know what to read again."""

import sqlalchemy as sa
from alembic import op

revision = "core_0003"
down_revision = "core_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """On a server it also says which records, to those who may know; the function that writes both takes one value more."""
    op.add_column("change_set", sa.Column("areas", sa.Text(), nullable=False, server_default=""))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE change_set ADD refs uuid[]")
        op.execute("DROP FUNCTION IF EXISTS kontinuum_close(text, text, uuid, text, uuid[])")
