"""Hears of what another program saves into the same file: the engine tells by one number whether to look."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlcipher3 import dbapi2

from db.changes import Moved
from db.keys import key_of
from db.sqlite import connection

LOOK = 0.4  # seconds; it costs two microseconds while nothing happens

_HINTS = "SELECT area, number, writer FROM hint"
_ABOUT = "SELECT ref FROM change_about WHERE change_set = ?"
_NEWS = "SELECT number, id, areas FROM change_set WHERE number > ? ORDER BY number"


@dataclass(slots=True)
class OwnHints:
    """The hints this program gave itself: how they are signed, and which numbers they bear until they were heard."""

    writer: str
    said: set[tuple[str, int]] = field(default_factory=set)


class Watching:
    """A thread with a reader of its own, until `stop`. `heard` is told of each change set, own ones among them."""

    def __init__(self, path: Path, heard: Callable[[Moved], None], own: OwnHints, every: float = LOOK) -> None:
        self._heard, self._own, self._every = heard, own, every
        self._done = threading.Event()
        self._raw: Any = connection.connect(path, lambda: None, key=key_of(path), read_only=True)
        self._seen = self._one("PRAGMA data_version")
        self._last: int = self._one("SELECT coalesce(max(number), 0) FROM change_set")
        self._hints: dict[str, int] = {area: number for area, number, _writer in self._raw.execute(_HINTS)}
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
            ids = frozenset(UUID(bytes=ref) for (ref,) in self._raw.execute(_ABOUT, (number,)))
            self._heard(Moved(frozenset(areas.split()), ids, UUID(bytes=own), by_others=True))
        self._look_at_hints()

    def _look_at_hints(self) -> None:
        """What others moved beside the history."""
        moved = set()
        for area, number, writer in self._raw.execute(_HINTS).fetchall():
            fresh = {(area, one) for one in range(self._hints.get(area, 0) + 1, number + 1)}
            self._hints[area] = number
            if fresh and (writer != self._own.writer or not fresh <= self._own.said):
                moved.add(area)
            self._own.said -= fresh
        if moved:
            self._heard(Moved(frozenset(moved), by_others=True))

    def _run(self) -> None:
        while not self._done.wait(self._every):
            with suppress(dbapi2.Error):  # another program holds the file just now: the next look tells
                self.look()

    def _one(self, statement: str) -> Any:
        return self._raw.execute(statement).fetchone()[0]
