"""Rounds of calls, who is to be called in them, the calls made, and who is calling whom right now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db import base
from db.base import Row


class Base(DeclarativeBase):
    """The module's own registry over the one MetaData: a mapping that breaks here stops only us."""

    metadata = base.metadata
    type_annotation_map = base.TYPES


class CallRound(Row, Base):
    """Calls with one purpose. An outgoing round has a list of people; a hotline only has a log.

    `script` maps a language to its steps, `help` to questions with answers (see `script.py`); `language` is used for
    people whose own language the script does not speak. `opens` and `closes` are minutes after midnight at the office;
    without them calls may be made at any time. After `max_tries` calls nobody is called again by themselves.
    """

    __tablename__ = "call_round"
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(default="outgoing")
    state: Mapped[str] = mapped_column(default="open")
    language: Mapped[str] = mapped_column(default="sv")
    script: Mapped[dict[str, Any]] = mapped_column(default=dict)
    help: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    max_tries: Mapped[int | None]
    made_at: Mapped[datetime]
    purpose: Mapped[str | None]  # the code of what people are called for; without one nobody's consent is asked about
    __table_args__ = (
        CheckConstraint("title <> ''", name="has_a_title"),
        CheckConstraint("kind IN ('outgoing', 'hotline')", name="known_kind"),
        CheckConstraint("state IN ('open', 'closed')", name="known_state"),
    )


class CallEntry(Row, Base):
    """One person in one round. Stored are "ready", "callback", "blocked" and "done"; the rest follows from the clock,
    the person's numbers and the claims (see `queue.py`), so that a number added elsewhere unblocks by itself.

    `why` is the reason of a stored "blocked" or "done". A callback without `callback_user` is anyone's.
    """

    __tablename__ = "call_entry"
    round_id: Mapped[UUID] = mapped_column(ForeignKey("call_round.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default="ready")
    why: Mapped[str] = mapped_column(default="")
    ready_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    callback_at: Mapped[datetime | None]
    callback_user: Mapped[UUID | None]
    last_outcome: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        CheckConstraint("state IN ('ready', 'callback', 'blocked', 'done')", name="known_state"),
        Index("ix_call_entry_round_id_state_position", "round_id", "state", "position"),
    )


class Call(Row, Base):
    """One call as the caller left it. A hotline call may have no person: then it has no timeline line either.

    `answers` lists step and answer in the order given; `topics` are codes of `rules.TOPICS`.
    """

    __tablename__ = "call"
    round_id: Mapped[UUID] = mapped_column(ForeignKey("call_round.id"), index=True)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("call_entry.id"), index=True)
    interaction_id: Mapped[UUID | None] = mapped_column(ForeignKey("interaction.id"), index=True)
    contact_point_id: Mapped[UUID | None]  # no foreign key: the number may be removed later, the call stays
    outcome: Mapped[str]
    answers: Mapped[list[Any]] = mapped_column(default=list)
    topics: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")
    caller_id: Mapped[UUID]
    caller_name: Mapped[str]
    started: Mapped[datetime]
    ended: Mapped[datetime]
    __table_args__ = (Index("ix_call_caller_id_ended", "caller_id", "ended"),)


class CallOutcome(Row, Base):
    """How a call can end, as rules the office may change. Retired, never removed.

    An empty `label` means the program's own words for `code`. `then` says what becomes of the entry: "done", "retry"
    (after `retry_minutes`, or on the next day's other half), "callback" or "block" (with the code as reason). `hold`
    goes onto the number that was dialled. `callback` is "own", "any" or "ask" where a time is needed. What does not
    `count` was no try: the line broke, or the caller gave up.
    """

    __tablename__ = "call_outcome"
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    then: Mapped[str]
    retry_minutes: Mapped[int] = mapped_column(default=0)
    other_half_day: Mapped[bool] = mapped_column(default=False)
    max_tries: Mapped[int | None]
    hold: Mapped[str] = mapped_column(default="")
    reached: Mapped[bool] = mapped_column(default=False)
    callback: Mapped[str] = mapped_column(default="")
    for_staff: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[bool] = mapped_column(default=True)
    retired: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (CheckConstraint("\"then\" IN ('done', 'retry', 'callback', 'block')", name="known_then"),)


class CallClaim(Base):
    """Who is calling whom now: machine state with a lease, no history. `token` is one open console."""

    __tablename__ = "call_claim"
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("call_entry.id", ondelete="CASCADE"), primary_key=True)
    token: Mapped[UUID] = mapped_column(index=True)
    user_id: Mapped[UUID]
    user_name: Mapped[str]
    until: Mapped[datetime]
