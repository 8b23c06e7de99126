"""A database in a file: SQLite behind the face of `db.engine.Engine`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, Table, bindparam, delete, insert, text
from sqlalchemy.orm import Session

from db import faults, schema
from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.engine import Inverted, Question, Step, marked
from db.models.history import ChangeAbout, ChangeSet, OpenChangeSet
from db.models.person import Identifier
from db.models.search import SearchDirty
from db.prepared import Prepared
from db.search_text import Source, Told
from db.sqlite import connection as sqlite
from db.sqlite import (
    erasing,
    erasing_rows,
    incoming,
    person_trail,
    row_changes,
    search_index,
    search_leaving,
    taking_back,
    triggers,
)
from db.sqlite.watching import OwnHints, Watching

_OPEN = Prepared(insert(OpenChangeSet).values(id=bindparam("id")))
_CLOSE = Prepared(delete(OpenChangeSet))
# A number is given once, also where the step that bore it was moved away.
_NEXT = text("(SELECT 1 + max(coalesce((SELECT max(number) FROM change_set), 0), (SELECT max(number) FROM protected_last)))")
_HEAD = Prepared(insert(ChangeSet).values({"number": _NEXT, **{name: bindparam(name) for name in (
    "id", "at", "actor_id", "actor_name", "verb", "details", "takes_back", "areas")}}))  # fmt: skip
_ABOUT = Prepared(insert(ChangeAbout).values(ref=bindparam("ref"), change_set=bindparam("change_set")))


_HINT = """INSERT INTO hint (area, number, writer) VALUES (?, 1, ?)
    ON CONFLICT (area) DO UPDATE SET number = number + 1, writer = excluded.writer RETURNING number"""


class SqliteEngine:
    """One open file. The change set that is open is known to it alone, so that other programs cannot open one."""

    replica = None  # a file has none

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        self._open: bytes | None = None
        self._own = OwnHints(str(new_id()))

    describes_late = False  # a file answers at once

    def told(self) -> AbstractContextManager[None]:
        """Faults of file and disk in words."""
        return faults.told(self.path)

    def committing(self) -> AbstractContextManager[None]:
        """A disk that fails now leaves the step in doubt."""
        return faults.committing(self.path)

    def start(self, failing: ExitStack) -> None:
        """Open the file; one that is made now and fails is taken away again."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        faults.check_file(self.path)
        self.writer = sqlite.make_engine(self.path, lambda: self._open, read_only=False)
        self.reader = sqlite.make_engine(self.path, lambda: None, read_only=True)
        self.writer.update_execution_options(**marked(self))
        self.reader.update_execution_options(**marked(self))
        if not self.path.exists():
            failing.callback(faults.remove_unused, self.path)

    def refuse_strangers(self, connection: Connection) -> None:
        """The file must be empty."""
        schema.refuse_strangers(connection, self.name)

    def before_upgrade(self, behind: Sequence[schema.Part], fresh: bool, now: datetime) -> None:
        """A copy is made before a file with data is touched."""
        if not fresh:
            from db.backups import before_upgrade  # rarely needed

            before_upgrade(self.path, now)

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """The writer's connection, with foreign keys at rest until the end."""
        with self.writer.connect() as connection, sqlite.loose_keys(connection), connection.begin():
            yield connection

    def lay_bare(self, connection: Connection, fresh: bool) -> None:
        """Triggers go; the text indexes are no tables of a revision."""
        if fresh:
            for statement in search_index.TABLES:
                connection.exec_driver_sql(statement)
        triggers.remove(connection)  # a revision may change kept rows and rebuild tables

    def equip(self, connection: Connection, sources: Sequence[Source]) -> None:
        """Triggers for history and search."""
        triggers.install(connection, [(*mark, source.kind) for source in sources for mark in source.marks])

    def open_step(self, connection: Connection, change_set: UUID) -> None:
        """Name it to the triggers, which ask us whether it is ours."""
        self._open = change_set.bytes
        _OPEN.run(connection, id=change_set)

    def close_step(self, connection: Connection, step: Step) -> None:
        """One line in the history, and one for each record it is about."""
        number = _HEAD.insert(
            connection, id=step.change_set, at=step.at, actor_id=step.actor_id, actor_name=step.actor_name, verb=step.verb,
            details=step.details, takes_back=step.takes_back, areas=" ".join(sorted(step.areas)),
        )  # fmt: skip
        for ref in step.about:
            _ABOUT.run(connection, ref=ref, change_set=number)
        _CLOSE.run(connection)

    def settle(self, session: Session, actor: Actor, change_set: UUID, now: datetime) -> None:
        """Only steps that wrote numbers down can have met somebody protected."""
        if Identifier.__tablename__ in session.info["areas"]:
            from db.protected.people import hold_out  # rarely needed

            hold_out(session, actor, change_set, now=now)

    def end_step(self) -> None:
        """No change set is open any more."""
        self._open = None

    def queue(self, connection: Connection, what: str) -> None:
        """A file has one writer at a time."""

    def hold_still(self, connection: Connection, people: Sequence[UUID]) -> None:
        """A file has one writer at a time."""

    def hint(self, connection: Connection, areas: Set[str]) -> None:
        """By a counter for each table, which other programs look at."""
        for area in sorted(areas):
            number: int = connection.exec_driver_sql(_HINT, (area, self._own.writer)).scalar_one()
            self._own.said.add((area, number))

    def assure(self, connection: Connection) -> None:
        """What is stored is stored."""

    def confirmed(self, connection: Connection) -> bool:
        """There is no second place."""
        return True

    def follow(self, heard: Callable[[Moved], None], reached: Callable[[bool], None]) -> Callable[[], None]:
        """Another program may write to the file too; it is always within reach."""
        return Watching(self.path, heard, self._own).stop

    def astray(self) -> bool:
        """An open file stays the same."""
        return False

    def changes(self, connection: Connection) -> int:
        """The driver counts."""
        raw: Any = connection.connection.driver_connection
        count: int = raw.total_changes
        return count

    def ready(
        self, dialect: Dialect, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
    ) -> Callable[[Connection], None]:
        """Many rows a statement."""
        return partial(incoming.insert, taken=incoming.ready(dialect, table, columns, rows, same))

    def ask(self, connection: Connection, *asked: Question) -> list[list[tuple[Any, ...]]]:
        """By a cursor that is done with at once."""
        with closing(connection.connection.cursor()) as cursor:
            return [list(cursor.execute(statement, values).fetchall()) for statement, values in asked]

    def add(self, connection: Connection, statement: str, values: Sequence[Any]) -> None:
        """At once: nothing is spared by waiting."""
        connection.connection.cursor().execute(statement, values).close()

    def is_big(self, connection: Connection, change_set: UUID) -> bool:
        """More than `taking_back.BIG` rows."""
        return taking_back.is_big(connection, change_set)

    def invert(self, connection: Connection, change_set: UUID, own: UUID) -> Inverted:
        """In sets, by SQL made from the catalogue."""
        return taking_back.invert(connection, change_set, own)

    def erase(self, connection: Connection, person: UUID, named: UUID | None, sources: Sequence[Source], now: datetime) -> bool:
        """In sets, by SQL made from the catalogue."""
        return erasing.erase(connection, person, named, sources, now)

    def forget_rows(
        self, connection: Connection, table: str, rows: Mapping[UUID, int], said: Sequence[str], now: datetime
    ) -> int:
        """In sets, by SQL made from the catalogue."""
        return erasing_rows.forget(connection, table, rows, said, now)

    def name_apart(self, connection: Connection, own: UUID, family: str, given: str, key: bytes, now: datetime) -> bool:
        """In a file everybody adds people."""
        return False

    def wipe(self) -> bool:
        """The file is written anew."""
        with self.told(), closing(self.writer.raw_connection()) as lent:
            return erasing.wipe(lent.driver_connection)

    def row_changes(self, connection: Connection, change_set: UUID, areas: Sequence[str], most: int) -> Iterable[tuple[Any, ...]]:
        """From the images and the rows as they are."""
        return row_changes.row_changes(connection, change_set, areas, most)

    def person_trail(
        self, connection: Connection, people: Sequence[UUID], rows: Mapping[str, Collection[UUID]], columns: Collection[str]
    ) -> Iterable[tuple[Any, ...]]:
        """From the images and the rows as they are."""
        return person_trail.person_trail(connection, people, rows, columns)

    def refresh_search(
        self, connection: Connection, sources: Iterable[Source], change_set: UUID, areas: Set[str], told: Told | None
    ) -> None:
        """In sets, whatever moved: the index itself knows."""
        search_index.refresh(connection, sources, change_set.bytes, told)

    def rebuild_search(self, connection: Connection, sources: Iterable[Source]) -> None:
        """Empty the index, mark all records, refresh."""
        kinds = tuple(sources)
        with closing(connection.connection.cursor()) as cursor:
            search_leaving.empty(cursor)
        connection.execute(delete(SearchDirty))
        for source in kinds:
            table, column, _condition = source.marks[0]
            connection.exec_driver_sql(
                f'INSERT INTO search_dirty (ref, kind) SELECT "{column}", \'{source.kind}\' FROM "{table}"'
            )
        search_index.refresh(connection, kinds, None)
