"""Disposing of single rows: one decision about all that are due, carried out in portions that are each a step. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import describe
from db.engine import one_at_a_time
from db.erasing.rows import forget_rows
from db.errors import Conflict, RuleBroken
from db.models.retention import ROWS, Disposal, DisposalRule
from db.texts import _
from desktop.core.manifest import RowRetention
from desktop.people.retention.disposing import Progress, open_disposal
from desktop.people.retention.old_rows import RowFilter, RowsDue, held_rows, next_rows, offer_of, rows_due, total
from desktop.people.retention.rules import Known, Rule

DECIDE_ROWS, DISPOSE_ROWS = "decide_row_disposal", "dispose_rows"
PORTION = 1000  # rows that go in one step


@dataclass(frozen=True, slots=True)
class RowDecision:
    """What somebody agreed to: all rows due by `filter`. `agreed` is how many that were when they looked."""

    filter: RowFilter
    reason: str
    case: str
    agreed: int | None = None


def decide_rows(session: Session, decision: RowDecision, *, actor: Actor, now: datetime) -> UUID:
    """Write down by which rules rows are disposed of, and how many; none is yet.

    Raises:
        RuleBroken: no case or reason is given, nothing is due, or an earlier decision is not carried out.
        Conflict: others are due than when they were looked at.
    """
    filter = decision.filter
    own = open_disposal(session, decision.case, decision.reason, filter.day, actor=actor, now=now)
    found = [one for one in rows_due(session, filter) if one.rows]
    count = total(found)
    if not count:
        raise RuleBroken(_("Nothing is due."), _("Nothing was done."))
    if decision.agreed is not None and decision.agreed != count:
        raise Conflict(_("Other rows are due than when you looked."), _("Nothing was done. Look at the list again."))
    session.add_all(_written(own.id, one, filter.zone) for one in found)
    session.flush()
    describe(session, case=own.case_number, count=count)
    return own.id


def dispose_rows_portion(session: Session, disposal: UUID, known: Sequence[Known], zone: tzinfo) -> Progress:
    """Let the next ones go, inside a write scope that is about nobody. What was changed since the decision stays.

    Who has a legal hold by now keeps theirs. All of the portion is done and counted, or nothing.
    """
    one_at_a_time(session, "disposal")
    own = session.get(Disposal, disposal)
    if own is None or own.state != "open":
        return Progress(0, {})
    case, offers = own.case_number, {one.offer.key: one for one in known if one.over is not None}
    gone = 0
    if (found := _next(session, own, offers, zone, PORTION)) is not None:
        id, offer, rows = found
        gone = forget_rows(session, offer.table, rows, offer.said.split())
        session.get_one(DisposalRule, id).done += gone
        session.flush()
    describe(session, case=case, count=gone)
    own = session.get_one(Disposal, disposal)
    if _next(session, own, offers, zone, 1) is None:
        _finish(session, own, offers, zone)
        return Progress(0, {})
    return Progress(sum(rule.due - rule.done for rule in _rules(session, disposal)), {})


def is_of_rows(session: Session, disposal: UUID) -> bool:
    """Whether a decision is about rows of people who stay."""
    wanted = select(DisposalRule.id).where(DisposalRule.disposal_id == disposal, DisposalRule.action == ROWS)
    return session.scalar(wanted.limit(1)) is not None


def _written(disposal: UUID, one: RowsDue, zone: tzinfo) -> DisposalRule:
    assert one.first is not None and one.last is not None  # there are rows
    return DisposalRule(
        disposal_id=disposal, code=one.rule.code, title=str(one.rule.title), ground=str(one.rule.ground), months=one.rule.months,
        action=ROWS, due=one.rows, first_day=one.first.astimezone(zone).date(), last_day=one.last.astimezone(zone).date(),
    )  # fmt: skip


def _rules(session: Session, disposal: UUID) -> Sequence[DisposalRule]:
    return session.scalars(select(DisposalRule).where(DisposalRule.disposal_id == disposal).order_by(DisposalRule.id)).all()


def _as_decided(known: Known, stored: DisposalRule) -> Rule:
    return Rule(known, stored.months, known.action, stored.ground, active=True)


def _next(
    session: Session, own: Disposal, offers: Mapping[str, Known], zone: tzinfo, most: int
) -> tuple[UUID, RowRetention, dict[UUID, int]] | None:
    """The rule whose turn it is and its next rows; never more than were decided about."""
    for stored in _rules(session, own.id):
        left = stored.due - stored.done
        if left and stored.code in offers:
            rule = _as_decided(offers[stored.code], stored)
            if rows := next_rows(session, rule, own.day, zone, own.mark, min(most, left)):
                return stored.id, offer_of(rule), rows
    return None


def _finish(session: Session, own: Disposal, offers: Mapping[str, Known], zone: tzinfo) -> None:
    for stored in _rules(session, own.id):
        left = stored.due - stored.done
        if left and stored.code in offers:
            stored.held = min(left, held_rows(session, _as_decided(offers[stored.code], stored), own.day, zone))
        stored.changed = left - stored.held
    own.state, own.finished_at = "done", session.info["now"]()
    session.flush()
