"""What the columns of a list mean is seen, changed with the keyboard, kept as a profile, and offered again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.models.import_profile import ImportProfile
from db.models.person import Person
from db.models.role import Role
from desktop.core.context import ModuleContext
from desktop.people.imports.mapping import profiles
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping
from desktop.people.imports.mapping.profile_bar import RECOGNISED
from desktop.people.imports.page import ImportPage
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import active
from tests.support import HOSTILE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
Key, Control, AltKey = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
LIST = "Förnamn;Efternamn;Kod;Mejladress;Född\nMia;Öst;K1;mia@x.example;03/04/2001\nOve;Ek;K2;ove@x.example;05/06/2001\n"
Open = Callable[..., ImportPage]


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    """Two people whose birth dates may be two days each."""
    file = tmp_path / "lista.csv"
    file.write_text(LIST, encoding="utf-8")
    return file


@pytest.fixture
def open_page(qtbot: QtBot, context: ModuleContext) -> Open:
    """The page with a file."""

    def run(path: Path, **other: Any) -> ImportPage:
        return active(qtbot, ImportPage(replace(context, **other), path=path))

    return run


def press(widget: QWidget, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, or a text letter by letter, where the keyboard is now."""
    if isinstance(key, str):
        QTest.keyClicks(widget, key)
    else:
        QTest.keyClick(widget, key, modifier)


def here() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def number(page: ImportPage, kind: Any) -> int:
    return int(page.tiles.tile(kind).number)


def means(page: ImportPage) -> dict[str, str]:
    model = page.mapping.model
    return {model.index(row, 0).data(): model.index(row, 2).data() for row in range(model.rowCount())}


def kept(context: ModuleContext) -> list[profiles.StoredProfile]:
    with context.database.read() as session:
        return profiles.profiles_for(session, context.actor.id)


def keep(context: ModuleContext, name: str, mapping: Mapping) -> None:
    with context.database.write(context.actor, "keep_import_profile") as session:
        profiles.keep_profile(session, name, mapping, user_id=context.actor.id, shared=True)


