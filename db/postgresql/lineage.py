"""Keeps a desk from a server that was overtaken: one that was taken for dead, came back, and still takes itself for the writer.

Whenever a second server takes over, PostgreSQL begins a new timeline with a higher number; all copies of one server bear the
same system identifier. So a desk that has once seen the newer one knows the older by its number.
"""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import psycopg

from db.sqlite import copying

log = logging.getLogger(__name__)
FIRST = 1  # the number every server begins with: not worth remembering
_WRITES = """SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE (SELECT system_identifier::text FROM pg_control_system()) END,
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END"""


class Overtaken(psycopg.OperationalError):
    """This server was replaced by another that the desk has seen; nothing may be written to it or believed of it."""


class Seen:
    """The newest timeline seen of each server, in memory and, where there is one, in a file of this computer.

    Args:
        path: A file that cannot be read counts as empty, and one that cannot be written is only logged.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._turn = path, threading.Lock()
        self._newest = self._read()

    def check(self, line: psycopg.Connection) -> None:
        """Ask a connection in autocommit what it writes, and remember it.

        Raises:
            Overtaken: a newer one was seen.
            psycopg.OperationalError: the connection broke.
        """
        try:
            found = line.execute(_WRITES).fetchone()
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except psycopg.Error:  # a service that hides this from its users has fences of its own
            return
        if found is None or found[0] is None:
            return  # a copy: nothing can be written there
        system, timeline = found
        with self._turn:
            newest = self._newest.get(system, FIRST)
            if timeline < newest:
                raise Overtaken("overtaken")
            if timeline > newest:
                self._newest[system] = timeline
                self._keep()

    def _read(self) -> dict[str, int]:
        if self._path is None:
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(system): int(timeline) for system, timeline in found.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            log.warning("what was seen of servers could not be read: %s", type(error).__name__)
            return {}

    def _keep(self) -> None:
        if self._path is None:
            return
        for system, timeline in self._read().items():  # another window may have seen more
            self._newest[system] = max(timeline, self._newest.get(system, FIRST))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with copying.replacing(self._path) as partial:
                partial.write_text(json.dumps(self._newest, indent=2), encoding="utf-8")
        except OSError as error:
            log.warning("what was seen of servers could not be kept: %s", type(error).__name__)
