"""Keeps copies of the open database without being asked: each half hour when something changed, and before risky steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from db.backups import EVERY, Backup, backups_of, is_wanted, make_backup
from db.copies import Checked
from db.errors import Stopped
from db.texts import Msgid, _
from desktop.core.copy_first import CopyFirst
from desktop.core.lanes import Report
from desktop.core.manifest import NO_TEXT
from desktop.core.messages import Message

if TYPE_CHECKING:
    from desktop.shell.desk import Desk

BACKING_UP = _("Making a backup")
LOOK_AGAIN = 60_000  # milliseconds
OLD_DAYS = 1  # a newest copy this old is told as old, if something changed since


class Kept(QObject):
    """What is known of the copies of the open database; `moved` tells that there is something new to show."""

    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.backups: list[Backup] = []
        self.problem: Message | None = None  # why the last copy could not be made
        self.behind = False  # whether something changed since the newest copy

    @property
    def last(self) -> datetime | None:
        """When the newest copy was made."""
        return self.backups[0].at if self.backups else None

    @property
    def old(self) -> bool:
        """Whether the newest copy is so old, and lacks something, that the user should hear of it."""
        return False

    def folder(self) -> Path | None:
        """Where the newest copy lies."""
        return self.backups[0].path.parent if self.backups else None

    @Slot()
    def look(self) -> None:
        """Read anew which copies there are."""

    def make(self, reason: str, title: Msgid, told: Callable[[Checked], None]) -> None:
        """Make a copy among the others."""

    def stop(self) -> None:
        """Make no more copies: the database is about to be left."""


class ServersKeeper(Kept):
    """Of a database on a server: its administrator keeps the copies, and nobody here knows of them."""


class Keeper(Kept):
    """Makes the copies of a file.

    Args:
        turn: Held while a copy is made, so that the file is not replaced meanwhile.
        of_invented: Copies of invented people are made only when asked for.
    """

    _made_first = Signal()

    def __init__(self, desk: Desk, turn: Lock, *, of_invented: bool) -> None:
        super().__init__()
        self._desk, self._turn, self._invented = desk, turn, of_invented
        self._tried: datetime | None = None
        self._running = False
        self._stop: Callable[[], None] = lambda: None
        self._path = desk.path
        self._made_first.connect(self.look, Qt.ConnectionType.QueuedConnection)
        desk.database.before_step = CopyFirst(
            self._path, desk.clock, desk.registry.verbs, self._wanted_first, lambda _checked: self._made_first.emit()
        )
        desk.changes.changed.connect(self._heard)
        self._timer = QTimer(self, interval=LOOK_AGAIN)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.look()

    @property
    def old(self) -> bool:
        """After a day."""
        last = self.last
        return last is not None and self.behind and (self._desk.clock.now() - last).days >= OLD_DAYS

    @Slot()
    def look(self) -> None:
        """Ask the folder."""
        path = self._path
        self._desk.errands.run(
            self, NO_TEXT, lambda _report: (backups_of(path), is_wanted(path)), self._looked, self._desk.messages.show
        )

    def _looked(self, found: tuple[list[Backup], bool]) -> None:
        self.backups, self.behind = found
        self.moved.emit()

    def tick(self) -> None:
        """Make a regular copy if one is due."""
        now = self._desk.clock.now()
        since = max((moment for moment in (self.last, self._tried) if moment is not None), default=None)
        due = since is None or now - since >= EVERY or now < since  # a clock that was set back
        if due and not self._running and not self._invented and self._desk.settings.get("core.backup_regular"):
            self._tried = now
            self.make("regular", NO_TEXT, lambda _checked: None)

    def make(self, reason: str, title: Msgid, told: Callable[[Checked], None]) -> None:
        """Make a copy among the others; a regular one only if something changed."""
        path, now, zone, turn = self._path, self._desk.clock.now(), self._desk.clock.zone, self._turn
        self._running = True

        def work(report: Report) -> Any:
            with turn:
                report(0, 0)
                if reason == "regular" and not is_wanted(path):
                    return None
                return make_backup(path, reason, now, zone=zone, report=report)

        def done(checked: Checked | None) -> None:
            self._running, self.problem = False, None
            if checked is not None:
                told(checked)
            self.look()

        def failed(error: Exception) -> None:
            self._running = False
            if not isinstance(error, Stopped):
                self._fail(error)
            self.look()

        self._stop = self._desk.errands.run(self, title, work, done, failed)

    def stop(self) -> None:
        """Make no more copies: the database is about to be left."""
        self._timer.stop()
        self._stop()

    def _fail(self, error: Exception) -> None:
        """Say it once; the page and the status line go on showing it until a copy succeeds."""
        problem = self._desk.messages.explain(error, _("making a backup"))
        if self.problem is None or self.problem.text != problem.text:
            self._desk.messages.show(error, _("making a backup"))
        self.problem = problem

    def _wanted_first(self) -> bool:
        return not self._invented and bool(self._desk.settings.get("core.backup_before"))

    def _heard(self, _moved: object) -> None:
        self.behind = True