def test_headings_examples_and_meanings_are_seen(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    press(page.table, Key.Key_F7)
    assert means(page) == {
        "Förnamn": "Given name",
        "Efternamn": "Family name",
        "Kod": "Left out",
        "Mejladress": "E-mail",
        "Född": "Birth date",
    }
    assert page.mapping.model.index(2, 1).data() == "K1 · K2"
    assert here() is page.mapping.table and page.mapping.apply_button.isVisible() and not page.import_button.isVisible()


def test_a_column_is_given_another_meaning_by_keys_alone(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    assert number(page, "faulty") == 2
    press(page.table, Key.Key_F7)
    for _step in range(2):
        press(here(), Key.Key_Down)
    press(here(), "st")  # a letter in the table goes to the choice, where it is taken
    assert here() is page.mapping.means and page.mapping.means.currentText() == "Student number"
    press(here(), Key.Key_Return)
    assert here() is page.mapping.table and page.mapping.table.currentIndex().row() == 3
    press(here(), Key.Key_Down)
    press(here(), Key.Key_Return)
    press(here(), Key.Key_Tab)
    assert here() is page.mapping.written
    press(here(), "Day")
    press(here(), Key.Key_Return)
    press(here(), Key.Key_Return, Control)
    assert page.steps.currentWidget() is page.shown
    assert number(page, "new") == 2
    page.start()
    with context.database.read() as session:
        born = {person.given: person.birth_date.isoformat() for person in session.scalars(select(Person)) if person.birth_date}
    assert born == {"Mia": "2001-04-03", "Ove": "2001-06-05"}


def test_escape_goes_back_to_the_rows_and_changes_nothing(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    press(page.table, Key.Key_F7)
    press(here(), "L")
    press(here(), Key.Key_Escape)
    assert here() is page.table and page.facts.ignored.text() == "Kod"


def test_what_holds_for_every_row_is_brought_in(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    page = open_page(list_file)
    press(page.table, Key.Key_F7)
    page.mapping.role.set_code("mentor")
    page.mapping.constants.write({"programme": "Juridik", "term": "HT27"})
    page.mapping.model.choose(4, ColumnChoice("Född"))
    press(page.mapping.table, Key.Key_Return, Control)
    page.start()
    with context.database.read() as session:
        found = {(role.kind, role.programme, role.term) for role in session.scalars(select(Role))}
    assert found == {("mentor", "Juridik", "2027-autumn")}


def test_match_keys_are_ordered_and_left_out_by_keys(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    press(page.table, Key.Key_F7)
    keys = page.mapping.match.keys_list
    keys.setFocus()
    press(keys, Key.Key_Down)
    press(keys, Key.Key_Up, AltKey)
    press(keys, Key.Key_End)
    press(keys, Key.Key_Space)
    assert page.mapping.mapping().match_keys == ("identity_number", "registry_id", "learner_oid", "email_name")
    assert page.mapping.bar.reset_button.isEnabled()
    page.mapping.bar.reset_button.click()
    assert page.mapping.mapping().match_keys[0] == "registry_id" and not page.mapping.bar.reset_button.isEnabled()


def test_whose_word_counts_is_chosen(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    press(page.table, Key.Key_F7)
    page.mapping.source.set_code("guess")
    page.mapping.rules.write({"address": "never", "email": "fill"})
    page.mapping.brake.setValue(35)
    mapping = page.mapping.mapping()
    assert (mapping.source, mapping.rules, mapping.brake_percent) == ("guess", {"address": "never", "email": "fill"}, 35)


def test_a_mapping_is_kept_and_offered_for_the_next_file(
    open_page: Open, list_file: Path, context: ModuleContext, tmp_path: Path
) -> None:
    page = open_page(list_file)
    press(page.table, Key.Key_F7)
    page.mapping.model.choose(2, ColumnChoice("Kod", "registry_id", issuer="student"))
    page.mapping.model.choose(4, ColumnChoice("Född", "birth_date", written="month_first"))
    page.mapping.bar.keep_button.setFocus()
    press(page.mapping.bar.keep_button, Key.Key_Space)
    dialog = page.mapping.bar.dialog
    assert dialog is not None
    press(dialog.name, "Antagna HT26")
    press(dialog.name, Key.Key_Return)
    (profile,) = kept(context)
    assert (profile.name, profile.shared, profile.mapping) == ("Antagna HT26", True, page.mapping.mapping())
    assert page.mapping.bar.banner.text == "The profile “Antagna HT26” was saved."
    assert page.mapping.bar.field.currentText() == "Antagna HT26" and page.mapping.bar.rename_button.isEnabled()

    following = tmp_path / "nästa.csv"
    following.write_text(LIST.replace("mia@", "maja@"), encoding="utf-16")
    page = open_page(following)
    assert page.mapping.offer.text == "This looks like “Antagna HT26”."
    use = next(button for button in page.mapping.offer.findChildren(QPushButton) if button.text() == "Use the profile")
    press(use, Key.Key_Space)
    assert number(page, "new") == 2 and not page.mapping.offer.text
    assert page.facts.ignored.text() == ""
    press(page.table, Key.Key_F7)
    assert page.mapping.bar.field.currentText() == "Antagna HT26"


def test_a_name_already_taken_is_said_in_the_dialog(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    keep(context, "Antagna", Mapping((ColumnChoice("Annat", "full_name"),)))
    page = open_page(list_file)
    page.show_mapping()
    page.mapping.bar.keep()
    dialog = page.mapping.bar.dialog
    assert dialog is not None
    dialog.name.setText("antagna")
    dialog.save_button.click()
    assert dialog.isVisible() and dialog.name.property("wrong")
    dialog.name.setText("Andra")
    dialog.save_button.click()
    assert [profile.name for profile in kept(context)] == ["Andra", "Antagna"]


def test_a_profile_is_changed_renamed_and_removed(
    open_page: Open, list_file: Path, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(context, "Antagna", Mapping((ColumnChoice("Förnamn", "given"), ColumnChoice("Efternamn", "family"))))
    page = open_page(list_file)
    page.show_mapping()
    bar = page.mapping.bar
    bar.field.set_code(str(kept(context)[0].id))
    bar.field.activated.emit(bar.field.currentIndex())
    assert means(page)["Mejladress"] == "Left out" and not bar.save_button.isEnabled()
    page.mapping.source.set_code("register")
    bar.save_button.click()
    assert kept(context)[0].mapping.source == "register" and not bar.save_button.isEnabled()
    bar.rename_button.click()
    assert bar.dialog is not None
    bar.dialog.name.setText("Bara namn")
    bar.dialog.shared.set_code("own")
    bar.dialog.save_button.click()
    assert [(profile.name, profile.shared) for profile in kept(context)] == [("Bara namn", False)]
    assert bar.field.currentText() == "Bara namn (mine)"
    monkeypatch.setattr("desktop.people.imports.mapping.profile_bar.ask", lambda *_said, **_more: True)
    bar.remove_button.click()
    assert kept(context) == [] and bar.field.code() == RECOGNISED
    with context.database.read() as session:
        assert session.scalars(select(ImportProfile.retired_at)).one() is not None


def test_what_a_profile_misses_in_a_file_is_named(open_page: Open, list_file: Path, context: ModuleContext) -> None:
    columns = ColumnChoice("Förnamn", "given"), ColumnChoice("Släktnamn", "family"), ColumnChoice("Telefon", "phone")
    keep(context, "Gammal", Mapping(columns))
    page = open_page(list_file)
    assert not page.mapping.offer.text
    page.show_mapping()
    assert not page.mapping.follow(page.mapping.bar.kept[0])
    assert page.mapping.bar.banner.text.startswith("The file lacks columns that the profile uses: Släktnamn, Telefon.")
    assert means(page)["Förnamn"] == "Given name" and means(page)["Efternamn"] == "Left out"


def test_a_ready_profile_is_offered_and_used(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "nya.csv"
    file.write_text("Anmälningskod;Namn;Urval;Prioritet;Status\nA1;Mia Öst;1;2;Antagen\n", encoding="cp1252")
    page = open_page(file)
    assert page.mapping.offer.text == "This looks like “National admission”."
    page.show_mapping()
    assert page.mapping.follow(page.mapping.bar.profile) and not page.mapping.offer.text
    page.mapping.bar.field.set_code("admission")
    page.mapping.bar.field.activated.emit(page.mapping.bar.field.currentIndex())
    press(page.mapping.table, Key.Key_Return, Control)
    assert page.facts.ignored.text() == ""


def test_a_file_without_known_names_is_mapped_instead_of_refused(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "okänd.csv"
    file.write_text("Ett;Två\nMia;Öst\n", encoding="utf-8")
    page = open_page(file)
    assert page.banner.text.startswith("No column of okänd.csv is known: its first line reads “Ett;Två”. Say below")
    assert here() is page.mapping.table and not page.mapping.back_button.isVisible()
    press(here(), Key.Key_Return, Control)  # nothing was said yet
    assert here() is page.mapping.table and page.banner.text.startswith("No column of okänd.csv is known")
    press(here(), "Given")
    press(here(), Key.Key_Return)
    press(here(), "Family")
    press(here(), Key.Key_Return, Control)
    assert number(page, "new") == 1


def test_the_columns_of_another_sheet_are_those_shown(open_page: Open, list_file: Path, tmp_path: Path) -> None:
    page = open_page(list_file)
    other = tmp_path / "annan.csv"
    other.write_text("Namn;Telefon\nMia Öst;0701740605\n", encoding="utf-8")
    page.read(other)
    press(page.table, Key.Key_F7)
    assert means(page) == {"Namn": "Whole name", "Telefon": "Phone"}


@pytest.mark.parametrize("hostile", HOSTILE[:5])
def test_hostile_headings_and_names_are_shown_as_they_are(
    hostile: str, open_page: Open, tmp_path: Path, context: ModuleContext
) -> None:
    heading = hostile.replace('"', "").replace("\n", " ").strip()
    keep(context, heading, Mapping((ColumnChoice("Namn", "full_name"), ColumnChoice(heading))))
    file = tmp_path / "fientlig.csv"
    file.write_text(f'Namn;"{heading}"\nMia Öst;"{heading}"\n', encoding="utf-8")
    page = open_page(file)
    page.show_mapping()
    QTest.keyClick(page.mapping.table, Key.Key_Down)
    assert page.mapping.of_column.heading.text() == heading
    assert plain_text_offenders(page) == []


def test_every_control_has_a_name(open_page: Open, list_file: Path) -> None:
    page = open_page(list_file)
    page.show_mapping()
    assert unnamed_controls(page) == []


def test_the_model_of_the_columns_keeps_qt_rules(qtmodeltester: ModelTester, open_page: Open, list_file: Path) -> None:
    qtmodeltester.check(open_page(list_file).mapping.model)


def test_a_list_without_headings_is_mapped_by_place_and_known_again(
    open_page: Open, tmp_path: Path, context: ModuleContext
) -> None:
    file, later = tmp_path / "lista.csv", tmp_path / "nästa.csv"
    file.write_text("Öst;Mia;mia@x.example\nEk;Ove;ove@x.example\n", encoding="utf-8")
    later.write_text("Berg;Åsa;asa@x.example\n", encoding="utf-8")
    page = open_page(file)
    assert "no headings" in page.banner.text and page.mapping.headless.isChecked()
    assert means(page) == {"Column A": "Left out", "Column B": "Left out", "Column C": "E-mail"}
    assert page.mapping.of_column.heading.text() == "Column A, e.g. Öst"
    for letters in ("fam", "giv"):
        press(here(), letters)
        press(here(), Key.Key_Return)
    assert page.mapping.of_column.heading.text() == "Column C, e.g. mia@x.example"
    press(here(), Key.Key_Return, Control)
    assert page.steps.currentWidget() is page.shown and number(page, "new") == 2
    keep(context, "Utan rubriker", page.mapping.mapping())
    other = open_page(later)
    assert other.mapping.offer.text == "This looks like “Utan rubriker”."
    use = next(button for button in other.mapping.offer.findChildren(QPushButton) if button.text() == "Use the profile")
    press(use, Key.Key_Space)
    assert number(other, "new") == 1


def test_that_there_are_no_headings_is_said_and_taken_back_by_a_key(open_page: Open, tmp_path: Path) -> None:
    file = tmp_path / "lista.csv"
    file.write_text("Öst;Mia;Luleå\nEk;Ove;Umeå\n", encoding="utf-8")
    page = open_page(file)
    assert [*means(page)] == ["Öst", "Mia", "Luleå"] and not page.mapping.headless.isChecked()
    press(page.mapping.headless, Key.Key_Space)
    assert [*means(page)] == ["Column A", "Column B", "Column C"] and page.mapping.headless.isChecked()
    press(page.mapping.headless, Key.Key_Space)
    assert [*means(page)] == ["Öst", "Mia", "Luleå"]


def test_a_profile_by_place_is_chosen_for_a_list_that_seemed_to_have_headings(
    open_page: Open, tmp_path: Path, context: ModuleContext
) -> None:
    keep(context, "Utan", Mapping((ColumnChoice("#A", "family"), ColumnChoice("#B", "given")), headings="none"))
    file = tmp_path / "lista.csv"
    file.write_text("Öst;Mia\nEk;Ove\n", encoding="utf-8")
    page = open_page(file)
    assert page.mapping.follow(page.mapping.bar.kept[0])
    assert page.steps.currentWidget() is page.shown and number(page, "new") == 2
    page.show_mapping()
    assert page.mapping.bar.field.currentText() == "Utan" and not page.mapping.bar.save_button.isEnabled()
