"""Notices when the window has stopped answering, says in whose code, and ends an endless loop where that is safe.

What it cannot do: end a loop inside a library written in C, or one that catches every error. The fault handler's own
thread then writes the stack into the crash file, and the next start names the module.
"""

from __future__ import annotations

import ctypes
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import TextIO

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.core.faults import Endless, names_on
from desktop.core.trail import Trail

log = logging.getLogger(__name__)
BEAT = 0.5  # seconds between two signs of life
NOTICED, ENDED, DUMPED = 5.0, 20.0, 30.0  # seconds of silence until it is written down, ended, and dumped from outside Python
_SAVING = ("db.", "sqlalchemy.")  # never interrupted: what is being saved is saved or rolled back by itself


@dataclass(frozen=True, slots=True)
class _Seen:
    """Which call of which module's code was running when the silence was noticed."""

    key: str
    calls: frozenset[tuple[int, CodeType]]


class Watchdog(QObject):
    """Make, start and stop it in the window's thread; it watches from a thread of its own.

    Args:
        culprit: Finds the module among the names of running code; "" for the program itself.
        trail: Where a module that does not let the window answer is remembered until it does.
        crash: The open file of the fault handler; None leaves it alone.
    """

    ended = Signal(str)  # the key of the module whose code was ended, told once the window answers again

    def __init__(
        self,
        culprit: Callable[[list[str]], str],
        trail: Trail,
        *,
        crash: TextIO | None = None,
        beat: float = BEAT,
        noticed: float = NOTICED,
        ended: float = ENDED,
        dumped: float = DUMPED,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._culprit, self._trail, self._crash = culprit, trail, crash
        self._every, self._noticed_after, self._ended_after, self._dumped_after = beat, noticed, ended, dumped
        self._window = threading.get_ident()
        self._last = time.monotonic()
        self._armed = 0.0
        self._seen: _Seen | None = None
        self._hit = ""
        self._stop = threading.Event()
        self._timer = QTimer(self, interval=int(beat * 1000))
        self._timer.timeout.connect(self._beat)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._beat()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; safe to call twice."""
        self._timer.stop()
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._crash is not None:
            faulthandler.cancel_dump_traceback_later()

    def _beat(self) -> None:
        """The window answers."""
        self._last = time.monotonic()
        seen, self._seen, hit, self._hit = self._seen, None, self._hit, ""
        if seen is not None:
            log.warning("the window answers again")
            self._trail.unmark(seen.key)
        if self._crash is not None and os.fstat(self._crash.fileno()).st_size:
            self._crash.truncate(0)  # a dump of what did end, or of a computer that slept, says nothing about the next start
        if hit:
            self.ended.emit(hit)
        if self._crash is not None and self._last - self._armed > self._dumped_after / 4:
            self._armed = self._last
            faulthandler.dump_traceback_later(self._dumped_after, file=self._crash)

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            silent = time.monotonic() - self._last
            if silent < self._noticed_after:
                continue
            stack = list(_stack(sys._current_frames().get(self._window)))
            if self._seen is None:
                self._notice(stack, silent)
            elif silent >= self._ended_after and self._still(stack, self._seen):
                self._end(self._seen.key)

    def _notice(self, stack: list[FrameType], silent: float) -> None:
        key = self._culprit(names_on(stack[0]) if stack else [])
        log.error("the window has not answered for %.0f s; in the code of %s", silent, key or "the program")
        for frame in stack:
            log.error("  at %s line %d in %s", frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
        if key:
            self._trail.mark(key, "stuck")
        self._seen = _Seen(key, frozenset((id(frame), frame.f_code) for frame in stack if self._is_of(frame, key)))

    def _still(self, stack: list[FrameType], seen: _Seen) -> bool:
        """Whether the very calls seen first still run, and nothing of the database in or below them."""
        if not seen.key or not seen.calls & {(id(frame), frame.f_code) for frame in stack}:
            return False
        inner = names_on(stack[0])
        inner = inner[max(n for n, name in enumerate(inner) if self._culprit([name]) == seen.key) :]
        return not any(name.startswith(_SAVING) for name in inner)

    def _end(self, key: str) -> None:
        log.error("the endless work of %s is being ended", key)
        self._hit = key
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._window), ctypes.py_object(Endless))

    def _is_of(self, frame: FrameType, key: str) -> bool:
        return bool(key) and self._culprit([str(frame.f_globals.get("__name__", ""))]) == key


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    """The calls that run, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back
