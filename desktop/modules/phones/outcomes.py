"""The outcomes of calls as the office has them: data rows behind rules."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.texts import Msgid, _
from desktop.modules.phones.rules import HOTLINE_OUTCOMES, OUTCOMES, Outcome
from desktop.modules.phones.tables import CallOutcome


def outcomes(session: Session) -> list[Outcome]:
    """Those in use, in the order of the office."""
    rows = session.scalars(select(CallOutcome).where(CallOutcome.retired.is_(False)).order_by(CallOutcome.position))
    return [_plain(row) for row in rows]


def outcome(session: Session, code: str) -> Outcome:
    """The rules of one outcome.

    Raises:
        RuleBroken: there is none of that code in use.
    """
    row = session.scalar(select(CallOutcome).where(CallOutcome.code == code, CallOutcome.retired.is_(False)))
    if row is None:
        raise RuleBroken(_("This outcome is no longer in use."), _("Choose another outcome."), field="outcome")
    return _plain(row)


def label(code: str, own: str = "") -> Msgid:
    """The office's own words for an outcome, else the program's, else the code itself."""
    return Msgid(own) if own else (OUTCOMES | HOTLINE_OUTCOMES).get(code, Msgid(code))


def _plain(row: CallOutcome) -> Outcome:
    return Outcome(
        id=row.id,
        code=row.code,
        label=row.label,
        key=row.key,
        then=row.then,
        retry_minutes=row.retry_minutes,
        other_half_day=row.other_half_day,
        max_tries=row.max_tries,
        hold=row.hold,
        reached=row.reached,
        callback=row.callback,
        for_staff=row.for_staff,
        counts=row.counts,
    )
