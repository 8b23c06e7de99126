"""Reaching a PostgreSQL server the way Kontinuum needs it: quick to notice that it is gone, and one moment for each read."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import Any
from weakref import WeakSet

import psycopg
import sqlalchemy
from psycopg import conninfo
from sqlalchemy import BigInteger, create_engine, event
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from db import passwords
from db.errors import Unavailable
from db.postgresql import certificate, faults
from db.postgresql.address import account_of
from db.postgresql.journeys import Connection, Cursor
from db.postgresql.lineage import Elsewhere, Identity, Overtaken, Seen
from db.postgresql.schemas import CORE
from db.texts import _

ischema_names.setdefault(
    "xid8", BigInteger
)  # the numbers of transactions, which the library does not know when it looks at tables
PATH = f"{CORE},pg_catalog,pg_temp"  # named to the end, so that nothing of somebody's own is found before what is meant
OLDEST = 15  # the first whose views can act with the reader's rights
PATIENCE = 5.0  # seconds in which a server must have taken the wish that it end something
TRUSTED = 1.0  # seconds a connection is taken to be still there
READERS = 3  # connections of one desk beside its writer

# What libpq is told unless the address says otherwise: a server that is gone is noticed within ten seconds.
_MANNERS = {
    "application_name": "kontinuum",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    "keepalives_idle": "4",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "gssencmode": "prefer",  # where somebody has a ticket; the driver wants it said
}
_SETTINGS = {
    "timezone": "UTC", "bytea_output": "hex", "intervalstyle": "iso_8601",
    "jit": "off", "random_page_cost": "1.1",  # short statements on data that lie in memory, or on a disk without moving parts
    # The server, too, notices that a desk is gone, which would hold locks and one of its login's connections meanwhile.
    "tcp_keepalives_idle": "20", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "4", "tcp_user_timeout": "40s",
}  # fmt: skip
_SPOKEN = {"TimeZone": "UTC", "DateStyle": "ISO, MDY"}  # said once more where PGTZ or PGDATESTYLE of a desk say otherwise
_READS = {"default_transaction_isolation": r"repeatable\ read", "default_transaction_read_only": "on"}
# A desk that stands still in the middle of a step is let go of; it does the step anew, as those do who waited too long for it.
_WRITER = {"lock_timeout": "8s", "idle_in_transaction_session_timeout": "20s"}


def parameters(address: str, *, read_only: bool, account: str = "") -> dict[str, Any]:
    """What libpq is given for an address of its own two kinds.

    Args:
        account: Whose password is given, where it is kept under another name than that of the address.

    Raises:
        psycopg.ProgrammingError: it is neither.
    """
    given = conninfo.conninfo_to_dict(address)
    secret = None if given.get("password") else passwords.in_hand(account or account_of(address))
    if secret is not None:
        given["password"] = secret
    options = " ".join(f"-c {name}={value}" for name, value in {**_SETTINGS, **(_READS if read_only else _WRITER)}.items())
    options = (
        f"{options} {given.get('options', '')} -c search_path={PATH}"  # what is said last holds, and nobody chooses another path
    )
    wanted = "primary" if read_only else "read-write"  # our readers may not write even there
    return {"target_session_attrs": wanted, **_MANNERS, **given, "options": options}


class Lines:
    """Every open connection of one database, so that all can be let go of when the server is gone.

    Args:
        account: Whose password is given, where it is kept under another name than that of the address.
    """

    def __init__(self, address: str, seen: Seen | None = None, *, account: str = "") -> None:
        self.address, self._turn, self._seen, self._account = address, threading.Lock(), seen or Seen(), account
        self.home = Identity()  # the database that was opened, as far as is known
        self.astray = False  # whether another one was met in its place when it was last looked for
        self._open: WeakSet[Connection] = WeakSet()

    def connect(self, *, read_only: bool = True, seconds: int = 0) -> Connection:
        """A new one; `seconds` is how long that may take, unless what is usual will do.

        Raises:
            Overtaken: only a server that another one replaced can be reached.
            Elsewhere: only another database than the one that was opened before can be reached.
            psycopg.Error: there is none to be had.
            Unavailable: the server is too old.
        """
        given = parameters(self.address, read_only=read_only, account=self._account)
        if seconds:
            given["connect_timeout"] = str(seconds)
        self.astray = False
        try:
            made = self._sound(given)
        except (Overtaken, Elsewhere) as wrong:
            made = self._any_other(given, wrong)
        made.add_notice_handler(made.noticed)
        with self._turn:
            self._open.add(made)
        return made

    def interrupt(self) -> None:
        """Ask the server to end what it is doing on any of them."""
        with self._turn:
            under_way = [made for made in self._open if not made.closed]
        for made in under_way:
            with suppress(psycopg.Error):
                made.cancel_safe(timeout=PATIENCE)

    def _sound(self, given: dict[str, Any]) -> Connection:
        """One to a server new enough that nobody replaced, with our own ways of writing times."""
        certificate.refuse_absent(given)
        try:
            made = Connection.connect(**given, cursor_factory=Cursor, autocommit=True)
        except psycopg.OperationalError as error:
            if "certificate verify failed" in str(error):
                raise psycopg.OperationalError(f"{error}: {certificate.fault(given)}") from error
            if given.get("sslcert") and "password authentication failed" in str(error):
                raise psycopg.OperationalError(f"{error}: {certificate.SHOWN}") from error
            raise
        try:
            if (version := made.info.server_version) < OLDEST * 10_000:
                raise _too_old(self.address, version // 10_000)
            for name, value in _SPOKEN.items():
                if made.info.parameter_status(name) != value:
                    made.at_once(f"SET {name} = '{value}'")
            self._recognise(self._seen.check(made))
        except (psycopg.Error, Unavailable):
            made.close()
            raise
        made.autocommit = False
        return made

    def _any_other(self, given: dict[str, Any], wrong: psycopg.OperationalError) -> Connection:
        """The first of several hosts takes itself for the writer and is not, or is not ours: each is tried by itself."""
        for one in _each_host(given):
            with suppress(psycopg.Error):
                return self._sound(one)
        self.astray = isinstance(wrong, Elsewhere)
        raise wrong

    def _recognise(self, found: Identity) -> None:
        with self._turn:
            home = self.home
            if (home.office and found.office != home.office) or (found.cluster and home.cluster not in ("", found.cluster)):
                raise Elsewhere("another database")
            self.home = Identity(found.office, found.cluster or home.cluster)

    def cut(self) -> None:
        """Break them all: nobody waits any longer for an answer that will not come."""
        with self._turn:
            for made in self._open:
                if not made.closed:
                    with suppress(OSError), socket.fromfd(made.pgconn.socket, socket.AF_INET, socket.SOCK_STREAM) as line:
                        line.shutdown(socket.SHUT_RDWR)


def _each_host(given: dict[str, Any]) -> Iterable[dict[str, Any]]:
    hosts, ports = (str(given.get(key) or "").split(",") for key in ("host", "port"))
    if len(hosts) > 1 and not given.get("hostaddr"):
        for host, port in zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True):
            yield {**given, "host": host, "port": port}


def make_engine(address: str, *, read_only: bool, lines: Lines | None = None) -> sqlalchemy.Engine:
    """An engine over the server; readers share a small pool, the writer has one connection of its own."""
    own = lines or Lines(address)

    def connect() -> Connection:
        made = own.connect(read_only=read_only)
        made.steps = made.autocommit = True  # the driver would begin transactions by a journey of their own
        return made

    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=READERS if read_only else 1,
        max_overflow=1,
        hide_parameters=True,
        json_serializer=_plain_json,
        insertmanyvalues_page_size=2000,
        use_native_hstore=False,
    )

    @event.listens_for(engine, "checkout")
    def _sound(raw: Connection, _record: Any, _proxy: Any) -> None:
        if raw.gone():
            raise DisconnectionError

    @event.listens_for(engine, "checkin")
    def _checkin(raw: Any, record: Any) -> None:
        if raw is not None and raw.closed:
            record.invalidate()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # What is said first begins it, in one journey: a writer's change set, a reader's questions.
        raw = connection.connection.driver_connection
        if raw.gone():  # it was kept since the last time
            connection.invalidate()
        elif monotonic() - raw.used > TRUSTED:
            _at_once(connection, "BEGIN" if read_only else "SELECT")

    return engine


def _at_once(connection: sqlalchemy.Connection, command: str) -> None:
    """Say the first thing of a transaction; a connection that was lost while nobody used it is made anew."""
    for _lost in range(READERS + 1):
        raw: Any = connection.connection.driver_connection
        try:
            raw.at_once(command)
            return
        except psycopg.OperationalError:
            if not raw.closed:
                raise
            connection.invalidate()
    raise psycopg.OperationalError("the connection was lost again and again")


def run(connection: sqlalchemy.Connection, statement: str) -> None:
    """Run a statement as it stands, `%` and all."""
    raw: Any = connection.connection.driver_connection
    raw.execute(statement).close()


def _too_old(address: str, version: int) -> Unavailable:
    return Unavailable(
        _("The server of {name} is PostgreSQL {version}, which is too old."),
        _("Nothing was changed. Kontinuum needs PostgreSQL {oldest} or newer."),
        name=faults.name_of(address),
        version=version,
        oldest=OLDEST,
    )


def _plain_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
