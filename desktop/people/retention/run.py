"""Carries a decision out: portion by portion, each a step of its own, so that stopping or a crash loses nothing and doubles nobody."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from desktop.core.context import ModuleContext
from desktop.people.erasing.erase import World, keep_list, wiped
from desktop.people.retention.disposing import DISPOSE, Progress, dispose_portion
from desktop.people.retention.rules import known_rules


class DisposalRun(QObject):
    """One decision at a time, beside the window's thread. When its page goes, the portion under way is the last one."""

    progressed = Signal(int)  # who still waits
    finished = Signal(bool)  # False where traces stay in the file for now
    stopped = Signal()
    failed = Signal(Exception)

    def __init__(self, context: ModuleContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._world, self._known = context, World.of(context), known_rules(context)
        self._disposal: UUID | None = None
        self._stopping = False

    @property
    def busy(self) -> bool:
        """Whether somebody is being disposed of."""
        return self._disposal is not None

    def start(self, disposal: UUID) -> None:
        """Carry out this decision, from where it was left."""
        if not self.busy:
            self._disposal, self._stopping = disposal, False
            self._next()

    def stop(self) -> None:
        """Leave off after the portion under way; whoever waits goes on waiting."""
        self._stopping = True

    def _next(self) -> None:
        context, disposal = self._context, self._disposal
        assert disposal is not None
        work = partial(dispose_portion, disposal=disposal, known=self._known, world=self._world, zone=context.clock.zone)
        context.tasks.write(self, work, self._went, self._fail, verb=DISPOSE)

    def _went(self, progress: Progress) -> None:
        keep = partial(keep_list, self._context.database, progress.people)
        self._context.tasks.read(self, lambda _session: keep(), lambda _none: self._kept(progress), self._fail, slot="list")

    def _kept(self, progress: Progress) -> None:
        self.progressed.emit(progress.waiting)
        if progress.waiting and not self._stopping:
            self._next()
            return
        database, over = self._context.database, not progress.waiting
        self._context.tasks.read(self, lambda _session: wiped(database), partial(self._end, over), self._fail, slot="wipe")

    def _end(self, over: bool, clean: bool) -> None:
        self._disposal = None
        self.finished.emit(clean) if over else self.stopped.emit()

    def _fail(self, error: Exception) -> None:
        self._disposal = None
        self.failed.emit(error)


def carry_out(context: ModuleContext, disposal: UUID) -> bool:
    """The same at once, for the command line; False where traces stay in the file for now."""
    database, world, known = context.database, World.of(context), known_rules(context)
    waiting = 1
    while waiting:
        with database.write(context.actor, DISPOSE) as session:
            progress = dispose_portion(session, disposal, known, world, context.clock.zone)
        keep_list(database, progress.people)
        waiting = progress.waiting
    return wiped(database)
