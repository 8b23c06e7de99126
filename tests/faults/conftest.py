"""What the storage faults need: the modules' revisions, and a file of an office that has worked for a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from random import Random

import pytest

from db.schema import Part
from desktop.assembly import new_registry, parts_of
from desktop.core.clock import SystemClock
from tests.faults import disk
from tests.faults.office import Books, Office, think_of
from tests.faults.office_process import Starter, started
from tests.shell.conftest import shell, template

__all__ = ["shell", "template"]
SEED = 20_261_123


@pytest.fixture(scope="session")
def parts() -> list[Part]:
    """The lines of revisions of all modules."""
    return parts_of(new_registry(SystemClock(UTC)))


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory, parts: list[Part]) -> tuple[Path, Books]:
    """A closed file in which an office has worked for a while, and its books."""
    disk.lie_over()
    path, books, rng = tmp_path_factory.mktemp("worked") / "Office.kontinuum", Books(), Random(SEED)
    office = Office(path, parts)
    for kind in (*["save"] * 12, "import", *["edit", "call", "retire", "attach"] * 2, "take_back", "draft"):
        step = think_of(kind, books, rng)
        office.do(step)
        books = books.after(step)
    office.database.close()
    return path, books


@pytest.fixture(scope="session")
def starter() -> Iterator[Starter]:
    """Starts programs that will be killed."""
    with started() as found:
        yield found
