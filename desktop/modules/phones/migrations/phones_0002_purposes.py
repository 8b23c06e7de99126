"""Rounds say what people are called for, and calls may end with what a person allows."""

from uuid import NAMESPACE_URL, uuid5

import sqlalchemy as sa
from alembic import op

from db.base import Key

revision = "phones_0002"
down_revision = "phones_0001"
branch_labels = None

# code, key; they are done then, and the person was reached
OUTCOMES = (("do_not_call", "F12"), ("consent_given", ""), ("consent_withdrawn", ""))
FIRST_PLACE = 19  # behind those the program came with at first


def upgrade() -> None:
    """A column that is empty for rounds made before, and three outcomes under ids that are the same in every database."""
    op.add_column("call_round", sa.Column("purpose", sa.Text(), nullable=True))
    words = ("code", "label", "key", "then", "hold", "callback")
    outcome = sa.table(
        "call_outcome",
        *(sa.column(name, sa.Text()) for name in words),
        *(sa.column(name, sa.Integer()) for name in ("position", "retry_minutes", "max_tries", "version")),
        *(sa.column(name, sa.Boolean()) for name in ("other_half_day", "reached", "for_staff", "counts", "retired")),
        *(sa.column(name, Key()) for name in ("id", "made_in", "changed_in")),
    )
    came_with = uuid5(NAMESPACE_URL, "kontinuum:phones_0002")
    same = {"label": "", "then": "done", "hold": "", "callback": "", "retry_minutes": 0, "max_tries": None, "version": 1}
    same |= {"other_half_day": False, "reached": True, "for_staff": False, "counts": True, "retired": False}
    same |= {"made_in": came_with, "changed_in": came_with}
    rows = [
        {"id": uuid5(came_with, code), "code": code, "key": key, "position": FIRST_PLACE + place, **same}
        for place, (code, key) in enumerate(OUTCOMES)
    ]
    op.bulk_insert(outcome, rows)
