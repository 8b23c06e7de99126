"""Somebody protected has the rights of anybody: to see what is held, and to be erased. Functions do it on a server."""

revision = "core_0018"
down_revision = "core_0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes; a server makes its functions anew with every revision."""
