"""Consents and contact on a person's record, and the page of purposes, as the office uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.database import Database
from db.history import history
from db.models.consent import Consent, ConsentPurpose, ConsentText, ContactBlock
from db.models.person import Person
from desktop.core.contacting import decisions
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment
from desktop.core.context import ModuleContext
from desktop.people.card import person_card
from desktop.people.card_panel import CardPanel
from desktop.people.consents.purposes_page import PurposesPage
from desktop.people.contacts import InteractionForm, add_interaction
from desktop.people.record_page import PersonPage
from desktop.widgets.buttons import Button
from desktop.widgets.labels import Tag
from tests.pages import shown
from tests.support import MakePerson, after_a_crash

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def record(qtbot: QtBot, context: ModuleContext) -> Callable[[UUID], PersonPage]:
    """Opens the record of somebody."""

    def make(person: UUID) -> PersonPage:
        page = PersonPage(context, person_id=person)
        shown(qtbot, page)
        return page

    return make


Open = Callable[[UUID], PersonPage]


def words(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def press(qtbot: QtBot, page: PersonPage, key: Qt.Key) -> None:
    """Ctrl and a key, with the keyboard in the record."""
    page.activateWindow()
    until(qtbot, page.isActiveWindow)
    page.log_button.setFocus()
    qtbot.keyClick(page.log_button, key, Qt.KeyboardModifier.ControlModifier)


def until(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    """Wait for what is laid out anew."""
    qtbot.waitUntil(holds, timeout=30_000)


def acts(widget: QWidget) -> dict[str, Button]:
    return {
        button.accessibleName() or button.text(): button for button in widget.findChildren(Button) if button.isVisibleTo(widget)
    }


def answer(context: ModuleContext, person: UUID, code: str, state: str, **more: object) -> None:
    with context.database.write(context.actor, "write_consent") as session:
        form = ConsentForm(decisions.purpose_of(session, code), state, **more)  # type: ignore[arg-type]
        decisions.write_consent(session, person, form, actor=context.actor, when=Moment(NOW, context.clock.zone))


def stop(context: ModuleContext, person: UUID, channel: str) -> None:
    with context.database.write(context.actor, "stop_contact") as session:
        when = Moment(NOW, context.clock.zone)
        decisions.stop_contact(session, person, BlockForm(channel), actor=context.actor, when=when)


def purpose(database: Database, code: str) -> str:
    with database.read() as session:
        return str(session.scalars(select(ConsentPurpose.id).where(ConsentPurpose.code == code)).one())


def test_an_answer_is_written_down_by_keyboard_with_the_text_that_was_shown(
    qtbot: QtBot, context: ModuleContext, record: Open, make_person: MakePerson
) -> None:
    person = make_person(language="sv")
    with context.database.write(context.actor, "add_interaction") as session:
        line = add_interaction(session, person, InteractionForm("call", NOW, "out"), actor=context.actor)
    page = record(person)
    press(qtbot, page, Qt.Key.Key_G)
    form = page.boxes["add_consent", None].form
    form.purpose.set_code(purpose(context.database, "newsletter"))  # type: ignore[attr-defined]
    assert "Nyhetsbrev" in words(form)
    form.field("evidence").set_code(str(line))  # type: ignore[attr-defined]
    qtbot.keyClick(form.field("note"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with context.database.read() as session:
        kept = session.scalars(select(Consent)).one()
        assert (kept.state, kept.way, kept.evidence_id, kept.text_id is not None) == ("given", "call", line, True)
        assert history(session)[0].details["name"] == "Testesson, Mia"
    told = "Given 23 Nov 2026 · In a call · until 23 Nov 2028 · text 1, Swedish · see timeline: Call 23 Nov 2026"
    until(qtbot, lambda: told in words(page.consents))
    assert [tag.text() for tag in page.consents.findChildren(Tag) if tag.isVisibleTo(page)] == ["yes"]


def test_withdrawing_is_one_press_and_keeps_what_was_given(
    qtbot: QtBot, context: ModuleContext, record: Open, make_person: MakePerson
) -> None:
    person = make_person()
    answer(context, person, "newsletter", "given")
    page = record(person)
    acts(page.consents)["Withdraw: Newsletter"].click()
    until(qtbot, lambda: "Ask again: Newsletter" in acts(page.consents))
    assert "Withdraw: Newsletter" not in acts(page.consents)
    with context.database.read() as session:
        assert session.scalars(select(Consent.state).order_by(Consent.id)).all() == ["given", "withdrawn"]


def test_asking_again_begins_with_the_purpose(context: ModuleContext, record: Open, make_person: MakePerson) -> None:
    person = make_person()
    answer(context, person, "alumni", "refused")
    page = record(person)
    acts(page.consents)["Ask again: Contact with alumni"].click()
    ((_key, chosen),) = page.boxes
    assert page.boxes["consent", chosen].form.values()["purpose"] == str(chosen) == purpose(context.database, "alumni")


def test_an_answer_without_a_purpose_is_marked_where_it_is_missing(record: Open, make_person: MakePerson) -> None:
    page = record(make_person())
    page.edit("add_consent")
    page.boxes["add_consent", None].save()
    assert "No purpose is chosen." in words(page.boxes["add_consent", None])


def test_do_not_contact_takes_away_what_would_contact_them(
    qtbot: QtBot, context: ModuleContext, record: Open, make_person: MakePerson
) -> None:
    person = make_person(phone="+46701740605", email="a@b.example")
    page = record(person)
    assert {"Dial +46701740605", "Write to a@b.example"} <= acts(page).keys()
    press(qtbot, page, Qt.Key.Key_D)
    box = page.boxes["add_block", None]
    box.form.field("channel").set_code("phone")  # type: ignore[attr-defined]
    box.form.field("reason").setText("Works at night")  # type: ignore[attr-defined]
    box.save()
    until(qtbot, lambda: "Write to a@b.example" in acts(page) and "Lift: Phone calls" in acts(page))
    assert "Dial +46701740605" not in acts(page)
    assert page.head.tag.text() == "Not by: Phone calls"
    assert "Works at night · since 23 Nov 2026" in words(page.consents)
    acts(page.consents)["Lift: Phone calls"].click()
    until(qtbot, lambda: "Dial +46701740605" in acts(page))


def test_death_stops_everything(context: ModuleContext, record: Open, make_person: MakePerson) -> None:
    person = make_person(phone="+46701740605", email="a@b.example")
    with context.database.write(context.actor, "edit_person") as session:
        session.get_one(Person, person).deceased_on = NOW.date()
    page = record(person)
    assert not {"Dial +46701740605", "Write to a@b.example"} & acts(page).keys()
    assert "deceased" in words(page)


def test_what_a_colleague_wrote_a_moment_ago_counts_when_dialling(
    context: ModuleContext, make_person: MakePerson, record: Open
) -> None:
    person = make_person(phone="+46701740605")
    handed: list[str] = []
    told: list[str] = []
    context.messages.told.connect(lambda message: told.append(message.text))
    page = PersonPage(replace(context, hand_off=lambda url: handed.append(url) is None), person_id=person)
    acts(page)["Dial +46701740605"].click()
    assert handed == ["tel:+46701740605"]
    button = acts(page)["Dial +46701740605"]
    context.changes.changed.disconnect()  # the window has not heard yet
    stop(context, person, "all")
    button.click()
    assert handed == ["tel:+46701740605"]
    assert told == ["This person asked not to be contacted at all. Nothing was dialled or opened."]
    page.deleteLater()


def test_the_card_says_how_often_we_were_in_touch(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    person = make_person()
    with context.database.write(context.actor, "add_interaction") as session:
        for kind, direction, days in (
            ("call", "out", 1),
            ("call", "out", 29),
            ("letter", "out", 2),
            ("call", "in", 1),
            ("email", "out", 31),
        ):
            form = InteractionForm(kind, NOW - timedelta(days=days), direction)
            add_interaction(session, person, form, actor=context.actor)
    panel = CardPanel(context)
    shown(qtbot, panel)
    panel.show_person(person)
    assert "3 contacts in 30 days: 2 calls, 1 letter" in words(panel)


def test_a_form_about_a_consent_survives_a_crash(context: ModuleContext, record: Open, make_person: MakePerson) -> None:
    person = make_person()
    page = record(person)
    page.edit("add_consent")
    page.boxes["add_consent", None].form.field("note").setText("Binder 7")  # type: ignore[attr-defined]
    kept = after_a_crash(page.state())
    again = record(person)
    again.restore(kept)
    assert again.boxes["add_consent", None].form.values()["note"] == "Binder 7"


def test_who_may_not_change_people_sees_answers_and_is_offered_nothing(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson
) -> None:
    person = make_person()
    answer(context, person, "newsletter", "given")
    stop(context, person, "phone")
    page = PersonPage(replace(context, rights=frozenset({"people.view"})), person_id=person)
    shown(qtbot, page)
    assert "Newsletter" in words(page.consents) and acts(page.consents) == {}
    page.edit("add_consent")
    assert page.boxes == {}


def test_a_stop_is_on_the_card_whoever_reads_it(context: ModuleContext, make_person: MakePerson) -> None:
    person = make_person()
    stop(context, person, "email")
    with context.database.read() as session:
        card = person_card(session, person)
    assert [card.stopped(channel, NOW) for channel in ("email", "phone", "")] == ["no_email", "", ""]


# Purposes


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext) -> PurposesPage:
    """The purposes, open and in sight."""
    return shown(qtbot, PurposesPage(context))  # type: ignore[return-value]


def test_a_purpose_is_added_with_its_text(qtbot: QtBot, context: ModuleContext, page: PurposesPage) -> None:
    page.add.click()
    assert page.box is not None
    page.box.save()
    assert "The purpose has no name." in words(page.box)
    for key, text in (("name_sv", "Sommarkurser"), ("text_sv", "Ja tack"), ("months", "12")):
        page.box.form.field(key).setText(text)  # type: ignore[attr-defined]
    assert page.unsaved()
    qtbot.keyClick(page.box.form.field("months"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.box is None
    until(qtbot, lambda: "Sommarkurser" in words(page))
    with context.database.read() as session:
        assert session.scalars(select(ConsentText.text).where(ConsentText.text == "Ja tack")).all() == ["Ja tack"]


def test_what_was_answered_keeps_its_kind_and_basis(
    qtbot: QtBot, context: ModuleContext, page: PurposesPage, make_person: MakePerson
) -> None:
    answer(context, make_person(), "newsletter", "given")
    page.edit(UUID(purpose(context.database, "newsletter")))
    assert page.box is not None
    assert [page.box.form.field(key).isEnabled() for key in ("kind", "basis", "months")] == [False, False, True]
    page.box.form.field("retired").set_code("retired")  # type: ignore[attr-defined]
    page.box.save()
    until(qtbot, lambda: "retired" in [tag.text() for tag in page.findChildren(Tag) if tag.isVisibleTo(page)])


def test_a_purpose_being_written_survives_a_crash(qtbot: QtBot, context: ModuleContext, page: PurposesPage) -> None:
    page.edit(UUID(purpose(context.database, "alumni")))
    assert page.box is not None
    page.box.form.field("text_fi").setText("Kyllä")  # type: ignore[attr-defined]
    kept = after_a_crash(page.state())
    again = PurposesPage(context)
    shown(qtbot, again)
    again.restore(kept)
    assert again.box is not None and again.box.form.values()["text_fi"] == "Kyllä"
    assert again.unsaved()


def test_a_stop_can_be_made_in_the_middle_of_a_form_about_something_else(
    context: ModuleContext, record: Open, make_person: MakePerson
) -> None:
    person = make_person()
    page = record(person)
    page.edit("person")
    stop(context, person, "all")
    assert page.head.tag.text() == "Do not contact"
    with context.database.read() as session:
        assert session.scalars(select(ContactBlock.person_id)).all() == [person]
