"""What phone duty lets segments ask about people: the rounds they are in, and the calls made to them. No Qt in this file."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.interaction import Interaction
from desktop.core.texts import Texts
from desktop.modules.phones import outcomes
from desktop.modules.phones.rules import OUTCOMES
from desktop.modules.phones.tables import Call, CallEntry, CallOutcome, CallRound
from desktop.people.segments.core_fields import ids
from desktop.people.segments.fields import Asked, Rows


def entry(_asked: Asked) -> Rows:
    """The call rounds somebody is in, closed ones too."""
    parts = {
        "round": ids(CallEntry.round_id),
        "outcome": CallEntry.last_outcome,
        "tries": CallEntry.attempts,
        "done": CallEntry.done_at.is_not(None),
    }
    return Rows(CallEntry.person_id, parts)


def call(_asked: Asked) -> Rows:
    """The calls logged with somebody, in rounds and on the hotline."""
    parts = {"outcome": Call.outcome, "when": Call.started, "round": ids(Call.round_id), "by": Call.caller_name}
    among = Call.__table__.join(Interaction.__table__, Interaction.id == Call.interaction_id)
    return Rows(Interaction.person_id, parts, among=among)


def rounds(session: Session, _texts: Texts) -> list[tuple[str, str]]:
    """Every round, the newest first."""
    rows = session.execute(select(CallRound.id, CallRound.title).order_by(CallRound.made_at.desc()))
    return [(str(id), title) for id, title in rows]


def endings(session: Session, texts: Texts) -> list[tuple[str, str]]:
    """How calls can end, as the office calls it, those no longer in use too."""
    rows = session.execute(select(CallOutcome.code, CallOutcome.label).order_by(CallOutcome.position)).all()
    own = {code: outcomes.label(code, label) for code, label in rows}
    return [(code, texts.say(label)) for code, label in (own or OUTCOMES).items()]
