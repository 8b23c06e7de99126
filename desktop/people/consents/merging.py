"""What becomes of answers and stops when two records turn out to be one person: the strictest of both survives."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.consent import BLOCKABLE, CONSENT_STATES, Consent, ConsentPurpose, ContactBlock
from desktop.core.contacting.merging import Said, Stop, longer, stricter
from desktop.core.texts import Texts


def same_answers(session: Session, person: UUID) -> dict[UUID, Hashable]:
    """The answer that counts for each purpose; of one that counts in both records one remains. Earlier ones just move."""
    own = select(Consent.id, Consent.purpose_id, Consent.state, Consent.at).where(Consent.person_id == person)
    counting: dict[UUID, UUID] = {}
    for row in sorted(session.execute(own), key=lambda row: (row.at, row.state != "given", row.id)):
        counting[row.purpose_id] = row.id
    return {row_id: purpose for purpose, row_id in counting.items()}


def settle_answers(session: Session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]:
    """The stricter of two answers, with what the one it comes from says of itself."""
    one, other = session.get_one(Consent, remains), session.get_one(Consent, goes)
    said = stricter(*(Said(row.state, row.at, row.ends_at) for row in (one, other)))
    source = one if one.state == said.state else other
    told = {name: getattr(source, name) for name in ("way", "note", "text_id", "evidence_id", "by_name")}
    return {"state": said.state, "at": said.at, "ends_at": said.ends_at, **told}


def show_answers(session: Session, rows: Sequence[UUID], texts: Texts) -> dict[UUID, str]:
    """Answers by their purpose, with the day."""
    wanted = select(Consent.id, ConsentPurpose.names, ConsentPurpose.code, Consent.state, Consent.at)
    found = session.execute(wanted.join(ConsentPurpose, ConsentPurpose.id == Consent.purpose_id).where(Consent.id.in_(rows)))
    return {
        row.id: f"{row.names.get(texts.language) or row.code}: {texts.say(CONSENT_STATES[row.state])} {texts.day(row.at)}"
        for row in found
    }


def settle_stops(session: Session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]:
    """The stop that lasts longest, with the reasons of both."""
    one, other = session.get_one(ContactBlock, remains), session.get_one(ContactBlock, goes)
    kept = longer(*(Stop(row.reason, row.ends_at) for row in (one, other)))
    return {"reason": kept.reason, "ends_at": kept.ends_at}


def show_stops(session: Session, rows: Sequence[UUID], texts: Texts) -> dict[UUID, str]:
    """Stops by their channel."""
    found = session.execute(select(ContactBlock.id, ContactBlock.channel).where(ContactBlock.id.in_(rows)))
    return {row.id: texts.say(BLOCKABLE[row.channel]) for row in found}
