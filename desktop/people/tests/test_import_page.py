"""Importing as the office does it: see first, then import, then have the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.history import history
from db.models.person import ContactPoint, Person
from desktop.core.context import ModuleContext
from desktop.core.worker import WorkerEnded
from desktop.people.editing import PersonForm, edit_person
from desktop.people.imports import run as import_run
from desktop.people.imports.page import ImportPage
from desktop.people.imports.preview import ImportModel
from desktop.people.imports.reading import Cancelled
from desktop.people.imports.storing import import_file
from desktop.people.tests.workbooks import ods
from desktop.widgets.buttons import Button
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import active
from tests.support import HOSTILE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
HEADING = "Förnamn;Efternamn;E-post;Ort;Program;Termin;Urvalsgrupp\n"
LIST = HEADING + (
    "Maja;Åberg;maja@provsson.example;Växjö;Nätverksteknik;HT2027;BI\n"
    "Mia;Testesson;mia@test.example;Umeå;;;BI\n"
    "Ove;Testesson;ove@test.example;Luleå;;;HP\n"
    "Liv;Öst;livöst;;;;BI\n"
)
Open = Callable[..., ImportPage]


@pytest.fixture
def list_file(tmp_path: Path, context: ModuleContext) -> Path:
    """A list with somebody new, somebody who moved since an earlier list, somebody known and somebody without a valid address."""
    former = tmp_path / "i fjol.csv"
    rows = "Mia;Testesson;mia@test.example;Luleå\nOve;Testesson;ove@test.example;Luleå\n"
    former.write_text("Förnamn;Efternamn;E-post;Ort\n" + rows, encoding="utf-8")
    assert import_file(context, former, dry_run=False)["new"] == 2
    file = tmp_path / "antagna.csv"
    file.write_text(LIST, encoding="cp1252")
    return file


@pytest.fixture
def open_page(qtbot: QtBot, context: ModuleContext) -> Open:
    """The page, maybe with a file."""

    def run(path: Path | None = None, **other: Any) -> ImportPage:
        return active(qtbot, ImportPage(replace(context, **other), path=path))

    return run


def cells(page: ImportPage) -> list[tuple[str, ...]]:
    model = page.model
    return [tuple(model.index(r, c).data() for c in range(model.columnCount())) for r in range(model.rowCount())]


def counted(context: ModuleContext, kind: type[Any] = Person) -> int:
    with context.database.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_a_file_is_shown_row_by_row_before_anything_is_saved(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    assert cells(page) == [
        ("2", "Åberg, Maja", "New", "maja@provsson.example · Växjö · Nätverksteknik Autumn 2027"),
        ("3", "Testesson, Mia", "Changed", "Address: Luleå → Umeå"),
        ("4", "Testesson, Ove", "Unchanged", ""),
        ("5", "not read", "Faulty", "E-post: “livöst” is not an e-mail address."),
    ]
    assert [page.tiles.tile(kind).number for kind in (None, "new", "changed", "same", "faulty")] == ["4", "1", "1", "1", "1"]
    assert [page.tiles.tile(kind).number for kind in ("clash", "several")] == ["0", "0"]
    assert page.import_button.text() == "Import 2 people"
    assert page.facts.ignored.text() == "Urvalsgrupp"
    assert counted(context) == 2


def test_a_tile_narrows_the_rows(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    QTest.mouseClick(page.tiles.tile("faulty"), Qt.MouseButton.LeftButton)
    assert [row[2] for row in cells(page)] == ["Faulty"]
    QTest.keyClick(page.tiles.tile("faulty"), Qt.Key.Key_Left)
    assert [row[2] for row in cells(page)] == ["Unchanged"]


def test_what_a_colleague_saved_since_the_preview_is_left_alone_and_said(
    open_page: Open, list_file: Path, context: ModuleContext
) -> None:
    page = open_page(list_file)
    with context.database.write(context.actor, "edit_contact") as session:
        of_mia = select(ContactPoint).join(Person, Person.id == ContactPoint.person_id).where(Person.given == "Mia")
        session.scalars(of_mia.where(ContactPoint.kind == "address")).one().city = "Pajala"
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.banner.text.startswith("1 person imported. Rows: 1 new, 0 changed, 1 unchanged, 1 faulty. 1 row was left out")
    with context.database.read() as session:
        cities = set(session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address")))
    assert cities == {"Pajala", "Luleå", "Växjö"}


def test_importing_saves_tells_and_offers_the_people(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    gone: list[tuple[str, dict[str, Any]]] = []
    page = open_page(list_file, navigate=lambda key, **arguments: gone.append((key, arguments)))
    QTest.keyClick(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.banner.text.startswith("2 people imported. Rows: 1 new, 1 changed, 1 unchanged, 1 faulty.")
    assert counted(context) == 3
    with context.database.read() as session:
        change_set = history(session)[0].id
    page.show_button.click()
    assert gone == [("people.list", {"made_or_changed_in": change_set})]


def test_taking_back_leaves_the_register_as_before(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    page.start()
    page.undo_button.click()
    assert page.banner.text == "The import was taken back. The register is as it was before."
    assert counted(context) == 2
    with context.database.read() as session:
        assert set(session.scalars(select(ContactPoint.city).where(ContactPoint.city != ""))) == {"Luleå"}
    assert page.import_button.isVisible()


def test_taking_back_names_who_was_kept(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    page.start()
    with context.database.write(context.actor, "edit_person") as session:
        maja = session.execute(select(Person).where(Person.given == "Maja")).scalar_one()
        edit_person(session, maja.id, maja.version, PersonForm(given="Maja", family="Öberg"), today=context.clock.today())
    page.take_back()
    assert page.banner.text == "1 person of this import was touched since. That stays as it is now. Öberg, Maja"
    assert counted(context) == 3
    [rest] = [button for button in page.banner.findChildren(Button) if button.text() == "Take the rest back"]
    rest.click()
    assert page.banner.text == "The import was taken back, except what was touched since. Kept: Öberg, Maja."
    assert counted(context) == 3


def test_importing_the_same_file_again_offers_nothing(open_page: Open, list_file: Path) -> None:
    open_page(list_file).start()
    again = open_page(list_file)
    assert not again.import_button.isEnabled()
    assert again.banner.text.startswith("Nothing would change.")


def test_a_file_that_cannot_be_used_is_told_in_one_sentence(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "karta.pdf"
    file.write_bytes(b"%PDF-1.7 nothing")
    page = open_page(file)
    assert page.banner.text.startswith("The file karta.pdf is a PDF, not a table of text.")
    assert page.first.button.isVisible()


def test_a_dropped_file_is_read(open_page: Open, list_file: Path) -> None:
    page = open_page()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(list_file))])
    drop = QDropEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    page.dropEvent(drop)
    assert page.model.rowCount() == 4


def test_cancelling_while_importing_saves_nothing(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    page.run.stepped.connect(lambda step: page.run.cancel() if step == import_run.IMPORTING else None)
    page.start()
    assert page.banner.text == "Cancelled. Nothing was saved."
    assert page.table.hasFocus() and counted(context) == 2
    watch = import_run.Watch()
    watch.stop()
    with pytest.raises(Cancelled):
        watch.report(1, 2)


def test_modules_get_the_people_of_the_import(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    page.start()
    assert len(page.offer_buttons) == len(context.offers("selection_action"))
    given: list[Any] = []
    page._context = replace(page._context, load=lambda dotted: lambda context, people, parent: given.append(people))
    for button in page.offer_buttons:
        button.click()
    for people in given:
        with context.database.read() as session:
            ids: list[UUID] = list(session.scalars(people.people))
        assert (people.count, len(ids), people.words) == (2, 2, "People from antagna.csv")


@pytest.mark.parametrize("hostile", HOSTILE[:-1])
def test_hostile_texts_are_shown_as_they_are(hostile: str, open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    cell = '"' + hostile.replace('"', '""') + '"'
    file.write_text(f"Förnamn;Efternamn;E-post\nMia;{cell};{cell}\nMia;{cell};mia@test.example\n", encoding="utf-8")
    page = open_page(file)
    assert page.model.index(1, 1).data() == f"{hostile}, Mia"
    assert plain_text_offenders(page) == []


def test_every_control_has_a_name(open_page: Open, list_file: Path) -> None:
    page = open_page()
    assert unnamed_controls(page) == []
    page.read(list_file)
    assert unnamed_controls(page) == []


def test_the_model_keeps_qt_rules(qtmodeltester: ModelTester, open_page: Open, list_file: Path) -> None:
    model: ImportModel = open_page(list_file).model
    qtmodeltester.check(model)


# Spreadsheets

HEADINGS = ("Förnamn", "Efternamn", "E-post")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook with a sheet nobody can use and two lists."""
    file = tmp_path / "antagna.ods"
    maja, liv, ove = (("Maja", "Åberg", "maja@provsson.example"), ("Liv", "Öst", "livöst"), ("Ove", "Ek", "ove@test.example"))
    file.write_bytes(ods({"Läs mig": [("Om listan",)], "Antagna": [HEADINGS, (), maja, liv], "Reserver": [HEADINGS, ove]}))
    return file


