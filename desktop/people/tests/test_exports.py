"""Exported lists: what is in the file, cell by cell, and that nothing leaves without a purpose written down."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import RuleBroken, Stopped, Unavailable
from db.history import history, take_back
from db.models.person import ContactPoint, Person
from db.sorting import name_key
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.documents import Documents
from desktop.core.history_words import say_change
from desktop.core.selection import PeopleSelection
from desktop.core.tasks import Tasks
from desktop.people.editing import PersonForm, edit_person, retire
from desktop.people.exports import making as making_lists
from desktop.people.exports.command import export_file
from desktop.people.exports.log_page import ExportsPage
from desktop.people.exports.making import Asked, Making
from desktop.people.exports.page import ExportPage
from desktop.people.exports.run import ExportRun
from desktop.people.exports.service import Reason, exports
from desktop.people.listing import PeopleFilter, people_ids
from desktop.people.views import service as views
from desktop.people.views.view import View
from desktop.widgets.buttons import Button
from tests.support import MakePerson, day_stored

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
TODAY = date(2026, 11, 23)
WHY = Reason("Invitation to the autumn gathering", "Alumni office")


def everybody(words: str = "everybody") -> PeopleSelection:
    return PeopleSelection(people_ids(PeopleFilter(today=TODAY)), 0, words)


def asked(path: Path, *columns: str, **more: Any) -> Asked:
    return Asked(everybody(), columns or ("name",), path, WHY, TODAY, **more)


def held_up(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Lets no portion be written before the first event; the second tells that one waits."""
    gate, there = threading.Event(), threading.Event()
    portion = Making.portion

    def wait(self: Making, session: Any) -> None:
        there.set()
        assert gate.wait(60)
        portion(self, session)

    monkeypatch.setattr(Making, "portion", wait)
    return gate, there


def make(context: ModuleContext, wanted: Asked) -> Making:
    making = Making(wanted, context.texts)
    with context.database.read() as session:
        making.begin(session)
    while not making.done:
        with context.database.read() as session:
            making.portion(session)
    with context.database.write(context.actor, "export_people") as session:
        making.write_down(session)
    making.place()
    return making


def rows_in(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))


def left_behind(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".new")]


# What goes into them


