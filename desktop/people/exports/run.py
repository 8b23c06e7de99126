"""One export in the background, portion by portion, so that the window stays free and stopping takes no time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from db.errors import Stopped
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lanes import JobState, OwnJob
from desktop.people.exports.making import Making
from desktop.people.exports.service import VERB


class ExportRun(QObject):
    """Makes one list at a time. When its page goes, the list that is not finished goes with it."""

    progressed = Signal(int, int)
    exported = Signal(object)  # the Making that is done
    stopped = Signal()
    failed = Signal(Exception)

    def __init__(self, context: ModuleContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._holding = Holding()
        parent.destroyed.connect(self._holding.drop)

    @property
    def busy(self) -> bool:
        """Whether a list is being made."""
        return self._holding.making is not None

    def start(self, making: Making) -> None:
        """Make this list and give it its name."""
        job = self._context.tasks.own_job(_("Exporting a list of people"), making.asked.path.name, self.stop)
        self._holding.hold(making, job, self._context.tasks)
        self.progressed.emit(0, 0)
        self._context.tasks.read(self, making.begin, lambda _none: self._go_on(making), self._fail, slot="export")

    def stop(self) -> None:
        """Stop; nothing stays of the list, and nothing is written down."""
        if self.busy:
            self._holding.abandon()
            self.stopped.emit()

    def _go_on(self, making: Making) -> None:
        if making is not self._holding.making:
            return  # stopped meanwhile
        self.progressed.emit(making.read, making.total)
        self._holding.advance(making.read, making.total)
        if not making.done:
            self._context.tasks.read(self, making.portion, lambda _none: self._go_on(making), self._fail, slot="export")
        else:
            self._context.tasks.write(self, making.write_down, lambda _none: self._place(making), self._fail, verb=VERB)

    def _place(self, making: Making) -> None:
        self._context.tasks.read(self, lambda _session: making.place(), lambda _none: self._end(making), self._fail, slot="place")

    def _end(self, making: Making) -> None:
        self._holding.let_go(partial(self._context.documents.open, making.asked.path))
        self.exported.emit(making)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, Stopped) or not self.busy:
            return
        self._holding.abandon("failed")
        self.failed.emit(error)


class Holding:
    """Holds the list being made, and its line among the jobs. It outlives the page, so that it can tidy up after it."""

    def __init__(self) -> None:
        self.making: Making | None = None
        self._job: OwnJob | None = None
        self._lanes: object = None

    def hold(self, making: Making, job: OwnJob, lanes: object) -> None:
        """A list is begun."""
        self.making, self._job, self._lanes = making, job, lanes

    def advance(self, done: int, total: int) -> None:
        """So many of its people are written."""
        if self._job is not None:
            self._job.advance(done, total)

    def let_go(self, opens: Callable[[], None]) -> None:
        """The list is finished; `opens` shows it."""
        self.making = None
        if self._job is not None:
            self._job.end("done", opens)

    def abandon(self, state: JobState = "cancelled") -> None:
        """Let go of the list, and of the file begun for it."""
        making, self.making = self.making, None
        if making is not None:
            making.abandon()
        if self._job is not None and isValid(self._lanes):  # nobody looks at the jobs of a database that is closed
            self._job.end(state)

    def drop(self) -> None:
        """The page is gone."""
        self.abandon()
