"""A database on a server: PostgreSQL behind the face of `db.engine.Engine`."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, Table

from db import schema
from db.base import new_id
from db.changes import Moved
from db.engine import Engine, Inverted, Question, Step, marked
from db.errors import Unavailable
from db.postgresql import (
    catalogue,
    connection,
    erasing,
    erasing_protected,
    erasing_rows,
    faults,
    functions,
    grants,
    incoming,
    journeys,
    keys,
    measuring,
    person_trail,
    protected_rows,
    protecting,
    row_changes,
    search_index,
    tables,
    taking_back,
    triggers,
)
from db.postgresql.lineage import Identity, Seen
from db.postgresql.listening import PASSING, Listening
from db.postgresql.replica import HotStandby, address_of_copy
from db.postgresql.schemas import CORE
from db.texts import _

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from db.actor import Actor
    from db.search_text import Source, Told

PATIENCE = 3  # seconds the listener tries to reach the server before it says that it is gone

MANY = 1000  # rows that may take the server longer than a statement should


class PostgresqlEngine:
    """One open server. The change set that is open is known to the server by transaction and login."""

    describes_late = True

    def __init__(self, address: str, *, upgrades: bool = True, seen: Path | None = None, copies: str = "") -> None:
        self.address, self._upgrades, self._copies = address, upgrades, copies
        self.replica: HotStandby | None = None
        self.name = faults.name_of(address)
        self._lines = connection.Lines(address, Seen(seen))
        self._own = f"{PASSING}{new_id()}"  # how hints of ours begin

    @property
    def identity(self) -> Identity:
        """Which database was opened, as far as it was reached."""
        return self._lines.home

    def told(self) -> AbstractContextManager[None]:
        """Faults of network and server in words."""
        return faults.told(self.name)

    def committing(self) -> AbstractContextManager[None]:
        """A connection that breaks now leaves the step in doubt."""
        return faults.committing(self.name)

    def start(self, failing: ExitStack) -> None:
        """Make the engines; the first connection is made when it is needed."""
        self.writer = connection.make_engine(self.address, read_only=False, lines=self._lines)
        self.reader = connection.make_engine(self.address, read_only=True, lines=self._lines)
        self.writer.update_execution_options(**marked(self))
        self.reader.update_execution_options(**marked(self))
        if self._copies:
            copy = address_of_copy(self.address, self._copies)
            self.replica = HotStandby(copy, self._lines, self.reader, marked(self))
        self._knows = schema.CORE_PART.newest()

    def refuse_strangers(self, reading: Connection) -> None:
        """Other schemas of the database are none of ours; a `core` of somebody else's is refused."""
        schema.refuse_strangers(reading, self.name)

    def before_upgrade(self, behind: Sequence[schema.Part], fresh: bool, now: datetime) -> None:
        """Tables are an administrator's affair, and copies the server's own."""
        able = self._may_make_tables()
        if self._upgrades and able:
            return
        if fresh:
            raise Unavailable(
                _("{name} holds no Kontinuum database yet."),
                _("Check the name of the database, or ask its administrator to set it up with “kontinuum server init”."),
                name=self.name,
            )
        error = Unavailable(
            _("{name} was made by an older version of Kontinuum."),
            _("Nothing was changed. Bring it up to date with “kontinuum server upgrade”; tell the others first.")
            if able
            else _("Nothing was changed. Ask its administrator to bring it up to date with “kontinuum server upgrade”."),
            name=self.name,
        )
        schema.blame(error, behind[0])  # the program does without the tables of a module, not without the core's
        raise error

    def _may_make_tables(self) -> bool:
        wanted = (
            f"SELECT CASE WHEN to_regnamespace('{CORE}') IS NULL THEN has_database_privilege(current_database(), 'CREATE') "
            f"ELSE (SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = '{CORE}') END"
        )
        with self.reader.connect() as reading:
            return bool(reading.exec_driver_sql(wanted).scalar_one())

    @contextmanager
    def upgrading(self) -> Iterator[Connection]:
        """The writer's connection; one program at a time."""
        with self.writer.begin() as writing:
            writing.exec_driver_sql("SET LOCAL lock_timeout = 0")
            writing.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
            writing.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('kontinuum'))")
            owner = writing.exec_driver_sql(
                f"SELECT quote_ident(pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname = '{CORE}'"
            ).scalar()
            connection.run(writing, f"SET LOCAL ROLE {owner}" if owner else f"CREATE SCHEMA {CORE}")
            yield writing

    def lay_bare(self, writing: Connection, fresh: bool) -> None:
        """Triggers go, so that a revision may change kept rows."""
        triggers.remove(writing)

    def equip(self, writing: Connection, sources: Sequence[Source]) -> None:
        """Order of texts, functions, triggers, search."""
        tables.compare_by_code(writing)
        functions.install(writing)
        measuring.install(writing)
        found = catalogue.tables_of(writing)
        triggers.install(writing, found.values())
        keys.install(writing, [link for table in found.values() for link in table.links])
        taking_back.install(writing, found.values())
        protecting.install(writing, found.values())
        protected_rows.install(writing)
        erasing.install(writing, found.values())
        erasing_rows.install(writing, found.values())
        erasing_protected.install(writing, found.values())
        row_changes.install(writing, found.values())
        person_trail.install(writing, found.values())
        for statement in grants.basic_functions(found):
            connection.run(writing, statement)
        outdated = search_index.install(writing, [(*mark, source.kind) for source in sources for mark in source.marks])
        functions.close_to_everybody(writing)
        if outdated:
            search_index.rebuild(writing, sources)

    def open_step(self, writing: Connection, change_set: UUID) -> None:
        """The server notes it for this transaction, as the first thing that is said in it."""
        raw: Any = writing.connection.driver_connection
        raw.open_with("SELECT kontinuum_open($1, $2)", (change_set, self._knows))

    def close_step(self, writing: Connection, step: Step) -> None:
        """The server writes the history as the commit comes; the moment and the login are its own."""
        raw: Any = writing.connection.driver_connection
        details = json.dumps(step.details, ensure_ascii=False) if step.details else None
        statement, values = functions.closing(step.late)
        refs, areas = "{" + ",".join(map(str, step.about)) + "}", " ".join(sorted(step.areas))
        raw.leave(statement, (*values, step.verb, details, step.actor_id, step.actor_name, refs, areas, step.wrote))
        raw.hint = ""

    def settle(self, session: Session, actor: Actor, change_set: UUID, now: datetime) -> None:
        """The server does so by itself, in closing the step."""

    def end_step(self) -> None:
        """Nothing to forget: the server's note ends with the transaction."""

    def queue(self, writing: Connection, what: str) -> None:
        """By a lock that goes with the transaction; others see of it no more than a number."""
        writing.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (what,))

    def hold_still(self, writing: Connection, people: Sequence[UUID]) -> None:
        """By locks on their rows, which new rows about them wait for, too."""
        erasing.hold_still(writing, people)

    def hint(self, writing: Connection, areas: Set[str]) -> None:
        """By a notice that names the tables and no record; our own listener knows it by its first word."""
        raw: Any = writing.connection.driver_connection
        raw.hint = " ".join((self._own, *sorted(areas)))

    def assure(self, writing: Connection) -> None:
        """By a note in the server's log of changes, which says nothing."""
        raw: Any = writing.connection.driver_connection
        raw.leave("SELECT pg_logical_emit_message(true, 'kontinuum', '')")

    def confirmed(self, writing: Connection) -> bool:
        """The server warns when somebody ended its waiting for the second one."""
        raw: Any = writing.connection.driver_connection
        return not raw.unconfirmed

    def follow(self, heard: Callable[[Moved], None], reached: Callable[[bool], None]) -> Callable[[], None]:
        """By a listener; when it loses the server, nobody else waits for it either."""

        def told(there: bool) -> None:
            if not there:
                self._lines.cut()
            reached(there)

        with self.reader.connect() as reading:
            last: str = reading.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
        return Listening(partial(self._lines.connect, seconds=PATIENCE), last, heard, told, self._own).stop

    def astray(self) -> bool:
        """It was noticed when a connection was made."""
        return self._lines.astray

    def interrupt(self) -> None:
        """End what the server is doing for this program just now; called from another thread than the one that waits."""
        self._lines.interrupt()

    def changes(self, writing: Connection) -> int:
        """Our connection counts."""
        raw: Any = writing.connection.driver_connection
        count: int = raw.written
        return count

    def ready(
        self, dialect: Dialect, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
    ) -> Callable[[Connection], None]:
        """By the server's own bulk path; in which form, only the server knows."""

        def insert(writing: Connection) -> None:
            if len(rows) >= MANY:
                _take_time(writing)
            incoming.insert(writing, table, columns, rows, same)

        return insert

    def ask(self, connection: Connection, *asked: Question) -> list[list[tuple[Any, ...]]]:
        """In one journey with what begins the step."""
        raw: Any = connection.connection.driver_connection
        found: list[list[tuple[Any, ...]]] = raw.ask(*asked)
        return found

    def add(self, writing: Connection, statement: str, values: Sequence[Any]) -> None:
        """With whatever is said next, so that the row of a short step goes with its commit."""
        raw: Any = writing.connection.driver_connection
        raw.leave(statement, values)
        raw.written += 1

    def is_big(self, writing: Connection, change_set: UUID) -> bool:
        """More than `taking_back.BIG` rows."""
        return taking_back.is_big(writing, change_set)

    def invert(self, writing: Connection, change_set: UUID, own: UUID) -> Inverted:
        """By a function of the server's, for nobody may remove rows."""
        _take_time(writing)
        done = taking_back.invert(writing, change_set)
        raw: Any = writing.connection.driver_connection
        raw.written += done.undone
        return done

    def erase(self, writing: Connection, person: UUID, named: UUID | None, sources: Sequence[Source], now: datetime) -> bool:
        """By a function of the server's, for nobody may remove rows of the history."""
        _take_time(writing)
        return erasing.erase(writing, person, named)

    def forget_rows(self, writing: Connection, table: str, rows: Mapping[UUID, int], said: Sequence[str], now: datetime) -> int:
        """By a function of the server's, for nobody may remove rows of the history."""
        _take_time(writing)
        return erasing_rows.forget(writing, table, rows, said)

    def name_apart(self, writing: Connection, own: UUID, family: str, given: str, key: bytes, now: datetime) -> bool:
        """By a function of the server's."""
        erasing.name_apart(writing, own, family, given, key, now)
        return True

    def wipe(self) -> bool:
        """The server's own housekeeping does so."""
        return True

    def row_changes(self, connection: Connection, change_set: UUID, areas: Sequence[str], most: int) -> Iterable[tuple[Any, ...]]:
        """By a function of the server's, which knows the rights of the login."""
        return row_changes.row_changes(connection, change_set, areas, most)

    def person_trail(
        self, connection: Connection, people: Sequence[UUID], rows: Mapping[str, Collection[UUID]], columns: Collection[str]
    ) -> Iterable[tuple[Any, ...]]:
        """By a function, as far as the login may see."""
        return person_trail.person_trail(connection, people, rows, columns)

    def refresh_search(
        self, writing: Connection, sources: Iterable[Source], change_set: UUID, areas: Set[str], told: Told | None
    ) -> None:
        """In sets; a step that moved nothing findable need not ask the server."""
        found = [source for source in sources if not areas.isdisjoint(mark[0] for mark in source.marks)]
        if found:
            search_index.refresh(writing, found, change_set, told)

    @contextmanager
    def aside(self) -> Iterator[journeys.Connection]:
        """A connection for a question that is to be stored whatever becomes of the step under way; gone afterwards."""
        with closing(self._lines.connect(read_only=False)) as own:
            yield own

    def rebuild_search(self, writing: Connection, sources: Iterable[Source]) -> None:
        """All of it."""
        search_index.rebuild(writing, sources)


def identity_of(engine: Engine) -> Identity:
    """Which database was opened, once it was reached; of a server's engine."""
    assert isinstance(engine, PostgresqlEngine)
    return engine.identity


def _take_time(writing: Connection) -> None:
    """What moves many rows is no statement that hangs: the limits of the server rest until the step ends."""
    raw: Any = writing.connection.driver_connection
    raw.say()
    raw.at_once("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
