"""A list may raise a protection and never lower it, and tells only officers that it met somebody protected."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.models.person import Person
from db.models.task import Task
from db.protected.people import ProtectedLine, ProtectionForm, protect, protected_people
from db.protected.showing import show_protected
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.messages import Message
from desktop.people.imports.deciding.decisions import LEFT_OUT, NEW, Decisions
from desktop.people.imports.deciding.origins import IMPORT_VERB
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.page import ImportPage
from desktop.people.imports.people_file import Asked, read_for_a_command
from desktop.people.imports.run import ImportRun
from desktop.people.imports.storing import import_file, import_people
from desktop.people.roles import IdentifierForm, add_identifier
from tests.db.support import found
from tests.pages import active
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
NUMBER = "190002012383"
HEAD = "Personnummer;Förnamn;Efternamn;Gatuadress;Ort;Sekretessmarkering;SkyddadFolkbokforing\n"


@pytest.fixture
def person(database: Database, actor: Actor, make_person: MakePerson, clock: FixedClock) -> UUID:
    """Somebody with an identity number, whom everybody finds."""
    who = make_person("Hemligsson", "Zorro", phone="+46701740605")
    with database.write(actor, "add_identifier", [who]) as session:
        add_identifier(session, who, IdentifierForm("personnummer", NUMBER), today=clock.today())
    return who


def lines(database: Database) -> list[ProtectedLine]:
    with database.read() as session:
        return protected_people(session)


def brought(context: ModuleContext, folder: Path, *rows: str) -> dict[str, object]:
    path = folder / "register.csv"
    path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    return import_file(context, path, False)


def test_a_mark_in_the_file_protects_who_is_there_and_who_is_new(
    context: ModuleContext, database: Database, person: UUID, tmp_path: Path
) -> None:
    done = brought(
        context, tmp_path, f"{NUMBER};Zorro;Hemligsson;Nya gatan 1;Luleå;JA;NEJ", "190002012391;Ny;Hemligsson;Ny 2;Luleå;NEJ;JA",
        "190002012409;Vanlig;Hemligsson;;Luleå;NEJ;NEJ",
    )  # fmt: skip
    assert (done["new"], done["changed"], done["faulty"]) == (2, 1, 0)
    assert sorted(line.kind for line in lines(database)) == ["registration", "secrecy"]
    assert found(database, "hemligsson") == ["Hemligsson, Vanlig"]
    with database.read() as session:
        assert session.get(Person, person) is None


def test_a_plain_no_lowers_nothing_and_no_open_address_is_written(
    context: ModuleContext, database: Database, actor: Actor, person: UUID, clock: FixedClock, tmp_path: Path
) -> None:
    protect(database, actor, person, ProtectionForm("secrecy", "Decision"), now=clock.now())
    brought(context, tmp_path, f"{NUMBER};Zorro;Hemligsson;Öppna gatan 1;Luleå;NEJ;NEJ")
    assert [(line.id, line.arrived) for line in lines(database)] == [(person, 1)]
    assert found(database, "hemligsson") == []
    _first, came = show_protected(database, actor, person, "To compare", now=clock.now())
    assert [value for _kind, _label, value in came.contacts] == ["Öppna gatan 1, Luleå"]


@pytest.mark.parametrize("officer", [True, False])
def test_only_an_officer_is_told_what_was_held_out(
    qtbot: QtBot, context: ModuleContext, actor: Actor, person: UUID, clock: FixedClock, tmp_path: Path, officer: bool
) -> None:
    protect(context.database, actor, person, ProtectionForm("secrecy", "Decision"), now=clock.now())
    path = tmp_path / "register.csv"
    path.write_text(HEAD + f"{NUMBER};Zorro;Hemligsson;Öppna gatan 1;Luleå;;", encoding="utf-8")
    others = context.rights - {"people.protected"}
    own = replace(context, rights=others | {"people.protected"} if officer else others)
    told: list[Message] = []
    own.messages.told.connect(told.append)
    owner = QObject()
    run = ImportRun(own, owner)
    done: list[object] = []
    run.planned.connect(lambda preview: run.start(preview, path.name))
    run.imported.connect(lambda counts, _people: done.append(counts))
    run.read(path)
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    assert done[0].new == 1  # type: ignore[attr-defined]
    assert [message.text for message in told] == (["Held out: 1 row of a protected person"] if officer else [])


TWINS = "Förnamn;Efternamn;E-post;Program;Sekretessmarkering\nJan;Prov;jan@prov.example;Nursing;JA\n"


@pytest.fixture
def twins(make_person: MakePerson) -> list[UUID]:
    """Two records of one name with one e-mail address."""
    return [make_person("Prov", "Jan", email="jan@prov.example", city=city) for city in ("Umeå", "Luleå")]


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A list with one row that may be either of them, marked as protected."""
    path = tmp_path / "register.csv"
    path.write_text(TWINS, encoding="utf-8")
    return path


def told(context: ModuleContext) -> list[tuple[str, bool]]:
    """The tasks the office sees, and whether they are done."""
    with context.database.read() as session:
        return [(task.title, task.done_at is not None) for task in session.scalars(select(Task).order_by(Task.id))]


