"""Merging and taking apart as the office sees it: by keyboard, with everything said before it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.models.person import ContactPoint, Identifier, Person
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.selection import PeopleSelection
from desktop.people.contacts import hold_contact
from desktop.people.duplicates.page import DuplicatesPage
from desktop.people.merging.apart_page import ApartPage
from desktop.people.merging.page import MergePage
from desktop.people.merging.starting import merge_selected
from desktop.people.record_page import PersonPage
from tests.merging.test_merging import Office
from tests.support import MakePerson

ENTER, HELD = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
Went = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def office(context: ModuleContext, database: Database, actor: Actor, clock: FixedClock) -> Office:
    return Office(context, database, actor, clock)


@pytest.fixture
def went(context: ModuleContext) -> tuple[ModuleContext, Went]:
    """A context that notes where one goes."""
    places: Went = []
    return replace(context, navigate=lambda page, **arguments: places.append((page, arguments))), places


def shown(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.addWidget(widget)
    widget.resize(1200, 900)
    widget.show()
    with qtbot.waitActive(widget, timeout=30_000):
        widget.activateWindow()


def test_a_pair_is_merged_by_one_key_and_the_record_opens(
    qtbot: QtBot, went: tuple[ModuleContext, Went], office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person("Åberg", "M", phone="+46701740605"), make_person("Åberg", "Mia", email="mia@b.example")
    page = MergePage(went[0], person_id=goes, other_id=stays)
    shown(qtbot, page)
    assert page.plan is not None and page.plan.stays.id == stays  # the older record stays
    assert page.fields.choices() == {"given": "goes"}  # the fuller name is suggested
    page.reason.setFocus()
    qtbot.keyClicks(page.reason, "Same e-mail")
    qtbot.keyClick(page.reason, ENTER, HELD)
    assert went[1] == [("people.record", {"person_id": stays})]
    assert office.values(stays) == ["mia@b.example", "+46701740605"]
    with office.database.read() as session:
        assert session.get_one(Person, stays).given == "Mia"
    assert "merged into that of" in page.banner.text and not page.merge_button.isEnabled()


def test_what_is_unticked_is_not_kept_and_what_both_have_is_one_line(
    qtbot: QtBot, context: ModuleContext, office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person(phone="+46701740605"), make_person(phone="+46701740605", email="mia@b.example")
    page = MergePage(context, person_id=stays, other_id=goes)
    shown(qtbot, page)
    names = {line.box.accessibleName(): line for line, _ids in page.points.lines}
    assert list(names) == ["Phone: +46701740605. Keep", "E-mail: mia@b.example. Keep"]
    assert names["Phone: +46701740605. Keep"].box.accessibleDescription() == "on both records"
    names["E-mail: mia@b.example. Keep"].box.setFocus()
    qtbot.keyClick(names["E-mail: mia@b.example. Keep"].box, Qt.Key.Key_Space)
    page.merge()
    assert office.values(stays) == ["+46701740605"]
    with office.database.read() as session:
        assert len(session.scalars(select(ContactPoint)).all()) == 1


def test_every_module_says_what_moves(qtbot: QtBot, context: ModuleContext, office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    office.in_round(stays, goes)
    page = MergePage(context, person_id=stays, other_id=goes)
    shown(qtbot, page)
    assert page.moving.texts == ["Phone duty: 1 place in a call round (Welcome). 1 is on both records: one remains."]


def test_the_other_record_may_stay(qtbot: QtBot, context: ModuleContext, office: Office, make_person: MakePerson) -> None:
    older, newer = make_person("Åberg"), make_person("Öberg")
    page = MergePage(context, person_id=older, other_id=newer)
    shown(qtbot, page)
    page.swap.setFocus()
    qtbot.keyClick(page.swap, Qt.Key.Key_E, HELD)
    assert page.plan is not None and page.plan.stays.id == newer
    qtbot.keyClick(page.fields.buttons["family", "stays"], Qt.Key.Key_Right)  # arrows choose
    assert page.fields.choices()["family"] == "goes" and page.fields.buttons["family", "goes"].hasFocus()
    qtbot.keyClick(page.fields.buttons["family", "goes"], Qt.Key.Key_Left)
    page.merge()
    with office.database.read() as session:
        assert session.get_one(Person, older).retired_at is not None
        assert session.get_one(Person, newer).family == "Öberg"


def test_two_numbers_are_asked_about_where_they_stand(
    qtbot: QtBot, context: ModuleContext, office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person(), make_person()
    office.number(stays, "personnummer", "19811218-9876")
    holds = office.number(goes, "personnummer", "19900101-9802")
    page = MergePage(context, person_id=stays, other_id=goes)
    shown(qtbot, page)
    page.merge()
    field = page.numbers.field("personnummer")
    assert field is not None and field.property("wrong") and "different numbers" in page.banner.text
    field.set_code(holds.hex)
    page.merge()
    with office.database.read() as session:
        current = select(Identifier.id).where(Identifier.person_id == stays, Identifier.valid_to.is_(None))
        assert session.scalars(current).all() == [holds]


def test_what_changed_meanwhile_is_told_and_choices_are_kept(
    qtbot: QtBot, context: ModuleContext, office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person("Åberg"), make_person("Öberg")
    page = MergePage(context, person_id=stays, other_id=goes)
    shown(qtbot, page)
    page.fields.buttons["family", "stays"].click()
    office.contact(goes, "phone", "070-174 06 05")  # the page hears of it and reads anew
    assert [line.box.accessibleName() for line, _ids in page.points.lines] == ["Phone: 070-174 06 05. Keep"]
    assert page.fields.choices()["family"] == "stays"


def test_the_other_record_is_looked_for(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    one, other = make_person("Åberg"), make_person("Zetterlund")
    page = MergePage(context, person_id=one)
    shown(qtbot, page)
    assert page.search.isVisible() and not page.parts.isVisible()
    qtbot.keyClicks(page.picker.box, "zetter")
    qtbot.waitUntil(lambda: page.picker.chosen == other, timeout=30_000)
    qtbot.keyClick(page.picker.box, ENTER)
    assert page.plan is not None and {page.plan.stays.id, page.plan.goes.id} == {one, other}
    assert not page.search.isVisible() and page.parts.isVisible()


def test_what_was_chosen_comes_back_in_another_language(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg", phone="+46701740605"), make_person("Öberg")
    page = MergePage(context, person_id=stays, other_id=goes)
    shown(qtbot, page)
    page.fields.buttons["family", "goes"].click()
    page.points.lines[0][0].box.setChecked(False)
    again = MergePage(context, person_id=stays, other_id=goes)
    shown(qtbot, again)
    again.restore(page.state())
    assert again.choice() == page.choice()


def test_the_queue_and_two_ticked_people_lead_to_the_page(
    qtbot: QtBot, went: tuple[ModuleContext, Went], make_person: MakePerson
) -> None:
    one, other = make_person("Åberg", phone="+46701740605"), make_person("Åberg", phone="+46701740605")
    make_person("Zetterlund")
    pair = select(Person.id).where(Person.family == "Åberg")
    merge_selected(went[0], PeopleSelection(pair, 2, ""), None)
    queue = DuplicatesPage(went[0])
    shown(qtbot, queue)
    qtbot.waitUntil(lambda: queue.panel.pair is not None, timeout=30_000)
    queue.table.setFocus()
    qtbot.keyClick(queue.table, Qt.Key.Key_M, HELD)
    assert went[1] == [("people.merge", {"person_id": one, "other_id": other})] * 2
    merge_selected(went[0], PeopleSelection(select(Person.id), 3, ""), None)
    assert len(went[1]) == 2


def test_a_handle_leads_on_and_the_record_names_it(
    qtbot: QtBot, went: tuple[ModuleContext, Went], office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person("Åberg"), make_person("Åberg")
    office.merge(stays, goes)
    handle, record = PersonPage(went[0], person_id=goes), PersonPage(went[0], person_id=stays)
    shown(qtbot, handle)
    shown(qtbot, record)
    assert "merged into that of Åberg, Mia" in handle.merges.words.text()
    assert not handle.restore_button.isVisible() and not handle.merge_button.isVisible()
    handle.edit("person")
    assert not handle.boxes
    click(handle.merges, "Open Åberg, Mia")
    click(record.merges, "Take Åberg, Mia apart…")
    assert went[1] == [("people.record", {"person_id": stays}), ("people.apart", {"person_id": goes})]
    assert record.merges.words.text() == "Merged into this record: Åberg, Mia"


def test_records_are_taken_apart_by_one_key(
    qtbot: QtBot, went: tuple[ModuleContext, Went], office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person(), make_person(phone="+46701740606")
    office.merge(stays, goes)
    with office.database.write(office.actor, "hold_contact") as session:
        point = session.scalars(select(ContactPoint)).one()
        hold_contact(session, point.id, point.version, "wrong_number")
    office.contact(stays, "email", "mia@c.example")
    page = ApartPage(went[0], person_id=goes)
    shown(qtbot, page)
    assert [(line.box.accessibleName(), line.box.isChecked()) for line, _since in page.lines] == [
        ("Phone: +46701740606 (Wrong number). Goes with Testesson, Mia", True),
        ("E-mail: mia@c.example. Goes with Testesson, Mia", False),
    ]
    page.reason.setFocus()
    qtbot.keyClick(page.reason, ENTER, HELD)
    assert went[1] == [("people.record", {"person_id": goes})]
    assert (office.values(stays), office.values(goes)) == (["mia@c.example"], ["+46701740606"])
    assert "not merged" in page.banner.text and not page.parts.isVisible()


def test_who_may_only_take_back_their_own_is_told_whom_to_ask(
    qtbot: QtBot, context: ModuleContext, office: Office, make_person: MakePerson
) -> None:
    stays, goes = make_person(), make_person()
    office.merge(stays, goes)
    page = ApartPage(replace(context, rights=frozenset({"people.view", "people.merge"})), person_id=goes)
    shown(qtbot, page)
    assert not page.apart_button.isEnabled() and "Ask Tester" in page.banner.text


def click(widget: QWidget, text: str) -> None:
    next(button for button in widget.findChildren(QPushButton) if button.text() == text).click()
