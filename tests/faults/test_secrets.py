"""What is known of people stays in the database: an ordinary day leaves no trace of it anywhere else (T22)."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.errors import Told
from db.models.person import Person
from desktop.core.log import start_log, uninstall_handlers
from desktop.core.manifest import NO_TEXT
from desktop.core.messages import Message
from desktop.core.settings import DeskSettings
from desktop.core.trail import SUSPECTS, Trail
from desktop.people.contacts import ContactForm, add_contact
from desktop.people.editing import PersonForm, create_person
from desktop.people.roles import IdentifierForm, add_identifier
from desktop.shell.application import Application
from desktop.shell.demo import module_work
from tests.contract.conftest import module_classes
from tests.contract.test_hostile_texts import titled
from tests.faults.broken import Modules

SECRETS = {  # unlike anything a program would write by itself
    "name": "Qzvanamn",
    "given": "Qzvagiven",
    "number": "191212121212",
    "dashed number": "19121212-1212",
    "short number": "121212-1212",
    "phone": "+46701740699",
    "typed phone": "070-174 06 99",
    "email": "qzvapost@example.invalid",
    "street": "Qzvagatan 7",
    "note": "Qzvaanteckning",
    "draft": "Qzvautkast",
    "search": "Qzvasoekning",
    "in a faulty row": "Qzvafelrad",
    "in an error": "Qzvaundantag",
    "in a rule": "Qzvaregel",
    "policy": "Qzvapolicy",
    "call": "Qzvasamtal",
}
DATABASE = (".kontinuum", ".kontinuum-wal", ".kontinuum-shm")


@dataclass
class Desk:
    """Where a user's programs leave things, all in one folder."""

    root: Path
    titles: list[str]

    @property
    def log(self) -> Path:
        return self.root / "log"

    def traces(self, *streams: str) -> list[str]:
        """Every secret found outside the database, with the place."""
        found = []
        for path in sorted(path for path in self.root.rglob("*") if path.is_file() and not path.name.endswith(DATABASE)):
            content = path.read_bytes()
            names = (
                name for name, secret in SECRETS.items() if any(secret.encode(code) in content for code in ("utf-8", "utf-16-le"))
            )
            found += [f"{name} in {path.relative_to(self.root)}" for name in names]
            found += [f"{name} in the name of {path.name}" for name, secret in SECRETS.items() if secret in path.name]
        spoken = {"window title": "\n".join(self.titles), "environment": str(dict(os.environ)), "arguments": str(sys.argv)}
        spoken |= {f"stream {number}": stream for number, stream in enumerate(streams)}
        found += [
            f"{name} in the {where}" for where, said in spoken.items() for name, secret in SECRETS.items() if secret in said
        ]
        return found


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("data", "config", "state", "cache", "tmp"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setattr(tempfile, "tempdir", None)
    return Desk(tmp_path, [])


@pytest.fixture
def logged(place: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log as a user's program writes it, at its most talkative."""
    root = logging.getLogger()
    before, level, raises = list(root.handlers), root.level, logging.raiseExceptions
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    path = start_log(place.log, logging.DEBUG)
    yield path
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.raiseExceptions = raises


@pytest.fixture
def modules(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Modules]:
    """A module that breaks over what it was given, in a hook and in a slot."""
    made = Modules(tmp_path_factory.mktemp("modules"))
    secret = SECRETS["in an error"]
    harm = f"raise ValueError('no such person: ' + ''.join(map(chr, {[ord(letter) for letter in secret]})))"
    made.add("leaking", hook=harm, kinds=("person_tab", "my_day_card", "timeline_kind"))
    made.add("leaking_slot", slot=harm)
    made.find(monkeypatch)
    yield made
    made.forget()


@pytest.fixture
def app(qapp: QApplication, place: Desk, logged: Path, modules: Modules) -> Iterator[Application]:
    """The program as it runs, with its threads and its worker process."""
    made = Application(
        qapp, kept=DeskSettings(place.root / "config" / "desk.json"), trail=Trail(place.root / "config" / SUSPECTS)
    )
    made.window.windowTitleChanged.connect(place.titles.append)
    yield made
    made.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    uninstall_handlers()


class Day:
    """An ordinary day, and a bad one."""

    def __init__(self, app: Application, qtbot: QtBot, place: Desk) -> None:
        self.app, self.qtbot, self.place = app, qtbot, place
        self.told = list[Message]()
        app.open_database(place.root / "data" / "Office.kontinuum")
        self.wait()
        assert app.desk is not None and app.view is not None
        self.desk = app.desk
        self.desk.messages.told.connect(self.told.append)

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: self.app.idle() and self.app.desk is not None, timeout=60_000)

    def write(self, work: Any, verb: str) -> None:
        self.desk.tasks.write(self.app, work, lambda _answer: None, self.desk.messages.show, verb=verb)
        self.wait()

    def meet(self) -> UUID:
        """Somebody comes, is written down, looked at, and corrected."""
        today, made = self.desk.clock.today(), list[UUID]()

        def work(session: Session) -> None:
            form = PersonForm(family=SECRETS["name"], given=SECRETS["given"], note=SECRETS["note"])
            made.append(create_person(session, form, today=today))
            for kind, value in (("email", SECRETS["email"]), ("phone", SECRETS["typed phone"])):
                add_contact(session, made[0], ContactForm(kind=kind, value=value), country="SE")
            add_contact(session, made[0], ContactForm(kind="address", street=SECRETS["street"]), country="SE")
            add_identifier(session, made[0], IdentifierForm("personnummer", SECRETS["dashed number"]), today=today)

        self.write(work, "create_person")
        self.app.open_page("people.record", person_id=made[0])
        self.wait()
        return made[0]

    def slip(self) -> None:
        """Rules are broken, the engine refuses, a statement is wrong: all with somebody's data in it."""

        def clash(session: Session) -> None:
            row = session.scalars(select(Person)).first()
            assert row is not None
            values = {"id": row.id.bytes, "family": SECRETS["name"], "note": SECRETS["number"]}
            session.execute(text("INSERT INTO person (id, family, note) VALUES (:id, :family, :note)"), values)

        def wrong(session: Session) -> None:
            session.execute(text("SELECT * FROM nowhere WHERE note = :note"), {"note": SECRETS["short number"]})

        def rule(session: Session) -> None:
            add_contact(
                session, next(iter(session.scalars(select(Person.id)))), ContactForm("phone", SECRETS["in a rule"]), country="SE"
            )

        def defect(session: Session) -> None:
            raise KeyError(SECRETS["in an error"], SECRETS["email"], SECRETS["phone"])

        for work in (clash, wrong, rule, defect):
            self.write(work, "test")

    def type_and_search(self) -> None:
        """A form half filled, and words in the search box."""
        self.app.open_page("people.new")
        page = self.app.view.workspace.page  # type: ignore[union-attr]
        assert page is not None
        page.form.box.form.field("family").setText(SECRETS["draft"])  # type: ignore[attr-defined]
        box = self.app.view.top.palette_box  # type: ignore[union-attr]
        self.qtbot.keyClicks(box, SECRETS["search"])
        self.wait()
        box.close_results()
        assert self.app.drafts is not None
        self.app.drafts.look()
        self.wait()

    def bring_in(self) -> None:
        """A list with faulty rows is read in the worker process and imported."""
        lists = self.place.root.parent / f"{self.place.root.name} lists"
        lists.mkdir()
        path = lists / "admitted.csv"
        path.write_text(
            f"family name;given name;e-mail;personnummer\n{SECRETS['name']};Bo;{SECRETS['email']};{SECRETS['number']}\n"
            f"{SECRETS['in a faulty row']};Bo;not an address;99\n;;;\nBerg;Eva;eva@b.example;\n",
            encoding="utf-8",
        )
        self.app.open_page("people.import")
        page = self.app.view.workspace.page  # type: ignore[union-attr]
        page.read(path)  # type: ignore[union-attr]
        self.wait()
        self.qtbot.waitUntil(lambda: bool(page.import_button.isEnabled()), timeout=60_000)  # type: ignore[union-attr]
        page.import_button.click()  # type: ignore[union-attr]
        self.wait()

    def serve(self) -> None:
        """Every module works with these people: rounds are called, policies written; all of it secret."""
        context = self.app.view.context  # type: ignore[union-attr]
        for work in module_work(context):
            self.app.errands.run(self.app, NO_TEXT, work, lambda _nothing: None, self.desk.messages.show)
            self.wait()
        for module in self.desk.registry.modules:
            with self.desk.database.write(self.desk.actor, "test") as session:
                for kind in module_classes(module.package):
                    named = {"title": SECRETS["policy"], "note": SECRETS["call"]}.items()
                    columns = [(name, secret) for name, secret in named if name in kind.__table__.c]
                    for row in session.scalars(select(kind)).all() if columns else ():
                        for name, secret in columns:
                            setattr(row, name, secret)
        self.wait()
        for manifest, page in self.desk.registry.pages(self.desk.rights):
            if not page.hidden and manifest.key != "shell":
                self.app.open_page(page.key)
                self.wait()

    def print_and_copy(self) -> None:
        """Documents are made and looked at, a backup is made, reports are copied."""
        context, printed = self.app.view.context, 0  # type: ignore[union-attr]
        for offer in context.offers("document"):
            make = context.load(offer.contribution.opens)
            for id, _title in titled(self.desk.database, self.desk.registry.module(offer.module).package):
                with contextlib.suppress(Told):  # not of this kind of record
                    self.desk.documents.show(make(context, id), SECRETS["policy"])
                    printed += 1
        assert printed or not list(context.offers("document"))
        self.app.copies.back_up_to(self.place.root / "data" / "Copy.kontinuum")
        self.wait()
        notices = self.app.view.workspace.notices  # type: ignore[union-attr]
        for button in notices.findChildren(QPushButton):
            if button.text() == "Copy report":
                button.click()

    def suffer(self) -> None:
        """Errors nobody caught, in a slot and in a thread."""
        self.app.open_page("leaking_slot.list")
        self.app.view.workspace.page.click()  # type: ignore[union-attr]
        thread = threading.Thread(target=lambda: {}[SECRETS["in an error"]])
        thread.start()
        thread.join()
        self.wait()


@pytest.mark.qt_no_exception_capture
def test_a_day_leaves_nothing_of_anybody_outside_the_database(
    app: Application, qtbot: QtBot, place: Desk, logged: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda url: True)
    day = Day(app, qtbot, place)
    day.meet()
    day.slip()
    day.type_and_search()
    day.bring_in()
    day.serve()
    day.suffer()
    day.print_and_copy()
    copied = QGuiApplication.clipboard().text()
    written = logged.read_text()
    for expected in ("ValueError", "KeyError", "IntegrityError", "OperationalError"):
        assert expected in written, "the day was too good to prove anything"
    app.close()
    assert (place.root / "data" / "Office.kontinuum").read_bytes().count(SECRETS["name"].encode())
    assert place.titles
    assert place.traces(copied, *capfd.readouterr()) == []
    assert [path for path in (place.root / "tmp").iterdir() if path.name.startswith("kontinuum")] == []


@pytest.mark.parametrize("secret", SECRETS)
def test_the_check_sees_a_log_that_tells_on_people(place: Desk, secret: str) -> None:
    place.log.mkdir()
    handler = logging.FileHandler(place.log / "kontinuum.log", encoding="utf-8")
    handler.emit(logging.makeLogRecord({"msg": "saved %s", "args": (SECRETS[secret],)}))
    handler.close()
    assert f"{secret} in log/kontinuum.log" in place.traces()


def test_the_check_sees_titles_names_of_files_and_streams(place: Desk) -> None:
    place.titles.append(f"{SECRETS['name']} – Kontinuum")
    (place.root / "tmp" / SECRETS["policy"]).touch()
    assert place.traces(SECRETS["note"]) == [
        f"policy in the name of {SECRETS['policy']}",
        "name in the window title",
        "note in the stream 0",
    ]
