"""A removed person is looked up once in each table that may refer to them. Keys do so on a server; a file stays as it is."""

revision = "core_0019"
down_revision = "core_0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No table changes; a server makes its keys and functions anew with every revision."""
