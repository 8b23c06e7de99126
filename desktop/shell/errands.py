"""Errands: long steps that hold a database or a file of their own, run in a thread beside the lanes."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid

from db.errors import Stopped
from db.texts import Msgid, _
from desktop.core.clock import Clock
from desktop.core.faults import ANYTHING, as_exception
from desktop.core.jobs import JobList
from desktop.core.lanes import Done, Failed, Job, Report

log = logging.getLogger(__name__)
Errand = Callable[[Report], Any]


class Errands(QObject):
    """Opening, making a demo, backing up and restoring: what no lane can do, because lanes belong to an open database.

    Args:
        at_once: Run in the caller's thread, as tests want.
    """

    jobs_changed = Signal()
    drained = Signal()
    _arrived = Signal(object)

    def __init__(self, clock: Clock, parent: QObject | None = None, *, at_once: bool = False) -> None:
        super().__init__(parent)
        self._at_once = at_once
        self._list = JobList(clock, self.jobs_changed.emit)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)
        self._under_way = 0
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The errands that have a title, newest last."""
        return self._list.all

    def idle(self) -> bool:
        """Whether none is under way."""
        return self._under_way == 0

    def forget_ended(self) -> None:
        """Drop from the list what is over."""
        self._list.forget_ended()

    def run(
        self,
        owner: QObject,
        title: Msgid,
        work: Errand,
        done: Done,
        failed: Failed,
        progress: Report = lambda _n, _of: None,
        offer: Callable[[Callable[[], None]], object] = lambda _stop: None,
    ) -> Callable[[], None]:
        """Run `work(report)`; its answer comes back in the window's thread if `owner` is still there.

        Returns what stops it: its next report raises `Stopped`, and so does nothing of it stay.

        Args:
            offer: Given what stops it before it begins, to be offered to the user.
        """
        job, who = self._list.add(title), weakref.ref(owner)
        stop = threading.Event()
        job.cancel = stop.set
        self._under_way += 1
        offer(stop.set)

        def advance(so_far: int, total: int) -> None:
            self._list.advance(job, so_far, total)
            if (alive := who()) is not None and isValid(alive):
                progress(so_far, total)

        def end(call: Callable[[Any], None], answer: Any) -> None:
            self._under_way -= 1
            self._list.end(job, "done" if call is done else "cancelled" if isinstance(answer, Stopped) else "failed")
            if (alive := who()) is not None and isValid(alive):
                call(answer)
            elif call is failed and not isinstance(answer, Stopped):
                log.error("an errand failed and nobody waits for it any more", exc_info=answer)
            if self.idle():
                self.drained.emit()

        def report(so_far: int, total: int) -> None:
            if stop.is_set():
                raise Stopped(_("Stopped."), _("Nothing of it was kept."))
            if total:
                self._tell(lambda: advance(so_far, total))

        def go() -> None:
            self._tell(lambda: self._list.begin(job))
            call: Callable[[Any], None]
            try:
                call, answer = done, work(report)
            except ANYTHING as caught:  # thread boundary: report, never swallow
                call, answer = failed, as_exception(caught)
            self._tell(lambda: end(call, answer))

        if self._at_once:
            go()
        else:
            self._pool.start(go)
        return stop.set

    def close(self) -> None:
        """Wait for what is under way; a half-made copy helps nobody."""
        self._pool.waitForDone()

    def _tell(self, call: Callable[[], None]) -> None:
        if self._at_once:
            call()
        else:
            self._arrived.emit(call)

    @Slot(object)
    def _deliver(self, call: Callable[[], None]) -> None:
        call()
