"""Carries a decision out: portion by portion, each a step of its own, so that stopping or a crash loses nothing and doubles nobody."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lanes import JobState, Lanes, OwnJob
from desktop.people.erasing.erase import World, keep_list, wiped
from desktop.people.retention.disposals import DisposalLine, disposal
from desktop.people.retention.disposing import DISPOSE, Progress, dispose_portion
from desktop.people.retention.disposing_rows import DISPOSE_ROWS, dispose_rows_portion
from desktop.people.retention.rules import known_row_rules, known_rules


class DisposalRun(QObject):
    """One decision at a time, beside the window's thread, listed among the jobs.

    When its page goes, the portion under way is the last one.
    """

    progressed = Signal(int)  # who still waits
    stopping = Signal()
    finished = Signal(bool)  # False where traces stay in the file for now
    stopped = Signal()
    failed = Signal(Exception)

    def __init__(self, context: ModuleContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._world = context, World.of(context)
        self.of_rows = False  # what the last one begun is about
        self._disposal: UUID | None = None
        self._stopping = False
        self._listed = Listed(context.tasks)
        parent.destroyed.connect(self._listed.drop)

    @property
    def busy(self) -> bool:
        """Whether somebody is being disposed of."""
        return self._disposal is not None

    def start(self, id: UUID) -> None:
        """Carry out this decision, from where it was left."""
        if not self.busy:
            self._disposal, self._stopping = id, False
            self._context.tasks.read(self, partial(disposal, id=id), self._begin, self._fail, slot="begin")

    def stop(self) -> None:
        """Leave off after the portion under way; whoever waits goes on waiting."""
        if self.busy:
            self._stopping = True
            self.stopping.emit()

    def _begin(self, line: DisposalLine) -> None:
        self.of_rows = line.of_rows
        title = _("Disposing of single rows") if line.of_rows else _("Disposing of people")
        self._listed.begin(self._context.tasks.own_job(title, line.case_number, self.stop), line.due)
        self._told(line.waiting)
        self._next()

    def _told(self, waiting: int) -> None:
        self._listed.advance(waiting)
        self.progressed.emit(waiting)

    def _next(self) -> None:
        context, own = self._context, self._disposal
        assert own is not None
        work, verb = _portion(context, self._world, own, of_rows=self.of_rows)
        context.tasks.write(self, work, self._went, self._fail, verb=verb)

    def _went(self, progress: Progress) -> None:
        keep = partial(keep_list, self._context.database, progress.people)
        self._context.tasks.read(self, lambda _session: keep(), lambda _none: self._kept(progress), self._fail, slot="list")

    def _kept(self, progress: Progress) -> None:
        self._told(progress.waiting)
        if progress.waiting and not self._stopping:
            self._next()
            return
        database, over = self._context.database, not progress.waiting
        self._context.tasks.read(self, lambda _session: wiped(database), partial(self._end, over), self._fail, slot="wipe")

    def _end(self, over: bool, clean: bool) -> None:
        self._disposal = None
        self._listed.end("done" if over else "cancelled")
        self.finished.emit(clean) if over else self.stopped.emit()

    def _fail(self, error: Exception) -> None:
        self._disposal = None
        self._listed.end("failed")
        self.failed.emit(error)


class Listed:
    """The line of a run among the jobs. It outlives the page, so that none stays there that nobody carries out."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes, self._total = lanes, 0
        self._job: OwnJob | None = None

    def begin(self, job: OwnJob, total: int) -> None:
        """A decision about so many people is carried out from now on."""
        self._job, self._total = job, total

    def advance(self, waiting: int) -> None:
        """So many of them still wait."""
        if self._job is not None:
            self._job.advance(self._total - waiting, self._total)

    def end(self, state: JobState) -> None:
        """It is over."""
        job, self._job = self._job, None
        if job is not None and isValid(self._lanes):  # nobody looks at the jobs of a database that is closed
            job.end(state)

    def drop(self) -> None:
        """The page is gone."""
        self.end("cancelled")


def _portion(context: ModuleContext, world: World, own: UUID, *, of_rows: bool) -> tuple[Callable[[Session], Progress], str]:
    """The next portion of a decision, and the verb of its step."""
    zone = context.clock.zone
    if of_rows:
        return partial(dispose_rows_portion, disposal=own, known=known_row_rules(context), zone=zone), DISPOSE_ROWS
    return partial(dispose_portion, disposal=own, known=known_rules(context), world=world, zone=zone), DISPOSE


def carry_out(context: ModuleContext, own: UUID) -> bool:
    """The same at once, for the command line; False where traces stay in the file for now."""
    database = context.database
    with database.read() as session:
        line = disposal(session, own)
    work, verb = _portion(context, World.of(context), own, of_rows=line.of_rows)
    waiting = 1
    while waiting:
        with database.write(context.actor, verb) as session:
            progress = work(session)
        keep_list(database, progress.people)
        waiting = progress.waiting
    return wiped(database)
