"""Records can be merged into another one and taken apart again."""

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")


def upgrade() -> None:
    """One table: whoever was merged away leads to whoever stayed."""
    op.create_table(
        "merged_person",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("into_id", Key(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", sa.JSON(none_as_null=True), nullable=False),
        *(sa.Column(name, sa.Integer() if name == "version" else Key(), nullable=False) for name in _KEPT),
        sa.CheckConstraint("person_id <> into_id", name=op.f("ck_merged_person_into_another")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_merged_person_person_id")),
        sa.ForeignKeyConstraint(["into_id"], ["person.id"], name=op.f("fk_merged_person_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merged_person")),
        sa.UniqueConstraint("person_id", name=op.f("uq_merged_person_person_id")),
    )
    op.create_index(op.f("ix_merged_person_into_id"), "merged_person", ["into_id"], unique=False)
    op.create_index(op.f("ix_merged_person_made_in"), "merged_person", ["made_in"], unique=False)
