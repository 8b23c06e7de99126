"""The tables of the loans begin."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision, down_revision = "loans_0001", None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "loan",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("lent_at", Moment(), nullable=False),
        sa.Column("returned_at", Moment(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_loan_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
    )
    op.create_index(op.f("ix_loan_made_in"), "loan", ["made_in"], unique=False)
    op.create_index(op.f("ix_loan_person_id"), "loan", ["person_id"], unique=False)
