"""What every test may use: a real database, a fixed clock, people, and a context that runs work at once."""

from __future__ import annotations

import os
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
from desktop.assembly import Ground, assemble, new_registry, open_database
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.registry import Registry
from desktop.core.tasks_immediate import ImmediateTasks
from tests.support import MakePerson

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # never the keyring of whoever runs the tests
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # a Monday morning


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--torture`, as `make torture` says it."""
    parser.addoption("--torture", action="store_true", help="run only the tests that repeat a fault, and those ten times as long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Torture is for the tests that ask how often to repeat."""
    if config.getoption("--torture"):
        items[:] = [item for item in items if "rounds" in getattr(item, "fixturenames", ())]


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> Callable[..., int]:
    """How often to repeat: `rounds(100)` is 100, under torture 1,000; `rounds(500, 10_000)` names both."""
    tortured = request.config.getoption("--torture")
    return lambda usual, more=0: (more or usual * 10) if tortured else usual


@pytest.fixture
def clock() -> FixedClock:
    """Monday 23 November 2026, 10:30 in Stockholm, until a test moves it."""
    return FixedClock(NOW, ZoneInfo("Europe/Stockholm"))


@pytest.fixture
def registry(clock: FixedClock) -> Registry:
    """All modules of this tree."""
    return new_registry(clock)


@pytest.fixture
def database(tmp_path: Path, registry: Registry, clock: FixedClock) -> Iterator[Database]:
    """A new, empty database with the tables of every module."""
    opened = open_database(tmp_path / "Åsa test.kontinuum", registry, clock.now)
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
