"""What the console reads and writes in the background: each a function of a session. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from db.database import about
from db.errors import Unavailable
from db.texts import _
from desktop.modules.phones import calls, preview, queue
from desktop.modules.phones.calls import Draft, Saved
from desktop.modules.phones.outcomes import outcomes
from desktop.modules.phones.preview import ConsoleData
from desktop.modules.phones.queue import Promise, QueueCounts, Shift
from desktop.modules.phones.rules import ANSWERS, Outcome
from desktop.modules.phones.standing import Desk
from desktop.modules.phones.tables import CallEntry, CallRound

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext


@dataclass(frozen=True, slots=True)
class Round:
    """What a console must know of its round."""

    id: UUID
    title: str
    kind: str
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class Board:
    """The left of the console at one moment."""

    counts: QueueCounts
    shift: Shift
    promises: list[Promise]


def read_round(session: Session, *, round_id: UUID | None, entry_id: UUID | None) -> Round:
    """The round, or the one an entry belongs to.

    Raises:
        Unavailable: it is no longer there.
    """
    if round_id is None and entry_id is not None:
        entry = session.get(CallEntry, entry_id)
        round_id = entry.round_id if entry else None
    row = session.get(CallRound, round_id) if round_id is not None else None
    if row is None:
        raise Unavailable(_("This call round is no longer there."), _("Look at the list of rounds."))
    offered = [outcome for outcome in outcomes(session) if row.purpose or outcome.code not in ANSWERS]
    return Round(row.id, row.title, row.kind, offered)


def read_board(session: Session, *, round_id: UUID, desk: Desk, context: ModuleContext) -> Board:
    """Counts, the caller's day and the promises until the day ends."""
    clock = context.clock
    now, zone = clock.now(), clock.zone
    starts = datetime.combine(clock.today(), datetime.min.time(), zone)
    return Board(
        queue.queue_counts(session, round_id, desk, now=now, zone=zone),
        queue.shift(session, round_id, desk.user_id, since=starts),
        queue.promises(session, round_id, desk, now=now, until=starts + timedelta(days=1)),
    )


def read_again(session: Session, *, entry_id: UUID, context: ModuleContext) -> ConsoleData:
    """The person as stored by now."""
    clock = context.clock
    return preview.console_data(session, entry_id, caller=context.actor.name, today=clock.today(), now=clock.now())


def save_and_next(
    session: Session, *, data: ConsoleData, draft: Draft, context: ModuleContext, desk: Desk | None
) -> tuple[Saved, ConsoleData | None]:
    """Log the call and claim whoever is next; nobody when the caller pauses (no `desk`)."""
    clock = context.clock
    now = clock.now()
    about(session, data.person_id)
    saved = calls.save_call(session, data.entry_id, data.version, draft, actor=context.actor, now=now, zone=clock.zone)
    if desk is None:
        return saved, None
    entry = queue.pop_next(session, draft.round_id, desk, now=now, zone=clock.zone)
    return saved, read_again(session, entry_id=entry, context=context) if entry else None


def take_back(session: Session, *, saved: Saved, context: ModuleContext, desk: Desk) -> ConsoleData | None:
    """Undo the call saved last; gives the person back to the console."""
    entry = calls.take_back_call(session, saved, desk, now=context.clock.now())
    return read_again(session, entry_id=entry, context=context) if entry else None
