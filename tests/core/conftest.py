"""A real database, a clock that stands still, and tasks that run at once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from desktop.core.clock import FixedClock
from desktop.core.tasks_immediate import ImmediateTasks


@pytest.fixture
def standing_clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 12, tzinfo=UTC), UTC)


@pytest.fixture
def empty_database(address: Path | str) -> Iterator[Database]:
    database = Database(address)
    yield database
    database.close()


@pytest.fixture
def user() -> Actor:
    return Actor(new_id(), "Mia Ek", frozenset({"office"}))


@pytest.fixture
def at_once(empty_database: Database, user: Actor, standing_clock: FixedClock) -> ImmediateTasks:
    return ImmediateTasks(empty_database, user, standing_clock)
