"""What one console holds: it asks for the next person, keeps the claim alive, and gives it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import Database
from desktop.core.context import ModuleContext
from desktop.core.lanes import Done, Failed, Lanes
from desktop.modules.phones import preview, queue
from desktop.modules.phones.preview import ConsoleData
from desktop.modules.phones.rules import RENEW_SECONDS


class Hands(QObject):
    """The claims of one console. They are machine state, so they are written beside the history, in a background thread.

    Args:
        token: That of the console this one takes over from, when a page is built anew.
    """

    def __init__(self, context: ModuleContext, parent: QObject, token: UUID | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._token = token or new_id()
        self._renewal = QTimer(self, interval=RENEW_SECONDS * 1000)
        self._renewal.timeout.connect(self._renew)
        self._mine = [True]  # shared with what runs after this object is gone
        self.destroyed.connect(partial(_let_go, context.tasks, context.database, self._token, context.changes, self._mine))

    @property
    def token(self) -> UUID:
        """What the claims of this console are known by."""
        return self._token

    @property
    def desk(self) -> queue.Desk:
        """Who sits here, with the settings of this moment."""
        actor, settings = self._context.actor, self._context.settings
        return queue.Desk(self._token, actor.id, actor.name, settings.get("phones.programme"), settings.get("phones.fall_hours"))

    def hand_over(self) -> UUID:
        """Leave what is held to the console built in this one's place."""
        self._mine[0] = False
        return self._token

    def next(self, round_id: UUID, done: Done, failed: Failed) -> None:
        """Claim whoever is next; `done` gets their `ConsoleData`, or None."""
        desk, clock = self.desk, self._context.clock

        def work(session: Session) -> ConsoleData | None:
            entry = queue.pop_next(session, round_id, desk, now=clock.now(), zone=clock.zone)
            return self.read(session, entry)

        self._write(work, done, failed)

    def pick(self, entry_id: UUID, done: Done, failed: Failed) -> None:
        """Claim this very person instead; `done` gets their `ConsoleData`."""
        desk, clock = self.desk, self._context.clock

        def work(session: Session) -> ConsoleData | None:
            queue.claim(session, entry_id, desk, now=clock.now())
            return self.read(session, entry_id)

        self._write(work, done, failed)

    def read(self, session: Session, entry_id: UUID | None) -> ConsoleData | None:
        """What the console shows about an entry."""
        if entry_id is None:
            return None
        return preview.console_data(session, entry_id, caller=self._context.actor.name, today=self._context.clock.today())

    def give_back(self) -> None:
        """Let go at once."""
        self._renewal.stop()
        self._write(partial(queue.give_back, token=self._token), lambda _answer: None, self._quietly, slot="give")

    def keep(self) -> None:
        """Somebody is on the console: renew the lease from now on."""
        self._renewal.start()

    def _renew(self) -> None:
        now = self._context.clock.now()
        self._write(partial(queue.renew, token=self._token, now=now), lambda _answer: None, self._quietly, slot="renew")

    def _quietly(self, error: Exception) -> None:
        """A lease that could not be renewed or ended runs out by itself; only what is no such trouble is told."""
        self._context.messages.show(error, "")

    def _write(self, work: Callable[[Session], Any], done: Done, failed: Failed, slot: str = "claim") -> None:
        database = self._context.database
        self._context.tasks.read(self, lambda _session: _beside_history(database, work), done, failed, slot=slot)


def _beside_history(database: Database, work: Callable[[Session], Any]) -> Any:
    with database.upkeep() as session:
        return work(session)


def _let_go(tasks: Lanes, database: Database, token: UUID, owner: QObject, mine: list[bool], *_gone: object) -> None:
    """Give back what a console held that is gone, unless another took over."""
    if not mine[0]:
        return
    try:
        tasks.read(
            owner,
            lambda _session: _beside_history(database, partial(queue.give_back, token=token)),
            lambda _answer: None,
            lambda _error: None,
            slot=f"phones {token}",
        )
    except RuntimeError:
        return  # the program is closing; the lease ends the claim
