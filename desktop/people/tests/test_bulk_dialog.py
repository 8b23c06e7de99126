"""The dialog in which many people are changed: look ahead first, then one step, told and taken back from where it is told."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.database import Database
from db.models.person import ContactPoint, Person
from desktop.core.context import ModuleContext
from desktop.core.selection import PeopleSelection
from desktop.people.bulk.dialog import BulkDialog, Watch
from desktop.people.bulk.fields import KINDS, SHOWN
from desktop.people.listing import PeopleFilter, people_ids
from tests.support import MakePerson


@pytest.fixture
def dialog(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> BulkDialog:
    """Over two people, one of whom speaks Swedish."""
    make_person("Åberg", language="sv", city="Lulea")
    make_person("Berg", language="fi")
    made = BulkDialog(context, PeopleSelection(people_ids(PeopleFilter()), 2, "Everybody"))
    qtbot.addWidget(made)
    made.show()
    return made


def cells(dialog: BulkDialog) -> list[list[str]]:
    table: Any = dialog.table
    return [[table.item(row, column).text() for column in range(3)] for row in range(table.rowCount())]


def languages(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Person.language).order_by(Person.family)))


def test_enter_looks_ahead_then_does_it_and_the_message_takes_it_back(
    qtbot: QtBot, dialog: BulkDialog, database: Database, context: ModuleContext
) -> None:
    dialog.fields.field("language").set_code("en")  # type: ignore[attr-defined]
    dialog.reason.setText("a new policy")
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    assert cells(dialog) == [["Berg, Mia", "Finnish", "English"], ["Åberg, Mia", "Swedish", "English"]]
    assert (dialog.told.text(), dialog.ok.text()) == ("2 people are changed.", "Change 2 people")
    assert languages(database) == ["fi", "sv"]
    qtbot.keyClick(dialog.reason, Qt.Key.Key_Return)
    assert languages(database) == ["en", "en"] and dialog.isHidden()
    last = context.messages.last
    assert last is not None and last.text == "2 people changed." and last.action is not None
    last.action()
    assert languages(database) == ["fi", "sv"]


def test_who_is_left_out_is_said_with_the_reason(dialog: BulkDialog) -> None:
    dialog.go_on()
    assert dialog.left_out.text() == "Left out:\n· Has this language already: 1 (Åberg, Mia)"
    assert dialog.ok.text() == "Change 1 person"


def test_an_edit_after_the_look_ahead_means_looking_again(dialog: BulkDialog, database: Database) -> None:
    dialog.go_on()
    dialog.fields.field("language").set_code("en")  # type: ignore[attr-defined]
    assert dialog.ok.text() == "Show what changes" and dialog.table.isHidden()
    dialog.go_on()
    assert languages(database) == ["fi", "sv"]


def test_each_kind_shows_its_fields_and_no_others(dialog: BulkDialog) -> None:
    for kind in KINDS:
        dialog.fields.what.set_code(kind)
        shown = {key for key in dialog.fields.keys[1:-1] if not dialog.fields.field(key).isHidden()}
        assert shown == set(SHOWN[kind]), kind


def test_a_slip_is_marked_at_its_field(dialog: BulkDialog) -> None:
    dialog.fields.what.set_code("town")
    dialog.fields.towns.set_code("Lulea")
    dialog.go_on()
    assert "Write both towns." in dialog.fields._errors["new_town"].text()
    dialog.fields.what.set_code("begin_role")
    dialog.fields.field("last").setText("2020-01-01")  # type: ignore[attr-defined]
    dialog.go_on()
    assert "ends before it starts" in dialog.fields._errors["last"].text()
    dialog.fields.what.set_code("task")
    dialog.go_on()
    assert "The task is empty." in dialog.fields._errors["task"].text()


def test_towns_of_the_register_are_offered(dialog: BulkDialog, database: Database) -> None:
    dialog.fields.what.set_code("town")
    assert [dialog.fields.towns.itemText(n) for n in range(dialog.fields.towns.count())] == ["Choose…", "Lulea"]
    dialog.fields.towns.set_code("Lulea")
    dialog.fields.field("new_town").setText("Luleå")  # type: ignore[attr-defined]
    dialog.go_on()
    dialog.go_on()
    with database.read() as session:
        assert session.scalars(select(ContactPoint.city)).one() == "Luleå"


def test_whom_somebody_else_changed_is_listed_and_the_dialog_stays(
    dialog: BulkDialog, database: Database, context: ModuleContext
) -> None:
    dialog.fields.field("language").set_code("en")  # type: ignore[attr-defined]
    dialog.go_on()
    with database.write(context.actor, "edit_person") as session:
        session.scalars(select(Person).where(Person.family == "Berg")).one().note = "x"
    dialog.go_on()
    assert languages(database) == ["fi", "en"] and not dialog.isHidden()
    assert dialog.told.text() == "1 person changed."
    assert "1 entry was changed by somebody else meanwhile" in dialog.left_out.text()
    assert "· Berg, Mia" in dialog.left_out.text() and dialog.ok.isHidden()


def test_escape_while_it_runs_stops_it_and_nothing_stays(
    dialog: BulkDialog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work asks after each portion; here somebody pressed Escape before the first."""
    dialog.go_on()

    class Stopped(Watch):
        def report(self, done: int, total: int) -> None:
            dialog.reject()
            super().report(done, total)

    monkeypatch.setattr("desktop.people.bulk.dialog.Watch", Stopped)
    dialog.go_on()
    assert dialog.told.text() == "Stopped. Nothing was changed."
    assert languages(database) == ["fi", "sv"] and not dialog.isHidden() and dialog.fields.isEnabled()


def test_the_list_of_people_offers_it_to_whoever_may_change_people(context: ModuleContext) -> None:
    from desktop.people.bulk.dialog import change_people
    from desktop.people.manifest import MANIFEST

    [offer] = [c for c in MANIFEST.contributions if c.key == "people.bulk"]
    path, _colon, name = offer.opens.partition(":")
    assert (path, name, offer.right) == (change_people.__module__, change_people.__name__, "people.edit")
