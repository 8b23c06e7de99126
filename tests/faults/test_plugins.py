"""Whatever a module does wrong, the other pages go on, its line says what failed, and it can be switched off (T14)."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from db.models.interaction import Interaction
from desktop.assembly import new_registry, open_database
from desktop.core.clock import FixedClock, SystemClock
from desktop.core.log import CRASH, last_crash, uninstall_handlers
from desktop.core.manifest import NO_TEXT
from desktop.core.settings import DeskSettings
from desktop.core.starting import PATIENCE
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.core.trail import WHY, Trail
from desktop.people.editing import PersonForm, create_person
from desktop.shell.application import Application
from desktop.shell.desk import Surroundings
from desktop.shell.guards import Guards
from tests.faults.broken import GATE, PACKAGE, Modules
from tests.program import Program

ROOT = Path(__file__).parents[2]
ENDS = {"raises": "raise ZeroDivisionError", "exits": "sys.exit(0)", "asks_to_exit": "raise SystemExit"}
FOREVER = f"from {GATE} import opened\nwhile not opened.is_set(): pass"
SLOW = f"from {GATE} import opened\nopened.wait(30)"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Modules]:
    made = Modules(tmp_path / "modules")
    made.find(monkeypatch)
    yield made
    made.forget()


class Window(Program):
    """The program as a user has it, with what its navigation and its page of modules say."""

    def __init__(self, app: Application, path: Path) -> None:
        super().__init__(app)
        self.open_file(path)

    @property
    def places(self) -> list[str]:
        """What the navigation offers."""
        assert self.app.view is not None
        return [button.place.title for button in self.app.view.navigation.buttons]

    def open(self, key: str, **arguments: Any) -> QWidget:
        self.app.open_page(key, **arguments)
        return self.page

    def goes_on(self) -> bool:
        """Whether the other pages open, and the state page too."""
        return all(self.open(key).windowTitle() != "Not available" for key in ("people.list", "shell.my_day", "shell.modules"))

    def words(self) -> list[str]:
        """What the state page says."""
        return [label.text() for label in self.open("shell.modules").findChildren(QLabel)]

    def switch(self, title: str, verb: str = "Switch off") -> None:
        """Press the switch of this module on the state page."""
        buttons = self.open("shell.modules").findChildren(QPushButton)
        next(button for button in buttons if button.accessibleName() == f"{verb}: {title}").click()


@pytest.fixture
def make_window(
    qapp: QApplication, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Window]]:
    """Opens the program; `guarded` with the watchdog, impatient as no user's is."""
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    made: list[tuple[Application, Guards | None]] = []

    def make(*, guarded: bool = False, patience: float = PATIENCE, trail: Trail | None = None) -> Window:
        around = Surroundings(make_tasks=ImmediateTasks, clock=clock, patience=patience)
        kept = DeskSettings(tmp_path / "desk.json")
        app = Application(qapp, kept=kept, around=around, at_once=True, catch=False, trail=trail)
        window = Window(app, tmp_path / "Office.kontinuum")
        made.append((app, Guards(app, tmp_path / CRASH, noticed=0.4, ended=0.8) if guarded else None))
        return window

    yield make
    for app, guards in made:
        if guards is not None:
            guards.stop()
        app.close()
        app.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    uninstall_handlers()


def make_person(window: Window) -> Any:
    """A person with one line of the timeline for each broken module."""
    assert window.app.desk is not None
    desk = window.app.desk
    with desk.database.write(desk.actor, "create_person") as session:
        person = create_person(session, PersonForm(family="Åberg", given="Mia"), today=desk.clock.today())
        for key in (*window.registry._modules, "people"):
            session.add(Interaction(person_id=person, kind="note", at=desk.clock.now(), title=f"Line of {key}", module=key))
    return person


# While the program starts


FAULTS = {  # what is wrong with it: the harm, and what its line on the state page says
    "manifest_raises": ({"manifest": "1 / 0"}, "ZeroDivisionError"),
    "manifest_exits": ({"manifest": "import sys; sys.exit(1)"}, "It does not say properly what it is."),
    "manifest_lacks_library": ({"manifest": "import no_such_library"}, "no_such_library"),
    "wrong_version": ({"more": ", shell_version=99"}, "It was made for another version of the program."),
    "missing_need": ({"more": ', requires=("no_such_module",)'}, "It needs: no_such_module"),
    "import_raises": ({"pages": "1 / 0"}, "A part of it could not be loaded."),
    "import_exits": ({"pages": "raise SystemExit"}, "SystemExit: "),
}


