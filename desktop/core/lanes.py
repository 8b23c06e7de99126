"""Where work may run: what a page can ask of background work, whatever carries it out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

from db.texts import Msgid
from desktop.core.manifest import NO_TEXT

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
Done = Callable[[Any], None]
Failed = Callable[[Exception], None]
Report = Callable[[int, int], None]  # so many done, of so many; a total of 0 means it is not known


@dataclass(slots=True)
class Job:
    """One piece of long work as the job list shows it. `about` is data, such as the name of a file; `opens` shows what came of it."""

    id: int
    title: Msgid
    about: str = ""
    state: JobState = "waiting"
    done: int = 0
    total: int = 0
    started: datetime | None = None
    ended: datetime | None = None
    cancel: Callable[[], None] = lambda: None
    opens: Callable[[], None] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ("done", "failed", "cancelled")


class OwnJob(Protocol):
    """A job of which whoever does the work tells itself how far it is."""

    def advance(self, done: int, total: int) -> None:
        """So much of it is done."""
        ...

    def end(self, state: JobState, opens: Callable[[], None] | None = None) -> None:
        """It is over; what is told later changes nothing. `opens` shows what came of it."""
        ...


class Lanes(Protocol):
    """The three kinds of background work. Answers come back in the window's thread, or not at all.

    An answer is dropped when its owner is gone or, for reads, when the owner asked again in the same slot.
    """

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Long work, newest last, kept after it ended."""
        ...

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
        ...

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
        """Run `work(session)` in one write scope, after all writes asked before; never dropped as stale."""
        ...

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
        """Run `work(argument, report)` in the worker process and return what cancels it; with a title it is a listed job."""
        ...

    def own_job(self, title: Msgid, about: str, cancel: Callable[[], None]) -> OwnJob:
        """List a job that is done in many small pieces of work; `cancel` stops it, in the window's thread."""
        ...

    def idle(self) -> bool:
        """Whether nothing waits, runs or is on its way back."""
        ...
