"""Databases of a run on a PostgreSQL server: set up with all roles and rights, and used under the login of one user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from bench.sites import POSTGRESQL
from db.accounts import ADMINISTRATOR
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.known_offices import forget
from db.postgresql import administrator
from db.postgresql.address import place_of
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found, names_of
from db.postgresql.roles import Names
from db.profiles import Places
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.servers import served

PREFIX = "bench_"  # before the names of databases, so that a run touches no others
LOGIN, PASSWORD = "kontinuum-bench", "measured, not guarded"  # the people are invented
# What a server of this size would be given; everything that makes a commit safe stays as it is.
SETTINGS = {"shared_buffers": "1GB", "effective_cache_size": "4GB", "max_wal_size": "4GB", "autovacuum_naptime": "15s"}


class OnServer:
    """Databases on one server, reached by an administrator's address."""

    engine = POSTGRESQL

    def __init__(self, folder: Path, dsn: str) -> None:
        self.folder, self._dsn = folder, dsn
        self._plan = plan_of(new_registry(SystemClock(office_zone())))
        self._made: set[str] = set()

    def ours(self, name: str) -> str:
        return self._address(_database(name), user=LOGIN, password=PASSWORD)

    def floor(self, name: str) -> str:
        return self._address(_database(name, "_floor"))

    def administrators(self, name: str) -> str:
        """The address of ours for whoever set the server up."""
        return self._address(_database(name))

    def has(self, name: str) -> bool:
        return name in self.names()

    def names(self) -> list[str]:
        with self._connect() as server:
            found = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{PREFIX}%",)).fetchall()
        return [database.removeprefix(PREFIX).replace("_", "-") for (database,) in found if not database.endswith("_floor")]

    def make(self, name: str) -> None:
        self.drop(name)
        self._made.add(name)
        with self._connect() as server:
            for each in (_database(name), _database(name, "_floor")):
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(each)))
        address = self.administrators(name)
        found(PostgresqlEngine(address), self._plan)
        database = Database(address, parts=self._plan.parts)
        try:
            with database.read() as session:
                names = names_of(session.connection(), self._plan)
            with database.write(Actor(new_id(), "bench"), "add_user") as session:
                administrator.let_in(session, names, LOGIN, "Bench", [ADMINISTRATOR], PASSWORD)
        finally:
            database.close()

    def copy(self, name: str, other: str) -> None:
        self.drop(other)
        self._made.add(other)
        with self._connect() as server:
            copied = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY = FILE_COPY")
            server.execute(copied.format(sql.Identifier(_database(other)), sql.Identifier(_database(name))))

    def drop(self, name: str) -> None:
        with self._connect() as server:
            for each in (_database(name), _database(name, "_floor")):
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(each)))
        forget(Places.of_this_machine(), place_of(self.ours(name)))  # the next one by this name is another office

    def leave(self) -> None:
        """Remove what this run made, with its roles."""
        for name in self._made:
            self.drop(name)
        with self._connect() as server:
            for name in self._made:
                for role in Names.of(_database(name), self._plan.bundles).everyone:
                    server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))
            if not self.names():  # else it opens what an earlier run kept
                server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(LOGIN)))

    def _address(self, database: str, **more: str) -> str:
        given = {**conninfo.conninfo_to_dict(self._dsn), **more}
        given.pop("dbname", None)
        return conninfo.make_conninfo("", dbname=database, **given)  # first, by which an address is known from a file's name

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._dsn, autocommit=True)


@contextmanager
def on_server(folder: Path, dsn: str, *, keep: bool) -> Iterator[OnServer]:
    """The server at this address, or one of the run's own, which is gone after it."""
    if not dsn:
        with served(safe=True, settings=SETTINGS) as server:
            yield OnServer(folder, server.dsn())
        return
    there = OnServer(folder, dsn)
    try:
        yield there
    finally:
        if not keep:
            there.leave()


def _database(name: str, end: str = "") -> str:
    return PREFIX + name.replace("-", "_") + end
