"""A window over an empty file or over a small demo; whatever is logged as a warning or an error fails the test."""

from __future__ import annotations

import inspect
import logging
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QUrl
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import Table, select

from conftest import NOW
from db.models.person import Person
from db.models.segment import Segment
from db.models.task import Task
from db.profiles import Address
from desktop.assembly import assemble, new_registry, open_database
from desktop.core.clock import FixedClock, office_zone
from desktop.core.manifest import Manifest, Page
from desktop.core.settings import DeskSettings
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.people.demo_data import fill
from desktop.shell.application import Application
from desktop.shell.day_cards import DayCards
from desktop.shell.desk import Surroundings
from tests.program import Program
from tests.servers import Server

PEOPLE = 40
LOGIN = "tester"  # who signs in on the server of the tests, too


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def heard() -> Iterator[list[str]]:
    """What was logged as a warning or an error; a test that expects such lines clears the list."""
    handler = _Heard()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)
    assert handler.lines == []


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Path:
    """A closed database with invented people and what every module adds to them."""
    path = tmp_path_factory.mktemp("demo") / "Demo.kontinuum"
    _fill(path)
    return path


@pytest.fixture(scope="session")
def demo_on_server(server: Server, empty_on_server: str, qapp: QApplication) -> str:
    """The same on the server: the name of a database to copy."""
    name = server.fresh("demo", empty_on_server).rpartition("/")[2]
    _fill(server.dsn(name, user=LOGIN))
    return name


def _fill(address: Address) -> None:
    clock = FixedClock(NOW, office_zone())
    registry = new_registry(clock)
    database = open_database(address, registry, clock.now)
    ground = assemble(database, registry, login=LOGIN, make_tasks=ImmediateTasks, language="en", clock=clock)
    fill(ground.context, PEOPLE)
    ground.close()


@pytest.fixture
def demo(kept_in: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Address]:
    """Where a copy of the demo is, for a test that runs on every engine."""
    if kept_in == "sqlite":
        path = tmp_path / "Contract.kontinuum"
        shutil.copy(request.getfixturevalue("demo_file"), path)
        yield path
        return
    server: Server = request.getfixturevalue("server")
    with server.lent(request.getfixturevalue("demo_on_server"), LOGIN) as lent:
        yield lent


class Window(Program):
    """The program, and the ways to show each page of each module."""

    def show(self, page: Page, **arguments: Any) -> QWidget:
        """Open a page and let Qt lay it out."""
        self.app.open_page(page.key, **arguments)
        assert self.app.view is not None
        current = self.app.view.workspace.current
        assert current is not None and current.key == page.key, page.key
        assert self.page.windowTitle() != "Not available", page.key
        QApplication.processEvents()
        for cards in self.page.findChildren(DayCards):  # they come after the page
            patience = QDeadlineTimer(20_000)
            while not cards.complete and not patience.hasExpired():
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            assert cards.complete
            QApplication.processEvents()
        return self.page

    def show_filled(self, manifest: Manifest, page: Page) -> QWidget | None:
        """Open a page of one record with a record of its kind; None where the file holds none."""
        wanted = wanted_ids(page)
        if not wanted:
            return self.show(page)
        for ids in self._candidates(manifest, wanted):
            self.told.clear()
            shown = self.show(page, **ids)
            if not self.told:
                return shown
        return None

    def _candidates(self, manifest: Manifest, wanted: list[str]) -> Iterator[dict[str, UUID]]:
        """Ids by the names of the arguments: a person, a row of the module's table of that name, or a task's subject."""
        package = self.registry.module(manifest.key).package
        tables = own_tables(package) or [Segment.__table__]
        assert self.app.desk is not None
        with self.app.desk.database.read() as session:
            people = list(session.scalars(select(Person.id).order_by(Person.id).limit(1)))
            subjects = list(session.scalars(select(Task.subject).where(Task.module == manifest.key).limit(3)))
            rows = {table.name: list(session.scalars(select(table.c.id).limit(1))) for table in tables if "id" in table.c}
        name = next((name for name in wanted if name != "person_id"), "")
        base = {"person_id": people[0]} if "person_id" in wanted and people else {}
        if not name:
            yield base
        kind = name.removesuffix("_id")
        own = [id for table, ids in rows.items() for id in ids if name == "subject" or table.endswith(kind)]
        for id in [*(subjects if name == "subject" else []), *own]:
            if name and id is not None:
                yield {**base, name: id}


def wanted_ids(page: Page) -> list[str]:
    """The arguments of a page that are ids of records."""
    path, _colon, name = page.opens.partition(":")
    signature = inspect.signature(getattr(import_module(path), name))
    names = [key for key, parameter in signature.parameters.items() if "UUID" in str(parameter.annotation)]
    required = [key for key in names if signature.parameters[key].default is inspect.Parameter.empty]
    if required or not page.hidden:
        return required
    return names[-1:] if page.key.endswith(".record") else names[:1]


def own_tables(package: str) -> list[Table]:
    """The tables a module declares in its `tables.py`."""
    return [kind.__table__ for kind in module_classes(package)]


def module_classes(package: str) -> list[Any]:
    """The mapped classes of a module's `tables.py`."""
    try:
        module = import_module(f"{package}.tables")
    except ModuleNotFoundError:
        return []
    classes = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    return [kind for kind in classes if isinstance(getattr(kind, "__table__", None), Table)]


OpenWindow = Callable[..., Window]


@pytest.fixture
def open_window(
    qapp: QApplication, tmp_path: Path, demo_file: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenWindow]:
    """Opens the program on an empty file, or with `demo=True` on a copy of the demo, in one of its languages."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    made: list[Application] = []

    def open_one(*, demo: bool = False, language: str = "en", path: Address | None = None) -> Window:
        around = Surroundings(make_tasks=ImmediateTasks, clock=clock, opener=lambda url: QUrl(url).isValid())
        kept = DeskSettings(tmp_path / "desk.json")
        app = Application(qapp, kept=kept, around=around, at_once=True, language=language, catch=False)
        made.append(app)
        app.window.resize(1366, 768)
        own = tmp_path / "Contract.kontinuum"
        if demo and not own.exists():
            shutil.copy(demo_file, own)
        window = Window(app)
        window.open_file(path or own, LOGIN)
        app.window.show()
        return window

    yield open_one
    for app in made:
        app.close()
        app.window.close()
        app.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else each style sheet dresses them all again


@pytest.fixture
def expected_log(heard: list[str]) -> Iterator[list[str]]:
    """For a test that breaks something on purpose: what was logged is its business."""
    yield heard
    heard.clear()
