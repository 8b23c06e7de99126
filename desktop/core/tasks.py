"""Background work in three lanes, whose answers come back in the window's thread or not at all."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid

from db.base import new_id
from db.replaying import carry_out
from db.texts import Msgid
from desktop.core.clock import Clock
from desktop.core.faults import ANYTHING, as_exception
from desktop.core.jobs import JobList, ListedJob
from desktop.core.lanes import Done, Failed, Job, Report
from desktop.core.manifest import NO_TEXT

if TYPE_CHECKING:
    from db.actor import Actor
    from db.database import Database
    from desktop.core.worker import Worker

log = logging.getLogger(__name__)
READERS = 3  # threads that read; the embedded engine serves a few well, and a desk asks for no more
PATIENCE, LONGEST_PAUSE = 3600.0, 2.0  # seconds a save waits for a server that is gone, and between two tries


@dataclass(slots=True, eq=False)
class Waiting:
    """Who waits for an answer. Kept in the window's thread, so that no widget is ever released in another."""

    owner: weakref.ref[QObject]
    done: Done
    failed: Failed
    wanted: Callable[[], bool]

    def alive(self) -> bool:
        """Whether the owner is still there, as a Python object and as Qt's."""
        owner = self.owner()
        return owner is not None and isValid(owner)


class Tasks(QObject):
    """The lanes of one signed-in user. Make, use and close it in the window's thread; `close` waits for writes."""

    jobs_changed = Signal()
    drained = Signal()  # nothing waits, runs or is on its way back
    _arrived = Signal(object)

    def __init__(self, database: Database, actor: Actor, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._database, self._actor = database, actor
        self._tickets: weakref.WeakKeyDictionary[QObject, dict[str, int]] = weakref.WeakKeyDictionary()
        self._waiting: dict[int, Waiting] = {}
        self._last = 0
        self._closed = False
        self._leaving = threading.Event()
        self.saving = 0  # writes that were asked for and are not answered yet
        self._jobs = JobList(clock, self.jobs_changed.emit)
        self._readers = QThreadPool(self)
        self._readers.setMaxThreadCount(READERS)
        self._writes: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._writer.start()
        self._worker: Worker | None = None  # made with the first job for it: a start needs none
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Long work, newest last, kept after it ended."""
        return self._jobs.all

    def forget_ended_jobs(self) -> None:
        """Clear the job list of what is over."""
        self._jobs.forget_ended()

    def own_job(self, title: Msgid, about: str, cancel: Callable[[], None]) -> ListedJob:
        """List a job that is done in many small pieces of work; `cancel` stops it, in the window's thread."""
        return ListedJob(self._jobs, title, about, cancel)

    def idle(self) -> bool:
        """Whether nothing waits, runs or is on its way back."""
        return not self._waiting

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
        """Run `work(session)`; a later call by the same owner in the same slot makes this one's answer void.

        Args:
            of_many: It reads a list or counts, which a copy of the server may answer (`Database.answer`).
        """
        tickets = self._tickets.setdefault(owner, {})
        ticket = tickets[slot] = tickets.get(slot, 0) + 1

        def wanted() -> bool:
            return tickets[slot] == ticket

        number = self._wait(owner, done, failed, wanted)

        def run() -> None:
            answer: Any = None
            error: Exception | None = None
            try:
                if wanted():
                    answer = self._read(work, of_many=of_many)
            except ANYTHING as caught:  # thread boundary: report, never swallow
                error = as_exception(caught)
            self._arrived.emit(lambda: self._answer(number, answer, error))

        self._readers.start(run)

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
        """Run `work(session)` in one write scope, after all writes asked before; never dropped as stale.

        The change set's id is made here, before the first try: should a server go away meanwhile, the same step is tried
        again until it is back, and never done twice. The write happens even if its owner closes meanwhile.
        """
        asked_about, facts, change_set = tuple(about), dict(details or {}), new_id()
        number = self._wait(owner, done, failed)
        self.saving += 1

        def run() -> None:
            answer: Any = None
            error: Exception | None = None
            try:
                answer = carry_out(
                    self._database, self._actor, verb, work, change_set, about=asked_about, details=facts, wait=self._patient
                )
            except ANYTHING as caught:  # thread boundary: report, never swallow
                error = as_exception(caught)
            self._arrived.emit(lambda: self._wrote(number, answer, error))

        self._writes.put(run)

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
        """Run `work(argument, report)` in the worker process, after the jobs before it.

        `work` stands at the top of its file; argument, answer and errors are plain values that pickle. The returned
        function cancels: it ends the process at once, and neither `done` nor `failed` is called any more.
        """
        from desktop.core.worker import Task, Worker

        worker = self._worker = self._worker or Worker()
        job = self._jobs.add(title)
        number = self._wait(owner, done, failed, lambda: job.state != "cancelled")

        def advance(so_far: int, total: int) -> None:
            self._jobs.advance(job, so_far, total)
            if not job.over and self._waiting[number].alive():
                progress(so_far, total)

        def end(answer: Any, error: Exception | None) -> None:
            self._jobs.end(job, "done" if error is None else "failed")
            self._answer(number, answer, error)

        task = Task(
            work,
            argument,
            begun=lambda: self._arrived.emit(lambda: self._jobs.begin(job)),
            told=lambda so_far, total: self._arrived.emit(lambda: advance(so_far, total)),
            ended=lambda answer, error: self._arrived.emit(lambda: end(answer, error)),
        )

        def cancel() -> None:
            if not job.over:
                self._jobs.end(job, "cancelled")
                worker.cancel(task)

        job.cancel = cancel
        worker.put(task)
        return cancel

    def close(self) -> None:
        """Stop: finish every write that was asked, drop reads and computing. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        if self._worker is not None:
            self._worker.close()
        self._leaving.set()
        self._readers.clear()
        self._writes.put(None)
        self._writer.join()
        self._readers.waitForDone()

    def _read(self, work: Callable[..., Any], *, of_many: bool) -> Any:
        if of_many:
            return self._database.answer(work)
        with self._database.read() as session:
            return work(session)

    def _wait(self, owner: QObject, done: Done, failed: Failed, wanted: Callable[[], bool] = lambda: True) -> int:
        if self._closed:
            raise RuntimeError("background work was asked for after closing")
        self._last += 1
        self._waiting[self._last] = Waiting(weakref.ref(owner), done, failed, wanted)
        return self._last

    def _patient(self, tries: int) -> bool:
        """Wait before a save is tried again; not for ever, and not when the program closes."""
        pause = min(0.1 * 2 ** min(tries, 10), LONGEST_PAUSE)
        return tries * LONGEST_PAUSE < PATIENCE and not self._leaving.wait(pause)

    def _wrote(self, number: int, answer: Any, error: Exception | None) -> None:
        self.saving -= 1
        self._answer(number, answer, error)

    def _write_all(self) -> None:
        while (run := self._writes.get()) is not None:
            run()

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        call()

    def _answer(self, number: int, answer: Any, error: Exception | None) -> None:
        waiting = self._waiting.pop(number)
        try:
            if waiting.alive() and waiting.wanted():
                if error is None:
                    waiting.done(answer)
                else:
                    waiting.failed(error)
            elif error is not None and waiting.wanted():
                log.error("background work failed and nobody waits for it any more", exc_info=error)
        finally:
            if not self._waiting:
                self.drained.emit()
