"""The whole window on a real database; background work runs at once, nothing opens outside."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from shutil import copyfile
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.base import new_id
from db.models.person import Person
from db.sorting import name_key
from desktop.assembly import open_database
from desktop.core.clock import FixedClock, SystemClock
from desktop.core.settings import DeskSettings
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.people.tasks import TaskForm, add_task
from desktop.shell.application import Application
from desktop.shell.desk import Desk, Surroundings, window_registry
from desktop.shell.desk_view import DeskView


@dataclass
class Shell:
    """The program under test, with what it gave to the system."""

    app: Application
    folder: Path
    template: Path
    opened: list[QUrl] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        assert self.app.desk is not None
        return self.app.desk

    @property
    def view(self) -> DeskView:
        assert self.app.view is not None
        return self.app.view

    @property
    def told(self) -> str:
        return f"{self.view.workspace.notices.banner.text} {self.view.workspace.toast.banner.text}".strip()

    def open(self, name: str = "Office.kontinuum") -> DeskView:
        if not (self.folder / name).exists():
            copyfile(self.template, self.folder / name)
        self.app.open_database(self.folder / name)
        return self.view

    def add_person(self, family: str, given: str = "Mia") -> UUID:
        person_id, name = new_id(), f"{family}, {given}"
        with self.desk.database.write(self.desk.actor, "create_person", [person_id], {"name": name}) as session:
            session.add(Person(id=person_id, family=family, given=given, name_key=name_key(family, given)))
        return person_id

    def add_task(self, title: str, days: int, person_id: UUID | None = None) -> UUID:
        due = self.desk.clock.now() + timedelta(days=days)
        with self.desk.database.write(self.desk.actor, "add_task") as session:
            return add_task(session, TaskForm(title=title, due=due, person_id=person_id))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the tables of all modules, made once: making one takes longer than a test."""
    path = tmp_path_factory.mktemp("template") / "empty.kontinuum"
    open_database(path, window_registry(SystemClock(UTC))).close()
    return path


@pytest.fixture
def shell(
    template: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    """The program at its start page, speaking English."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    opened: list[QUrl] = []
    gc.freeze()  # what earlier tests left is not looked through again at the end of each: that came to take longer than the test

    def opener(url: QUrl) -> bool:
        opened.append(url)
        return True

    around = Surroundings(make_tasks=ImmediateTasks, clock=clock, opener=opener)
    app = Application(qapp, kept=DeskSettings(tmp_path / "desk.json"), around=around, at_once=True, catch=False)
    app.window.resize(1366, 768)
    app.start()
    yield Shell(app, tmp_path, template, opened)
    app.close()
    app.window.close()
    app.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # no event loop will do it
    gc.collect()  # while nothing new lies where the old parts lay: Python may still know them by their addresses
