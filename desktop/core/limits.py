"""What the worker process may use: memory, and time for one piece of work. The window's own process is never limited.

Memory is limited where the system can: on Linux. macOS knows the limit and does not keep it, Windows has none; there the
counted limits of each reader are all there is.
"""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process
from pathlib import Path

GIGABYTE = 1024**3
MOST = 6 * GIGABYTE  # of addresses, for all the worker does; a million people take three to four

if sys.platform == "linux":
    from resource import RLIMIT_AS, getrlimit, setrlimit

    def cap_memory() -> None:
        """Let this process have at most `MOST`, or half of what the machine has; asking for more raises MemoryError."""
        half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
        _set_memory(max(GIGABYTE, min(MOST, half)))

    def _set_memory(most: int) -> int:
        """Set the limit, never above the one nobody may raise, and give the one before."""
        before, hard = getrlimit(RLIMIT_AS)
        setrlimit(RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
        return before

    def _used() -> int:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")

    @contextmanager
    def _within_memory(more: int) -> Iterator[None]:
        before = getrlimit(RLIMIT_AS)[0]
        wanted = _used() + more
        _set_memory(wanted if before < 0 else min(wanted, before))
        try:
            yield
        finally:
            _set_memory(before)
else:

    def cap_memory() -> None:
        """Nothing this system would keep."""

    @contextmanager
    def _within_memory(more: int) -> Iterator[None]:
        yield


@contextmanager
def within(*, memory: int, seconds: float) -> Iterator[None]:
    """Do a piece of work with so many more bytes at most; a process that takes longer than `seconds` ends itself.

    Outside the worker process nothing is limited, for the window must never be what ends.

    Raises:
        MemoryError: in the work, which asked for more.
    """
    if parent_process() is None:
        yield
        return
    with open(os.devnull, "w") as nowhere, _within_memory(memory):
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
