"""Retention: the office's rules, legal holds, and what was disposed of by which decision."""

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision = "core_0016"
down_revision = "core_0015"
branch_labels = None
depends_on = None

_KEPT = ("id", "version", "made_in", "changed_in")
_ACTIONS = "action IN ('erase', 'anonymise')"


def _table(name: str, *parts: sa.schema.SchemaItem) -> None:
    kept = [sa.Column(column, sa.Integer() if column == "version" else Key(), nullable=False) for column in _KEPT]
    op.create_table(name, *parts, *kept, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    op.create_index(op.f(f"ix_{name}_made_in"), name, ["made_in"], unique=False)


def _refers(name: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{name}_{column}"))


def upgrade() -> None:
    """Five kept tables; who waits or is held is looked up by the person."""
    _table(
        "retention_rule",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_retention_rule_some_time")),
        sa.CheckConstraint(_ACTIONS, name=op.f("ck_retention_rule_known_action")),
        sa.UniqueConstraint("code", name=op.f("uq_retention_rule_code")),
    )
    _table(
        "legal_hold",
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_legal_hold_has_a_reason")),
        _refers("legal_hold", "person_id", "person"),
    )
    op.create_index(op.f("ix_legal_hold_person_id"), "legal_hold", ["person_id"], unique=False)
    _disposals()


def _disposals() -> None:
    _table(
        "disposal",
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'ended')", name=op.f("ck_disposal_known_state")),
    )
    _table(
        "disposal_rule",
        sa.Column("disposal_id", Key(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=False) for column in ("done", "held", "changed")),
        sa.CheckConstraint("due > 0", name=op.f("ck_disposal_rule_about_somebody")),
        _refers("disposal_rule", "disposal_id", "disposal"),
    )
    op.create_index(op.f("ix_disposal_rule_disposal_id"), "disposal_rule", ["disposal_id"], unique=False)
    _table(
        "disposal_person",
        sa.Column("rule_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        _refers("disposal_person", "rule_id", "disposal_rule"),
        _refers("disposal_person", "person_id", "person"),
    )
    for column in ("rule_id", "person_id"):
        op.create_index(op.f(f"ix_disposal_person_{column}"), "disposal_person", [column], unique=False)
