"""The page of jobs: what an export left there is opened by a key, and what is gone is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.texts import Msgid
from desktop.widgets.buttons import Button

from .conftest import Shell


def buttons(shell: Shell) -> dict[str, Button]:
    shell.app.open_page("shell.jobs")
    page = shell.view.workspace.page
    assert page is not None
    found = page.findChildren(Button)
    return {button.accessibleName() or button.text(): button for button in found if button.isVisibleTo(page)}


def done(shell: Shell, path: Path, opens: Callable[[], None] | None) -> None:
    job = shell.desk.tasks.own_job(Msgid("Exporting a list of people"), path.name, lambda: None)
    job.advance(1, 1)
    job.end("done", opens)


def test_a_file_that_was_made_is_opened(shell: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    shell.open()
    path = tmp_path / "folk.csv"
    path.write_text("x", encoding="utf-8")
    done(shell, path, partial(shell.view.context.documents.open, path))
    done(shell, tmp_path / "other.csv", None)
    there = buttons(shell)
    assert [name for name in there if name.startswith("Open")] == ["Open the file: folk.csv"]
    qtbot.keyClick(there["Open the file: folk.csv"], Qt.Key.Key_Space)
    assert [url.toLocalFile() for url in shell.opened] == [str(path)]
    path.unlink()
    there["Open the file: folk.csv"].click()
    assert "folk.csv can no longer be read" in shell.told and len(shell.opened) == 1


def test_a_job_that_runs_is_stopped_and_says_what_it_is_about(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    stopped = []
    job = shell.desk.tasks.own_job(Msgid("Exporting a list of people"), "folk.csv", lambda: stopped.append(True))
    there = buttons(shell)
    [stop] = [button for name, button in there.items() if name.startswith("Stop")]
    qtbot.keyClick(stop, Qt.Key.Key_Space)
    assert stopped == [True]
    job.end("cancelled")
    job.end("done", lambda: None)  # too late
    assert shell.desk.tasks.jobs[-1].state == "cancelled" and shell.desk.tasks.jobs[-1].opens is None
    assert not any(name.startswith(("Stop", "Open")) for name in buttons(shell))
