"""What was disposed of by which decision: counts and days, and no names. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from db.errors import Unavailable
from db.models.retention import ROWS, Disposal, DisposalRule
from db.texts import _
from desktop.people.retention.certificates import Filed, certificates


@dataclass(frozen=True, slots=True)
class DisposedRule:
    """One rule of a decision, as it stood then. `title` and `ground` are translated where the program wrote them."""

    title: str
    ground: str
    months: int
    action: str
    due: int
    done: int
    held: int
    changed: int
    first_day: date
    last_day: date

    @property
    def waiting(self) -> int:
        """Who is neither disposed of nor left out; for a decision that was ended, for good."""
        return self.due - self.done - self.held - self.changed


@dataclass(frozen=True, slots=True)
class DisposalLine:
    """One decision and what became of it; plain values, so that it may travel to where documents are made."""

    id: UUID
    version: int
    case_number: str
    reason: str
    day: date
    decided_at: datetime
    decided_by: str
    state: str
    finished_at: datetime | None
    rules: tuple[DisposedRule, ...]
    filed: tuple[Filed, ...] = ()  # signed certificates

    @property
    def of_rows(self) -> bool:
        """Whether it was about single rows of people who stay."""
        return any(rule.action == ROWS for rule in self.rules)

    @property
    def due(self) -> int:
        """How many the decision was about."""
        return sum(rule.due for rule in self.rules)

    @property
    def done(self) -> int:
        """How many are gone."""
        return sum(rule.done for rule in self.rules)

    @property
    def left_out(self) -> int:
        """Who was kept by a hold, or written about after the decision."""
        return sum(rule.held + rule.changed for rule in self.rules)

    @property
    def waiting(self) -> int:
        """Who is still to come."""
        return sum(rule.waiting for rule in self.rules)


def disposals(session: Session, before: DisposalLine | None = None, limit: int = 50) -> list[DisposalLine]:
    """The newest decisions, or those before one."""
    wanted = _own()
    if before is not None:
        earlier = Disposal.decided_at < before.decided_at
        wanted = wanted.where(earlier | ((Disposal.decided_at == before.decided_at) & (Disposal.id < before.id)))
    return _lines(session, wanted.order_by(Disposal.decided_at.desc(), Disposal.id.desc()).limit(limit))


def disposal(session: Session, id: UUID) -> DisposalLine:
    """One decision.

    Raises:
        Unavailable: there is none by that id.
    """
    found = _lines(session, _own().where(Disposal.id == id))
    if not found:
        raise Unavailable(_("This disposal is no longer there."), _("Look at the list again."))
    return found[0]


def _own() -> Select[Any]:
    names = (one.name for one in fields(DisposalLine) if one.name not in ("rules", "filed"))
    return select(*(getattr(Disposal, name) for name in names))


def _lines(session: Session, wanted: Select[Any]) -> list[DisposalLine]:
    rows: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(wanted)]
    values = [getattr(DisposalRule, one.name) for one in fields(DisposedRule)]
    asked = select(DisposalRule.disposal_id, *values).where(DisposalRule.disposal_id.in_([row[0] for row in rows]))
    rules: dict[UUID, list[DisposedRule]] = {}
    for own, *of_rule in session.execute(asked.order_by(DisposalRule.id)):
        rules.setdefault(own, []).append(DisposedRule(*of_rule))
    filed = certificates(session, [row[0] for row in rows])
    return [DisposalLine(*(*row, tuple(rules.get(row[0], ())), filed.get(row[0], ()))) for row in rows]
