"""What every test may use: a real database, a fixed clock, people, and a context that runs work at once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import ContactPoint, Person
from db.sorting import name_key
from desktop.assembly import Ground, assemble, new_registry, open_database, parts_of
from desktop.core.clock import FixedClock, SystemClock, office_zone
from desktop.core.context import ModuleContext
from desktop.core.registry import Registry
from desktop.core.tasks_immediate import ImmediateTasks
from tests.servers import Server, ServerMissing
from tests.support import MakePerson

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # never the keyring of whoever runs the tests
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday morning


ENGINES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--torture`, as `make torture` says it; `--engine` for one engine where tests run on both."""
    parser.addoption("--torture", action="store_true", help="run only the tests that repeat a fault, and those ten times as long")
    parser.addoption("--engine", choices=ENGINES, action="append", help="where tests run on every engine, only on this one")


def pytest_configure(config: pytest.Config) -> None:
    """What a test may say of itself."""
    config.addinivalue_line("markers", "sqlite_only(reason): is about database files, and runs on no server")
    config.addinivalue_line("markers", "server_only(reason): is about servers, and runs on no file")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever stores something is tested on every engine, unless it is about one of them."""
    if "kept_in" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--engine") or ENGINES
        wanted = [name for name in ENGINES if name in asked]
        for engine, marker in zip(ENGINES, ("sqlite_only", "server_only"), strict=True):
            if (only := next(metafunc.definition.iter_markers(marker), None)) is not None:
                wanted = [engine]
                if not only.args:
                    raise pytest.UsageError(f"{metafunc.definition.nodeid}: say why it is {marker}")
        metafunc.parametrize("kept_in", wanted)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Torture is for the tests that ask how often to repeat."""
    if config.getoption("--torture"):
        items[:] = [item for item in items if "rounds" in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Callable[..., int]:
    """How often to repeat: `rounds(100)` is 100, under torture 1,000; `rounds(500, 10_000)` names both."""
    tortured = request.config.getoption("--torture")
    return lambda usual, more=0: (more or usual * 10) if tortured else usual


@pytest.fixture(scope="session", autouse=True)
def own_config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Names of databases and known servers of the tests' own, never those of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture
def clock() -> FixedClock:
    """Monday 23 November 2026, 10:30 in Stockholm, until a test moves it."""
    return FixedClock(NOW, ZoneInfo("Europe/Stockholm"))


@pytest.fixture
def registry(clock: FixedClock) -> Registry:
    """All modules of this tree."""
    return new_registry(clock)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of the tests' own, without any database of ours."""
    try:
        started = Server.start()
    except ServerMissing as missing:
        pytest.fail(str(missing), pytrace=False)
    with started.connect() as connection:  # whoever signs in there is a user of this name
        connection.execute(f"CREATE ROLE tester LOGIN SUPERUSER PASSWORD '{started.password}'")
    yield started
    started.remove()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the tables of every module, closed: making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "empty.kontinuum"
    open_database(path, new_registry(SystemClock(office_zone()))).close()
    return path


@pytest.fixture(scope="session")
def empty_on_server(server: Server) -> str:
    """The same on the server: the name of a database to copy."""
    address = server.fresh("empty")
    Database(address, parts=parts_of(new_registry(SystemClock(office_zone())))).close()
    return address.rpartition("/")[2]


@pytest.fixture
def address(kept_in: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path | str]:
    """Where a new, empty database with the tables of every module is: a file, or what libpq is told."""
    if kept_in == "sqlite":
        path = tmp_path / "Åsa test.kontinuum"
        shutil.copyfile(request.getfixturevalue("empty_file"), path)
        yield path
        return
    server: Server = request.getfixturevalue("server")
    with server.lent(request.getfixturevalue("empty_on_server")) as lent:
        yield lent


@pytest.fixture
def database(address: Path | str, registry: Registry, clock: FixedClock) -> Iterator[Database]:
    """A new, empty database with the tables of every module."""
    opened = Database(address, parts=parts_of(registry), now=clock.now)
    yield opened
    opened.close()


@pytest.fixture
def ground(database: Database, registry: Registry, clock: FixedClock, qapp: object) -> Ground:
    """The parts around the database; background work runs at once, in the test's own thread."""
    return assemble(database, registry, login="tester", make_tasks=ImmediateTasks, language="en", clock=clock)


@pytest.fixture
def context(ground: Ground) -> ModuleContext:
    """What a page is given."""
    return ground.context


@pytest.fixture
def actor() -> Actor:
    """Somebody who acts, for tests of services without a context."""
    return Actor(UUID("01a20000-0000-7000-8000-000000000001"), "Tester", frozenset({"office", "administrator"}))


@pytest.fixture
def make_person(database: Database, actor: Actor) -> MakePerson:
    """Stores a person: `make_person(family="Åberg", phone="+46701740605", email="a@b.example", city="Luleå")`."""

    def make(
        family: str = "Testesson", given: str = "Mia", *, phone: str = "", email: str = "", city: str = "", language: str = ""
    ) -> UUID:
        person_id = new_id()
        with database.write(actor, "create_person", about=[person_id]) as session:
            key = name_key(family, given)
            session.add(Person(id=person_id, family=family, given=given, name_key=key, language=language))
            session.flush()
            if phone:
                national = "0" + phone[3:] if phone.startswith("+46") else "0" + phone[4:]
                session.add(ContactPoint(person_id=person_id, kind="phone", value=phone, normal=phone, national=national))
            if email:
                session.add(ContactPoint(person_id=person_id, kind="email", value=email, normal=email.lower()))
            if city:
                session.add(ContactPoint(person_id=person_id, kind="address", city=city, city_key=city.casefold()))
        return person_id

    return make
