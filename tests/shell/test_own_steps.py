"""Ctrl+Z outside of texts: what I did last in this session is named, then taken back, one step after the other."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.models.person import Person
from desktop.widgets.search_box import SearchBox

from .conftest import Shell


def people(shell: Shell) -> int:
    with shell.desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_last_step_is_named_first_and_taken_back_when_asked_again(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.app.acts.take_back_last()
    assert "Last change: Added Åberg, Mia. Ctrl+Z once more takes it back." in shell.told
    assert people(shell) == 1
    shell.app.acts.take_back_last()
    assert people(shell) == 0 and "Taken back." in shell.told


def test_the_button_of_the_message_takes_back_and_does_again(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.app.acts.take_back_last()
    for left in (0, 1):
        message = shell.desk.messages.last
        assert message is not None and message.action is not None
        message.action()
        assert people(shell) == left


def test_steps_go_back_one_after_the_other_until_nothing_is_left(shell: Shell) -> None:
    shell.open()
    key = shell.add_person("Åberg")
    for note in ("one", "two"):
        with shell.desk.database.write(shell.desk.actor, "edit_person", [key], {"name": "Åberg, Mia"}) as session:
            session.get_one(Person, key).note = note
    for note in ("one", ""):
        for _twice in range(2):
            shell.app.acts.take_back_last()
        with shell.desk.database.read() as session:
            assert session.get_one(Person, key).note == note
    for _twice in range(2):
        shell.app.acts.take_back_last()
    assert people(shell) == 0
    shell.app.acts.take_back_last()
    assert "There is nothing of yours to take back." in shell.told


def test_a_step_made_after_the_offer_is_named_before_it_goes(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.app.acts.take_back_last()
    shell.add_person("Berg")
    shell.desk.messages.say("Saved.")
    shell.app.acts.take_back_last()
    assert people(shell) == 2 and "Last change: Added Berg, Mia." in shell.told


def test_an_offer_no_longer_in_sight_is_made_anew(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.app.acts.take_back_last()
    shell.view.workspace.toast.hide()
    shell.app.acts.take_back_last()
    assert people(shell) == 1


def test_what_was_done_before_this_session_or_by_others_is_not_mine(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.open("Other.kontinuum")
    shell.open()
    shell.app.acts.take_back_last()
    assert people(shell) == 1 and "There is nothing of yours to take back." in shell.told


def test_the_key_is_left_to_a_text_that_is_typed(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    [action] = [a for a in shell.app.window.findChildren(QAction) if a.shortcut().toString() == "Ctrl+Z"]
    pressed: list[bool] = []
    action.triggered.connect(lambda: pressed.append(True))
    shell.app.window.show()
    shell.app.open_page("shell.history")
    [field] = shell.view.workspace.page.findChildren(SearchBox)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=30_000)
    qtbot.keyClicks(field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert pressed == [] and "abc" not in field.text()