def test_modules_that_cannot_start_are_named_with_the_reason_and_stop_nobody(
    modules: Modules, make_window: Callable[..., Window]
) -> None:
    for key, (harm, _said) in FAULTS.items():
        modules.add(key, **harm)
    sound = modules.add("sound")
    window = make_window()
    for key in FAULTS:
        window.app.open_page(f"{key}.list")
    assert window.goes_on()
    assert window.open("sound.list").windowTitle() == sound
    assert [key for key in FAULTS if window.registry.module(key).running] == []
    said = "\n".join(window.words())
    assert [key for key, (_harm, words) in FAULTS.items() if words not in said] == []


def test_a_module_that_takes_long_is_shown_as_starting_and_the_window_is_usable_before(
    modules: Modules, make_window: Callable[..., Window], qtbot: QtBot
) -> None:
    late_manifest, late_page = modules.add("late_manifest", manifest=SLOW), modules.add("late_page", pages=SLOW)
    window = make_window(patience=0.05)
    assert window.goes_on()
    window.app.open_page("late_page.list")
    assert window.page.windowTitle() == "Not available"
    qtbot.waitUntil(lambda: f"“{late_page}” is still starting." in [text.text() for text in window.page.findChildren(QLabel)])
    qtbot.waitUntil(lambda: window.words().count("Starting") == 2)
    assert window.goes_on()
    window.app.open_page("late_page.list")
    modules.gate.set()
    qtbot.waitUntil(lambda: window.page.windowTitle() == late_page)  # by itself
    qtbot.waitUntil(lambda: late_manifest in window.places)


def test_an_import_that_never_ends_leaves_a_window_in_which_it_can_be_switched_off(
    modules: Modules, make_window: Callable[..., Window], qtbot: QtBot
) -> None:
    title = modules.add("endless_import", pages=FOREVER)
    window = make_window(patience=0.05)
    window.app.open_page("endless_import.list")
    assert window.goes_on()
    window.switch(title)
    assert window.registry.module("endless_import").state == "disabled"
    qtbot.waitUntil(lambda: title not in window.places)


def test_a_late_module_with_tables_waits_for_the_next_opening(modules: Modules, make_window: Callable[..., Window]) -> None:
    modules.add("late_tables", manifest=SLOW)
    revisions = modules.root / "late_tables" / "migrations"
    revisions.mkdir()
    revision = 'revision, down_revision = "late_tables_0001", None\ndef upgrade() -> None: pass\n'
    (revisions / "late_tables_0001_first.py").write_text(revision)
    window = make_window(patience=0.05)
    modules.gate.set()
    for thread in threading.enumerate():
        if thread.name == "starting late_tables":
            thread.join()
    window.registry.take_in()
    assert "Open the database again." in "".join(window.words())
    window.app.open_database(window.app.desk.path)  # type: ignore[union-attr]
    assert window.registry.module("late_tables").running


# While its parts are asked for


@pytest.mark.parametrize("end", ENDS)
def test_a_contribution_of_any_kind_that_breaks_leaves_what_it_would_have_added_to(
    end: str, modules: Modules, make_window: Callable[..., Window], caplog: pytest.LogCaptureFixture, qtbot: QtBot
) -> None:
    kinds = ("person_tab", "my_day_card", "timeline_kind", "demo_data")
    for kind in kinds:
        modules.add(f"bad_{kind}", hook=ENDS[end], kinds=(kind,))
    window = make_window()
    qtbot.waitUntil(lambda: bool(window.registry.module("bad_my_day_card").faults))
    person = make_person(window)
    assert window.open("people.record", person_id=person).windowTitle() != "Not available"
    lines = [entry.title for entry in window.page.timeline.view.model.entries]  # type: ignore[attr-defined]
    assert "Line of bad_timeline_kind" in lines
    assert "Line of people" in lines
    from desktop.shell.demo import module_work

    window.told.clear()
    for work in module_work(window.app.view.context):  # type: ignore[union-attr]
        window.app.errands.run(window.app, NO_TEXT, work, lambda _nothing: None, window.app.tell_error)
    assert [message.kind for message in window.told] == ["defect"]
    assert window.goes_on()
    faults = {kind: len(window.registry.module(f"bad_{kind}").faults) for kind in kinds}
    assert all(faults.values()), faults
    assert caplog.records


