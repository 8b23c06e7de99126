"""A module that breaks does not take the window with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.clock import FixedClock
from desktop.core.settings import DeskSettings
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.shell.application import Application
from desktop.shell.desk import Surroundings

MANIFEST = """
from db.texts import _
from desktop.core.manifest import Contribution, Manifest, Page
MANIFEST = Manifest(
    key="{key}", title=_("{key}"), icon="", group="desk", order=1,
    pages=(Page("{key}.list", _("{key}"), "", "broken_modules.{key}.pages:ListPage"),),
    contributions=(Contribution("my_day_card", "{key}.card", _("Card"), "broken_modules.{key}.cards:Card"),),
)
"""
PAGES = {
    "unimportable": "import no_such_library\n",
    "raising": "class ListPage:\n    def __init__(self, context, parent): raise ZeroDivisionError\n",
}
CARDS = {
    "unimportable": "import no_such_library\n",
    "raising": "from PySide6.QtWidgets import QLabel\nclass Card(QLabel):\n    def __init__(self, context, parent): super().__init__('x')\n",
}


@pytest.fixture
def app(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    """The program with two broken modules."""
    package = tmp_path / "broken_modules"
    for key, code in PAGES.items():
        (package / key).mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / key / "__init__.py").write_text("")
        (package / key / "manifest.py").write_text(MANIFEST.format(key=key))
        (package / key / "pages.py").write_text(code)
        (package / key / "cards.py").write_text(CARDS[key])
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    around = Surroundings(make_tasks=ImmediateTasks, clock=clock)
    app = Application(
        qapp, kept=DeskSettings(tmp_path / "desk.json"), around=around, at_once=True, packages=("broken_modules",), catch=False
    )
    yield app
    app.close()
    app.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    for name in [name for name in sys.modules if name.startswith("broken_modules")]:
        del sys.modules[name]


def shown(app: Application) -> list[str]:
    assert app.view is not None
    return [button.place.title for button in app.view.navigation.buttons]


def test_a_module_that_cannot_be_imported_is_told_and_the_others_work(app: Application, tmp_path: Path, qtbot: QtBot) -> None:
    app.open_database(tmp_path / "a.kontinuum")
    assert app.desk is not None and app.view is not None
    assert app.view.workspace.current is not None and app.view.workspace.current.key == "shell.my_day"
    unimportable = app.desk.registry.module("unimportable")
    assert unimportable.state == "ready"  # the page stands before the first card is looked for
    qtbot.waitUntil(lambda: unimportable.state == "failed")
    app.open_page("people.list")
    assert app.view.workspace.current.key == "people.list"


def test_the_status_page_says_why_a_module_failed(app: Application, tmp_path: Path, qtbot: QtBot) -> None:
    app.open_database(tmp_path / "a.kontinuum")
    assert app.desk is not None and app.view is not None
    registry = app.desk.registry
    qtbot.waitUntil(lambda: registry.module("unimportable").state == "failed")
    app.open_page("shell.modules")
    from PySide6.QtWidgets import QLabel

    words = [label.text() for label in app.view.workspace.page.findChildren(QLabel)]  # type: ignore[union-attr]
    assert "A part of it could not be loaded." in words
    assert any("no_such_library" in word for word in words)


def test_a_page_that_raises_says_so_in_its_place(app: Application, tmp_path: Path) -> None:
    app.open_database(tmp_path / "a.kontinuum")
    app.open_page("raising.list")
    assert app.view is not None and app.view.workspace.page is not None
    assert app.view.workspace.page.windowTitle() == "Not available"


def test_the_third_fault_switches_a_module_off_until_the_user_turns_it_on(app: Application, tmp_path: Path, qtbot: QtBot) -> None:
    app.open_database(tmp_path / "a.kontinuum")
    assert app.desk is not None and app.view is not None
    module = app.desk.registry.module("raising")
    while module.running:
        app.desk.registry.fault("raising")
    qtbot.waitUntil(lambda: "raising" not in shown(app))
    app.desk.registry.switch("raising", True)
    assert app.desk.registry.module("raising").running
    qtbot.waitUntil(lambda: "raising" in shown(app))
