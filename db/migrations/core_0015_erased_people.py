"""People can be erased: their ids are kept, so that they are erased again from a backup that is restored."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0015"
down_revision = "core_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table of bare ids."""
    op.create_table(
        "erased_person",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("how IN ('erase', 'anonymise')", name=op.f("ck_erased_person_known_how")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_erased_person")),
    )
