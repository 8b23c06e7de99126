"""A start without modules: asked for, offered after a start that did not finish, and left again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.core.settings import DeskSettings
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.shell.application import Application
from desktop.shell.desk import Surroundings
from desktop.shell.safe_start import StartMark
from tests.shell.conftest import Shell

DIES = """
import os, sys
sys.path.insert(0, {root!r})
from PySide6.QtCore import QCoreApplication
QCoreApplication([])
from pathlib import Path
from desktop.shell.safe_start import StartMark
mark = StartMark(Path({mark!r}))
print(mark.begin())
os._exit(1)
"""


def die_at_start(mark: Path) -> str:
    """Another program leaves the mark and ends before its window is usable."""
    code = DIES.format(root=str(Path(__file__).parents[2]), mark=str(mark))
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=os.environ)
    assert ended.returncode == 1, ended.stderr
    return ended.stdout.strip()


@pytest.fixture
def start(shell: Shell, qapp: QApplication, tmp_path: Path) -> Iterator[Any]:
    """Start the program on a database: `start(safe=True)`."""
    started: list[Application] = []
    copyfile(shell.template, tmp_path / "office.kontinuum")

    def begin(**how: Any) -> Application:
        around = Surroundings(make_tasks=ImmediateTasks, clock=shell.app._clock)
        app = Application(
            qapp, kept=DeskSettings(tmp_path / "other.json"), around=around, at_once=True, catch=False,
            mark=StartMark(tmp_path / "starting.lock"), **how,
        )  # fmt: skip
        started.append(app)
        app.start(tmp_path / "office.kontinuum")
        return app

    yield begin
    for app in started:
        app.close()
        app.window.close()
        app.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def running(app: Application) -> set[str]:
    assert app.desk is not None
    return {manifest.key for manifest in app.desk.registry.running()}


def click(widget: Any, text: str) -> None:
    next(button for button in widget.findChildren(QAbstractButton) if button.text() == text and not button.isHidden()).click()


def test_a_good_start_leaves_no_mark(start: Any, tmp_path: Path, qtbot: QtBot) -> None:
    app = start()
    assert app.desk is not None and "phones" in running(app)
    qtbot.waitUntil(lambda: not (tmp_path / "starting.lock").exists())
    app.leave_desk()
    assert start().desk is not None, "and the next one asks nothing"


def test_after_a_start_that_did_not_finish_the_window_asks(start: Any, tmp_path: Path, qtbot: QtBot) -> None:
    assert die_at_start(tmp_path / "starting.lock") == "False"
    app = start()
    assert app.desk is None and "The last start did not finish." in app.welcome.notices.banner.text
    click(app.welcome, "Start without modules")
    assert running(app) == {"people", "shell"}
    assert "Started without modules." in app.view.workspace.notices.banner.text
    click(app.view.workspace.notices, "Bring the modules back")
    assert "phones" in running(app)
    qtbot.waitUntil(lambda: not (tmp_path / "starting.lock").exists())


def test_one_may_start_as_usual_all_the_same(start: Any, tmp_path: Path) -> None:
    die_at_start(tmp_path / "starting.lock")
    app = start()
    click(app.welcome, "Start as usual")
    assert "phones" in running(app)


def test_a_start_that_dies_again_is_noticed_again(tmp_path: Path) -> None:
    assert [die_at_start(tmp_path / "starting.lock") for _time in range(3)] == ["False", "True", "True"]


def test_another_start_under_way_is_no_failed_one(tmp_path: Path) -> None:
    first, second = StartMark(tmp_path / "starting.lock"), StartMark(tmp_path / "starting.lock")
    assert not first.begin()
    assert not second.begin()
    first.end()
    assert not StartMark(tmp_path / "starting.lock").begin()


def test_no_code_of_a_module_runs_in_a_safe_start(start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "parcels" / "odd"
    package.mkdir(parents=True)
    (tmp_path / "parcels" / "__init__.py").touch()
    for name in ("__init__.py", "manifest.py"):
        (package / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    app = start(safe=True, packages=("parcels",))
    assert running(app) == {"people", "shell"} and not (tmp_path / "ran").exists()
    app.open_page("shell.modules")
    shown = [label.text() for label in app.view.workspace.page.findChildren(QLabel)]
    assert "odd" in shown and "Left out: the program was started without modules." in shown


def test_the_modules_page_brings_them_back(start: Any) -> None:
    app = start(safe=True)
    app.open_page("shell.modules")
    page = app.view.workspace.page
    assert not page.back.isHidden()
    page.back.click()
    assert "phones" in running(app) and not app.safe.on
    app.open_page("shell.modules")
    assert app.view.workspace.page.back.isHidden()
