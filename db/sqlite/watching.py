"""Hears of what another program saves into the same file: the engine tells by one number whether to look."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlcipher3 import dbapi2

from db.changes import Moved
from db.keys import key_of
from db.sqlite import connection

LOOK = 1.0  # seconds

_NEWS = "SELECT number, id, areas FROM change_set WHERE number > ? ORDER BY number"


class Watching:
    """A thread with a reader of its own, until `stop`. `heard` is told of each change set, own ones among them."""

    def __init__(self, path: Path, heard: Callable[[Moved], None], every: float = LOOK) -> None:
        self._heard, self._every = heard, every
        self._done = threading.Event()
        self._raw: Any = connection.connect(path, lambda: None, key=key_of(path), read_only=True)
        self._seen = self._one("PRAGMA data_version")
        self._last: int = self._one("SELECT coalesce(max(number), 0) FROM change_set")
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hear nothing more, and let go of the file."""
        self._done.set()
        self._thread.join()
        self._raw.close()

    def look(self) -> None:
        """Tell of what was saved since the last look."""
        seen = self._one("PRAGMA data_version")
        if seen == self._seen:
            return
        rows = self._raw.execute(_NEWS, (self._last,)).fetchall()
        self._seen = seen
        for number, own, areas in rows:
            self._last = number
            self._heard(Moved(frozenset(areas.split()), frozenset(), UUID(bytes=own), by_others=True))

    def _run(self) -> None:
        while not self._done.wait(self._every):
            with suppress(dbapi2.Error):  # another program holds the file just now: the next look tells
                self.look()

    def _one(self, statement: str) -> Any:
        return self._raw.execute(statement).fetchone()[0]
