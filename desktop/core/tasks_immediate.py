"""Background work done at once, in the caller's thread: for the tests of pages and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from db.texts import Msgid
from desktop.core.clock import Clock
from desktop.core.faults import ANYTHING, as_exception
from desktop.core.jobs import JobList, ListedJob
from desktop.core.lanes import Done, Failed, Job, Report
from desktop.core.manifest import NO_TEXT

if TYPE_CHECKING:
    from db.actor import Actor
    from db.database import Database


class ImmediateTasks(QObject):
    """As `Tasks`, without threads and without a process. What is set as `breaks` fails every call until unset."""

    jobs_changed = Signal()
    drained = Signal()
    saving = 0

    def __init__(self, database: Database, actor: Actor, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._database, self._actor = database, actor
        self._jobs = JobList(clock, self.jobs_changed.emit)
        self.breaks: Exception | None = None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Long work, newest last."""
        return self._jobs.all

    def forget_ended_jobs(self) -> None:
        """Clear the job list of what is over."""
        self._jobs.forget_ended()

    def own_job(self, title: Msgid, about: str, cancel: Callable[[], None]) -> ListedJob:
        """List a job that is done in many small pieces of work; `cancel` stops it, in the window's thread."""
        return ListedJob(self._jobs, title, about, cancel)

    def idle(self) -> bool:
        """Always: nothing is ever left to do."""
        return True

    def read(
        self,
        owner: QObject,
        work: Callable[..., Any],
        done: Done,
        failed: Failed,
        *,
        slot: str = "main",
        of_many: bool = False,
    ) -> None:
        """Run `work(session)` now."""

        def run() -> Any:
            if of_many:
                return self._database.answer(work)
            with self._database.read() as session:
                return work(session)

        self._finish(run, done, failed)

    def write(
        self,
        owner: QObject,
        work: Callable[..., Any],
        done: Done,
        failed: Failed,
        *,
        verb: str,
        about: Iterable[UUID] = (),
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Run `work(session)` in one write scope now."""

        def run() -> Any:
            with self._database.write(self._actor, verb, tuple(about), dict(details or {})) as session:
                return work(session)

        self._finish(run, done, failed)

    def compute(
        self,
        work: Callable[[Any, Report], Any],
        argument: Any,
        progress: Report,
        done: Done,
        failed: Failed,
        *,
        owner: QObject,
        title: Msgid = NO_TEXT,
    ) -> Callable[[], None]:
        """Run `work(argument, report)` now; cancelling afterwards changes nothing."""
        job = self._jobs.add(title)
        self._jobs.begin(job)

        def report(so_far: int, total: int) -> None:
            self._jobs.advance(job, so_far, total)
            progress(so_far, total)

        def ended(answer: Any) -> None:
            self._jobs.end(job, "done")
            done(answer)

        def broke(error: Exception) -> None:
            self._jobs.end(job, "failed")
            failed(error)

        self._finish(lambda: work(argument, report), ended, broke)
        return lambda: None

    def close(self) -> None:
        """Nothing to stop."""

    def _finish(self, run: Callable[[], Any], done: Done, failed: Failed) -> None:
        try:
            if self.breaks is not None:
                raise self.breaks
            answer = run()
        except ANYTHING as caught:  # the same boundary as in `Tasks`
            failed(as_exception(caught))
        else:
            done(answer)
