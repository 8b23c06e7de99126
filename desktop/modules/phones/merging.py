"""What becomes of somebody's places in call rounds when two records turn out to be one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.person import Person
from db.search import title_of
from db.texts import _
from desktop.core.texts import Texts
from desktop.modules.phones.tables import CallClaim, CallEntry, CallRound

# Whoever asked not to be called is not called, whoever was reached is not called again, a promise is kept.
_STRICTEST = ("blocked", "done", "callback", "ready")
_STANDING = ("state", "why", "ready_at", "callback_at", "callback_user", "last_outcome", "done_at")


def settle_entries(session: Session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]:
    """One place in the round remains, at the strictest of both; the calls of both count as tries.

    Raises:
        RuleBroken: somebody is calling the person in this round right now.
    """
    one, other = session.get_one(CallEntry, remains), session.get_one(CallEntry, goes)
    held = CallClaim.entry_id.in_([remains, goes]), CallClaim.until > now
    if session.scalar(select(exists().where(*held))):
        who = session.get_one(Person, other.person_id)
        raise RuleBroken(
            _("Somebody has {name} on the phone, or is about to call."),
            _("Wait until the call is over, then try again."),
            name=title_of(who.family, who.given),
        )
    leading = min((one, other), key=lambda entry: _STRICTEST.index(entry.state))
    return {"attempts": one.attempts + other.attempts} | {name: getattr(leading, name) for name in _STANDING}


def show_entries(session: Session, entries: Sequence[UUID], texts: Texts) -> dict[UUID, str]:
    """Places in rounds by the rounds' titles."""
    titles = select(CallEntry.id, CallRound.title).join(CallRound, CallRound.id == CallEntry.round_id)
    return {row[0]: row[1] for row in session.execute(titles.where(CallEntry.id.in_(entries)))}
