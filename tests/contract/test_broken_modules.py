"""Whatever a module does wrong stays its own: a manifest, a page or a slot that raises."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.core.clock import FixedClock
from desktop.core.log import uninstall_handlers
from desktop.core.messages import Message
from desktop.core.settings import DeskSettings
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.shell.application import Application
from desktop.shell.desk import Surroundings

MANIFEST = """
from db.texts import _
from desktop.core.manifest import Contribution, Manifest, Page
{first}
MANIFEST = Manifest(
    key="{key}", title=_("{key}"), icon="", group="desk", order=1,
    pages=(Page("{key}.list", _("{key}"), "", "wrong_modules.{key}.pages:ListPage"),),
    contributions=(Contribution("my_day_card", "{key}.card", _("Card"), "wrong_modules.{key}.{card}"),),
)
"""
PAGE = """
from PySide6.QtWidgets import QPushButton
class ListPage(QPushButton):
    def __init__(self, context, parent):
        super().__init__("x", parent)
        self.clicked.connect(self.fail)
        {making}
    def fail(self):
        raise ZeroDivisionError("slot")
"""
CARD = """
from PySide6.QtWidgets import QWidget
class Card(QWidget):
    pass
"""
MODULES = {  # what its manifest does, what its page does while it is made, where its card lies
    "manifest_raises": ("1 / 0", "", "cards:Card"),
    "page_raises": ("", "1 / 0", "cards:Card"),
    "slot_raises": ("", "", "cards:Card"),
    "card_is_missing": ("", "", "nowhere:Card"),
}


@pytest.fixture
def app(
    qapp: QApplication, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, expected_log: list[str]
) -> Iterator[Application]:
    """The program as it runs for users, with modules that break in four ways."""
    package = tmp_path / "wrong_modules"
    package.mkdir()
    (package / "__init__.py").touch()
    for key, (first, making, card) in MODULES.items():
        (package / key).mkdir()
        (package / key / "__init__.py").touch()
        (package / key / "manifest.py").write_text(MANIFEST.format(key=key, first=first, card=card))
        (package / key / "cards.py").write_text(CARD)
        (package / key / "pages.py").write_text(PAGE.format(making=making))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    around = Surroundings(make_tasks=ImmediateTasks, clock=clock)
    kept = DeskSettings(tmp_path / "desk.json")
    made = Application(qapp, kept=kept, around=around, at_once=True, packages=("wrong_modules",), catch=False)
    made.open_database(tmp_path / "a.kontinuum")
    yield made
    made.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    uninstall_handlers()
    for name in [name for name in sys.modules if name.startswith("wrong_modules")]:
        del sys.modules[name]


def page_key(app: Application) -> str:
    assert app.view is not None and app.view.workspace.current is not None
    return app.view.workspace.current.key


def test_a_manifest_that_raises_is_listed_and_the_window_opens(app: Application) -> None:
    assert app.desk is not None
    module = app.desk.registry.module("manifest_raises")
    assert module.state == "failed" and "ZeroDivisionError" in module.detail
    app.open_page("shell.modules")
    assert page_key(app) == "shell.modules"


def test_a_page_that_raises_leaves_the_others_open(app: Application) -> None:
    app.open_page("page_raises.list")
    assert app.view is not None and app.view.workspace.page is not None
    assert app.view.workspace.page.windowTitle() == "Not available"
    app.open_page("people.list")
    assert page_key(app) == "people.list"


def test_a_slot_that_raises_is_told_with_a_reference_and_the_window_goes_on(app: Application, qtbot: QtBot) -> None:
    told: list[Message] = []
    assert app.desk is not None and app.view is not None
    app.desk.messages.told.connect(told.append)
    app.open_page("slot_raises.list")
    page = app.view.workspace.page
    with qtbot.captureExceptions() as caught:
        page.click()  # type: ignore[union-attr]
    assert [kind for kind, *_rest in caught] == [ZeroDivisionError]
    app.desk.messages.show(caught[0][1].with_traceback(caught[0][2]))
    assert told and told[-1].reference.startswith("K-")
    app.open_page("people.list")
    assert page_key(app) == "people.list"


def test_a_part_that_cannot_be_imported_leaves_my_day_and_the_record(app: Application, qtbot: QtBot) -> None:
    app.open_page("shell.my_day")
    assert page_key(app) == "shell.my_day"
    assert app.desk is not None
    qtbot.waitUntil(lambda: not app.desk.registry.module("card_is_missing").running)  # the cards come after the page
    assert app.desk.registry.module("slot_raises").running
