"""Hears of what other desks save. A hint only ever means: read what was saved since the last look.

What was saved is found by the server's own account of who could see what: each look keeps its snapshot, and the next one
reads the change sets that were not to be seen in it. So nothing is missed or read twice, in whatever order commits come
and however often the connection breaks.
"""

from __future__ import annotations

import random
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from uuid import UUID

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from db.changes import Moved
from db.postgresql import faults
from db.postgresql.journeys import CHANNEL
from db.postgresql.lineage import Elsewhere

LOOK = 2.0  # seconds without a hint until it looks by itself, which also tells whether the server is there
SILENCE = 3.0  # seconds an answer may take
FALSE_ALARMS = 3  # connections that break at once until that is as good as none
PASSING = "~"  # how a hint begins that names tables of machine state; others name a change set
GATHER = (0.05, 0.15)  # seconds from a hint to the look, so that many hints are one look
CROWDED = (0.3, 0.6)  # the same within a second of another look: where many save, all desks' looks would be most of the work
SOON = 1.0  # seconds
LONGEST = 2.0  # seconds between two tries to reach the server

_NEWS = """SELECT pg_current_snapshot()::text, n.id::text, n.areas, n.refs FROM (VALUES (1)) AS look LEFT JOIN (
    SELECT id, areas, {refs} AS refs, number FROM change_set
    WHERE tx >= pg_snapshot_xmin('{last}') AND NOT pg_visible_in_snapshot(tx, '{last}')) n ON true ORDER BY n.number"""
_MAY_KNOW = "SELECT has_column_privilege('change_set', 'refs', 'SELECT')"


class _Silent(Exception):
    """The server does not answer, or nobody wants to hear any more."""


class Listening:
    """A thread with a connection of its own, until `stop`.

    Args:
        connect: Makes the connection.
        last: The snapshot of the moment from which on changes are wanted.
        heard: Told of each change set, own ones among them.
        reached: Told when the server is gone, when another one answers in its place, and when it is there again; only of a
            change.
        own: The first word of hints that come from here.
    """

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection],
        last: str,
        heard: Callable[[Moved], None],
        reached: Callable[[bool], None],
        own: str,
    ) -> None:
        self._connect, self._last, self._heard, self._reached, self._own = connect, last, heard, reached, own
        self._passing: set[str] = set()  # tables of machine state that others moved
        self._refs = "NULL"
        self._stopped = self._hinted = False
        self._looked = 0.0  # when it last did, by the clock of this machine
        self._told = (True, False)  # whether the server is there; else, whether another one is
        self._bell, self._rope = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hear nothing more; a try to connect that is under way ends by itself."""
        self._stopped = True
        with suppress(OSError):
            self._rope.send(b"!")
        self._thread.join(1.0)

    def _run(self) -> None:
        with self._bell, self._rope:
            self._listen()

    def _listen(self) -> None:
        failures = 0
        while not self._stopped:
            try:
                connected = False
                with closing(self._connect()) as raw:  # never asks a silent server to roll back
                    connected, raw.autocommit = True, True
                    self._ask(raw, f"LISTEN {CHANNEL}")
                    known = self._ask(raw, _MAY_KNOW).get_value(0, 0) == b"t"
                    self._refs = "array_to_string(refs, ' ')" if known else "NULL"
                    self._look(raw)
                    failures = 0
                    self._say(there=True)
                    while True:
                        self._wait_for_hint(raw)
                        self._look(raw)
            except (psycopg.Error, _Silent, OSError) as error:
                failures += 1
                another = isinstance(error, Elsewhere)
                answered = connected or (isinstance(error, psycopg.Error) and not faults.gone(error))  # perhaps it is crowded
            if not answered or (
                connected and failures > FALSE_ALARMS
            ):  # a connection may break, or be broken, where the server is well
                self._say(there=False, another=another)
            self._pause(random.uniform(0.5, 1.0) * min(0.1 * 2 ** min(failures, 10), LONGEST))

    def _look(self, raw: psycopg.Connection) -> None:
        news = self._ask(raw, _NEWS.format(refs=self._refs, last=self._last))
        for moved in _moved(news):
            if not self._stopped:
                self._heard(moved)
        passing, self._passing = frozenset(self._passing), set()
        if passing and not self._stopped:
            self._heard(Moved(passing, by_others=True))
        self._last, self._looked = (news.get_value(0, 0) or b"").decode(), time.monotonic()

    def _say(self, *, there: bool, another: bool = False) -> None:
        if self._told != (there, another) and not self._stopped:
            self._told = there, another
            self._reached(there)

    def _ask(self, raw: psycopg.Connection, statement: str) -> PGresult:
        """The answer to a statement.

        Raises:
            _Silent: it takes too long.
            psycopg.OperationalError: the connection broke, or the server refused.
        """
        server = raw.pgconn
        server.send_query(statement.encode())
        server.flush()
        end = time.monotonic() + SILENCE
        answer = None
        while True:
            while server.is_busy():
                if not self._wait(server.socket, end - time.monotonic()):
                    raise _Silent
                server.consume_input()
            result = server.get_result()
            if result is None:
                break
            answer = result
        self._hinted |= self._hints(raw)  # what they hint at may have come after this answer was made
        if answer is None or answer.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise psycopg.OperationalError
        return answer

    def _wait_for_hint(self, raw: psycopg.Connection) -> None:
        if self._hinted or self._wait(raw.pgconn.socket, LOOK):
            self._pause(random.uniform(*(CROWDED if time.monotonic() - self._looked < SOON else GATHER)))
            raw.pgconn.consume_input()
            self._hints(raw)
        self._hinted = False

    def _hints(self, raw: psycopg.Connection) -> bool:
        """Whether there was any; what they name is kept for the next look."""
        found = False
        while (notice := raw.pgconn.notifies()) is not None:
            words = notice.extra.decode(errors="replace").split()
            if words and words[0].startswith(PASSING):
                if words[0] == self._own:
                    continue
                self._passing.update(words[1:])
            found = True
        return found

    def _wait(self, handle: int, seconds: float) -> bool:
        """Whether something arrived in time.

        Raises:
            _Silent: the bell rang.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(handle, selectors.EVENT_READ)
            bell = selector.register(self._bell, selectors.EVENT_READ)
            ready = selector.select(max(seconds, 0.0))
        if self._stopped or any(key is bell for key, _events in ready):
            raise _Silent
        return bool(ready)

    def _pause(self, seconds: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            selector.select(seconds)


def _moved(news: PGresult) -> Iterator[Moved]:
    for row in range(news.ntuples):
        own, areas, refs = ((news.get_value(row, column) or b"").decode() for column in (1, 2, 3))
        if own:
            yield Moved(frozenset(areas.split()), frozenset(map(UUID, refs.split())), UUID(own), by_others=True)
