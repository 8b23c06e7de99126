"""A database for each test, copied from one made once: these tests are many."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.database import Database
from desktop.assembly import new_registry, open_database
from desktop.core.clock import FixedClock, SystemClock, office_zone
from desktop.core.registry import Registry


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the tables of every module, closed."""
    path = tmp_path_factory.mktemp("empty") / "empty.kontinuum"
    open_database(path, new_registry(SystemClock(office_zone()))).close()
    return path


@pytest.fixture
def database(tmp_path: Path, empty_file: Path, registry: Registry, clock: FixedClock) -> Iterator[Database]:
    """A new, empty database with the tables of every module."""
    path = tmp_path / "Åsa test.kontinuum"
    shutil.copyfile(empty_file, path)
    opened = open_database(path, registry, clock.now)
    yield opened
    opened.close()
