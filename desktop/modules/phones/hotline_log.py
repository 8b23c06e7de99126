"""Reading the hotline: who may be calling, and what was logged so far. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.interaction import Interaction
from db.models.person import Person
from db.search import Hit, search, title_of
from desktop.modules.phones.preview import Help, help_texts
from desktop.modules.phones.rounds import read_round
from desktop.modules.phones.tables import Call

CALLERS = 9  # one key each
LINES = 30


@dataclass(frozen=True, slots=True)
class LogLine:
    """One call that came in; `name` is empty for a caller without one."""

    id: UUID
    at: datetime
    name: str
    topics: tuple[str, ...]
    note: str
    by_name: str


@dataclass(frozen=True, slots=True)
class Hotline:
    """The hotline at one moment."""

    id: UUID
    title: str
    help: tuple[Help, ...]
    lines: list[LogLine]


def hotline(session: Session, round_id: UUID, language: str) -> Hotline:
    """The newest calls first, with the answers in `language`."""
    row = read_round(session, round_id)
    calls = session.execute(
        select(Call, Person.family, Person.given)
        .outerjoin(Interaction, Interaction.id == Call.interaction_id)
        .outerjoin(Person, Person.id == Interaction.person_id)
        .where(Call.round_id == round_id)
        .order_by(Call.ended.desc(), Call.id.desc())
        .limit(LINES)
    )
    lines = [
        LogLine(call.id, call.ended, title_of(family or "", given or ""), tuple(call.topics), call.note, call.caller_name)
        for call, family, given in calls
    ]
    return Hotline(row.id, row.title, help_texts(row, language), lines)


def callers(session: Session, text: str) -> list[Hit]:
    """People who fit a name or a number in any writing."""
    return [hit for hit in search(session, text, CALLERS * 2) if hit.kind == "person"][:CALLERS] if text.strip() else []
