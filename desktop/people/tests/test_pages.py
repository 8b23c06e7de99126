"""The register as the office sees it: list, card and record, by keyboard, with every text as it was typed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from db.actor import Actor
from db.database import Database
from desktop.core.context import ModuleContext
from desktop.people.card import person_card
from desktop.people.contacts import ContactForm, InteractionForm, add_contact, add_interaction, hold_contact
from desktop.people.editing import PersonForm, edit_person, retire
from desktop.people.list_page import PEOPLE, PeopleListPage
from desktop.people.listing import PeopleFilter
from desktop.people.new_page import NewPersonPage
from desktop.people.record_page import PersonPage
from desktop.people.roles import IdentifierForm, RoleForm, add_identifier, add_role
from desktop.people.tasks import TaskForm, add_task
from desktop.widgets.buttons import Button
from desktop.widgets.query_model import QueryModel
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import shown
from tests.support import HOSTILE, MakePerson

# The off-screen platform says so of every window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext) -> PeopleListPage:
    """The list, open and in sight."""
    return shown(qtbot, PeopleListPage(context))


def record(qtbot: QtBot, context: ModuleContext, person_id: UUID) -> PersonPage:
    page = PersonPage(context, person_id=person_id)
    shown(qtbot, page)
    return page


def names(page: PeopleListPage) -> list[str]:
    return [page.model.index(row, 0).data() for row in range(page.model.rowCount())]


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def see(database: Database, person_id: UUID):  # type: ignore[no-untyped-def]
    with database.read() as session:
        return person_card(session, person_id)


def type_into(qtbot: QtBot, page: QWidget, text: str) -> None:
    """Type where the cursor is, as a keyboard does."""
    qtbot.keyClicks(focused(page), text)


def press(qtbot: QtBot, page: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(focused(page), key, modifier)


def focused(page: QWidget) -> QWidget:
    """Where the cursor is, also when the desktop has given the window no focus."""
    widget = page.focusWidget()
    assert widget is not None
    return widget


# The list


def test_typing_a_name_narrows_the_list_and_says_how_many_of_all(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson
) -> None:
    for family in ("Adler", "Åberg", "Öberg"):
        make_person(family=family)
    page = PeopleListPage(context)
    shown(qtbot, page)
    assert (names(page), page.header.count.text()) == (["Adler, Mia", "Åberg, Mia", "Öberg, Mia"], "3")
    qtbot.keyClicks(page.search, "åb")
    qtbot.waitUntil(lambda: names(page) == ["Åberg, Mia"])
    assert page.header.count.text() == "1 of 3"


def test_an_empty_register_says_what_to_do(page: PeopleListPage) -> None:
    assert "No people yet" in texts(page.table)


def test_a_search_in_vain_offers_everybody_again(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    make_person()
    page = PeopleListPage(context)
    shown(qtbot, page)
    qtbot.keyClicks(page.search, "nobody")
    qtbot.waitUntil(lambda: "Nobody fits." in texts(page.table))
    page._show_all()
    assert names(page) == ["Testesson, Mia"]


def test_a_filter_is_chosen_by_typing_and_taken_off_by_delete(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    student, _other = make_person(family="Adler"), make_person(family="Berg")
    with database.write(actor, "add_role") as session:
        add_role(session, student, RoleForm("student", programme="Music & <b>Law</b>"))
    page = PeopleListPage(context)
    shown(qtbot, page)
    page.filters.add.click()
    qtbot.keyClicks(page.filters.popup.box, "music")
    qtbot.keyClick(page.filters.popup.box, Qt.Key.Key_Return)
    assert names(page) == ["Adler, Mia"]
    rule = page.filters._chips[0]
    assert rule.accessibleName() == "Programme: Music & <b>Law</b>, Delete removes it"
    qtbot.keyClick(rule, Qt.Key.Key_Delete)
    assert len(names(page)) == 2


def test_every_choice_of_the_popup_makes_a_filter_the_database_understands(
    qtbot: QtBot, page: PeopleListPage, make_person: MakePerson
) -> None:
    from desktop.people.filter_bar import choices

    for choice in choices(page._context, ["Luleå"], ["Music"]):
        page.filters._take(choice.change(PeopleFilter()))
        assert page.filters._chips and page.model.rowCount() == 0


def test_the_retired_are_found_by_filter_and_restored_from_the_list(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    with database.write(actor, "retire_person") as session:
        retire(session, who, 1, now=NOW)
    page = PeopleListPage(context, retired=True)
    shown(qtbot, page)
    assert names(page) == ["Adler, Mia"]
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    page.bar.restore.click()
    assert see(database, who).retired_at is None
    qtbot.waitUntil(lambda: names(page) == [])


def test_what_is_ticked_is_what_actions_get(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    ids = [make_person(family=family) for family in ("Adler", "Berg", "Citron")]
    page = PeopleListPage(context)
    shown(qtbot, page)
    page.model.toggle(ids[1])
    assert page.bar.told.text().startswith("1 selected")
    page.model.select_all()
    page.model.toggle(ids[0])
    with database.read() as session:
        assert set(session.execute(page.people()).scalars()) == set(ids[1:])
    assert page.bar._chosen().words == "2 people"


def test_retiring_many_can_be_taken_back(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    ids = [make_person(family=family) for family in ("Adler", "Berg")]
    page = PeopleListPage(context)
    shown(qtbot, page)
    page.model.select_all()
    page.bar.retire.click()
    assert all(see(database, id).retired_at for id in ids)
    message = context.messages.last
    assert message is not None and message.text == "2 people retired." and message.action is not None
    message.action()
    assert not any(see(database, id).retired_at for id in ids)


def test_a_failing_query_is_told_and_leaves_the_page_usable(
    qtbot: QtBot, context: ModuleContext, caplog: pytest.LogCaptureFixture
) -> None:
    context.tasks.breaks = ZeroDivisionError()  # type: ignore[attr-defined]
    page = PeopleListPage(context)
    shown(qtbot, page)
    assert page.header.count.text() == "The list could not be loaded."
    assert context.messages.last_doing == "loading the people"
    caplog.clear()


def test_the_model_keeps_qt_rules(qtmodeltester: ModelTester, context: ModuleContext, make_person: MakePerson) -> None:
    make_person(phone="+46701740605", email="a@b.example", city="Luleå")
    model = QueryModel(PEOPLE, context)
    model.show(PeopleFilter())
    qtmodeltester.check(model)


# The card


def test_the_card_shows_whom_the_list_points_at_and_follows_changes(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    make_person(family="Adler")
    second = make_person(family="Berg", phone="+46701740605", email="berg@post.example")
    page = PeopleListPage(context)
    shown(qtbot, page)
    assert page.panel.head.name.text() == "Adler, Mia"
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.panel.head.name.text() == "Berg, Mia"
    qtbot.waitUntil(lambda: "berg@post.example" in texts(page.panel))
    assert page.panel.head.tag.text() == "E-mail OK"
    point = see(database, second).contacts[0]
    with database.write(actor, "hold_contact") as session:
        hold_contact(session, point.id, 1, "bounced")
    qtbot.waitUntil(lambda: page.panel.head.tag.text() == "Address bounced")


def test_a_contact_is_logged_on_the_card_by_keyboard(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    who = make_person()
    page = PeopleListPage(context)
    shown(qtbot, page)
    page.panel.log_button.click()
    type_into(qtbot, page, "Asked about housing")
    assert page.unsaved()
    press(qtbot, page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    line = see(database, who).timeline[0]
    assert (line.kind, line.direction, line.text, line.by_name) == ("call", "out", "Asked about housing", context.actor.name)
    assert page.panel.box is None and not page.unsaved()
    qtbot.waitUntil(lambda: [entry.title for entry in page.panel.timeline.view.model.entries] == ["Asked about housing"])


def test_lines_of_a_module_that_does_not_run_stay_as_restricted(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    who = make_person()
    with database.write(actor, "add_interaction") as session:
        add_interaction(session, who, InteractionForm("call", NOW, text="secret", module="elsewhere"), actor=actor)
    page = PeopleListPage(context)
    shown(qtbot, page)
    entry = page.panel.timeline.view.model.entries[0]
    assert entry.title == "Restricted entry" and "secret" not in repr(entry)


def test_the_timeline_is_narrowed_to_a_kind(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    who = make_person()
    with database.write(actor, "add_interaction") as session:
        for kind in ("call", "note"):
            add_interaction(session, who, InteractionForm(kind, NOW, text=kind), actor=actor)
    page = record(qtbot, context, who)
    page.timeline.choose("note")
    assert [entry.title for entry in page.timeline.view.model.entries] == ["note"]


# Adding and changing


def test_a_person_is_added_by_keyboard_alone(
    qtbot: QtBot, context: ModuleContext, database: Database, page: PeopleListPage
) -> None:
    page.new_person()
    for text in ("Mia", "Åberg", "1990-05-04", "mia@post.example", "070-174 06 05", "Luleå"):
        type_into(qtbot, page, text)
        press(qtbot, page, Qt.Key.Key_Return)
    press(qtbot, page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: names(page) == ["Åberg, Mia"])
    assert page.panel.head.name.text() == "Åberg, Mia"
    assert {line.shown for line in page.panel.card.contacts} == {"mia@post.example", "070-174 06 05", "Luleå"}


def test_the_tab_of_a_new_person_becomes_their_record(qtbot: QtBot, context: ModuleContext, database: Database) -> None:
    page = NewPersonPage(context)
    shown(qtbot, page)
    type_into(qtbot, page, "Mia")
    assert page.unsaved() and unnamed_controls(page) == []
    press(qtbot, page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.record is not None and page.windowTitle() == "Mia" and not page.unsaved()


def test_a_slip_is_marked_at_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, context: ModuleContext, page: PeopleListPage
) -> None:
    page.new_person()
    box = page.form.box
    assert box is not None
    fields = box.form
    for key, text in (("given", "Mia"), ("email", "no address")):
        field = fields.field(key)
        assert isinstance(field, QLineEdit)
        field.setText(text)
    box.save()
    assert "“no address” is not an e-mail address." in texts(fields)
    assert fields.field("email").text() == "no address" and names(page) == []  # type: ignore[attr-defined]
    qtbot.keyClick(fields.field("email"), Qt.Key.Key_Escape)
    assert page.form.box is box, "Escape never loses text"


def test_a_search_in_vain_becomes_the_name_of_the_new_person(qtbot: QtBot, page: PeopleListPage) -> None:
    page.search.setText("mia åberg")
    page.new_person()
    assert page.form.box is not None
    assert [page.form.box.form.field(key).text() for key in ("given", "family")] == ["Mia", "Åberg"]  # type: ignore[attr-defined]


def test_a_name_is_changed_by_keyboard_alone(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    page = record(qtbot, context, who)
    page.edit("person")
    press(qtbot, page, Qt.Key.Key_Tab)
    press(qtbot, page, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_into(qtbot, page, "Åberg")
    press(qtbot, page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert see(database, who).title == "Åberg, Mia"
    qtbot.waitUntil(lambda: page.windowTitle() == "Åberg, Mia")
    assert not page.boxes


@pytest.mark.parametrize(
    ("key", "values", "found"),
    [
        ("add_email", {"value": "mia@post.example"}, lambda card: card.contacts[0].normal == "mia@post.example"),
        ("add_phone", {"value": "070-174 06 05"}, lambda card: card.contacts[0].normal == "+46701740605"),
        ("add_address", {"street": "Vägen 1", "city": "Luleå"}, lambda card: card.contacts[0].shown == "Vägen 1, Luleå"),
        ("add_social", {"value": "@mia"}, lambda card: card.contacts[0].value == "@mia"),
        (
            "add_role",
            {"programme": "Music", "starts": "31.8.2026"},
            lambda card: card.roles[0].starts.isoformat() == "2026-08-31",
        ),
        ("add_identifier", {"value": "640823-3234"}, lambda card: card.identifiers[0].masked == "19640823-••••"),
        ("add_task", {"title": "Answer", "due": "2026-11-30"}, lambda card: card.tasks[0].title == "Answer"),
        ("log", {"text": "Called back"}, lambda card: card.timeline[0].text == "Called back"),
    ],
)
def test_everything_is_added_in_place(
    qtbot: QtBot,
    context: ModuleContext,
    database: Database,
    make_person: MakePerson,
    key: str,
    values: dict[str, str],
    found: partial[bool],
) -> None:
    who = make_person()
    page = record(qtbot, context, who)
    page.edit(key)
    box = page.boxes[key, None]
    assert box.isVisibleTo(page)
    for name, text in values.items():
        box.form.field(name).setText(text)  # type: ignore[attr-defined]
    box.save()
    assert found(see(database, who)), texts(box)
    assert not page.boxes


def test_a_registry_number_is_called_by_its_register(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    who = make_person()
    with database.write(actor, "add_identifier", [who]) as session:
        for number, issuer in (("A-000017", "admission"), ("kt000018", "student"), ("X-000019", "Lund")):
            add_identifier(session, who, IdentifierForm("registry_id", number, issuer), today=NOW.date())
    said = texts(record(qtbot, context, who))
    assert "Application number" in said and "Student number" in said and "(Lund)" in said
    assert "(admission)" not in said and "(student)" not in said


def test_a_day_that_is_none_is_marked(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    page = record(qtbot, context, make_person())
    page.edit("add_role")
    box = page.boxes["add_role", None]
    box.form.field("starts").setText("31.2.2026")  # type: ignore[attr-defined]
    box.save()
    assert "This is not a day." in texts(box)


def test_a_way_to_reach_them_is_put_on_hold_and_removed_with_a_way_back(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    who = make_person(email="mia@post.example")
    page = record(qtbot, context, who)
    line = see(database, who).contacts[0]
    page.edit("contact", line.id)
    box = page.boxes["contact", line.id]
    box.form.field("hold").set_code("bounced")  # type: ignore[attr-defined]
    box.save()
    assert see(database, who).contacts[0].hold == "bounced"
    page._remove("contact", line.id, 2)
    assert see(database, who).contacts == ()
    assert context.messages.last is not None and context.messages.last.action is not None
    context.messages.last.action()
    assert see(database, who).contacts[0].value == "mia@post.example"


def test_a_person_is_retired_and_restored_from_the_record(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    who = make_person()
    page = record(qtbot, context, who)
    page.retire_button.click()
    assert see(database, who).retired_at is not None
    qtbot.waitUntil(lambda: page.restore_button.isVisible() and page.head.tag.text() == "Retired")
    page.restore_button.click()
    assert see(database, who).retired_at is None


def test_a_task_is_finished_with_one_act(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    who = make_person()
    with database.write(actor, "add_task") as session:
        add_task(session, TaskForm("Answer", NOW, person_id=who))
    page = record(qtbot, context, who)
    task = see(database, who).tasks[0]
    page.due._finish(task)
    assert see(database, who).tasks == ()


def test_the_history_of_the_record_is_told_in_words(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    page = record(qtbot, context, who)
    page.retire()
    page.tabs.setCurrentWidget(page.history)
    assert page.history.view.model.entries[0].title == "Retired Adler, Mia"


def test_somebody_who_is_gone_is_told_as_gone(qtbot: QtBot, context: ModuleContext) -> None:
    page = record(qtbot, context, UUID(int=7))
    assert "This person is no longer there." in page.banner.text


def test_what_is_being_written_about_somebody_stays_with_them_while_the_list_moves(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    first, _second = make_person(family="Adler"), make_person(family="Berg")
    page = PeopleListPage(context)
    shown(qtbot, page)
    page.panel.log_contact()
    type_into(qtbot, page, "Half a sentence")
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.panel.head.name.text() == "Adler, Mia" and page.panel.box is not None
    page.panel.box.save()
    assert see(database, first).timeline[0].text == "Half a sentence"
    assert page.panel.head.name.text() == "Berg, Mia"


def test_typed_text_survives_a_page_made_anew_in_another_language(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    page, whole = PeopleListPage(context), record(qtbot, context, who)
    shown(qtbot, page)
    qtbot.keyClicks(page.search, "adl")
    qtbot.waitUntil(lambda: page._filter.text == "adl")
    page.panel.log_contact()
    type_into(qtbot, page, "Half a sentence")
    page.new_person()
    page.form.box.form.field("given").setText("Mi")  # type: ignore[union-attr]
    whole.edit("person")
    whole.boxes["person", None].form.field("family").setText("Adlerz")  # type: ignore[attr-defined]
    newer, newer_whole = PeopleListPage(context), record(qtbot, context, who)
    shown(qtbot, newer)
    newer.restore(page.state())
    newer_whole.restore(whole.state())
    assert newer.search.text() == "adl" and names(newer) == ["Adler, Mia"]
    assert newer.panel.box is not None and newer.panel.box.state()["text"] == "Half a sentence"
    assert newer.form.box is not None and newer.form.box.state()["given"] == "Mi"
    assert newer_whole.boxes["person", None].state()["family"] == "Adlerz"
    assert newer.unsaved() and newer_whole.unsaved()


# For everyone


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_is_shown_letter_for_letter(
    qtbot: QtBot, context: ModuleContext, database: Database, actor: Actor, make_person: MakePerson, text: str
) -> None:
    who = make_person(family=text, given="")
    with database.write(actor, "edit_person") as session:
        add_contact(session, who, ContactForm("address", street=text, label=text), country="SE")
        add_role(session, who, RoleForm("student", programme=text, term=text))
        add_interaction(session, who, InteractionForm("note", NOW, text=text), actor=actor)
        add_task(session, TaskForm(text, NOW, note=text, person_id=who))
        edit_person(session, who, 1, PersonForm(family=text, preferred=text, note=text), today=context.clock.today())
    page = PeopleListPage(context)
    shown(qtbot, page)
    assert names(page) == [text]
    whole = record(qtbot, context, who)
    assert page.panel.head.name.text() == whole.head.name.text() == text
    assert texts(whole).count(text) >= 6
    assert [entry.title for entry in whole.timeline.view.model.entries] == [text]
    whole.tabs.setCurrentWidget(whole.history)
    assert whole.history.view.model.entries[0].title == f"Changed {text}"
    assert plain_text_offenders(page) == plain_text_offenders(whole) == []


def test_every_control_has_a_name_that_can_be_spoken(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    who = make_person(phone="+46701740605", email="a@b.example", city="Luleå")
    page = PeopleListPage(context)
    shown(qtbot, page)
    page.model.select_all()
    page.panel.log_contact()
    assert unnamed_controls(page) == []
    page.new_person()
    assert unnamed_controls(page) == []
    whole = record(qtbot, context, who)
    for key in ("person", "add_email", "add_phone", "add_address", "add_social", "add_role", "add_identifier", "add_task", "log"):
        whole.edit(key)
    assert unnamed_controls(whole) == []
    assert unnamed_controls(page.filters.popup) == []


def test_who_may_only_look_is_offered_nothing_to_change(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    from dataclasses import replace

    who = make_person(email="a@b.example")
    looking = replace(context, rights=frozenset({"people.view"}))
    page = PeopleListPage(looking)
    shown(qtbot, page)
    page.model.select_all()
    whole = record(qtbot, looking, who)
    hidden = (page.new_button, page.import_button, page.bar.retire, page.panel.log_button, whole.retire_button, whole.log_button)
    assert not any(button.isVisible() for button in hidden)
    whole.edit("person")
    page.new_person()
    assert not whole.boxes and page.form.box is None


def test_who_may_not_read_numbers_is_offered_none_to_write(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    from dataclasses import replace

    calling = replace(context, rights=frozenset({"people.view", "people.edit"}))
    page = PeopleListPage(calling)
    shown(qtbot, page)
    assert page.new_button.isVisible() and not page.import_button.isVisible()
    assert [button.text() for button in page.table.findChildren(Button) if button.isVisible()] == ["New person"]
    who = make_person(email="a@b.example")
    with context.database.write(context.actor, "add_identifier", [who]) as session:
        add_identifier(session, who, IdentifierForm("registry_id", "12345", "x"), today=NOW.date())
    everything, whole = record(qtbot, context, who), record(qtbot, calling, who)
    others = {"Show Registry number…", "Who looked at the numbers of this person", "Keep apart", "Merge with…"}
    others |= {"Purposes and texts of consents"}
    apart = {
        "people.protected": "Protect…",
        "people.report": "Access report…",
        "people.erase": "Erase or anonymise this person",
        "people.retention": "Legal hold…",
    }
    others |= {act for right, act in apart.items() if context.may(right)}  # on a server no office has these rights
    assert acts(everything) - acts(whole) == {"Add a number", "Remove Registry number", *others}
    whole.edit("add_identifier")
    assert not whole.boxes
    whole.edit("add_role")
    assert [*whole.boxes] == [("add_role", None)]


def acts(page: QWidget) -> set[str]:
    return {button.accessibleName() or button.text() for button in page.findChildren(Button) if button.isVisible()}


def test_in_a_narrow_window_nothing_is_lost(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    page = PeopleListPage(context)
    whole = record(qtbot, context, make_person())
    shown(qtbot, page)
    for widget in (page, whole):
        widget.resize(520, 640)
    qtbot.waitUntil(lambda: not page.side.isVisible() and whole._halves.orientation() == Qt.Orientation.Vertical)
    page.new_person()
    assert page.form.isVisible() and not page.table.isVisible()
    page.form.box.close_box()  # type: ignore[union-attr]
    assert page.table.isVisible()
