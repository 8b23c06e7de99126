"""Opening a SQLite file the way Kontinuum needs it: WAL, durable, with foreign keys and our own transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import BINARY, Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.base import ischema_names
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from db.keys import Key, key_of
from db.sqlite import opening

ischema_names.setdefault("BINARY", BINARY)  # keys, which the library does not know when it looks at tables
WAIT_MS = 8000  # how long a writer waits for another program's writer
READERS = 4

ChangeSetFunction = Callable[[], bytes | None]

# Without an adapter of its own, the driver asks each of these objects by two failing look-ups how it wants to be bound;
# that costs 2 µs a value, more than storing it.
dbapi2.register_adapter(bytes, bytes)
dbapi2.register_adapter(memoryview, bytes)
dbapi2.register_adapter(type(None), {}.get)


def connect(path: Path, change_set: ChangeSetFunction, *, key: Key | None = None, read_only: bool = False) -> Any:
    """A raw connection. `change_set` answers which change set is open; triggers ask it."""
    raw = opening.connect(path, key, check_same_thread=False, timeout=WAIT_MS / 1000, cached_statements=256)
    raw.create_function("kontinuum_change_set", 0, change_set)
    for pragma in (
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "cache_size = -65536",
        "temp_store = MEMORY",
        f"busy_timeout = {WAIT_MS}",
        *(("query_only = ON",) if read_only else ("journal_mode = WAL", "synchronous = FULL")),
    ):
        raw.execute(f"PRAGMA {pragma}").close()
    return raw


def make_engine(path: Path, change_set: ChangeSetFunction, *, read_only: bool) -> Engine:
    """An engine over the file; readers share a small pool, the writer has one connection that is kept and one for what is rare.

    Raises:
        KeyMissing: the file is encrypted and its key is not at hand.
    """
    key = key_of(path)
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: connect(path, change_set, key=key, read_only=read_only),
        poolclass=QueuePool,
        pool_size=READERS if read_only else 1,
        max_overflow=2 if read_only else 1,
        pool_reset_on_return="rollback",
        hide_parameters=True,
        json_serializer=_plain_json,
        insertmanyvalues_page_size=2000,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # The driver's own BEGIN would leave schema changes outside the transaction.
        # Said to the driver directly: with every read, SQLAlchemy's own way costs more than the read.
        connection.connection.driver_connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE").close()

    return engine


@contextmanager
def loose_keys(connection: Connection) -> Iterator[None]:
    """Foreign keys rest inside, so that a revision can rebuild a table others refer to; they are checked before the commit."""
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF").close()  # does nothing inside a transaction, so before it begins
    try:
        event.listen(connection, "commit", _check_keys)
        yield
    finally:
        event.remove(connection, "commit", _check_keys)
        raw.execute("PRAGMA foreign_keys = ON").close()


def _check_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken:
        raise ValueError(f"a revision left rows of {broken[0]} that refer to nothing in {broken[2]}")


def _plain_json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
