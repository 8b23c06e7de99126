"""What one console holds: it asks for the next person, keeps the claim alive, and gives it back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import Database
from db.errors import Told
from desktop.core.context import ModuleContext
from desktop.core.lanes import Done, Failed, Lanes
from desktop.modules.phones import preview, queue
from desktop.modules.phones.preview import ConsoleData
from desktop.modules.phones.rules import RENEW_SECONDS
from desktop.modules.phones.standing import Desk

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Own:
    """Shared with what runs after the console is gone."""

    token: UUID
    ours: bool = True


class Hands(QObject):
    """The claims of one console. They are machine state, so they are written beside the history, in a background thread."""

    def __init__(self, context: ModuleContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._own = _Own(new_id())
        self._renewal = QTimer(self, interval=RENEW_SECONDS * 1000)
        self._renewal.timeout.connect(self._renew)
        self._asked = 0  # how often somebody was asked for
        self.destroyed.connect(partial(_let_go, context.tasks, context.database, context.changes, self._own))

    @property
    def token(self) -> UUID:
        """What the claims of this console are known by."""
        return self._own.token

    @property
    def desk(self) -> Desk:
        """Who sits here, with the settings of this moment."""
        actor, settings = self._context.actor, self._context.settings
        return Desk(self._own.token, actor.id, actor.name, settings.get("phones.programme"), settings.get("phones.fall_hours"))

    def hand_over(self) -> UUID:
        """Leave what is held to the console built in this one's place."""
        self._own.ours = False
        return self._own.token

    def take_over(self, token: UUID) -> None:
        """Go on with what the page held that this one replaces."""
        self._own.token = token

    def next(self, round_id: UUID, done: Done, failed: Failed) -> None:
        """Claim whoever is next; `done` gets their `ConsoleData`, or None."""
        self._asked += 1
        desk, clock = self.desk, self._context.clock

        def work(session: Session) -> ConsoleData | None:
            entry = queue.pop_next(session, round_id, desk, now=clock.now(), zone=clock.zone)
            return self.read(session, entry)

        self._write(work, done, failed)

    def pick(self, entry_id: UUID, done: Done, failed: Failed) -> None:
        """Claim this very person instead; `done` gets their `ConsoleData`."""
        self._asked += 1
        desk, clock = self.desk, self._context.clock

        def work(session: Session) -> ConsoleData | None:
            queue.claim(session, entry_id, desk, now=clock.now())
            return self.read(session, entry_id)

        self._write(work, done, failed)

    def read(self, session: Session, entry_id: UUID | None) -> ConsoleData | None:
        """What the console shows about an entry."""
        if entry_id is None:
            return None
        clock = self._context.clock
        return preview.console_data(session, entry_id, caller=self._context.actor.name, today=clock.today(), now=clock.now())

    def give_back(self) -> None:
        """Let go at once, unless somebody was asked for in the meantime."""
        self._renewal.stop()
        asked = self._asked

        def work(session: Session) -> None:
            if asked == self._asked:
                queue.give_back(session, self._own.token)

        self._write(work, lambda _answer: None, self._quietly, slot="give")

    def leave(self, *, on_call: bool) -> None:
        """The page is out of sight: give back, unless a call is under way. A program that closes keeps nobody."""
        try:
            if on_call:
                self._context.tasks.read(self, lambda _session: None, _nothing, _nothing, slot="leave")
            else:
                self.give_back()
        except RuntimeError:  # the lanes are closed
            _let_go_now(self._context.database, self._own)

    def keep(self) -> None:
        """Somebody is on the console: renew the lease from now on."""
        self._renewal.start()

    def _renew(self) -> None:
        now = self._context.clock.now()
        self._write(partial(queue.renew, token=self._own.token, now=now), lambda _answer: None, self._quietly, slot="renew")

    def _quietly(self, error: Exception) -> None:
        """A lease that could not be renewed or ended runs out by itself; only what is no such trouble is told."""
        self._context.messages.show(error, "")

    def _write(self, work: Callable[[Session], Any], done: Done, failed: Failed, slot: str = "claim") -> None:
        database = self._context.database
        self._context.tasks.read(self, lambda _session: _beside_history(database, work), done, failed, slot=slot)


def _beside_history(database: Database, work: Callable[[Session], Any]) -> Any:
    with database.upkeep() as session:
        return work(session)


def _let_go(tasks: Lanes, database: Database, owner: QObject, own: _Own, *_gone: object) -> None:
    """Give back what a console held that is gone, unless another took over."""
    if not own.ours:
        return
    work = partial(queue.give_back, token=own.token)
    try:
        tasks.read(owner, lambda _session: _beside_history(database, work), _nothing, _nothing, slot=f"phones {own.token}")
    except RuntimeError:  # the lanes are closed
        _let_go_now(database, own)


def _let_go_now(database: Database, own: _Own) -> None:
    """The last act of a closing program, whose lanes are closed already; what fails here, the lease ends."""
    if not own.ours:
        return
    own.ours = False
    try:
        _beside_history(database, partial(queue.give_back, token=own.token))
    except Told as error:
        log.info("a claim is left to its lease: %s", type(error).__name__)
    finally:
        database.close()


def _nothing(_answer: object) -> None:
    """Nobody waits any more."""
