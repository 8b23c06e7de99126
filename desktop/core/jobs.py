"""The list of long work behind the job panel."""

from __future__ import annotations

from collections.abc import Callable

from db.texts import Msgid
from desktop.core.clock import Clock
from desktop.core.lanes import Job, JobState

KEPT = 50  # jobs that are over stay to be looked at; the oldest go first


class JobList:
    """Keeps jobs with a title in the order they were asked for and tells when one moves."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock, self._changed = clock, changed
        self._jobs: list[Job] = []
        self._last = 0

    @property
    def all(self) -> tuple[Job, ...]:
        """The jobs, newest last."""
        return tuple(self._jobs)

    def add(self, title: Msgid, about: str = "") -> Job:
        """A waiting job; without a title nobody sees it."""
        self._last += 1
        job = Job(self._last, title, about)
        if title:
            over = [old for old in self._jobs if old.over]
            for old in over[: max(0, len(over) - KEPT + 1)]:
                self._jobs.remove(old)
            self._jobs.append(job)
            self._changed()
        return job

    def begin(self, job: Job) -> None:
        """It runs now."""
        if not job.over:
            job.state, job.started = "running", self._clock.now()
            self._tell(job)

    def advance(self, job: Job, done: int, total: int) -> None:
        """So much of it is done."""
        if not job.over:
            job.done, job.total = done, total
            self._tell(job)

    def end(self, job: Job, state: JobState) -> None:
        """It is over; what comes later changes nothing."""
        if not job.over:
            job.state, job.ended = state, self._clock.now()
            self._tell(job)

    def forget_ended(self) -> None:
        """Drop all jobs that are over."""
        self._jobs = [job for job in self._jobs if not job.over]
        self._changed()

    def _tell(self, job: Job) -> None:
        if job.title:
            self._changed()


class ListedJob:
    """A job of which whoever does the work tells itself how far it is."""

    def __init__(self, jobs: JobList, title: Msgid, about: str, cancel: Callable[[], None]) -> None:
        self._jobs, self._job = jobs, jobs.add(title, about)
        self._job.cancel = cancel
        jobs.begin(self._job)

    def advance(self, done: int, total: int) -> None:
        """So much of it is done."""
        self._jobs.advance(self._job, done, total)

    def end(self, state: JobState, opens: Callable[[], None] | None = None) -> None:
        """It is over; what is told later changes nothing. `opens` shows what came of it."""
        if not self._job.over:
            self._job.opens = opens
            self._jobs.end(self._job, state)
