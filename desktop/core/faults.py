"""What a module's code may do to the program around it, and where that is stopped."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

# What is contained wherever a module's code is called: a module that asks Python to end is broken like any other.
ANYTHING = (Exception, SystemExit)
_ENDINGS = ((sys, "exit"), (os, "_exit"), (os, "abort"), (builtins, "exit"), (builtins, "quit"))


class EndRefused(RuntimeError):
    """A module tried to end the whole program."""


class Endless(RuntimeError):
    """Raised in a module's code that kept the window from answering and did not come to an end."""


def as_exception(error: BaseException) -> Exception:
    """`error` as messages and callbacks take it."""
    if isinstance(error, Exception):
        return error
    made = EndRefused(f"{type(error).__name__}: {error}")
    return made.with_traceback(error.__traceback__)


def names_in(trace: TracebackType | None) -> list[str]:
    """The modules whose code an error came through, the innermost last."""
    names = []
    while trace is not None:
        names.append(_name(trace.tb_frame))
        trace = trace.tb_next
    return names


def names_on(frame: FrameType | None) -> list[str]:
    """The modules whose code is running there, the innermost last."""
    names = []
    while frame is not None:
        names.append(_name(frame))
        frame = frame.f_back
    return names[::-1]


def refuse_endings(culprit: Callable[[list[str]], str]) -> Callable[[], None]:
    """From now on a module that calls `sys.exit`, `os._exit` and the like gets an error instead of its way.

    `culprit` finds the module among the names of the code that is running; "" lets the call through. Returns what
    puts everything back. `raise SystemExit` is not a call: in a slot Qt for Python ends the program for it at once.
    """
    former = [(place, name, getattr(place, name)) for place, name in _ENDINGS if hasattr(place, name)]
    for place, name, ending in former:
        setattr(place, name, _guarded(ending, name, culprit))

    def put_back() -> None:
        for place, name, ending in former:
            setattr(place, name, ending)

    return put_back


def _guarded(ending: Callable[..., Any], name: str, culprit: Callable[[list[str]], str]) -> Callable[..., Any]:
    def refused(*values: Any) -> Any:
        key = culprit(names_on(sys._getframe(1)))
        if key:
            raise EndRefused(f"{key} called {name}")
        return ending(*values)

    return refused


def _name(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