def test_the_third_fault_of_a_tab_switches_its_module_off(
    modules: Modules, make_window: Callable[..., Window], qtbot: QtBot
) -> None:
    title = modules.add("bad_tab", hook="1 / 0", kinds=("person_tab",))
    window = make_window()
    people = [make_person(window) for _number in range(3)]
    for person in people:
        window.open("people.record", person_id=person)
    assert window.registry.module("bad_tab").state == "failed"
    qtbot.waitUntil(lambda: title not in window.places)
    assert "It failed three times within five minutes and was switched off." in window.words()
    window.switch(title, "Switch on")
    assert window.registry.module("bad_tab").running


@pytest.mark.parametrize("end", ENDS)
def test_an_import_or_document_that_breaks_ends_its_command_in_words(
    end: str, modules: Modules, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop import cli

    monkeypatch.setattr("desktop.core.log.user_log_path", lambda *_names, **_more: tmp_path / "log")
    monkeypatch.setattr(faulthandler, "is_enabled", lambda: True)
    root = logging.getLogger()
    before = list(root.handlers)
    modules.add("bad", hook=ENDS[end], kinds=("import", "document"))
    open_database(tmp_path / "a.kontinuum", new_registry(SystemClock(UTC))).close()
    (tmp_path / "x.csv").touch()
    for command in (["import", "import", str(tmp_path / "x.csv")], ["print", "document", "x", "--out", str(tmp_path / "x.pdf")]):
        assert cli.main([*command, "--db", str(tmp_path / "a.kontinuum")]) == 2
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    assert capsys.readouterr().err.count("Something went wrong") == 2


# While it runs


@pytest.mark.parametrize("call", ["import sys; sys.exit(3)", "import os; os._exit(3)", "exit()", "quit(1)"])
def test_a_slot_that_asks_the_program_to_end_is_refused(
    call: str, modules: Modules, make_window: Callable[..., Window], qtbot: QtBot
) -> None:
    modules.add("leaver", slot=call)
    window = make_window(guarded=True)
    page = window.open("leaver.list")
    with qtbot.captureExceptions() as caught:
        page.click()  # type: ignore[attr-defined]
    assert "leaver called" in str(caught[0][1])
    assert window.registry.note(caught[0][1].with_traceback(caught[0][2])) == "leaver"
    assert window.goes_on()


def test_the_program_itself_may_end(modules: Modules, make_window: Callable[..., Window]) -> None:
    make_window(guarded=True)
    with pytest.raises(SystemExit):
        sys.exit(0)


ENDLESS = {"in a slot": {"slot": "while True: pass"}, "in a hook": {"hook": "while True: pass", "kinds": ("person_tab",)}}


@pytest.mark.parametrize("where", ENDLESS)
def test_an_endless_loop_is_ended_and_its_module_switched_off(
    where: str, modules: Modules, make_window: Callable[..., Window], qtbot: QtBot, tmp_path: Path
) -> None:
    title = modules.add("endless", **ENDLESS[where])
    window = make_window(guarded=True, trail=Trail(tmp_path / "suspects.json"))
    person = make_person(window)
    page = window.open("endless.list")
    with qtbot.captureExceptions() as caught:
        if where == "in a slot":
            page.click()  # type: ignore[attr-defined]
        else:
            window.open("people.record", person_id=person)
        qtbot.waitUntil(lambda: window.registry.module("endless").state == "failed")
    assert [kind.__name__ for kind, *_rest in caught] == (["Endless"] if where == "in a slot" else [])
    assert f"“{title}” kept the window from answering. It was stopped and switched off." in [one.text for one in window.told]
    assert "It kept the window from answering and was stopped." in window.words()
    assert window.goes_on()
    assert not (tmp_path / "suspects.json").exists()


STUBBORN = f"""
        from {GATE} import opened
        while not opened.is_set():
            try:
                while not opened.is_set(): pass
            except Exception: pass
"""


def test_a_loop_that_cannot_be_ended_is_written_down_for_the_next_start(
    modules: Modules, make_window: Callable[..., Window], qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    suspects, kept = tmp_path / "suspects.json", list[str]()
    title = modules.add("stubborn", slot=STUBBORN)
    window = make_window(guarded=True, trail=Trail(suspects))
    page = window.open("stubborn.list")

    def look() -> None:
        while not suspects.exists() or "stuck" not in suspects.read_text():
            if modules.gate.wait(0.01):
                return
        kept.append(suspects.read_text())
        modules.gate.set()

    watcher = threading.Thread(target=look)
    watcher.start()
    page.click()  # type: ignore[attr-defined]
    watcher.join()
    assert [json.loads(text) for text in kept] == [{"stubborn": "stuck"}]
    qtbot.waitUntil(lambda: not suspects.exists())  # it did end
    assert "in the code of stubborn" in caplog.text and "in act" in caplog.text
    suspects.write_text(kept[0])  # as if the user had ended the program meanwhile
    window.app.trail = Trail(suspects)
    window.app.open_database(window.app.desk.path)  # type: ignore[union-attr]
    assert title not in window.places
    assert WHY["stuck"] in window.words()
    window.switch(title, "Switch on")
    qtbot.waitUntil(lambda: title in window.places and not suspects.exists())


# What only the next start can survive


PROGRAM = """
import sys
from pathlib import Path
import desktop.modules
desktop.modules.__path__.append(sys.argv[1])
from desktop.app import main
sys.exit(main(Path(sys.argv[2])))
"""
DEADLY = {  # what it does; what the next start says
    "ends in its manifest": ({"manifest": "import posix; posix._exit(7)"}, "starting"),
    "ends on import": ({"pages": "", "hook": "pass\nimport posix; posix._exit(7)", "kinds": ("my_day_card",)}, "starting"),
    "crashes in a card": ({"hook": "import ctypes; ctypes.string_at(0)", "kinds": ("my_day_card",)}, "crashed"),
}


@pytest.mark.skipif(sys.platform == "win32", reason="ends the process as POSIX does")
@pytest.mark.parametrize("harm", DEADLY)
def test_a_module_that_ends_the_process_is_left_off_at_the_next_start(
    harm: str, modules: Modules, make_window: Callable[..., Window], tmp_path: Path, qtbot: QtBot
) -> None:
    arguments, why = DEADLY[harm]
    open_database(tmp_path / "Office.kontinuum", new_registry(SystemClock())).close()  # for a new one it might ask about the key
    modules.add("deadly", **arguments)
    homes = {f"XDG_{kind}_HOME": str(tmp_path / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(modules.root), str(tmp_path / "Office.kontinuum")],
        cwd=ROOT, env={**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode not in (0, 1), ended.stderr[-2000:]
    trail = Trail(tmp_path / "config" / "kontinuum" / "suspects.json", last_crash(tmp_path / "state" / "kontinuum" / "log"))
    window = make_window(trail=trail)
    module = window.registry.module("deadly")
    assert (module.state, module.reason) == ("disabled", WHY[why])
    assert WHY[why] in window.app.view.workspace.notices.banner.text  # type: ignore[union-attr]
    assert WHY[why] in window.words()
    assert window.goes_on()
    assert f"{PACKAGE}.deadly.hooks" not in sys.modules
    assert last_crash(tmp_path / "state" / "kontinuum" / "log") is None  # told once


HELD = """
import ctypes, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from desktop.core.trail import Trail
from desktop.core.watchdog import Watchdog
qt = QCoreApplication([])
watchdog = Watchdog(lambda names: "", Trail(), crash=open(sys.argv[1], "a"), beat=0.05, dumped=0.3)
watchdog.start()
QTimer.singleShot(0, ctypes.PyDLL(None).pause)  # waits for ever and keeps Python to itself
qt.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="waits as POSIX does")
def test_a_library_that_keeps_python_to_itself_is_seen_from_outside_python(tmp_path: Path) -> None:
    crash = tmp_path / CRASH
    with subprocess.Popen([sys.executable, "-c", HELD, str(crash)], cwd=ROOT, stderr=subprocess.DEVNULL) as held:
        while not (crash.exists() and "most recent call first" in crash.read_text()):
            with contextlib.suppress(subprocess.TimeoutExpired):
                held.wait(0.05)
                pytest.fail("it ended by itself")
        held.kill()
    assert "pause" in crash.read_text() or 'File "<string>"' in crash.read_text()
