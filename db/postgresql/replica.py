"""A copy that follows the server (a hot standby), asked for lists once it has replayed all this desk saved or heard of.

How far the server had written is asked of the server itself, after each change; the copy is asked how far it came before
its moment begins. So what it shows is never older than the last thing this desk was told.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import psycopg
import sqlalchemy
from psycopg import conninfo
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db.errors import RuleBroken, Unavailable
from db.postgresql import connection, faults
from db.postgresql.address import account_of, hosts_of
from db.postgresql.connection import Lines
from db.replica import NotNow, ReplicaState
from db.texts import _

PATIENCE = 2  # seconds a connection to it may take; the server is there all the while
REST = 10.0  # seconds it is left alone after it could not be used
# What anybody can see is on the disk, unless commits do not wait for it; then it is what was written at all. There the place
# of the next record stands behind the head of a page that is still empty, which no copy replays.
_WRITTEN = """SELECT CASE WHEN current_setting('synchronous_commit') <> 'off' THEN pg_current_wal_flush_lsn()
    WHEN mod(at, size) = 40 THEN place - 40 WHEN mod(at, 8192) = 24 THEN place - 24 ELSE place END::text
    FROM (SELECT place, place - '0/0' AS at, pg_size_bytes(current_setting('wal_segment_size')) AS size
        FROM pg_current_wal_insert_lsn() AS place) AS written"""
_CAME_TO = "SELECT pg_last_wal_replay_lsn() >= '{wanted}', extract(epoch FROM pg_last_xact_replay_timestamp())"


class HotStandby:
    """One copy of the server that is open.

    Args:
        address: As `address_of_copy` made it.
        server: The server's own connections, which know the database and its password.
        reader: Where the server itself is read.
    """

    def __init__(self, address: str, server: Lines, reader: sqlalchemy.Engine, options: dict[str, Any]) -> None:
        self.name, self.state = faults.name_of(address), ReplicaState()
        self._server, self._reader = server, reader
        self._lines = Lines(address, account=account_of(server.address))
        self._engine = connection.make_engine(address, read_only=True, lines=self._lines).execution_options(**options)
        self._turn = threading.Lock()
        self._moved, self._wanted = True, ""  # how far the server had written when it was last asked
        self._rested = 0.0  # when it may be asked again, by the clock of this machine

    def moved(self) -> None:
        """The server is asked anew how far it wrote, before the copy is read."""
        self._moved = True

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on the copy."""
        if monotonic() < self._rested:
            raise NotNow
        try:
            wanted = self._written()
            self._lines.home = self._server.home
            with self._engine.connect() as line:
                self._compare(line, wanted)
                with Session(bind=line) as session:
                    yield session
        except (SQLAlchemyError, Unavailable, psycopg.Error) as error:
            self._rested, self.state = monotonic() + REST, ReplicaState("away")
            raise NotNow from error

    def close(self) -> None:
        """Let go of its connections."""
        self._engine.dispose()

    def _written(self) -> str:
        with self._turn:
            if self._moved:
                self._moved, asked = False, False  # what is saved from here on asks again
                try:
                    with self._reader.connect() as line:
                        self._wanted, asked = line.exec_driver_sql(_WRITTEN).scalar_one(), True
                finally:
                    self._moved |= not asked
            return self._wanted

    def _compare(self, line: sqlalchemy.Connection, wanted: str) -> None:
        """Before a transaction begins: what is replayed by now is seen by every moment that comes."""
        raw: Any = line.connection.driver_connection
        answer = raw.at_once(_CAME_TO.format(wanted=wanted))
        if answer.get_value(0, 0) == b"t":
            self.state = ReplicaState("even")
            return
        last = answer.get_value(0, 1)
        self.state = ReplicaState("behind", datetime.fromtimestamp(float(last), UTC) if last else None)
        raise NotNow


def address_of_copy(address: str, hosts: str) -> str:
    """The server's own address with the hosts of its copies, as libpq takes it; only a server that follows is let answer.

    Args:
        hosts: One or more, each with its port where that is another than usual.

    Raises:
        RuleBroken: something among them is no host; names the field "copy".
    """
    try:
        places = hosts_of(hosts)
    except RuleBroken as slip:
        raise RuleBroken(slip.what, slip.to_do, field="copy", **slip.values) from slip
    if not places["host"]:
        raise RuleBroken(_("The name of the copy is missing."), _("Write it as in db.example.org."), field="copy")
    given = conninfo.conninfo_to_dict(address)
    given.pop("hostaddr", None)
    given.update(places, target_session_attrs="standby", connect_timeout=str(PATIENCE))
    return conninfo.make_conninfo("", **given)