def test_a_mark_that_may_be_several_people_protects_nobody_and_the_office_is_told_once(
    context: ModuleContext, twins: list[UUID], marked: Path
) -> None:
    for _again in range(2):
        done = import_file(context, marked, False)
        assert (done["several"], done["marked"], done["new"]) == (1, 1, 0)
    assert lines(context.database) == []
    assert told(context) == [("Say who is marked as protected in register.csv", False)]
    assert import_file(context, marked, True)["marked"] == 1
    with context.database.read() as session:
        assert "Jan" not in session.scalars(select(Task)).one().note


@pytest.mark.parametrize("choice", ["one", NEW])
def test_who_is_chosen_is_protected_with_the_import_and_the_task_is_done(
    context: ModuleContext, twins: list[UUID], marked: Path, choice: str
) -> None:
    import_file(context, marked, False)
    read = read_for_a_command(Asked(marked, "SE", context.clock.today()))
    decided = Decisions(people={2: twins[1] if choice == "one" else choice})
    with context.database.write(context.actor, IMPORT_VERB) as session:
        wishes = Wishes(read.mapping, decided, read.digest)
        counts = import_people(session, read.rows, source="register.csv", faulty=0, report=lambda _a, _b: None, wishes=wishes)
    assert counts.marked == 0
    (line,) = lines(context.database)
    assert (line.kind, line.id == twins[1]) == ("secrecy", choice == "one")
    assert told(context) == [("Say who is marked as protected in register.csv", True)]
    with context.database.read() as session:
        there = [person for person in twins if session.get(Person, person) is not None]
    assert there == (twins[:1] if choice == "one" else twins)


def test_who_is_chosen_is_protected_even_while_a_field_of_the_row_waits(
    context: ModuleContext, twins: list[UUID], tmp_path: Path
) -> None:
    path = tmp_path / "register.csv"
    path.write_text("Förnamn;Efternamn;E-post;Ort;Sekretessmarkering\nJan;Prov;jan@prov.example;Pajala;JA\n", encoding="utf-8")
    read = read_for_a_command(Asked(path, "SE", context.clock.today()))
    with context.database.write(context.actor, IMPORT_VERB) as session:
        wishes = Wishes(read.mapping, Decisions(people={2: twins[0]}), read.digest)
        counts = import_people(session, read.rows, source="register.csv", faulty=0, report=lambda _a, _b: None, wishes=wishes)
    assert (counts.several, counts.changed, counts.marked) == (1, 0, 0)
    assert [line.id for line in lines(context.database)] == [twins[0]]


def test_the_page_shows_the_mark_and_keeps_the_row_open_until_somebody_is_chosen(
    qtbot: QtBot, context: ModuleContext, twins: list[UUID], marked: Path
) -> None:
    page = active(qtbot, ImportPage(context, path=marked))
    assert page.model.index(0, 3).data() == "Secrecy mark · may be 2 people of the register"
    assert "protects nobody until" in page.banner.text
    choice = page.desk.panel.person
    assert choice is not None and choice.buttons[twins[0]].accessibleDescription().startswith(
        "Marked as protected: Secrecy mark."
    )
    choice.buttons[LEFT_OUT].setChecked(True)
    assert page.desk.choosing is not None and page.desk.choosing.decided("several") == 0
    choice.buttons[twins[0]].setChecked(True)
    assert page.desk.choosing.decided("several") == 1 and page.import_button.text() == "Import 1 person"
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [line.id for line in lines(context.database)] == [twins[0]]


def test_an_import_with_an_open_mark_says_so_and_leads_back_to_it(
    qtbot: QtBot, context: ModuleContext, twins: list[UUID], marked: Path
) -> None:
    marked.write_text(TWINS + "Ny;Ek;ny@ek.example;Nursing;NEJ\n", encoding="utf-8")
    page = active(qtbot, ImportPage(context, path=marked))
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "1 row marked as protected protects nobody until somebody says who it is." in page.banner.text
    (again,) = [button for button in page.banner.findChildren(QPushButton) if button.text() == "Decide about the open rows"]
    assert not lines(context.database)
    QTest.keyClick(again, Qt.Key.Key_Space)
    assert page.tiles.tile("several").number == "1" and page.tiles.tile("same").number == "1"
    QTest.keyClick(page.table, Qt.Key.Key_F8)
    QTest.keyClick(page.table, Qt.Key.Key_2)
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(lines(context.database)) == 1 and told(context) == [("Say who is marked as protected in register.csv", True)]


def test_who_is_left_out_after_all_is_left_out(qtbot: QtBot, context: ModuleContext, twins: list[UUID], marked: Path) -> None:
    marked.write_text(TWINS + "Ny;Ek;ny@ek.example;Nursing;NEJ\n", encoding="utf-8")
    page = active(qtbot, ImportPage(context, path=marked))
    for choice in (twins[0], LEFT_OUT):
        assert page.desk.panel.person is not None
        page.desk.panel.person.buttons[choice].setChecked(True)
    assert page.model.index(0, 3).data() == "Secrecy mark · may be 2 people of the register"
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "protects nobody" in page.banner.text and "meanwhile" not in page.banner.text
    assert lines(context.database) == []
