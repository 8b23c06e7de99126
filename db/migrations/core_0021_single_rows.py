"""Single rows may go when their time is over: stops are found by the day they ended. A server's functions are made anew with it."""

from alembic import op

revision, down_revision = "core_0021", "core_0020"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_contact_block_ends_at", "contact_block", ["ends_at"])
