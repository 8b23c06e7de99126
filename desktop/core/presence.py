"""Which records this window has open, and who else has them: said in the background every few seconds, gone with the window."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid
from sqlalchemy.orm import Session

from db.base import new_id
from db.changes import Moved
from db.errors import Told
from db.presence import AREA, BEAT, Present, keep_presence, others_at

if TYPE_CHECKING:
    from db.actor import Actor
    from db.database import Database
    from desktop.core.changes import Changes
    from desktop.core.clock import Clock
    from desktop.core.lanes import Lanes

log = logging.getLogger(__name__)
GATHER = 100  # milliseconds in which coming and going become one statement
Records = Mapping[UUID, str]  # with the key of the page that shows each


class Presence(QObject):
    """One for each window. Pages `enter` and `leave`; nothing is said or asked before `start`."""

    moved = Signal()  # somebody came or went

    def __init__(self, database: Database, actor: Actor, clock: Clock, tasks: Lanes, changes: Changes) -> None:
        super().__init__()
        self._database, self._actor, self._clock, self._tasks = database, actor, clock, tasks
        self._token = new_id()
        self._open: dict[int, tuple[UUID, str]] = {}  # by who opened it
        self._said: Records = {}
        self._others: dict[UUID, tuple[Present, ...]] = {}
        self._soon = QTimer(self, singleShot=True, interval=GATHER)
        self._soon.timeout.connect(self._say)
        self._beat = QTimer(self, interval=int(BEAT * 1000))
        self._beat.timeout.connect(self._say)
        changes.changed.connect(self._heard)

    def start(self) -> None:
        """From now on say what is open; the window is there."""
        self._beat.start()
        self._soon.start()

    def enter(self, owner: QObject, page: str, ref: UUID) -> None:
        """`owner` shows this record, until it leaves or is gone."""
        if id(owner) not in self._open:
            owner.destroyed.connect(partial(self._leave, id(owner)))
        self._open[id(owner)] = ref, page
        self._say_soon()

    def leave(self, owner: QObject) -> None:
        """`owner` shows it no more."""
        self._leave(id(owner))

    def others(self, ref: UUID) -> tuple[Present, ...]:
        """Who else has this record open, as far as is known."""
        return self._others.get(ref, ())

    def close(self) -> None:
        """Nothing is open any more; for the end, when the lanes are closed."""
        if not self._beat.isActive():
            return
        self._beat.stop()
        self._soon.stop()
        if self._said and self._database.reachable:
            try:
                with self._database.upkeep(quiet=True) as session:
                    self._keep(session, {})
            except Told as error:
                log.info("who was here is left to its lease: %s", type(error).__name__)

    def _leave(self, owner: int, *_gone: object) -> None:
        if self._open.pop(owner, None) is not None and isValid(self):  # a page may outlive it when the program ends
            self._say_soon()

    def _say_soon(self) -> None:
        if self._beat.isActive() and not self._soon.isActive():
            self._soon.start()

    def _say(self) -> None:
        """Say what is open and hear who else is there, in one go."""
        wanted = dict(self._open.values())
        if not (wanted or self._said) or not self._database.reachable:
            return
        self._said = wanted

        def work(_session: Session) -> list[Present]:
            with self._database.upkeep(quiet=True) as writing:
                self._keep(writing, wanted)
                return self._ask(writing, wanted)

        self._tasks.read(self, work, self._show, self._failed, slot="say")

    def _keep(self, session: Session, wanted: Records) -> None:
        keep_presence(session, self._token, wanted, actor=self._actor, now=self._clock.now())

    def _ask(self, session: Session, wanted: Records) -> list[Present]:
        return others_at(session, self._token, wanted, actor=self._actor, now=self._clock.now())

    def _heard(self, moved: Moved) -> None:
        if moved.by_others and AREA in moved.areas and self._said and self._beat.isActive():
            self._tasks.read(self, partial(self._ask, wanted=self._said), self._show, self._failed, slot="ask")

    def _show(self, found: list[Present]) -> None:
        others: dict[UUID, list[Present]] = defaultdict(list)
        for one in found:
            others[one.ref].append(one)
        now = {ref: tuple(them) for ref, them in others.items()}
        if now != self._others:
            self._others = now
            self.moved.emit()

    def _failed(self, error: Any) -> None:
        """Nobody is kept from working by not knowing who else is there; the next beat tries again."""
        if isinstance(error, Told):
            log.info("who else is here could not be asked: %s", type(error).__name__)
        else:
            log.error("who else is here could not be asked", exc_info=error)
