"""Two desks at the record of one person: each is told of the other, chooses field by field, and loses no letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.history import history, take_back
from desktop.core.context import ModuleContext
from desktop.people.card import PersonCard, person_card
from desktop.people.contacts import ContactForm, edit_contact, remove_contact
from desktop.people.editing import PersonForm, edit_person, retire
from desktop.people.record_boxes import RecordBox
from desktop.people.record_page import PersonPage
from desktop.people.roles import RoleForm, add_role, edit_role
from desktop.widgets.conflict_dialog import ConflictDialog
from tests.support import HOSTILE, MakePerson, after_a_crash

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
ANNA = Actor(new_id(), "Anna Ek")
WAIT = 30_000
Saves = Callable[..., None]
Key = Qt.Key


@pytest.fixture
def elsewhere(database: Database, address: Path | str) -> Iterator[Database]:
    """The database as a colleague's desk has it open."""
    opened = Database(address, parts=database.parts[1:])
    yield opened
    opened.close()


@pytest.fixture
def anna(elsewhere: Database) -> Saves:
    """What Anna saves at her desk: `anna("edit_person", person_id, lambda session: …)`."""

    def save(verb: str, about: UUID, step: Callable[[Session], object]) -> None:
        with elsewhere.write(ANNA, verb, [about], {"name": "Adler, Mia"}) as session:
            step(session)

    return save


def _record(qtbot: QtBot, context: ModuleContext, who: UUID) -> PersonPage:
    page = PersonPage(context, person_id=who)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    page.activateWindow()
    return page


def _box(page: PersonPage, key: str, id: UUID | None = None) -> RecordBox:
    page.edit(key, id)
    box = page.boxes[key, id]
    assert isinstance(box, RecordBox)
    return box


def _dialog(box: RecordBox) -> ConflictDialog:
    assert box.asking.dialog is not None and box.asking.dialog.isVisible(), box.banner.text
    box.asking.dialog.activateWindow()
    QApplication.processEvents()  # until it has the keyboard
    return box.asking.dialog


