"""The program with one promise broken on purpose: a fault test that does not see these is blind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from db import faults, schema
from db.database import Database
from db.sqlite import connection, copying, search_index

Put = Callable[[Any, str, Any], None]  # puts a thing in the place of an attribute


@contextmanager
def _named_at_once(target: Path) -> Iterator[Path]:
    yield target


def _unguarded(source: Path, target: Path, *_rest: Any) -> None:
    with (
        closing(dbapi2.connect(str(source), isolation_level=None)) as read,
        closing(dbapi2.connect(str(target), isolation_level=None)) as write,
    ):
        write.execute("PRAGMA journal_mode = OFF").close()
        read.backup(write)
        write.execute("PRAGMA journal_mode = OFF").close()  # the copied header asks for a log


def copies_named_at_once(put: Put) -> None:
    """Copies grow under their final name."""
    put(copying, "replacing", _named_at_once)
    put(copying, "copy", _unguarded)


def search_index_later(put: Put) -> None:
    """The search index is brought up to date in a transaction after the one that saves."""
    refresh, write = search_index.refresh, Database.write

    @contextmanager
    def write_then_index(self: Database, *args: Any, **more: Any) -> Iterator[Session]:
        with write(self, *args, **more) as session:
            yield session
            own = session.info["change_set"].bytes
        with faults.told(self.path), self.engine.writer.begin() as connection:
            refresh(connection, self._sources, own)

    put(search_index, "refresh", lambda *_args: None)
    put(Database, "write", write_then_index)


def upgrade_in_two(put: Put) -> None:
    """A revision is committed before the rules of the history stand again."""
    upgrade = schema.upgrade

    def upgrade_and_commit(connection: Any, parts: Any) -> None:
        upgrade(connection, parts)
        raw = connection.connection.driver_connection
        raw.execute("COMMIT").close()
        raw.execute("BEGIN IMMEDIATE").close()

    put(schema, "upgrade", upgrade_and_commit)


def with_pragma(put: Put, pragma: str) -> None:
    """The product's own connections, with one promise less."""
    strong = connection.connect

    def connect(*args: Any, **more: Any) -> Any:
        raw = strong(*args, **more)
        raw.execute(f"PRAGMA {pragma}").close()
        return raw

    put(connection, "connect", connect)


BY_NAME = {mutant.__name__: mutant for mutant in (copies_named_at_once, search_index_later, upgrade_in_two)}