def test_days_are_days_and_numbers_are_left_alone(
    context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    person = make_person("Ek", "Mia", phone="+46701740605", email="m@e.example", city="Umeå", language="sv")
    with database.write(actor, "edit_person") as session:
        edit_person(session, person, 1, PersonForm("Mia", "Ek", birth_date=date(2001, 2, 3)), today=TODAY)
    today, path = day_stored(database), tmp_path / "list.xlsx"
    make(context, asked(path, "family", "given", "phone", "town", "born", "birth_year", "contact", "changed"))
    (row,) = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert row[:-1] == ("Ek", "Mia", "+46701740605", "Umeå", datetime(2001, 2, 3), 2001, None)
    assert isinstance(row[-1], datetime) and row[-1].date() == today


def test_addresses_on_hold_go_only_where_they_are_asked_for(
    context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    person = make_person("Ek")
    with database.write(actor, "add_contact") as session:
        for kind, value in (("email", "m@e.example"), ("phone", "070 1")):
            session.add(ContactPoint(person_id=person, kind=kind, value=value, normal=value, hold="bounced"))
        session.add(ContactPoint(person_id=person, kind="address", street="Gatan 1", city="Umeå", hold="returned"))
    columns = ("email", "phone", "street", "town")
    make(context, asked(tmp_path / "a.csv", *columns))
    make(context, asked(tmp_path / "b.csv", *columns, held=True))
    assert rows_in(tmp_path / "a.csv")[1] == ["", "", "", ""]
    assert rows_in(tmp_path / "b.csv")[1] == ["m@e.example", "070 1", "Gatan 1", "Umeå"]
    with database.read() as session:
        assert [line.held for line in exports(session)] == [True, False]


def test_the_retired_go_only_where_the_list_shows_them(
    context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson, tmp_path: Path
) -> None:
    make_person("Ek")
    gone = make_person("Borta")
    with database.write(actor, "retire_person") as session:
        retire(session, gone, 1, now=datetime(2026, 11, 23, tzinfo=UTC))
    make(context, asked(tmp_path / "a.csv"))
    assert rows_in(tmp_path / "a.csv") == [["Name"], ["Ek, Mia"]]
    retired = PeopleSelection(people_ids(PeopleFilter(retired=True)), 1, "retired")
    make(context, replace(asked(tmp_path / "b.csv"), people=retired))
    assert rows_in(tmp_path / "b.csv") == [["Name"], ["Borta, Mia"]]


def test_a_list_longer_than_a_portion_is_whole_and_in_order(
    context: ModuleContext,
    database: Database,
    actor: Actor,
    make_person: MakePerson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(making_lists, "PORTION", 3)
    for n in range(10):
        make_person(f"P{n}", city="Umeå" if n % 2 else "Vasa")
    done = make(context, asked(tmp_path / "a.csv", "town", "name", sort="town_sort", down=True))
    assert (done.total, done.written) == (10, 10)
    rows = rows_in(tmp_path / "a.csv")[1:]
    assert [row[0] for row in rows] == ["Vasa"] * 5 + ["Umeå"] * 5 and len({row[1] for row in rows}) == 10


# The log


def test_who_when_how_many_and_why_are_written_down(
    context: ModuleContext, database: Database, make_person: MakePerson, tmp_path: Path
) -> None:
    make_person("Ek")
    make(context, asked(tmp_path / "a.csv", "name", "email"))
    with database.read() as session:
        (line,) = exports(session)
        step = history(session, limit=1)[0]
    assert (line.user, line.file, line.people, line.columns) == (context.actor.name, "a.csv", 1, ("name", "email"))
    assert (line.choice, line.held, line.reason) == ("everybody", False, WHY)
    assert step.verb == "export_people" and step.details["purpose"] == WHY.purpose
    said = say_change(step, context.verbs(), context.texts)
    assert said == "Exported 1 person to a.csv: Invitation to the autumn gathering"
    assert not context.verbs()["export_people"].undoable
    with database.write(context.actor, "take_back") as session:  # as another program might
        take_back(session, step.id)
    with database.read() as session:
        assert exports(session) == [line]


def test_nothing_leaves_without_a_purpose(context: ModuleContext, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Ek")
    for purpose in ("", "  ", " x "):
        with pytest.raises(RuleBroken) as slip:
            Making(replace(asked(tmp_path / "a.csv"), reason=Reason(purpose)), context.texts)
        assert slip.value.field == "purpose"
    assert list(tmp_path.glob("*.csv")) == []


def test_a_list_that_cannot_be_written_down_is_not_there(context: ModuleContext, make_person: MakePerson, tmp_path: Path) -> None:
    make_person("Ek")
    (tmp_path / "a.csv").write_text("what was there")
    making = Making(asked(tmp_path / "a.csv"), context.texts)
    with context.database.read() as session:
        making.begin(session)
        making.portion(session)
    making.abandon()
    assert (tmp_path / "a.csv").read_text() == "what was there" and left_behind(tmp_path) == []
    with pytest.raises(Stopped):
        making.place()


def test_nobody_no_column_another_ending_and_a_missing_folder_are_told(
    context: ModuleContext, make_person: MakePerson, tmp_path: Path
) -> None:
    with pytest.raises(RuleBroken, match="nobody"):
        make(context, asked(tmp_path / "a.csv"))
    make_person("Ek")
    with pytest.raises(RuleBroken, match="no columns"):
        Making(replace(asked(tmp_path / "a.csv"), columns=()), context.texts)
    with pytest.raises(RuleBroken, match="which kind"):
        Making(asked(tmp_path / "a.docx"), context.texts)
    with pytest.raises(Unavailable):
        make(context, asked(tmp_path / "nowhere" / "a.csv"))
    assert left_behind(tmp_path) == []


def test_the_command_exports_a_view_in_its_columns_and_order(
    context: ModuleContext, database: Database, make_person: MakePerson, tmp_path: Path
) -> None:
    for family in ("Ek", "Ekberg", "Berg"):
        make_person(family, city="Umeå")
    view = View(PeopleFilter(text="ek"), ("name", "town"), (), "name_sort", True)
    with database.write(context.actor, "save_view") as session:
        views.save(session, view, name="Oaks", reach="own", actor=context.actor, clock=context.clock)
    done = export_file(context, tmp_path / "a.csv", "oaks", WHY.purpose, WHY.recipient)
    assert done == {"people": 2, "file": str(tmp_path / "a.csv")}
    assert rows_in(tmp_path / "a.csv") == [["Name", "Town"], ["Ekberg, Mia", "Umeå"], ["Ek, Mia", "Umeå"]]
    with pytest.raises(RuleBroken, match="no view called"):
        export_file(context, tmp_path / "b.csv", "Elms", WHY.purpose, "")
    assert not (tmp_path / "b.csv").exists()


# The pages


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> ExportPage:
    make_person("Ek", email="ek@e.example")
    view = View(columns=("name", "email"))
    page = ExportPage(context, people=everybody("1 person"), view=view)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    return page


def test_the_page_asks_for_the_purpose_before_the_place(
    page: ExportPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[str] = []

    def choose(_parent: Any, _title: str, name: str, kinds: str) -> tuple[str, str]:
        offered.append(Path(name).name)
        return str(tmp_path / "folk"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    page.choose()
    assert offered == [] and page.form.field("purpose").property("wrong")
    page.purpose.setText(WHY.purpose)
    page.kind.set_code("csv")
    page.choose()
    assert offered == ["People 2026-11-23.csv"]
    assert rows_in(tmp_path / "folk.csv") == [["Name", "E-mail"], ["Ek, Mia", "ek@e.example"]]
    assert "1 person exported to folk.csv" in page.banner.text and not page.run.busy


@pytest.mark.parametrize("taken", [True, False])
def test_the_list_is_opened_by_the_program_for_it_or_it_is_said_that_there_is_none(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson, tmp_path: Path, taken: bool
) -> None:
    make_person("Ek")
    opened: list[Path] = []
    documents = Documents(context.tasks, context.texts, lambda url: opened.append(Path(url.toLocalFile())) is None and taken)
    page = ExportPage(replace(context, documents=documents), people=everybody())
    qtbot.addWidget(page)
    page.purpose.setText(WHY.purpose)
    page.start(tmp_path / "vårens folk #1.csv")
    [button] = [button for button in page.banner.findChildren(Button) if button.text() == "Open the file"]
    button.click()
    assert opened == [tmp_path / "vårens folk #1.csv"]
    assert ("No program on this computer opens" in page.banner.text) == (not taken)
    assert rows_in(opened[0])[1][0] == "Ek, Mia"


def test_what_is_typed_lives_on_in_a_page_made_anew(qtbot: QtBot, page: ExportPage, context: ModuleContext) -> None:
    page.purpose.setText("why")
    page.kind.set_code("ods")
    page.columns.items_in_order[1].setCheckState(Qt.CheckState.Unchecked)
    again = ExportPage(context, people=everybody(), view=View(columns=("name", "email")))
    qtbot.addWidget(again)
    again.restore(page.state())
    assert (again.purpose.text(), again.kind.code(), again.chosen_columns()) == ("why", "ods", ("name",))


def test_the_page_of_exports_says_it_all(qtbot: QtBot, page: ExportPage, context: ModuleContext, tmp_path: Path) -> None:
    page.purpose.setText(WHY.purpose)
    page.recipient.setText(WHY.recipient)
    page.start(tmp_path / "folk.xlsx")
    log = ExportsPage(context)
    qtbot.addWidget(log)
    log.show()
    qtbot.waitExposed(log)
    (entry,) = log.view.model.entries
    assert entry.title == "1 person in folk.xlsx"
    assert entry.detail[0] == "Invitation to the autumn gathering – for Alumni office"
    assert entry.detail[1] == "1 person · Name, E-mail"


@pytest.fixture
def many(database: Database, actor: Actor) -> None:
    """More people than a portion."""
    with database.write(actor, "create_person") as session:
        for n in range(making_lists.PORTION + 50):
            family = f"P{n:04}"
            session.add(Person(id=new_id(), family=family, given="M", name_key=name_key(family, "M")))


Start = Callable[[Asked], tuple[ExportRun, Making, QObject]]


@pytest.fixture
def start(context: ModuleContext, database: Database, clock: FixedClock) -> Iterator[Start]:
    """An export with real threads."""
    tasks = Tasks(database, context.actor, clock)

    def begin(wanted: Asked) -> tuple[ExportRun, Making, QObject]:
        owner = QObject()
        run = ExportRun(replace(context, tasks=tasks), owner)
        making = Making(wanted, context.texts)
        run.start(making)
        return run, making, owner

    yield begin
    tasks.close()


@pytest.mark.usefixtures("many")
def test_an_export_runs_beside_the_window_and_tells_how_far_it_is(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    done: list[Making] = []
    run, making, _owner = start(asked(tmp_path / "a.xlsx", "name", "town"))
    run.progressed.connect(lambda so_far, total: told.append((so_far, total)))
    run.exported.connect(done.append)
    assert run.busy
    qtbot.waitUntil(lambda: bool(done), timeout=30_000)
    total = making_lists.PORTION + 50
    assert told == [(0, total), (making_lists.PORTION, total), (total, total)]
    assert making.written == total and (tmp_path / "a.xlsx").is_file() and left_behind(tmp_path) == []


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("how", ["stopped", "closed"])
def test_an_export_that_ends_early_leaves_nothing(
    qtbot: QtBot, start: Start, context: ModuleContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    gate, there = held_up(monkeypatch)
    run, making, owner = start(asked(tmp_path / "a.xlsx"))
    qtbot.waitUntil(there.is_set, timeout=30_000)
    assert left_behind(tmp_path) != []
    if how == "stopped":
        run.stop()
        assert not run.busy
    else:
        owner.deleteLater()
        qtbot.waitUntil(lambda: left_behind(tmp_path) == [], timeout=30_000)
    gate.set()
    qtbot.waitUntil(lambda: left_behind(tmp_path) == [] and not making.done, timeout=30_000)
    with context.database.read() as session:
        assert exports(session) == []
    assert not (tmp_path / "a.xlsx").exists()