def test_the_sheet_with_people_is_shown_and_another_can_be_chosen(open_page: Open, workbook: Path) -> None:
    page = open_page(workbook)
    assert page.header.count.text() == "antagna.ods · Antagna"
    assert [row[0] for row in cells(page)] == ["3", "4"]  # as the sheet numbers them
    assert page.facts.sheets.isVisible() and page.facts.sheets.code() == "Antagna"
    page.facts.sheets.setFocus()
    QTest.keyClick(page.facts.sheets, Qt.Key.Key_Down)
    assert page.header.count.text() == "antagna.ods · Reserver"
    assert cells(page) == [("2", "Ek, Ove", "New", "ove@test.example")]
    assert page.facts.sheets.hasFocus() and page.facts.sheets.code() == "Reserver"
    assert unnamed_controls(page) == []
    assert plain_text_offenders(page) == []


def test_a_sheet_that_cannot_be_used_leaves_what_is_shown(open_page: Open, workbook: Path) -> None:
    page = open_page(workbook)
    page.facts.sheets.setFocus()
    QTest.keyClick(page.facts.sheets, Qt.Key.Key_Up)
    assert page.banner.text.startswith("The file antagna.ods has only a header and no rows.")
    assert (page.facts.sheets.code(), page.model.rowCount()) == ("Antagna", 2)
    page.start()
    assert page.banner.text.startswith("1 person imported.")


