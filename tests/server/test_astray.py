"""A desk that comes back to its address and finds another database there says so, and neither reads nor writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Astray, Unreachable
from db.models.person import Person
from db.replaying import carry_out
from desktop.core.clock import FixedClock
from desktop.core.tasks import Tasks
from tests.db.support import person
from tests.server.proxy import Proxy
from tests.servers import Server

pytestmark = pytest.mark.server_only("is about two servers")
SAID = "Another database answers at the address of .* than the one you opened. Nothing was read or saved there"


@pytest.fixture(scope="module")
def other(server: Server) -> Iterator[Server]:
    """A second server that knows the same user by the same password."""
    made = Server.start()
    try:
        with made.connect() as admin:
            admin.execute(sql.SQL("CREATE ROLE tester LOGIN SUPERUSER PASSWORD {}").format(sql.Literal(server.password)))
        yield made
    finally:
        made.remove()


@pytest.fixture
def desk(database: Database, line: Proxy) -> Iterator[Database]:
    """A desk that opened the office there."""
    opened = Database(line.address(str(database.address)), parts=database.parts[1:])
    yield opened
    opened.close()


def name_of(database: Database) -> str:
    return str(database.address).rpartition("/")[2]


def office_of(database: Database) -> str:
    with psycopg.connect(str(database.address)) as admin:
        row = admin.execute("SELECT core.kontinuum_office()::text").fetchone()
        assert row is not None
        return str(row[0])


def nothing(_database: Database, _address: str) -> None:
    """An empty database."""


def another(database: Database, address: str) -> None:
    """One of an office of its own."""
    Database(address, parts=database.parts[1:]).close()


def restored(database: Database, address: str) -> None:
    """A copy of this office from a dump, which brings its number along."""
    another(database, address)
    number = sql.Literal(f" SELECT '{office_of(database)}'::uuid ")
    function = sql.SQL("CREATE OR REPLACE FUNCTION core.kontinuum_office() RETURNS uuid LANGUAGE sql IMMUTABLE AS {}")
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(function.format(number))


@pytest.fixture(params=[nothing, another, restored], ids=lambda make: make.__name__)
def twin(request: pytest.FixtureRequest, database: Database, other: Server) -> Iterator[str]:
    """The address of a database of the same name on the second server."""
    make: Callable[[Database, str], None] = request.param
    name = name_of(database)
    with other.connect() as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    address = other.dsn(name)
    make(database, address)
    yield address
    other.drop(address)


def add(session: Session) -> UUID:
    made = person("Åberg")
    session.add(made)
    session.flush()
    return made.id


def save(desk: Database, actor: Actor, tries: int = 2) -> UUID:
    found: UUID = carry_out(desk, actor, "create_person", add, new_id(), wait=lambda number: number < tries)
    return found


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def strangers(twin: str) -> int:
    """How many people the other database holds, and how many steps."""
    with psycopg.connect(twin) as admin:
        there = admin.execute("SELECT to_regclass('core.person')").fetchone()
        if there == (None,):
            return 0
        row = admin.execute("SELECT (SELECT count(*) FROM core.person) + (SELECT count(*) FROM core.change_set)").fetchone()
        assert row is not None
        return int(row[0])


def test_nothing_is_read_or_written_where_another_database_answers(
    database: Database, desk: Database, line: Proxy, other: Server, server: Server, actor: Actor, twin: str
) -> None:
    save(desk, actor)
    line.lead_to(other.port)
    for _try in range(3):
        with pytest.raises(Unreachable):  # the first hears that its line was lost
            save(desk, actor)
    with pytest.raises(Astray, match=SAID):
        save(desk, actor)
    with pytest.raises(Astray, match=SAID):
        people(desk)
    assert (strangers(twin), people(database)) == (0, 1)
    line.lead_to(server.port)
    save(desk, actor, tries=10)
    assert people(database) == 2


@pytest.mark.parametrize("twin", [another], indirect=True, ids=["another"])
def test_a_desk_says_that_another_database_answers_and_comes_back_by_itself(
    database: Database, desk: Database, line: Proxy, other: Server, server: Server, twin: str, qtbot: QtBot
) -> None:
    heard: list[tuple[bool, bool]] = []
    desk.watch(lambda there: heard.append((there, desk.astray)))
    desk.follow()
    line.lead_to(other.port)
    qtbot.waitUntil(lambda: (False, True) in heard, timeout=60_000)
    assert (desk.reachable, desk.astray, database.astray) == (False, True, False)
    line.lead_to(server.port)
    qtbot.waitUntil(lambda: heard[-1] == (True, False), timeout=60_000)
    assert strangers(twin) == 0


@pytest.mark.parametrize("twin", [restored], indirect=True, ids=["restored"])
def test_a_save_asked_meanwhile_waits_and_is_stored_once_in_its_own_database(
    database: Database,
    desk: Database,
    line: Proxy,
    other: Server,
    server: Server,
    actor: Actor,
    clock: FixedClock,
    twin: str,
    qtbot: QtBot,
) -> None:
    save(desk, actor)
    owner, done = QObject(), list[object]()
    failed: list[Exception] = []
    tasks = Tasks(desk, actor, clock)
    line.lead_to(other.port)
    tasks.write(owner, add, done.append, failed.append, verb="create_person")
    qtbot.waitUntil(lambda: desk.engine.astray(), timeout=60_000)
    assert (done, failed, tasks.saving) == ([], [], 1)
    line.lead_to(server.port)
    qtbot.waitUntil(lambda: len(done) == 1, timeout=60_000)
    tasks.close()
    assert (failed, people(database), strangers(twin)) == ([], 2, 0)


def test_the_same_database_set_up_anew_on_the_same_server_is_another(
    database: Database, desk: Database, line: Proxy, server: Server, actor: Actor
) -> None:
    save(desk, actor)
    address = str(database.address)
    database.close()
    line.shut = True
    line.cut()
    server.drop(address)
    with server.connect() as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(address.rpartition("/")[2])))
    another(database, address)
    line.shut = False
    with pytest.raises(Unreachable):
        save(desk, actor)
    with pytest.raises(Astray, match=SAID):
        save(desk, actor)
    assert strangers(address) == 0
