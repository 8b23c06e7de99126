"""One process beside the program for work that would make the window stutter. Imports no Qt, so that it starts fast."""

from __future__ import annotations

import pickle
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any

from db.collector import collector_paused
from db.errors import Unavailable
from db.texts import _
from desktop.core.limits import cap_memory
from desktop.core.portions import Gathered, portions

PAUSE = 0.05  # seconds between two reports of progress; a loop may report every step


class WorkerEnded(Unavailable):
    """The process died while it worked: killed from outside, out of memory, or out of time."""

    def __init__(self) -> None:
        super().__init__(
            _("The background work ended before it was done; it may have needed too much memory or time."),
            _("Nothing was changed. Try again, or with less at a time."),
        )


@dataclass(slots=True, eq=False)
class Task:
    """One piece of work. `told` and `ended` are called from the worker's thread, `ended` exactly once."""

    work: Callable[[Any, Callable[[int, int], None]], Any]
    argument: Any
    begun: Callable[[], None]
    told: Callable[[int, int], None]
    ended: Callable[[Any, Exception | None], None]
    cancelled: bool = False


class Worker:
    """Runs tasks one after the other in one process, which is started when first needed and again when it was ended."""

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()
        self._news = threading.Condition()
        self._current: Task | None = None
        self._closed = False
        self._thread: threading.Thread | None = None
        self._process: SpawnProcess | None = None
        self._pipe: Connection[Any, Any] | None = None

    def put(self, task: Task) -> None:
        """Queue a task."""
        with self._news:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="worker", daemon=True)
                self._thread.start()
            self._waiting.append(task)
            self._news.notify()

    def cancel(self, task: Task) -> None:
        """End the task: the process at once if it runs, else before it starts. `ended` still comes."""
        with self._news:
            task.cancelled = True
            if self._current is task and self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """Cancel everything and end the process."""
        with self._news:
            self._closed = True
            for task in (*self._waiting, *([self._current] if self._current else [])):
                task.cancelled = True
            if self._process is not None:
                self._process.kill()
            self._news.notify()
        if self._thread is not None:
            self._thread.join()

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            answer: Any = None
            error: Exception | None = None
            try:
                if not task.cancelled:
                    answer = self._run(task)
            except Exception as caught:  # thread boundary: report, never swallow
                error = caught
            with self._news:
                self._current = None
                if task.cancelled or isinstance(error, WorkerEnded):
                    self._end_process()
            task.ended(answer, error)
        with self._news:
            self._end_process()

    def _next(self) -> Task | None:
        with self._news:
            while not self._waiting and not self._closed:
                self._news.wait()
            if not self._waiting:
                return None
            self._current = self._waiting.popleft()
            return self._current

    def _run(self, task: Task) -> Any:
        pipe = self._start_process(task)
        if pipe is None:
            return None
        task.begun()
        try:
            pipe.send_bytes(pickle.dumps((task.work, task.argument)))
            gathered = Gathered()
            while True:
                portion = pipe.recv_bytes()
                with collector_paused():  # looking for garbage in a hundred thousand new rows would stop the window
                    message = gathered.take(portion)
                if message is None:
                    continue
                kind, *values = message
                if kind == "told":
                    task.told(*values)
                elif kind == "done":
                    return values[0]
                else:
                    raise _unpack(values[0])
        except (EOFError, ConnectionError) as broken:
            raise WorkerEnded from broken

    def _start_process(self, task: Task) -> Connection[Any, Any] | None:
        with self._news:
            if task.cancelled:
                return None
            if self._process is None or not self._process.is_alive():
                spawn = get_context("spawn")
                self._pipe, theirs = spawn.Pipe()
                self._process = spawn.Process(target=serve, args=(theirs,), name="kontinuum-worker", daemon=True)
                self._process.start()
                theirs.close()
            return self._pipe

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


def run_apart(work: Callable[[Any, Callable[[int, int], None]], Any], argument: Any) -> Any:
    """Run one piece of work in a process of its own and wait for it: for the command line, which has no window to keep fluent.

    Raises:
        Exception: what the work raised, or `WorkerEnded`.
    """
    ended: SimpleQueue[tuple[Any, Exception | None]] = SimpleQueue()
    worker = Worker()
    worker.put(Task(work, argument, lambda: None, lambda done, total: None, lambda answer, error: ended.put((answer, error))))
    try:
        answer, error = ended.get()
    finally:
        worker.close()
    if error is not None:
        raise error
    return answer


def serve(pipe: Connection[Any, Any]) -> None:
    """The worker process: take work from the pipe until the program goes away."""
    cap_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            asked = pipe.recv_bytes()
        except EOFError:
            return
        last = 0.0

        def report(done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= PAUSE or done == total:
                last = now
                pipe.send(("told", done, total))

        try:
            work, argument = pickle.loads(asked)
            answer = list(portions(("done", work(argument, report))))
        except MemoryError:
            answer = [_pack(Unavailable(_("The work needs more memory than there is."), _("Try with less at a time.")))]
        except Exception as caught:  # process boundary: report, never swallow
            answer = [_pack(caught)]
        for portion in answer:
            pipe.send_bytes(portion)


def _pack(error: Exception) -> bytes:
    """Our errors take keywords, which pickle forgets; so their parts travel, with the traceback as a note."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    parts = (type(error), error.args, error.__dict__)
    try:
        packed = pickle.dumps(("failed", parts))
        pickle.loads(packed)
    except Exception:  # whatever an odd error object raises: its name and text still travel
        plain = RuntimeError(f"{type(error).__name__}: {error}")
        packed = pickle.dumps(("failed", (RuntimeError, plain.args, {"__notes__": error.__notes__})))
    return packed


def _unpack(parts: tuple[type[Exception], tuple[Any, ...], dict[str, Any]]) -> Exception:
    kind, values, attributes = parts
    error = kind.__new__(kind, *values)
    error.__dict__.update(attributes)
    return error