def test_one_sheet_after_the_other_is_imported(open_page: Open, workbook: Path, context: ModuleContext) -> None:
    page = open_page(workbook)
    page.start()
    assert not page.import_button.isVisible()
    page.choose_sheet("Reserver")
    assert page.import_button.isVisible() and page.import_button.text() == "Import 1 person"
    page.start()
    assert counted(context) == 2


def test_a_text_file_and_a_workbook_of_one_sheet_offer_no_sheets(open_page: Open, list_file: Path, tmp_path: Path) -> None:
    page = open_page(list_file)
    assert not page.facts.sheets.isVisible()
    file = tmp_path / "en.ods"
    file.write_bytes(ods({"Blad <b>1</b>": [HEADINGS, ("Liv", "Öst", "")]}))
    page.read(file)
    assert not page.facts.sheets.isVisible()
    assert page.header.count.text() == "en.ods · Blad <b>1</b>"
    assert plain_text_offenders(page) == []


def test_a_worker_that_died_is_told_of_the_file(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page()
    tasks: Any = context.tasks
    tasks.breaks = WorkerEnded()
    page.read(list_file)
    assert page.banner.text.startswith(
        "Reading the file antagna.csv took too much memory or time and was ended. Nothing was changed."
    )
    tasks.breaks = None
    page.read(list_file)
    assert page.model.rowCount() == 4


def test_the_tiles_speak_of_many(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    assert [page.tiles.tile(kind).accessibleName() for kind in ("new", "faulty")] == ["New rows: 1", "Faulty rows: 1"]
