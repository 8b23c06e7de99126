"""Records that may be one person twice get their tables; people are found by their birth date."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")


def _kept() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer() if name == "version" else Key(), nullable=False) for name in _KEPT]


def upgrade() -> None:
    """Two tables of machine state and two of decisions; the index leaves out who has no birth date."""
    op.create_table(
        "suspected_pair",
        sa.Column("id", Key(), nullable=False),
        sa.Column("first_id", Key(), nullable=False),
        sa.Column("second_id", Key(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("found_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspected_pair")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_suspected_pair_first_id_second_id")),
    )
    op.create_index("ix_suspected_pair_second_id", "suspected_pair", ["second_id"], unique=False)
    op.create_index("ix_suspected_pair_score", "suspected_pair", ["score"], unique=False)
    op.create_table(
        "not_a_duplicate",
        sa.Column("first_id", Key(), nullable=False),
        sa.Column("second_id", Key(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        *_kept(),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_not_a_duplicate_in_order")),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_not_a_duplicate_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_not_a_duplicate_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_a_duplicate")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_not_a_duplicate_first_id_second_id")),
    )
    op.create_index(op.f("ix_not_a_duplicate_second_id"), "not_a_duplicate", ["second_id"], unique=False)
    op.create_index(op.f("ix_not_a_duplicate_made_in"), "not_a_duplicate", ["made_in"], unique=False)
    op.create_table(
        "kept_apart",
        sa.Column("person_id", Key(), nullable=False),
        *_kept(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_apart_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_apart")),
        sa.UniqueConstraint("person_id", name=op.f("uq_kept_apart_person_id")),
    )
    op.create_index(op.f("ix_kept_apart_made_in"), "kept_apart", ["made_in"], unique=False)
    op.create_table(
        "duplicate_scan",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_duplicate_scan_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_scan")),
    )
    there = sa.text("birth_date IS NOT NULL")
    op.create_index("ix_person_birth_date", "person", ["birth_date"], unique=False, sqlite_where=there, postgresql_where=there)
