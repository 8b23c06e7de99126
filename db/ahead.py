"""Gets the next portion of long work ready in a thread beside, while the database takes the one before."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
TURN = 0.0001  # seconds until a thread that computes lets one go on whose statement has ended; Python's own are ten times as many

_lock = threading.Lock()
_users = 0
_usual = sys.getswitchinterval()


def ahead(steps: Iterable[Callable[[], T]]) -> Generator[T]:
    """What each of these steps makes, in their order; each is begun before the caller takes what the one before it made.

    The steps come from `steps` in the caller's thread, one at a time and never while another is being done: so what must be
    asked of the database for a step is asked there. The step itself must not touch the database. The first is done at once, for
    nothing could be done meanwhile; work of one step pays for no thread.
    """
    coming = iter(steps)
    for first in coming:
        made = first()
        break
    else:
        return
    with ThreadPoolExecutor(1, "ahead") as beside, _quick_turns():
        for step in coming:
            started = beside.submit(step)
            yield made
            made = started.result()
    yield made


@contextmanager
def _quick_turns() -> Iterator[None]:
    """Each statement ends with waiting for Python's lock, which whoever computes gives up only when its turn is over."""
    global _users, _usual
    with _lock:
        if not _users:
            _usual = sys.getswitchinterval()
            sys.setswitchinterval(TURN)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if not _users:
                sys.setswitchinterval(_usual)
