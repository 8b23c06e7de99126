"""The organisation gets its tables: units, the programmes that belong to them, and the unit of a post."""

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision = "core_0015"
down_revision = "core_0006"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")


def _kept() -> list[sa.Column]:
    return [sa.Column(name, sa.Integer() if name == "version" else Key(), nullable=False) for name in _KEPT]


def upgrade() -> None:
    """Two tables and a column."""
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_id", Key(), nullable=True),
        sa.Column("name_sv", sa.Text(), nullable=False),
        sa.Column("name_fi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        *_kept(),
        sa.CheckConstraint("code <> ''", name=op.f("ck_unit_has_a_code")),
        sa.CheckConstraint("name_sv <> '' OR name_fi <> '' OR name_en <> ''", name=op.f("ck_unit_has_a_name")),
        sa.CheckConstraint("level IN ('university', 'faculty', 'department', 'programme')", name=op.f("ck_unit_known_level")),
        sa.CheckConstraint("starts IS NULL OR ends IS NULL OR starts <= ends", name=op.f("ck_unit_in_order")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code_key", name=op.f("uq_unit_code_key")),
    )
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_made_in"), "unit", ["made_in"], unique=False)
    op.create_table(
        "unit_programme",
        sa.Column("unit_id", Key(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        *_kept(),
        sa.CheckConstraint("programme <> ''", name=op.f("ck_unit_programme_has_a_name")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_programme_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_programme")),
        sa.UniqueConstraint("programme", name=op.f("uq_unit_programme_programme")),
    )
    op.create_index(op.f("ix_unit_programme_unit_id"), "unit_programme", ["unit_id"], unique=False)
    op.create_index(op.f("ix_unit_programme_made_in"), "unit_programme", ["made_in"], unique=False)
    if (
        op.get_bind().dialect.name == "sqlite"
    ):  # which can add a column with its reference in place, unlike what Alembic asks of it
        op.execute("ALTER TABLE post ADD COLUMN unit_id BINARY(16) CONSTRAINT fk_post_unit_id REFERENCES unit (id)")
    else:
        op.add_column("post", sa.Column("unit_id", Key(), nullable=True))
        op.create_foreign_key(op.f("fk_post_unit_id"), "post", "unit", ["unit_id"], ["id"])
    op.create_index(op.f("ix_post_unit_id"), "post", ["unit_id"], unique=False)
