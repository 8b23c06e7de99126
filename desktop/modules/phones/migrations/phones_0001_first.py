"""The tables of phones begin."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

from db.base import Key, Moment

revision, down_revision = "phones_0001", None


def upgrade() -> None:
    """Make the first tables."""
    outcome = op.create_table(
        "call_outcome",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("then", sa.Text(), nullable=False),
        sa.Column("retry_minutes", sa.Integer(), nullable=False),
        sa.Column("other_half_day", sa.Boolean(), nullable=False),
        sa.Column("max_tries", sa.Integer(), nullable=True),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("for_staff", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("\"then\" IN ('done', 'retry', 'callback', 'block')", name=op.f("ck_call_outcome_known_then")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_outcome")),
        sa.UniqueConstraint("code", name=op.f("uq_call_outcome_code")),
    )
    op.create_index(op.f("ix_call_outcome_made_in"), "call_outcome", ["made_in"], unique=False)
    op.create_table(
        "call_round",
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("script", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("help", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("max_tries", sa.Integer(), nullable=True),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("kind IN ('outgoing', 'hotline')", name=op.f("ck_call_round_known_kind")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_call_round_known_state")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_call_round_has_a_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_round")),
    )
    op.create_index(op.f("ix_call_round_made_in"), "call_round", ["made_in"], unique=False)
    op.create_table(
        "call_entry",
        sa.Column("round_id", Key(), nullable=False),
        sa.Column("person_id", Key(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ready_at", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("callback_at", Moment(), nullable=True),
        sa.Column("callback_user", Key(), nullable=True),
        sa.Column("last_outcome", sa.Text(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.CheckConstraint("state IN ('ready', 'callback', 'blocked', 'done')", name=op.f("ck_call_entry_known_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_entry_person_id")),
        sa.ForeignKeyConstraint(["round_id"], ["call_round.id"], name=op.f("fk_call_entry_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_entry")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_call_entry_round_id_person_id")),
    )
    op.create_index(op.f("ix_call_entry_made_in"), "call_entry", ["made_in"], unique=False)
    op.create_index(op.f("ix_call_entry_person_id"), "call_entry", ["person_id"], unique=False)
    op.create_index("ix_call_entry_round_id_state_position", "call_entry", ["round_id", "state", "position"], unique=False)
    op.create_table(
        "call",
        sa.Column("round_id", Key(), nullable=False),
        sa.Column("entry_id", Key(), nullable=True),
        sa.Column("interaction_id", Key(), nullable=True),
        sa.Column("contact_point_id", Key(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("caller_id", Key(), nullable=False),
        sa.Column("caller_name", sa.Text(), nullable=False),
        sa.Column("started", Moment(), nullable=False),
        sa.Column("ended", Moment(), nullable=False),
        sa.Column("id", Key(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_in", Key(), nullable=False),
        sa.Column("changed_in", Key(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["call_entry.id"], name=op.f("fk_call_entry_id")),
        sa.ForeignKeyConstraint(["interaction_id"], ["interaction.id"], name=op.f("fk_call_interaction_id")),
        sa.ForeignKeyConstraint(["round_id"], ["call_round.id"], name=op.f("fk_call_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
    )
    op.create_index("ix_call_caller_id_ended", "call", ["caller_id", "ended"], unique=False)
    op.create_index(op.f("ix_call_entry_id"), "call", ["entry_id"], unique=False)
    op.create_index(op.f("ix_call_interaction_id"), "call", ["interaction_id"], unique=False)
    op.create_index(op.f("ix_call_made_in"), "call", ["made_in"], unique=False)
    op.create_index(op.f("ix_call_round_id"), "call", ["round_id"], unique=False)
    op.create_table(
        "call_claim",
        sa.Column("entry_id", Key(), nullable=False),
        sa.Column("token", Key(), nullable=False),
        sa.Column("user_id", Key(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["call_entry.id"], name=op.f("fk_call_claim_entry_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_call_claim")),
    )
    op.create_index(op.f("ix_call_claim_token"), "call_claim", ["token"], unique=False)
    bring_outcomes(outcome)


# code, key, then, retry minutes, next day's other half, most tries, hold, reached, callback, for staff, counts
OUTCOMES = (
    ("reached_yes", "F5", "done", 0, False, None, "", True, "", False, True),
    ("no_answer", "F6", "retry", 0, True, 4, "", False, "", False, True),
    ("busy", "F7", "retry", 20, False, None, "", False, "", False, True),
    ("callback_own", "F8", "callback", 0, False, None, "", True, "own", False, True),
    ("callback_any", "", "callback", 0, False, None, "", True, "any", False, True),
    ("wrong_number", "F9", "retry", 0, False, None, "wrong_number", False, "", False, True),
    ("reached_thinks", "", "retry", 7 * 24 * 60, False, None, "", True, "", False, True),
    ("reached_no", "", "done", 0, False, None, "", True, "", False, True),
    ("already_done", "", "done", 0, False, None, "", True, "", False, True),
    ("reached_cannot_talk", "", "callback", 0, False, None, "", True, "ask", False, True),
    ("third_party", "", "retry", 24 * 60, False, None, "", False, "", False, True),
    ("language", "", "block", 0, False, None, "", True, "", False, True),
    ("voicemail_left", "", "retry", 2 * 24 * 60, False, None, "", False, "", False, True),
    ("voicemail_none", "", "retry", 24 * 60, False, None, "", False, "", False, True),
    ("dead_number", "", "retry", 0, False, None, "dead_number", False, "", False, True),
    ("no_number", "", "block", 0, False, None, "", False, "", False, False),
    ("distress", "", "block", 0, False, None, "", True, "", True, True),
    ("abandoned_by_caller", "", "retry", 0, False, None, "", False, "", False, False),
    ("technical", "", "retry", 10, False, None, "", False, "", False, False),
)  # fmt: skip
NAMES = (
    "code",
    "key",
    "then",
    "retry_minutes",
    "other_half_day",
    "max_tries",
    "hold",
    "reached",
    "callback",
    "for_staff",
    "counts",
)


def bring_outcomes(table: sa.Table) -> None:
    """The outcomes the program comes with, under ids that are the same in every database."""
    came_with = uuid5(NAMESPACE_URL, "kontinuum:phones_0001")
    kept = {"label": "", "retired": False, "version": 1, "made_in": came_with, "changed_in": came_with}
    rows = [
        {"id": uuid5(came_with, values[0]), "position": place, **dict(zip(NAMES, values, strict=True)), **kept}
        for place, values in enumerate(OUTCOMES)
    ]
    op.bulk_insert(table, rows)
