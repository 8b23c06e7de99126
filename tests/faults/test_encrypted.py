"""An encrypted file stands what a plain one stands, and nothing of anybody can be read in it, beside it or in its backups."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from pytestqt.qtbot import QtBot

from db import encryption, keys
from db.keys import key_of
from db.schema import Part
from desktop.shell.application import Application
from tests.faults.conftest import SEED
from tests.faults.office import Books
from tests.faults.office_process import Starter
from tests.faults.test_kill import SAVING, Trial, while_backing_up, while_migrating, while_stepping
from tests.faults.test_power_cut import cut, spend
from tests.faults.test_secrets import DATABASE, SECRETS, Day, Desk, app, logged, modules, place

__all__ = ["app", "logged", "modules", "place"]


@pytest.fixture(scope="module")
def locked(worked: tuple[Path, Books], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Books]]:
    """The file of the office that has worked for a while, encrypted."""
    path, key = tmp_path_factory.mktemp("locked") / "Office.kontinuum", keys.new_key()
    shutil.copyfile(worked[0], path)
    encryption.encrypt(path, key)
    yield path, worked[1]
    keys.forget(key)


@pytest.fixture
def trial(
    tmp_path: Path, starter: Starter, parts: list[Part], locked: tuple[Path, Books], request: pytest.FixtureRequest
) -> Trial:
    path, books = locked
    found = Trial(tmp_path, starter, parts, books, Random(f"{SEED} {request.node.name}"))
    shutil.copyfile(path, found.path)
    return found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
@pytest.mark.parametrize("kinds", [SAVING, ("import",), ("take_back",)], ids=["saving", "importing", "taking back"])
def test_killed_while(kinds: tuple[str, ...], trial: Trial, rounds: Callable[..., int]) -> None:
    while_stepping(kinds, trial, rounds(6))
    assert encryption.state_of(trial.path) == "encrypted"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_killed_while_backing_up_or_migrating(trial: Trial, rounds: Callable[..., int]) -> None:
    while_backing_up(trial, rounds(6))
    while_migrating(trial, rounds(4))
    assert encryption.state_of(trial.target) == "encrypted"


def test_a_power_cut_loses_nothing_acknowledged(
    tmp_path: Path, locked: tuple[Path, Books], parts: list[Part], rounds: Callable[..., int]
) -> None:
    times = rounds(100, 2_000)
    day = spend(tmp_path, locked, parts, 30)
    assert all(content[:16] == key_of(locked[0]).mark for content in day.before.values())  # type: ignore[union-attr]
    assert cut(day, tmp_path / "after", times) == {"kept": times}


def test_seen_if_saved_were_said_too_early(tmp_path: Path, locked: tuple[Path, Books], parts: list[Part]) -> None:
    assert cut(spend(tmp_path, locked, parts, 30), tmp_path / "after", 40, told_early=True)["lost"] > 0


def readable(place: Desk) -> list[str]:
    """Every secret that can be read in the files of the database and its backups, with the place."""
    files = [path for path in place.root.rglob("*") if path.is_file() and path.name.endswith(DATABASE)]
    assert files
    contents = {path.relative_to(place.root).as_posix(): path.read_bytes() for path in files}
    return [
        f"{name} in {where}" for name, secret in SECRETS.items() for where, held in contents.items() if secret.encode() in held
    ]


@pytest.mark.qt_no_exception_capture
@pytest.mark.parametrize("protected", [True, False], ids=["encrypted", "plain, the control"])
def test_a_day_leaves_nothing_to_read_in_the_database_either(
    app: Application, qtbot: QtBot, place: Desk, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda url: True)
    key = keys.new_key()
    if protected:
        encryption.begin(place.root / "data" / "Office.kontinuum", key)
    day = Day(app, qtbot, place)
    day.meet()
    day.type_and_search()
    day.bring_in()
    day.serve()
    app.copies.back_up_to(place.root / "data" / "Copy.kontinuum")
    day.wait()
    assert {"Office.kontinuum-wal", "Office.kontinuum-shm", "Copy.kontinuum"} <= {
        path.name for path in (place.root / "data").iterdir()
    }
    open_found = readable(place)
    app.close()
    found = {name.split(" in ")[0] for name in (*open_found, *readable(place))}
    keys.forget(key)
    assert found == set() if protected else {"name", "note", "draft", "email", "street"} <= found
    assert place.traces() == [] if protected else True


def test_what_is_sorted_or_kept_for_a_while_stays_in_memory(locked: tuple[Path, Books]) -> None:
    """A temporary file of the engine would not be encrypted."""
    from db.sqlite.connection import connect

    with closing(connect(locked[0], lambda: None, key=key_of(locked[0]), read_only=True)) as raw:
        assert raw.execute("PRAGMA temp_store").fetchone()[0] == 2
