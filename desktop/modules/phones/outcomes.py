"""The outcomes of calls as the office has them: data rows behind rules."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.prepared import Prepared
from db.texts import Msgid, _
from desktop.modules.phones.rules import HOTLINE_OUTCOMES, OUTCOMES, Outcome
from desktop.modules.phones.tables import CallOutcome

# Read with every call: compiled once.
_USED = select(*(getattr(CallOutcome, part.name) for part in fields(Outcome))).where(CallOutcome.retired.is_(False))
_ALL = Prepared(_USED.order_by(CallOutcome.position))
_ONE = Prepared(_USED.where(CallOutcome.code == bindparam("code")))


def outcomes(session: Session) -> list[Outcome]:
    """Those in use, in the order of the office."""
    session.flush()
    return [Outcome(*row) for row in _ALL.all(session.connection())]


def outcome(session: Session, code: str) -> Outcome:
    """The rules of one outcome.

    Raises:
        RuleBroken: there is none of that code in use.
    """
    session.flush()
    row = _ONE.first(session.connection(), code=code)
    if row is None:
        raise RuleBroken(_("This outcome is no longer in use."), _("Choose another outcome."), field="outcome")
    return Outcome(*row)


def label(code: str, own: str = "") -> Msgid:
    """The office's own words for an outcome, else the program's, else the code itself."""
    return Msgid(own) if own else (OUTCOMES | HOTLINE_OUTCOMES).get(code, Msgid(code))
