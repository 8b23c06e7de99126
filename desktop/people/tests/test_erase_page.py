"""What erasing would do is shown before, the name is typed once more, and the record is gone afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from db.database import Database
from db.erasing.holds import hold_person, lift_hold
from db.history import history
from db.models.interaction import Interaction
from db.models.merge import MergedPerson
from db.models.person import Person
from db.models.retention import LegalHold
from desktop.core.context import ModuleContext
from desktop.people.erasing.page import ErasePage
from desktop.people.record_page import PersonPage
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import said, shown
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def person(make_person: MakePerson) -> UUID:
    return make_person("Raderasson", "Zorro", phone="+46701740605", email="zr@hem.example", city="Luleå")


@pytest.fixture
def went(context: ModuleContext) -> list[str]:
    """The pages opened."""
    return []


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext, person: UUID, went: list[str]) -> ErasePage:
    """The page, for somebody with a contact on the timeline."""
    with context.database.write(context.actor, "add_interaction", [person]) as session:
        session.add(Interaction(person_id=person, kind="note", at=context.clock.now(), text="Raderasson asked"))
    made = ErasePage(replace(context, navigate=lambda key, **_more: went.append(key)), person_id=person)
    shown(qtbot, made, 900, 900)
    return made


def typed(page: ErasePage, case: str, name: str) -> None:
    for key, words in (("case", case), ("name", name)):
        field = page.form.field(key)
        assert isinstance(field, QLineEdit)
        field.setText(words)


def choose(page: ErasePage, how: str) -> None:
    field = page.form.field("how")
    field.set_code(how)  # type: ignore[attr-defined]


def there(database: Database, person: UUID) -> bool:
    with database.read() as session:
        return session.get(Person, person) is not None


def test_what_goes_and_what_stays_is_shown_before(page: ErasePage) -> None:
    words = said(page)
    assert "3 ways to reach them" in words and "1 line of the timeline" in words and "cannot be taken back" in words
    assert not page.sections["counts"].isVisibleTo(page) and "Data protection law" in words
    choose(page, "anonymise")
    assert page.sections["counts"].isVisibleTo(page) and "1 line of the timeline" in said(page.sections["counts"])
    assert unnamed_controls(page) == [] and plain_text_offenders(page) == []


def test_it_takes_a_case_and_the_name_and_then_nobody_is_there(
    qtbot: QtBot, page: ErasePage, context: ModuleContext, person: UUID, went: list[str]
) -> None:
    typed(page, "Dnr 17", "Raderasson, Zorra")
    page.box.act()
    assert "This is not the name of the person." in said(page.form) and there(context.database, person)
    typed(page, "", "raderasson,  zorro")
    page.box.act()
    assert "Write the case" in said(page.form) and there(context.database, person)
    typed(page, "Dnr 17", "raderasson,  zorro")
    case = page.form.field("case")
    case.setFocus()
    qtbot.keyClick(case, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: went == ["people.list"], timeout=30_000)
    assert not there(context.database, person) and page.header.count.text() == ""
    with context.database.read() as session:
        newest = history(session, limit=1)[0]
        assert (newest.verb, newest.details) == ("erase_person", {"case": "Dnr 17"})
        assert "Raderasson" not in str(history(session))
    assert not context.verbs()["erase_person"].undoable


def test_the_record_leads_there_for_who_holds_the_right(qtbot: QtBot, context: ModuleContext, person: UUID) -> None:
    opened: list[tuple[str, object]] = []
    own = replace(context, navigate=lambda key, **more: opened.append((key, more["person_id"])))
    record = PersonPage(own, person_id=person)
    shown(qtbot, record, 900, 900)
    record.erase_button.click()
    assert opened == [("people.erase", person)]
    others = PersonPage(replace(own, rights=own.rights - {"people.erase"}), person_id=person)
    shown(qtbot, others, 900, 900)
    assert not others.erase_button.isVisibleTo(others)


def test_a_handle_of_a_merge_is_refused_with_the_name_of_the_record_it_leads_to(
    qtbot: QtBot, context: ModuleContext, person: UUID, make_person: MakePerson
) -> None:
    handle = make_person("Annan", "Zorro")
    with context.database.write(context.actor, "merge_people", [person, handle]) as session:
        session.add(MergedPerson(person_id=handle, into_id=person))
    refused = ErasePage(context, person_id=handle)
    shown(qtbot, refused, 900, 900)
    assert "Raderasson" in said(refused.banner) and not refused.parts.isVisibleTo(refused)


def test_a_hold_is_told_at_once_with_who_why_and_until_and_gone_when_it_is_lifted(
    qtbot: QtBot, context: ModuleContext, page: ErasePage, person: UUID
) -> None:
    assert page.box.isVisibleTo(page) and not page.sections["held"].isVisibleTo(page)
    today, now = context.clock.today(), context.clock.now()
    with context.database.write(context.actor, "hold_person", [person]) as session:
        hold = hold_person(session, person, "A case in court", None, actor=context.actor, now=now, today=today)
        until = today + timedelta(days=30)
        other = hold_person(session, person, "An audit", until, actor=context.actor, now=now, today=today)
    qtbot.waitUntil(lambda: page.sections["held"].isVisibleTo(page), timeout=30_000)
    words = said(page)
    assert "A legal hold keeps this person" in words and not page.box.isVisibleTo(page)
    assert "A case in court · until it is lifted" in words and f"An audit · until {context.texts.day(until)}" in words
    assert f"by {context.actor.name}" in words
    with context.database.write(context.actor, "lift_hold", [person]) as session:
        lift_hold(session, hold, 1)
        lift_hold(session, other, 1)
    qtbot.waitUntil(lambda: page.box.isVisibleTo(page), timeout=30_000)
    assert not page.sections["held"].isVisibleTo(page) and "A legal hold keeps" not in said(page)


def test_a_hold_that_is_over_keeps_nobody(qtbot: QtBot, context: ModuleContext, person: UUID) -> None:
    past = context.clock.today() - timedelta(days=1)
    with context.database.write(context.actor, "hold_person", [person]) as session:
        session.add(LegalHold(person_id=person, reason="Over", until=past, since=context.clock.now(), by_name="E"))
    made = ErasePage(context, person_id=person)
    shown(qtbot, made, 900, 900)
    assert made.box.isVisibleTo(made) and "Over" not in said(made)
