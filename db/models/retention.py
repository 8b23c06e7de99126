"""How long people are kept: the office's rules, who is held by law, and what was disposed of."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row
from db.texts import _

ACTIONS = {"erase": _("Erase"), "anonymise": _("Anonymise")}
ROWS = "rows"  # what a rule for single rows does; no choice of the office
DONE = {**ACTIONS, ROWS: _("Erase single rows")}
DISPOSAL_STATES = {"open": _("Not finished"), "done": _("Carried out"), "ended": _("Ended before all was done")}


class RetentionRule(Row, Base):
    """What the office decided about a rule that a module offers; until it decides, the rule is off.

    `code` is the rule's key in its manifest. An empty `ground` means the one the module names.
    """

    __tablename__ = "retention_rule"
    code: Mapped[str] = mapped_column(unique=True)
    months: Mapped[int]
    action: Mapped[str]
    ground: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        CheckConstraint("months > 0", name="some_time"),
        CheckConstraint("action IN ('erase', 'anonymise')", name="known_action"),
    )


class LegalHold(Row, Base):
    """This person is neither erased nor anonymised, by rule or by hand; up to `until` and that day too, or until it is lifted.

    Lifting removes it. Where an office's day ends later than the day of UTC it holds an hour or two longer, never shorter.
    """

    __tablename__ = "legal_hold"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str]
    until: Mapped[date | None]
    since: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(default="")
    __table_args__ = (CheckConstraint("reason <> ''", name="has_a_reason"),)


class Disposal(Row, Base):
    """One decision to dispose of everybody who was due on `day`. It names nobody who was disposed of, and is kept for good.

    `mark` is the number of the newest step when it was decided: whoever a later step is about is left out.
    """

    __tablename__ = "disposal"
    case_number: Mapped[str]
    reason: Mapped[str]
    day: Mapped[date]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    finished_at: Mapped[datetime | None]
    mark: Mapped[int]
    __table_args__ = (CheckConstraint("state IN ('open', 'done', 'ended')", name="known_state"),)


class DisposalRule(Row, Base):
    """One rule as it stood at the decision, and how many it was about: `due` = `done` + `held` + `changed` + those who wait.

    `title` and `ground` are texts as the program or the office wrote them. `first_day` and `last_day` are the earliest and the
    latest day from which the time of somebody due was counted.
    """

    __tablename__ = "disposal_rule"
    disposal_id: Mapped[UUID] = mapped_column(ForeignKey("disposal.id"), index=True)
    code: Mapped[str]
    title: Mapped[str]
    ground: Mapped[str]
    months: Mapped[int]
    action: Mapped[str]
    due: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    done: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    __table_args__ = (CheckConstraint("due > 0", name="about_somebody"),)


class DisposalPerson(Row, Base):
    """Somebody who waits for a decision to be carried out; the row goes with the person, in the same step."""

    __tablename__ = "disposal_person"
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("disposal_rule.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    seen: Mapped[int]  # the version of the record at the decision
