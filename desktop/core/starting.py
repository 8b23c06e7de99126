"""Imports a module's code beside the window's thread, so that one that takes long keeps nobody waiting."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from desktop.core.faults import ANYTHING
from desktop.core.trail import Trail

PATIENCE = 3.0  # seconds the window waits for a module's code before it goes on without it
LEAST = 0.2  # of them for each further module, once they are used up


@dataclass(slots=True)
class Start:
    """One import under way. `error` says why it ended badly; both hold once `over` is set."""

    path: str
    over: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class Starter:
    """Imports by dotted path, each once at a time. `arrived` is called in the import's thread when a late one is over."""

    def __init__(self, trail: Trail, patience: float = PATIENCE, arrived: Callable[[], None] = lambda: None) -> None:
        self._trail, self._patience, self.arrived = trail, patience, arrived
        self._under_way: dict[str, Start] = {}
        self._left = patience

    def start(self, path: str, key: str, what: str = "starting") -> Start:
        """Import `path` of the module `key`, waiting as long as there is patience; the answer may not be over yet.

        Should the program end meanwhile, the next run suspects the module for the reason `what` (`desktop.core.trail`).
        """
        if (running := self._under_way.get(path)) is not None:
            if running.over.is_set():
                del self._under_way[path]
            return running
        start = Start(path)
        if path in sys.modules:
            start.over.set()
            return start
        self._trail.mark(key, what)
        thread = threading.Thread(target=self._run, args=(start, key), name=f"starting {key}", daemon=True)
        before = time.monotonic()
        thread.start()
        start.over.wait(max(self._left, LEAST))
        self._left -= min(time.monotonic() - before, self._left)
        if not start.over.is_set():
            self._under_way[path] = start
        return start

    def busy(self, package: str) -> bool:
        """Whether something of this package is still being imported."""
        return any(not start.over.is_set() for path, start in self._under_way.items() if path.startswith(f"{package}."))

    def rest(self) -> None:
        """Be as patient again as at first: another thing is being opened."""
        self._left = self._patience

    def _run(self, start: Start, key: str) -> None:
        try:
            import_module(start.path)
        except ANYTHING as caught:  # a module's code: contained, whatever it is
            start.error = caught
        finally:
            self._trail.unmark(key)
            start.over.set()
        self.arrived()


def named(path: str, name: str) -> Any:
    """What `path` calls `name`; it is imported already."""
    return getattr(sys.modules[path], name)
