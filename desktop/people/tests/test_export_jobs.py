"""An export stands among the jobs: how far it is, the way to stop it, and the file once it is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from db.errors import Unavailable
from desktop.core.context import ModuleContext
from desktop.core.documents import Documents
from desktop.core.lanes import Job
from desktop.people.exports import making as making_lists
from desktop.people.exports.page import ExportPage
from desktop.people.exports.run import ExportRun
from tests.support import MakePerson

from .test_exports import WHY, Start, asked, everybody, held_up, left_behind, many, start

__all__ = ["many", "start"]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def newest(run: ExportRun) -> Job:
    return run._context.tasks.jobs[-1]


def test_a_finished_list_is_opened_from_the_jobs(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson, tmp_path: Path
) -> None:
    make_person("Ek")
    opened: list[str] = []
    documents = Documents(context.tasks, context.texts, lambda url: opened.append(url.toLocalFile()) is None)
    page = ExportPage(replace(context, documents=documents), people=everybody())
    qtbot.addWidget(page)
    page.purpose.setText(WHY.purpose)
    page.start(tmp_path / "folk.csv")
    job = newest(page.run)
    assert (job.title, job.about, job.state, job.done, job.total) == ("Exporting a list of people", "folk.csv", "done", 1, 1)
    assert job.opens is not None
    job.opens()
    assert opened == [str(tmp_path / "folk.csv")]
    (tmp_path / "folk.csv").unlink()
    with pytest.raises(Unavailable, match="still there"):
        job.opens()


@pytest.mark.usefixtures("many")
def test_the_jobs_tell_how_far_it_is(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    run, _making, _owner = start(asked(tmp_path / "a.csv"))
    job = newest(run)
    run.progressed.connect(lambda _done, _of: told.append((job.done, job.total)))
    assert job.state == "running"
    qtbot.waitUntil(lambda: job.over, timeout=30_000)
    assert job.state == "done" and job.done == job.total == making_lists.PORTION + 50
    assert (making_lists.PORTION, job.total) in [*told, (job.done, job.total)] or len(told) > 1


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("how", ["job", "page"])
def test_stopped_among_the_jobs_it_leaves_nothing(
    qtbot: QtBot, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    gate, there = held_up(monkeypatch)
    run, _making, owner = start(asked(tmp_path / "a.xlsx"))
    job, stopped = newest(run), []
    run.stopped.connect(lambda: stopped.append(True))
    qtbot.waitUntil(there.is_set, timeout=30_000)
    if how == "job":
        job.cancel()
        assert stopped and not run.busy
    else:
        owner.deleteLater()
    qtbot.waitUntil(lambda: left_behind(tmp_path) == [] and job.over, timeout=30_000)
    gate.set()
    assert job.state == "cancelled" and job.opens is None and not (tmp_path / "a.xlsx").exists()


def test_one_that_fails_says_so(qtbot: QtBot, context: ModuleContext, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Ek")
    page = ExportPage(context, people=everybody())
    qtbot.addWidget(page)
    page.purpose.setText(WHY.purpose)
    page.start(tmp_path / "nowhere" / "folk.csv")
    assert newest(page.run).state == "failed" and newest(page.run).opens is None and page.banner.text
