"""A module whose revisions break is left off and named; the database opens, and nothing of the broken step stays (T14)."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.errors import Unavailable
from desktop.assembly import new_registry, open_database, parts_of
from desktop.core.clock import FixedClock
from desktop.core.registry import Registry
from tests.faults.broken import Modules

KEY = "bad_tables"
HEAD = 'import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = "bad_tables_0001", None\n'
HALF = 'def upgrade() -> None:\n    op.create_table("half_made", sa.Column("id", sa.Integer(), primary_key=True))\n'
REVISIONS = {
    "raises": f"{HEAD}{HALF}    raise ZeroDivisionError\n",
    "exits": f"{HEAD}{HALF}    raise SystemExit\n",
    "asks the database for what is not there": f'{HEAD}{HALF}    op.execute("SELECT * FROM nowhere")\n',
    "is no Python": f"{HEAD}def upgrade(:\n",
    "does not say which it is": HALF,
    "follows one that is not there": f"{HEAD}{HALF}".replace("None", '"bad_tables_0000"', 1),
}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Modules]:
    made = Modules(tmp_path / "modules")
    made.find(monkeypatch)
    yield made
    made.forget()


def add(modules: Modules, revision: str) -> Path:
    """A module with this revision; answers the revision's file."""
    modules.add(KEY)
    file = modules.root / KEY / "migrations" / f"{KEY}_0001_first.py"
    file.parent.mkdir()
    file.write_text(revision)
    return file


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def opened(path: Path, clock: FixedClock) -> Registry:
    """All modules after the database was opened and closed."""
    registry = new_registry(clock)
    open_database(path, registry, clock.now).close()
    return registry


@pytest.mark.parametrize("there", [False, True], ids=["a new database", "one that is there"])
@pytest.mark.parametrize("revision", REVISIONS.values(), ids=REVISIONS)
def test_the_database_opens_without_a_module_whose_revision(
    revision: str, there: bool, modules: Modules, tmp_path: Path, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "office.kontinuum"
    if there:
        opened(path, clock)
    file = add(modules, revision)
    registry = opened(path, clock)
    broken = registry.module(KEY)
    assert (broken.state, broken.reason) == ("failed", "Its tables could not be brought up to date.")
    assert KEY in caplog.text and caplog.records[-1].levelno == logging.ERROR
    assert registry.module("phones").running and {"person", "call_round"} <= tables(path)
    assert not {"half_made", f"schema_version_{KEY}"} & tables(path)
    registry.switch(KEY, True)
    assert broken.state == "failed"  # its pages would find no tables
    file.write_text(f"{HEAD}{HALF}")
    assert opened(path, clock).module(KEY).running and "half_made" in tables(path)


def test_a_folder_without_revisions_is_no_line_of_revisions(modules: Modules, clock: FixedClock, tmp_path: Path) -> None:
    add(modules, "").unlink()
    registry = opened(tmp_path / "office.kontinuum", clock)
    assert registry.module(KEY).running
    assert KEY not in [part.key for part in parts_of(registry)]


def test_a_fault_of_the_file_is_laid_at_no_modules_door(modules: Modules, clock: FixedClock, tmp_path: Path) -> None:
    add(modules, f"{HEAD}{HALF}")
    path = tmp_path / "office.kontinuum"
    path.write_bytes(b"SQLite format 3\x00 and nothing after it")
    registry = new_registry(clock)
    with pytest.raises(Unavailable):
        open_database(path, registry, clock.now)
    assert registry.module(KEY).running
