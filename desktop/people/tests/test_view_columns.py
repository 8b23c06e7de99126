"""The columns and orders of the list of people: what each shows, how it is read, and how they are chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import event

from db.actor import Actor
from db.database import Database
from desktop.core.context import ModuleContext
from desktop.people.card import person_card
from desktop.people.contacts import ContactForm, InteractionForm, add_contact, add_interaction, hold_contact
from desktop.people.editing import PersonForm, edit_person
from desktop.people.list_page import PeopleListPage
from desktop.people.listing import PeopleFilter, PersonRow, ids_in_order, people_ids, people_query, rows_of
from desktop.people.roles import RoleForm, add_role
from desktop.people.views.columns import BY_KEY, COLUMNS, USUAL, needed
from desktop.widgets.column_chooser import ColumnChooser
from desktop.widgets.list_columns import ShownColumn
from desktop.widgets.list_reading import ListReader, Order
from desktop.widgets.tick_list import KEY
from tests.pages import shown
from tests.support import MakePerson, day_stored

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
OTHER = Actor(UUID("01a20000-0000-7000-8000-000000000002"), "Another", frozenset({"office"}))


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext) -> PeopleListPage:
    """The list, open and in sight."""
    return shown(qtbot, PeopleListPage(context))


def in_role(database: Database, actor: Actor, person: UUID, kind: str, programme: str = "") -> None:
    with database.write(actor, "add_role", about=[person]) as session:
        add_role(session, person, RoleForm(kind, programme))


@pytest.fixture
def mia(database: Database, actor: Actor, make_person: MakePerson) -> UUID:
    """Somebody with everything a column can show; the second address and number are never shown."""
    person = make_person("Ek", "Mia", phone="+46701740605", email="mia@example.org", language="fi")
    with database.write(actor, "edit_person", about=[person]) as session:
        edit_person(
            session,
            person,
            1,
            PersonForm("Mia", "Ek", preferred="Mimmi", language="fi", birth_date=date(2001, 2, 3)),
            today=TODAY,
        )
        for street, town in (("Gatan 1", "Åbo"), ("Vägen 2", "Umeå")):
            form = ContactForm("address", street=street, postcode="01234", city=town, country="FI")
            add_contact(session, person, form, country="SE")
    in_role(database, actor, person, "student", "Law")
    with database.write(actor, "add_interaction", about=[person]) as session:
        add_interaction(session, person, InteractionForm("call", NOW), actor=actor)
    return person


def one_row(database: Database, more: frozenset[str]) -> PersonRow:
    with database.read() as session:
        (row,) = ListReader(people_query(PeopleFilter(today=TODAY), more), Order("name_sort"), PersonRow).first(session)
    return row


@pytest.mark.usefixtures("mia")
def test_every_column_shows_what_is_stored(context: ModuleContext, database: Database) -> None:
    row = one_row(database, needed(BY_KEY))
    shown, today = {column.key: column.show(row, context.texts) for column in COLUMNS}, context.texts.day(day_stored(database))
    assert shown == {
        "name": "Ek, Mia", "roles": ("Student",), "programme": "Law", "email": "mia@example.org", "contact": "23 Nov 2026",
        "family": "Ek", "given": "Mia", "preferred": "Mimmi", "phone": "+46701740605", "street": "Gatan 1", "postcode": "01234",
        "town": "Åbo", "country": "FI", "language": "Finnish", "born": "3 Feb 2001", "birth_year": "2001",
        "created": today, "changed": today,
    }  # fmt: skip


@pytest.mark.usefixtures("mia")
def test_what_no_column_shows_is_not_read(database: Database) -> None:
    plain = one_row(database, frozenset())
    assert plain.title == "Ek, Mia" and (plain.town, plain.born, plain.call, plain.created) == ("", None, "", None)
    town = one_row(database, needed(["town"]))
    assert (town.town, town.born, town.call) == ("Åbo", None, "")
    assert len(town) == len(PersonRow._fields)


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.sort], ids=lambda column: column.key)
def test_every_order_holds_everybody_once_from_both_ends(
    database: Database, actor: Actor, make_person: MakePerson, column: Any
) -> None:
    people = [make_person(f"Person {n:02}", city="Åbo" if n % 3 else "") for n in range(7)]
    with database.write(actor, "edit_person") as session:
        edit_person(session, people[3], 1, PersonForm("Mia", "Person 03", birth_date=date(1999, 1, 1)), today=TODAY)
    with database.read() as session:
        for down in (False, True):
            reader = ListReader(people_query(PeopleFilter()), Order(column.sort, down), PersonRow)
            total, anchors, _tally = reader.index(session)
            assert total == 7
            ids = [row.id for row in reader.page(session, anchors[0])]
            assert sorted(ids) == sorted(people)
            assert ids == ids_in_order(session, people_ids(PeopleFilter()), column.sort, down=down)


def test_the_newest_and_the_last_changed_come_last(database: Database, actor: Actor, make_person: MakePerson) -> None:
    first, second = make_person("B"), make_person("A")
    with database.write(actor, "edit_person") as session:
        edit_person(session, first, 1, PersonForm("Mia", "C"), today=TODAY)
    with database.read() as session:
        everybody = people_ids(PeopleFilter())
        assert ids_in_order(session, everybody, "created_sort") == [first, second]
        assert ids_in_order(session, everybody, "changed_sort") == [second, first]


def test_choosing_a_column_reads_it_in_the_same_statement(
    page: PeopleListPage, context: ModuleContext, make_person: MakePerson
) -> None:
    make_person("Ek", city="Luleå")
    page.model.refresh()
    statements: list[str] = []
    listen = lambda _conn, _cursor, sql, *_rest: statements.append(sql)
    event.listen(context.database.engine.reader, "before_cursor_execute", listen)
    page.model.refresh()
    usual = len(statements)
    page.table.show_columns([ShownColumn("name"), ShownColumn("town", 140), ShownColumn("phone")])
    event.remove(context.database.engine.reader, "before_cursor_execute", listen)
    place = COLUMNS.index(BY_KEY["town"])
    assert page.model.index(0, place).data() == "Luleå"
    assert [one.key for one in page.table.shown_columns()] == ["name", "town", "phone"]
    assert usual and len(statements) == 2 * usual, "as many as reading the list anew takes, however many columns there are"


def test_the_dialog_chooses_moves_and_widens_by_keys_alone(qtbot: QtBot, page: PeopleListPage, context: ModuleContext) -> None:
    dialog = ColumnChooser(page.table, context.texts, page)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.keyClicks(dialog.search, "tow")
    shown = [item.text() for item in dialog.list.items_in_order if not item.isHidden()]
    assert shown == ["Town"] and dialog.list.currentItem().text() == "Town"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    dialog.width_field.setValue(210)
    dialog.search.clear()
    dialog.list.setCurrentRow(next(n for n, item in enumerate(dialog.list.items_in_order) if item.data(KEY) == "town"))
    before = [item.data(KEY) for item in dialog.list.items_in_order]
    qtbot.keyClick(dialog.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    after = [item.data(KEY) for item in dialog.list.items_in_order]
    assert after.index("town") == before.index("town") - 1
    dialog.take_over()
    assert ("town", 210) in [(one.key, one.width) for one in page.table.shown_columns()]
    page.table.reset_columns()
    assert [one.key for one in page.table.shown_columns()] == list(USUAL)


def test_an_address_on_hold_says_so_in_its_column(
    context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    person = make_person("Ek", phone="+46701740605")
    with database.read() as session:
        line = person_card(session, person).contacts[0]
    with database.write(actor, "hold_contact", about=[person]) as session:
        hold_contact(session, line.id, line.version, "wrong_number")
    with database.read() as session:
        row = rows_of(session, [person], more=needed(["phone"]), today=TODAY)[person]
    assert BY_KEY["phone"].show(row, context.texts) == "Wrong number" and row.phone == "+46701740605"
