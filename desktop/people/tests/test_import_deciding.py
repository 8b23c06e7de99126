"""Deciding on the page: ours and theirs side by side, who a row is, the brake, faulty rows to mend; all by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.models.draft import Draft
from db.models.person import ContactPoint, Person
from desktop.core.context import ModuleContext
from desktop.people.editing import PersonForm, create_person
from desktop.people.imports.deciding.brake_dialog import BrakeDialog
from desktop.people.imports.page import ImportPage
from desktop.people.imports.storing import import_file
from desktop.people.tests.workbooks import xlsx
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import active
from tests.support import HOSTILE, MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
HEADING = "Förnamn;Efternamn;E-post;Ort;Mobil\n"
Open = Callable[[Path], ImportPage]


@pytest.fixture
def open_page(qtbot: QtBot, context: ModuleContext) -> Open:
    """The page with a file."""

    def run(path: Path) -> ImportPage:
        return active(qtbot, ImportPage(context, path=path))

    return run


@pytest.fixture
def clashes(tmp_path: Path, make_person: MakePerson) -> Path:
    """Three people whose town somebody typed, on a list that says another."""
    rows = []
    for number, given in enumerate(("Mia", "Ove", "Eva"), 1):
        make_person(given=given, family="Testesson", email=f"{given}@test.example".lower(), city="Luleå")
        rows.append(f"{given};Testesson;{given.lower()}@test.example;Umeå;070-174 06 0{number}\n")
    file = tmp_path / "antagna.csv"
    file.write_text(HEADING + "".join(rows), encoding="utf-8")
    return file


@pytest.fixture
def twins(tmp_path: Path, context: ModuleContext) -> Path:
    """Two records of one name and e-mail address, who live in two towns, and a list with a row that may be either."""
    for city in ("Luleå", "Pajala"):
        with context.database.write(context.actor, "create_person") as session:
            person = create_person(session, PersonForm(given="Jan", family="Prov"), today=context.clock.today())
            session.add(ContactPoint(person_id=person, kind="email", value="jan@prov.example", normal="jan@prov.example"))
            session.add(ContactPoint(person_id=person, kind="address", city=city))
    file = tmp_path / "antagna.csv"
    file.write_text(HEADING + "Jan;Prov;jan@prov.example;Umeå;070-174 06 05\n", encoding="utf-8")
    return file


def key(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, modifier)


def focused(page: ImportPage) -> QWidget:
    widget = page.window().focusWidget()
    assert widget is not None
    return widget


def verdicts(page: ImportPage) -> list[str]:
    return [page.model.index(row, 2).data() for row in range(page.model.rowCount())]


def towns(context: ModuleContext) -> list[str]:
    with context.database.read() as session:
        cities = session.scalars(select(ContactPoint.city).where(ContactPoint.kind == "address"))
        return sorted(cities)


def kept(context: ModuleContext) -> int:
    with context.database.read() as session:
        return session.scalar(select(func.count()).select_from(Draft)) or 0


def test_a_contradiction_is_shown_side_by_side_and_decided_by_keys(
    open_page: Open, clashes: Path, context: ModuleContext
) -> None:
    page = open_page(clashes)
    assert verdicts(page) == ["Contradicts"] * 3
    assert page.tiles.tile("clash").number == "3" and not page.import_button.isEnabled()
    assert page.model.index(0, 3).data() == "Address: Luleå or Umeå? · Phone: + 070-174 06 01"
    [choice] = page.desk.panel.clashes
    assert choice.result.text() == "Result: not decided"
    assert choice.since.text().endswith("by Tester")
    page.table.setFocus()
    key(page.table, Qt.Key.Key_Return)
    assert focused(page) is choice.buttons["ours"]
    key(focused(page), Qt.Key.Key_2)
    assert choice.result.text() == "Result: Umeå" and focused(page) is choice.buttons["theirs"]
    assert page.model.index(0, 3).data().startswith("Decided. ")
    assert page.tiles.tile("clash").accessibleDescription() == "1 of 3 decided"
    assert page.import_button.text() == "Import 1 person"
    key(focused(page), Qt.Key.Key_F8)
    assert page.table.currentIndex().row() == 1
    key(focused(page), Qt.Key.Key_1)
    assert page.desk.panel.clashes[0].result.text() == "Result: Luleå"
    key(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.banner.text == ("2 people imported. Rows: 0 new, 2 changed, 0 unchanged, 0 faulty. 1 row waits for a decision.")
    assert towns(context) == ["Luleå", "Luleå", "Umeå"]


def test_one_side_is_taken_for_all_rows_of_a_field(open_page: Open, clashes: Path, context: ModuleContext) -> None:
    page = open_page(clashes)
    buttons = {button.text(): button for button in page.desk.panel.findChildren(QWidget) if hasattr(button, "click")}
    buttons["Take the file's in all 3 rows"].click()
    assert page.import_button.text() == "Import 3 people"
    page.desk.further()
    assert page.banner.text == "Everything shown is decided. Ctrl+Enter imports it."
    page.start()
    assert towns(context) == ["Umeå"] * 3


def test_digits_decide_in_the_list(open_page: Open, clashes: Path) -> None:
    page = open_page(clashes)
    page.table.setFocus()
    key(page.table, Qt.Key.Key_2)
    key(page.table, Qt.Key.Key_Down)
    key(page.table, Qt.Key.Key_1)
    assert page.tiles.tile("clash").accessibleDescription() == "2 of 3 decided"


def test_decisions_outlive_the_program_until_the_file_is_imported(open_page: Open, clashes: Path, context: ModuleContext) -> None:
    page = open_page(clashes)
    key(page.table, Qt.Key.Key_2)
    assert kept(context) == 1
    again = open_page(clashes)  # the first one never ended properly
    assert again.tiles.tile("clash").accessibleDescription() == "1 of 3 decided"
    assert again.desk.panel.clashes[0].result.text() == "Result: Umeå"
    again.start()
    assert kept(context) == 0 and towns(context) == ["Luleå", "Luleå", "Umeå"]
    assert open_page(clashes).tiles.tile("clash").accessibleDescription() == "left out until decided"


def test_who_a_row_is_can_be_chosen(open_page: Open, twins: Path, context: ModuleContext) -> None:
    page = open_page(twins)
    assert verdicts(page) == ["Uncertain"]
    assert page.model.index(0, 3).data() == "may be 2 people of the register"
    page.table.setFocus()
    key(page.table, Qt.Key.Key_Return)
    choice = page.desk.panel.person
    assert choice is not None and [label.text() for label in choice._facts.values()] == ["Luleå", "Pajala"]
    key(focused(page), Qt.Key.Key_2)
    [clash] = page.desk.panel.clashes  # of that person the town is another
    assert clash.buttons["ours"].accessibleName() == "Address. In the register: Pajala"
    assert not page.import_button.isEnabled()
    clash.buttons["theirs"].click()
    assert page.import_button.text() == "Import 1 person"
    page.start()
    assert towns(context) == ["Luleå", "Umeå"]


@pytest.mark.parametrize(("number", "people"), [(Qt.Key.Key_3, 3), (Qt.Key.Key_4, 2)])
def test_a_row_may_be_somebody_new_or_be_left_out(
    number: Qt.Key, people: int, open_page: Open, twins: Path, context: ModuleContext
) -> None:
    page = open_page(twins)
    key(page.table, number)
    assert page.tiles.tile("several").accessibleDescription() == "1 of 1 decided"
    assert page.import_button.isEnabled() == (people == 3)
    page.start()
    with context.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == people


def test_after_taking_back_the_same_can_be_decided_otherwise(open_page: Open, clashes: Path, context: ModuleContext) -> None:
    page = open_page(clashes)
    key(page.table, Qt.Key.Key_2)
    page.start()
    assert not page.desk.panel.isVisible()
    page.undo_button.click()
    assert towns(context) == ["Luleå"] * 3 and page.import_button.isEnabled()
    key(page.table, Qt.Key.Key_1)
    page.start()
    assert towns(context) == ["Luleå"] * 3


# The brake


@pytest.fixture
def moved(tmp_path: Path, context: ModuleContext) -> Path:
    """Twelve people of an earlier list who all live elsewhere by a newer one."""
    lines = [f"Mia;Test{number};m{number}@test.example;{{}};\n" for number in range(12)]
    former, file = tmp_path / "former.csv", tmp_path / "antagna.csv"
    former.write_text(HEADING + "".join(lines).format(*["Luleå"] * 12), encoding="utf-8")
    file.write_text(HEADING + "".join(lines).format(*["Umeå"] * 12), encoding="utf-8")
    assert import_file(context, former, dry_run=False)["new"] == 12
    return file


def test_much_overwriting_is_done_once_its_number_is_typed(open_page: Open, moved: Path, context: ModuleContext) -> None:
    page = open_page(moved)
    key(page.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog = page.desk.brake
    assert isinstance(dialog, BrakeDialog) and dialog.told == "This import would overwrite or end something about 12 people."
    assert set(towns(context)) == {"Luleå"} and not dialog.go.isEnabled()
    QTest.keyClicks(dialog.typed, "11")
    assert not dialog.go.isEnabled()
    dialog.typed.clear()
    QTest.keyClicks(dialog.typed, "12")
    assert unnamed_controls(dialog) == []
    key(dialog.typed, Qt.Key.Key_Return)
    assert set(towns(context)) == {"Umeå"}


def test_going_back_from_the_brake_writes_nothing(open_page: Open, moved: Path, context: ModuleContext) -> None:
    page = open_page(moved)
    page.start()
    assert page.desk.brake is not None
    page.desk.brake.reject()
    assert set(towns(context)) == {"Luleå"} and page.import_button.isEnabled()


# Mending

FAULTY = "Maja;Åberg;maja@test.example;Växjö;\nLiv;Öst;livöst;Kalmar;\nUlf;Ek;ulf@test.example;Umeå;12\nLång;Rad;;;;mera\n"


def mended(page: ImportPage, monkeypatch: pytest.MonkeyPatch, target: Path) -> Path:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(target), ""))
    key(page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    return target


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_faulty_rows_come_back_mended(
    encoding: str, open_page: Open, tmp_path: Path, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "antagna.csv"
    file.write_text(HEADING + FAULTY, encoding=encoding)
    page = open_page(file)
    target = mended(page, monkeypatch, tmp_path / "att laga.csv")
    assert page.banner.text.startswith("3 faulty rows were written to att laga.csv.")
    page.start()
    text = target.read_bytes().decode("utf-8-sig" if encoding == "utf-8" else encoding)
    assert text.splitlines()[0] == HEADING.strip() + ";Why this row was not used"
    assert text.splitlines()[1] == "Liv;Öst;livöst;Kalmar;;E-post: “livöst” is not an e-mail address."
    target.write_text(text.replace("livöst;", "liv@test.example;").replace(";12;", ";070-174 06 05;"), encoding=encoding)
    page.read(target)
    assert page.banner.text == "2 mended rows can be used. 1 row is still at fault."
    assert verdicts(page) == ["New", "New", "Faulty"]
    page.start()
    assert page.banner.text.startswith("2 people imported.")
    page.read(file)
    assert verdicts(page) == ["Unchanged", "Faulty", "Faulty", "Faulty"]


def test_faulty_rows_of_a_workbook_come_in_a_workbook(
    open_page: Open, tmp_path: Path, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "antagna.xlsx"
    head = ("Förnamn", "Efternamn", "E-post", "Kommentar")
    hostile = [text for text in HOSTILE[:-1] if text.strip()]
    rows = [("Mia", "Prov", "mia@test.example", ""), *(("Liv", "Öst", "livöst", text) for text in hostile)]
    file.write_bytes(xlsx({"Antagna": [head, *rows]}))
    page = open_page(file)
    faulty = page.tiles.tile("faulty").number
    before = [page.model.index(row, 3).data() for row in range(1, page.model.rowCount())]
    page.read(mended(page, monkeypatch, tmp_path / "att laga.xlsx"))
    assert page.tiles.tile("faulty").number == faulty == str(len(hostile))
    assert [page.model.index(row, 3).data() for row in range(page.model.rowCount())] == before
    assert page.header.count.text() == "att laga.xlsx · Antagna"


def test_a_file_changed_since_it_was_read_is_not_mended(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "antagna.csv"
    file.write_text(HEADING + FAULTY, encoding="utf-8")
    page = open_page(file)
    file.write_text(HEADING + FAULTY.replace("Liv", "Siv"), encoding="utf-8")
    target = mended(page, monkeypatch, tmp_path / "att laga.csv")
    assert page.banner.text.startswith("The file antagna.csv was changed since it was read.")
    assert not target.exists() and page.model.rowCount() == 4


def test_a_folder_nobody_may_write_to_is_told(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "antagna.csv"
    file.write_text(HEADING + FAULTY, encoding="utf-8")
    page = open_page(file)
    mended(page, monkeypatch, tmp_path / "nowhere" / "att laga.csv")
    assert page.banner.text.startswith("The file att laga.csv could not be written.")


# Reading it aloud, and hostile texts


def test_every_choice_has_a_name_and_nothing_is_mark_up(open_page: Open, tmp_path: Path, make_person: MakePerson) -> None:
    rows = []
    for number, text in enumerate(HOSTILE[:-1]):
        make_person(given="Mia", family=f"Test{number}", email=f"m{number}@test.example", city=f"{text} x")
        cell = '"' + text.replace('"', '""') + ' y"'
        rows.append(f"Mia;Test{number};m{number}@test.example;{cell};\n")
    file = tmp_path / "list.csv"
    file.write_text(HEADING + "".join(rows), encoding="utf-8")
    page = open_page(file)
    for row in range(page.model.rowCount()):
        page.table.setCurrentIndex(page.model.index(row, 0))
        assert unnamed_controls(page) == [] and plain_text_offenders(page) == []


def test_the_panel_follows_the_row_pointed_at(open_page: Open, clashes: Path) -> None:
    clashes.write_text(
        clashes.read_text(encoding="utf-8") + "Ny;Person;ny@test.example;Umeå;\nLiv;Öst;livöst;;\n", encoding="utf-8"
    )
    page = open_page(clashes)
    seen: list[tuple[bool, Any]] = []
    for row in range(5):
        page.table.setCurrentIndex(page.model.index(row, 0))
        panel = page.desk.panel
        seen.append((panel.isVisible(), panel.heading.text() if panel.isVisible() else ""))
    assert seen == [(True, "To decide")] * 3 + [(False, ""), (True, "To mend")]
