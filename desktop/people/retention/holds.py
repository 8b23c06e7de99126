"""Legal holds as the office sees them: of one person, and all there are. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.person import Person
from db.models.retention import LegalHold
from db.search import title_of
from db.texts import _
from desktop.core.texts import Texts

MOST = 500  # holds a list shows, the newest


@dataclass(frozen=True, slots=True)
class HoldLine:
    """One hold, and whose it is."""

    id: UUID
    version: int
    person_id: UUID
    person: str
    reason: str
    until: date | None
    since: datetime
    by_name: str


def holds(session: Session, person: UUID | None = None) -> list[HoldLine]:
    """The holds there are, of everybody or of one person, the newest first; those that are over among them."""
    own = select(*(getattr(LegalHold, name) for name in ("id", "version", "person_id", "reason", "until", "since", "by_name")))
    wanted = own.add_columns(Person.family, Person.given).join(Person, Person.id == LegalHold.person_id)
    if person is not None:
        wanted = wanted.where(LegalHold.person_id == person)
    rows = session.execute(wanted.order_by(LegalHold.since.desc(), LegalHold.id.desc()).limit(MOST))
    return [
        HoldLine(r.id, r.version, r.person_id, title_of(r.family, r.given), r.reason, r.until, r.since, r.by_name) for r in rows
    ]


def holds_now(session: Session, person: UUID, today: date) -> list[HoldLine]:
    """Those that keep somebody today."""
    return [hold for hold in holds(session, person) if hold.until is None or hold.until >= today]


def show_holds(session: Session, rows: Sequence[UUID], texts: Texts) -> dict[UUID, str]:
    """Holds in words."""
    found = session.execute(select(LegalHold.id, LegalHold.reason, LegalHold.until).where(LegalHold.id.in_(rows)))
    return {row.id: said(row.reason, row.until, texts) for row in found}


def said(reason: str, until: date | None, texts: Texts) -> str:
    """Why somebody is kept, and until when."""
    return texts.say(_("{reason}, until {day}"), reason=reason, day=texts.day(until)) if until else reason
