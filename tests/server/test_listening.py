"""What other desks save is heard of: all of it, once each, whatever happens to the line and in whatever order commits come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import UUID

import psycopg
import pytest

from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.database import Database
from db.errors import Told
from db.models.person import Person
from db.postgresql import faults
from db.sorting import name_key
from servers import Server

PATIENCE = 30.0


@pytest.fixture
def address(server: Server, empty_on_server: str) -> Iterator[str]:
    """A new, empty database on the server."""
    made = server.fresh("heard", empty_on_server)
    yield server.dsn(made.rpartition("/")[2], user="tester")
    server.drop(made)


class Ear:
    """Gathers what a database tells."""

    def __init__(self, database: Database) -> None:
        self.moved: list[Moved] = []
        self.there: list[bool] = []
        database.listen(self.moved.append)
        database.watch(self.there.append)
        database.follow()

    @property
    def heard(self) -> list[UUID | None]:
        return [moved.change_set for moved in self.moved if moved.by_others]


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def save(database: Database, actor: Actor, name: str = "Åberg") -> UUID:
    own = new_id()
    with database.write(actor, "create_person", about=[own], change_set=own) as session:
        session.add(Person(id=own, family=name, given="Mia", name_key=name_key(name, "Mia")))
    return own


@pytest.fixture
def other(database: Database) -> Iterator[Database]:
    """A second desk on the same server."""
    opened = Database(database.address, parts=database.parts[1:])
    yield opened
    opened.close()


def test_a_save_elsewhere_is_heard_of_with_its_tables_and_records(database: Database, other: Database, actor: Actor) -> None:
    ear = Ear(other)
    own = save(database, actor)
    until(lambda: own in ear.heard, "the other desk to hear of it")
    assert ear.moved == [Moved(frozenset({"person"}), frozenset({own}), own, by_others=True)]


def test_ones_own_save_is_told_once_and_as_ones_own(database: Database, other: Database, actor: Actor) -> None:
    ear = Ear(other)
    own, theirs = save(other, actor), save(database, actor)
    until(lambda: theirs in ear.heard, "the other's save")
    assert [(moved.change_set, moved.by_others) for moved in ear.moved] == [(own, False), (theirs, True)]


def test_nothing_is_missed_or_told_twice_when_the_listener_is_killed_over_and_over(
    database: Database, other: Database, actor: Actor, server: Server, rounds: Callable[..., int]
) -> None:
    ear, made, over = Ear(other), list[UUID](), threading.Event()

    def work() -> None:
        while not over.is_set():
            made.append(save(database, actor))

    writer = threading.Thread(target=work)
    writer.start()
    killed = 0
    with server.connect(str(database.address).rpartition("/")[2]) as admin:
        while killed < rounds(20, 200):
            found = admin.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND state = 'idle' AND (query LIKE 'LISTEN%%' OR query LIKE '%%AS look LEFT JOIN%%')"
            ).fetchone()
            killed += found[0] if found else 0
            time.sleep(0.02)
    over.set()
    writer.join()
    until(lambda: len(ear.heard) >= len(made), "all to be heard of")
    assert sorted(map(str, ear.heard)) == sorted(map(str, made))
    assert False not in ear.there, "a line that broke alone is no server that is gone"


def test_commits_that_come_in_another_order_than_they_began_are_all_heard_of(
    database: Database, other: Database, actor: Actor, rounds: Callable[..., int]
) -> None:
    """The step that begins first takes the lower number of its transaction and is stored last."""
    ear, made = Ear(other), list[UUID]()
    for _round in range(rounds(10, 100)):
        first, begun, go = new_id(), threading.Event(), threading.Event()

        def slow(own: UUID = first, begun: threading.Event = begun, go: threading.Event = go) -> None:
            with database.write(actor, "create_person", about=[own], change_set=own) as session:
                session.add(Person(id=own, family="Slow", given="Mia", name_key=name_key("Slow", "Mia")))
                session.flush()
                begun.set()
                go.wait(PATIENCE)

        late = threading.Thread(target=slow)
        late.start()
        begun.wait(PATIENCE)
        third = Database(database.address, parts=database.parts[1:])
        quick = save(third, actor, "Quick")
        third.close()
        until(lambda quick=quick: quick in ear.heard, "the one stored first")  # type: ignore[misc]
        go.set()
        late.join()
        until(lambda first=first: first in ear.heard, "the one that began first")  # type: ignore[misc]
        made += [quick, first]
    assert ear.heard == made


def test_a_step_that_is_undone_is_never_heard_of(database: Database, other: Database, actor: Actor) -> None:
    ear = Ear(other)
    with suppress(ZeroDivisionError), database.write(actor, "create_person") as session:
        session.add(Person(family="Never", given="Mia", name_key=name_key("Never", "Mia")))
        session.flush()
        raise ZeroDivisionError
    own = save(database, actor)
    until(lambda: own in ear.heard, "the step after it")
    assert ear.heard == [own]


def test_a_server_that_is_gone_and_back_is_noticed_and_what_was_saved_meanwhile_is_told(
    actor: Actor, registry: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del tmp_path_factory
    own_server = Server.start()
    try:
        database = Database(own_server.fresh("gone"))
        ear = Ear(database)
        own_server.kill()
        until(lambda: ear.there == [False], "the server to be missed")
        assert not database.reachable
        own_server.begin()
        writer = Database(database.address)
        own = save(writer, actor)
        writer.close()
        until(lambda: ear.there == [False, True] and own in ear.heard, "the server to be found again")
        with database.read() as session:
            assert session.get(Person, own) is not None
        database.close()
    finally:
        own_server.remove()


def test_a_frozen_server_is_missed_and_nobody_waits_for_it(actor: Actor) -> None:
    own_server = Server.start()
    try:
        database = Database(own_server.fresh("frozen"))
        with database.read():
            pass
        ear, outcome = Ear(database), list[BaseException]()
        writer = Database(database.address)
        first = save(writer, actor)
        writer.close()
        until(lambda: first in ear.heard, "the listener to listen")
        own_server.freeze()

        def read() -> None:
            try:
                with database.read() as session:
                    session.get(Person, new_id())
            except Told as error:
                outcome.append(error)

        waiting = threading.Thread(target=read)
        waiting.start()
        until(lambda: ear.there == [False], "the server to be missed")
        waiting.join(PATIENCE)
        assert [type(error).__name__ for error in outcome] == ["Unreachable"]
        own_server.thaw()
        until(lambda: ear.there == [False, True], "the server to be found again")
        save(database, actor)
        database.close()
    finally:
        own_server.remove()


def test_who_may_not_know_which_records_moved_is_told_the_tables_alone(database: Database, actor: Actor, server: Server) -> None:
    name = str(database.address).rpartition("/")[2]
    with server.connect(name) as admin:
        admin.execute("CREATE ROLE deaf LOGIN PASSWORD 'x'")
        admin.execute("GRANT USAGE ON SCHEMA core TO deaf")
        admin.execute("GRANT SELECT (id, tx, areas, number) ON core.change_set TO deaf")
        admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA core TO deaf")
        admin.execute("REVOKE SELECT ON core.change_set FROM deaf")
        admin.execute("GRANT SELECT (id, tx, areas, number) ON core.change_set TO deaf")
    try:
        deaf = Database(server.dsn(name, user="deaf", password="x"), parts=database.parts[1:], upgrades=False)
        ear = Ear(deaf)
        own = save(database, actor)
        until(lambda: own in ear.heard, "the one who may not know")
        assert ear.moved == [Moved(frozenset({"person"}), frozenset(), own, by_others=True)]
        deaf.close()
    finally:
        with server.connect(name) as admin:
            admin.execute("DROP OWNED BY deaf")
            admin.execute("DROP ROLE deaf")


def test_a_listener_that_is_refused_takes_the_server_for_there() -> None:
    refused = psycopg.OperationalError("connection failed: FATAL:  sorry, too many clients already")
    unheard = psycopg.OperationalError("connection failed: Connection refused")
    assert (faults.gone(refused), faults.gone(unheard)) == (False, True)
