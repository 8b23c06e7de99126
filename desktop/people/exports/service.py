"""The log of exported lists: written before a file takes its name, and read by whoever is responsible. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import describe
from db.errors import RuleBroken
from db.models.export import ExportEntry
from db.models.history import ChangeSet
from db.stated import stated
from db.texts import _

LONGEST = 300  # letters of a purpose
VERB = "export_people"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a list is taken out, and for whom."""

    purpose: str
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """One line of the log. `number` rises with time."""

    id: UUID
    number: int
    at: datetime
    user: str
    file: str
    people: int
    columns: tuple[str, ...]
    choice: str
    held: bool
    reason: Reason


def checked(reason: Reason) -> Reason:
    """The reason without needless spaces.

    Raises:
        RuleBroken: it says nothing.
    """
    refused = RuleBroken(_("Say what the list is for."), _("It is written down with your name."), field="purpose")
    return Reason(stated(reason.purpose, LONGEST, refused), " ".join(reason.recipient.split())[:LONGEST])


def write_down(
    session: Session, *, file: str, people: int, columns: tuple[str, ...], choice: str, held: bool, reason: Reason
) -> None:
    """Write down that these people leave as this file.

    Raises:
        RuleBroken: the reason says nothing.
    """
    said = checked(reason)
    session.add(
        ExportEntry(
            file=file, people=people, columns=" ".join(columns), choice=choice, held=held, purpose=said.purpose,
            recipient=said.recipient,
        )
    )  # fmt: skip
    session.flush()
    describe(
        session, file=file, count=people, columns=list(columns), choice=choice, held=held, purpose=said.purpose,
        recipient=said.recipient,
    )  # fmt: skip


def exports(
    session: Session, *, user: UUID | None = None, since: datetime | None = None, before: int | None = None, limit: int = 50
) -> list[Exported]:
    """The newest lines that fit, or those before the line numbered `before`.

    They are read from the history, which nobody rewrites: taking the step back, by whatever program, takes no line away.
    """
    query = select(ChangeSet.id, ChangeSet.number, ChangeSet.at, ChangeSet.actor_name, ChangeSet.details)
    query = query.where(ChangeSet.verb == VERB).order_by(ChangeSet.number.desc()).limit(limit)
    if user is not None:
        query = query.where(ChangeSet.actor_id == user)
    if since is not None:
        query = query.where(ChangeSet.at >= since)
    if before is not None:
        query = query.where(ChangeSet.number < before)
    return [_line(id, number, at, name, details or {}) for id, number, at, name, details in session.execute(query)]


def _line(id: UUID, number: int, at: datetime, user: str, kept: Mapping[str, Any]) -> Exported:
    reason = Reason(str(kept.get("purpose", "")), str(kept.get("recipient", "")))
    columns = tuple(map(str, kept.get("columns", ())))
    people, choice = int(kept.get("count", 0)), str(kept.get("choice", ""))
    return Exported(id, number, at, user, str(kept.get("file", "")), people, columns, choice, bool(kept.get("held")), reason)