def _press(
    dialog: ConflictDialog, qtbot: QtBot, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    for key in keys:
        qtbot.keyClick(dialog.focusWidget() or dialog, key, held)


def _see(database: Database, who: UUID) -> PersonCard:
    with database.read() as session:
        return person_card(session, who)


def _said(dialog: ConflictDialog) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def _edits(who: UUID, context: ModuleContext, version: int = 1, **values: Any) -> Callable[[Session], None]:
    form = PersonForm(**{"given": "Mia", "family": "Adler"} | values)
    return lambda session: edit_person(session, who, version, form, today=context.clock.today())


def test_only_what_both_changed_is_asked_and_keys_alone_answer(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    box = _box(page := _record(qtbot, context, who), "person")
    box.form.write({"family": "Mine", "preferred": "Minnie", "note": "Mine"})
    anna("edit_person", who, _edits(who, context, family="Theirs", salutation="Dr", note="Theirs"))
    box.save()
    dialog = _dialog(box)
    assert [card.clash.field.key for card in dialog.cards] == ["family", "note"]
    said = _said(dialog)
    assert "Anna Ek, " in dialog.told.text() and dialog.told.text().endswith("Changed Theirs, Mia.")
    for line in ("Adler", "Theirs", "Salutation: Dr", "Preferred name: Minnie"):
        assert line in said.split("\n"), line
    assert _see(database, who).family == "Theirs", "nothing is saved before it is decided"
    _press(dialog, qtbot, Key.Key_1)
    assert (dialog.cards[0].choice, dialog.cards[0].result) == ("theirs", "Theirs")
    _press(dialog, qtbot, Key.Key_Down)
    assert dialog.cards[0].choice == "mine"
    _press(dialog, qtbot, Key.Key_3)
    _press(dialog, qtbot, Key.Key_A, held=Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(dialog.focusWidget(), "Both")
    assert dialog.cards[0].result == "Both"
    _press(dialog, qtbot, Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
    card = _see(database, who)
    assert (card.family, card.salutation, card.preferred, card.note) == ("Both", "Dr", "Minnie", "Mine")
    assert not page.boxes


def test_what_fits_together_is_shown_and_saved_with_one_key(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    box = _box(_record(qtbot, context, who), "person")
    box.form.write({"note": "Mine"})
    anna("edit_person", who, _edits(who, context, language="fi"))
    box.save()
    dialog = _dialog(box)
    assert not dialog.cards and "Language: Finnish" in _said(dialog)
    _press(dialog, qtbot, Key.Key_Return)
    assert (_see(database, who).language, _see(database, who).note) == ("fi", "Mine")


def test_going_on_typing_changes_nothing_and_saving_asks_again_with_what_was_saved_since(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    box = _box(_record(qtbot, context, who), "person")
    box.form.write({"family": "Mine"})
    anna("edit_person", who, _edits(who, context, family="Theirs"))
    box.save()
    _press(_dialog(box), qtbot, Key.Key_Escape)
    assert box.asking.dialog is None and box.state()["family"] == "Mine" and box.typed
    assert "Saved meanwhile: Family name." in box.banner.text
    box.save()
    anna("edit_person", who, _edits(who, context, version=2, family="Newer"))
    _press(_dialog(box), qtbot, Key.Key_Return, held=Qt.KeyboardModifier.ControlModifier)
    dialog = _dialog(box)
    assert [(card.clash.before, card.clash.theirs, card.clash.mine) for card in dialog.cards] == [("Theirs", "Newer", "Mine")]
    assert _see(database, who).family == "Newer"
    _press(dialog, qtbot, Key.Key_Return)
    assert _see(database, who).family == "Mine"


def test_a_way_to_reach_them_and_a_role_are_asked_about_in_the_same_way(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler", email="mia@post.example")
    with database.write(ANNA, "add_role", [who]) as session:
        role = add_role(session, who, RoleForm("student", "Music", "HT 2026"))
    page, contact = _record(qtbot, context, who), _see(database, who).contacts[0].id
    mail, study = _box(page, "contact", contact), _box(page, "role", role)
    mail.form.write({"value": "mine@post.example"})
    study.form.write({"kind": "alumnus", "programme": "Mine"})
    form = ContactForm("email", "theirs@post.example", hold="bounced")
    anna("edit_contact", who, lambda session: edit_contact(session, contact, 1, form, country="SE"))
    anna("edit_role", who, lambda session: edit_role(session, role, 1, RoleForm("doctoral", "Theirs", "HT 2026")))
    for box in (mail, study):
        box.save()
    ask = _dialog(study)
    assert [card.clash.field.key for card in ask.cards] == ["kind", "programme"]
    assert ask.cards[0].field is None, "a choice among codes is not written anew"
    ask.cards[0].choose("theirs")
    for dialog in (_dialog(mail), ask):
        dialog._decide()
    card = _see(database, who)
    assert (card.contacts[0].value, card.contacts[0].hold) == ("mine@post.example", "bounced")
    assert (card.roles[0].kind, card.roles[0].programme) == ("doctoral", "Mine")


def test_who_removed_it_is_told_and_the_text_can_be_copied(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler", email="mia@post.example")
    page, contact = _record(qtbot, context, who), _see(database, who).contacts[0].id
    box = _box(page, "contact", contact)
    box.form.write({"label": "work"})
    anna("remove_contact", who, lambda session: remove_contact(session, contact, 1))
    box.save()
    assert "This was removed meanwhile." in box.banner.text and "Anna Ek" in box.banner.text
    assert "Removed a way to reach Adler, Mia" in box.banner.text
    box.banner._acts.itemAt(0).widget().click()  # type: ignore[union-attr]
    assert "Label: work" in QGuiApplication.clipboard().text()
    assert box.typed and box.state()["label"] == "work"


def test_a_person_who_was_retired_meanwhile_is_told_with_who_and_the_text_still_counts(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    box = _box(_record(qtbot, context, who), "person")
    box.form.write({"note": "Mine"})
    anna("retire_person", who, lambda session: retire(session, who, 1, now=context.clock.now()))
    box.save()
    dialog = _dialog(box)
    assert "Anna Ek" in dialog.told.text() and "Retired Adler, Mia" in dialog.told.text()
    dialog._decide()
    assert _see(database, who).note == "Mine" and _see(database, who).retired_at is not None


def test_a_person_who_is_gone_altogether_leaves_the_text(
    qtbot: QtBot, context: ModuleContext, database: Database, elsewhere: Database, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    page = _record(qtbot, context, who)
    box = _box(page, "person")
    box.form.write({"note": "Mine"})
    with elsewhere.read() as session:
        made = history(session, about=who)[0].id
    with elsewhere.write(ANNA, "take_back") as session:
        take_back(session, made)
    box.save()
    assert "This was removed meanwhile." in box.banner.text and "Anna Ek" in box.banner.text
    assert box.state()["note"] == "Mine" and page.unsaved()
    newer = _record(qtbot, context, who)
    newer.restore(after_a_crash(page.state()))
    assert "Remark: Mine" in newer.forms.kept[0][0].text.text() and newer.unsaved()
    assert newer.state()["boxes"] == page.state()["boxes"], "a second crash does not lose it either"
    newer.forms.kept[0][0].drop_button.click()
    assert not newer.unsaved()


def test_a_form_that_comes_back_after_a_crash_knows_what_it_began_with(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler", email="mia@post.example")
    page, contact = _record(qtbot, context, who), _see(database, who).contacts[0].id
    person, mail = _box(page, "person"), _box(page, "contact", contact)
    person.form.write({"family": "Mine"})
    mail.form.write({"label": "Mine"})
    kept = after_a_crash(page.state())
    anna("edit_person", who, _edits(who, context, family="Theirs", note="Theirs"))
    anna("remove_contact", who, lambda session: remove_contact(session, contact, 1))
    newer = _record(qtbot, context, who)
    newer.restore(kept)
    box = newer.boxes["person", None]
    assert isinstance(box, RecordBox) and "Saved meanwhile: Family name, Remark." in box.banner.text
    assert "Label: Mine" in newer.forms.kept[0][0].text.text()
    box.save()
    assert [card.clash.field.key for card in _dialog(box).cards] == ["family"]
    _dialog(box)._decide()
    assert (_see(database, who).family, _see(database, who).note) == ("Mine", "Theirs")


def test_what_is_written_while_being_asked_survives_a_crash_too(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    box = _box(page := _record(qtbot, context, who), "person")
    box.form.write({"family": "Mine", "note": "Mine"})
    anna("edit_person", who, _edits(who, context, family="Theirs", note="Theirs"))
    box.save()
    dialog = _dialog(box)
    field = dialog.cards[0].field
    assert field is not None
    field.setText("Together")
    dialog.cards[0].choose("theirs")
    assert field.text() == "Together", "looking at theirs loses nothing"
    newer = _record(qtbot, context, who)
    newer.restore(after_a_crash(page.state()))
    assert newer.boxes["person", None].state() | {} == box.state() and box.state()["family"] == "Together"
    assert box.state()["note"] == "Mine"


def test_what_others_save_is_told_beside_what_is_typed_and_a_form_nobody_typed_in_follows(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who, other = make_person(family="Adler"), make_person(family="Berg")
    page, idle = _record(qtbot, context, who), _record(qtbot, context, other)
    box, quiet = _box(page, "person"), _box(idle, "person")
    box.form.write({"family": "Mine"})
    box.form.field("note").setFocus()
    database.follow()
    anna("edit_person", who, _edits(who, context, salutation="Dr"))
    qtbot.waitUntil(lambda: "Saved meanwhile: Salutation." in box.banner.text, timeout=WAIT)
    assert "Anna Ek" in box.banner.text and box.state()["family"] == "Mine" and box.state()["salutation"] == ""
    assert box.form.field("note").hasFocus() or not QApplication.activeWindow(), "the cursor stays where it was"
    anna("edit_person", other, _edits(other, context, family="Berg", salutation="Dr"))
    qtbot.waitUntil(lambda: quiet.state()["salutation"] == "Dr", timeout=WAIT)
    assert not quiet.typed and quiet.banner.text == ""


def test_every_text_is_shown_letter_for_letter(
    qtbot: QtBot, context: ModuleContext, database: Database, anna: Saves, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    box = _box(_record(qtbot, context, who), "person")
    theirs, mine = HOSTILE[0], "<b>Mine</b> & {name}"
    box.form.write({"family": mine})
    anna("edit_person", who, _edits(who, context, family=theirs))
    box.save()
    labels = [label.text() for label in _dialog(box).findChildren(QLabel)]
    assert mine in labels and theirs.strip() in labels
