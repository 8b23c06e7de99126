"""Keeps a desk from a server that was overtaken: one that was taken for dead, came back, and still takes itself for the writer.

Whenever a second server takes over, PostgreSQL begins a new timeline with a higher number; all copies of one server bear the
same system identifier. So a desk that has once seen the newer one knows the older by its number.
"""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import psycopg

from db.postgresql.schemas import CORE
from db.sqlite import copying

log = logging.getLogger(__name__)
OFFICE = "kontinuum_office"  # the function whose definition holds the number of the office
FIRST = 1  # the number every server begins with: not worth remembering
OFFICE_OF = f"""(SELECT substring(p.prosrc FROM '[0-9a-f-]{{36}}') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = '{CORE}' AND p.proname = '{OFFICE}' AND p.pronargs = 0)"""
_WHO = f"""SELECT coalesce({OFFICE_OF}, ''), system_identifier::text, CASE WHEN NOT pg_is_in_recovery()
    THEN ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END FROM pg_control_system()"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which database this is: the number of its office, and the identifier all copies of one server bear; "" where unknown."""

    office: str = ""
    cluster: str = ""


class Elsewhere(psycopg.OperationalError):
    """Another database answers than the one that was opened; nothing may be read or written there."""


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

    def check(self, line: psycopg.Connection) -> Identity:
        """Ask a connection in autocommit who answers and what it writes, and remember it.

        Raises:
            Overtaken: a newer one was seen.
            psycopg.OperationalError: the connection broke.
        """
        try:
            found = line.execute(_WHO).fetchone()
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except psycopg.Error:  # a service that hides this from its users has fences of its own
            found = line.execute(f"SELECT coalesce({OFFICE_OF}, ''), '', NULL").fetchone()
        office, cluster, timeline = found or ("", "", None)
        if timeline is not None:  # else a copy, where nothing can be written
            with self._turn:
                newest = self._newest.get(cluster, FIRST)
                if timeline < newest:
                    raise Overtaken("overtaken")
                if timeline > newest:
                    self._newest[cluster] = timeline
                    self._keep()
        return Identity(office, cluster)

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
