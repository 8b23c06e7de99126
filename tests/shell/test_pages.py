"""The shell's own pages as the office sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.actor import Actor
from db.base import new_id
from db.models.person import Person
from db.models.task import Task
from db.settings import read_setting, write_setting
from desktop.shell.key_map import page_keys
from desktop.widgets.conflict_dialog import ConflictDialog
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls

from .conftest import Shell

PAGES = ("shell.my_day", "shell.history", "shell.settings", "shell.modules", "shell.users", "shell.jobs")


def page(shell: Shell, key: str) -> Any:
    shell.app.open_page(key)
    assert shell.view.workspace.current is not None and shell.view.workspace.current.key == key
    return shell.view.workspace.page


@pytest.mark.parametrize("key", PAGES)
def test_every_control_of_the_window_has_a_spoken_name_and_no_text_is_mark_up(shell: Shell, key: str) -> None:
    shell.open()
    shell.add_task("<b>x</b>", 0, shell.add_person("<i>Test</i>"))
    page(shell, key)
    assert unnamed_controls(shell.app.window) == []
    assert plain_text_offenders(shell.app.window) == []


def test_the_navigation_marks_where_we_are(shell: Shell) -> None:
    """Nothing, on a page that stands nowhere in it, whatever was open before; and the list, on the page of one record."""
    shell.open()

    def marked() -> list[str]:
        return [button.place.page for button in shell.view.navigation.buttons if button.isChecked()]

    page(shell, "people.organisation")
    assert marked() == ["people.organisation"]
    page(shell, "people.retention")
    assert marked() == []
    shell.app.open_page("people.record", person_id=shell.add_person("Berg"))
    assert marked() == ["people.list"]
    shell.view.workspace.close_tab()
    assert marked() == []
    shell.view.workspace.close_tab()
    assert marked() == ["people.organisation"]


def test_the_start_page_has_spoken_names(shell: Shell) -> None:
    assert unnamed_controls(shell.app.window) == []


def test_my_day_shows_what_is_due_in_order_and_one_key_finishes_it(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.add_task("Later", 3)
    shell.add_task("Late", -2)
    shell.add_task("Today", 0)
    shell.add_task("Next month", 30)
    day = page(shell, "shell.my_day")
    day.look()
    assert [day.model.index(n, 1).data() for n in range(day.model.rowCount())] == ["Late", "Today", "Later"]
    assert day.model.index(0, 0).data() == "Overdue: 21 Nov 2026"
    day.list.setCurrentIndex(day.model.index(0, 0))
    qtbot.keyClick(day.list, Qt.Key.Key_D)
    with shell.desk.database.read() as session:
        assert session.scalar(select(Task.done_at).where(Task.title == "Late")) is not None
    assert "Done: Late" in shell.told
    assert day.model.rowCount() == 2


def test_a_finished_task_can_be_taken_back_at_once(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.add_task("Late", -2)
    day = page(shell, "shell.my_day")
    day.look()
    day.list.setCurrentIndex(day.model.index(0, 0))
    day.finish()
    action = shell.desk.messages.last
    assert action is not None and action.action is not None
    action.action()
    with shell.desk.database.read() as session:
        assert session.scalar(select(Task.done_at).where(Task.title == "Late")) is None


def test_a_task_opens_its_person(shell: Shell) -> None:
    shell.open()
    person_id = shell.add_person("Åberg")
    shell.add_task("Call", 0, person_id)
    day = page(shell, "shell.my_day")
    day.look()
    day.list.opened.emit(day.model.id_at(0))
    current = shell.view.workspace.current
    assert current is not None and (current.key, current.arguments) == ("people.record", {"person_id": person_id})


def test_the_history_says_what_was_done_and_takes_it_back(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.add_person("Åberg")
    history = page(shell, "shell.history")
    assert history.model.index(0, 1).data() == "Added Åberg, Mia"
    history.list.setCurrentIndex(history.model.index(0, 0))
    qtbot.keyClick(history.list, Qt.Key.Key_T)
    history.dialog.take_back()
    with shell.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0
    qtbot.waitUntil(lambda: history.model.index(0, 1).data() == "Took back: Added Åberg, Mia")
    assert history.model.index(1, 3).data() == "Taken back"


def test_what_was_touched_since_is_kept_and_listed(shell: Shell) -> None:
    shell.open()
    person_id = shell.add_person("Åberg")
    with shell.desk.database.write(shell.desk.actor, "edit_person", [person_id], {"name": "Åberg"}) as session:
        person = session.get(Person, person_id)
        assert person is not None
        person.note = "mine"
    history = page(shell, "shell.history")
    history.list.setCurrentIndex(history.model.index(1, 0))
    history.take_back()
    assert "all of it was changed since" in history.dialog.told.text()
    assert "Åberg, Mia" in history.dialog.facts.findChildren(QLabel)[-1].text()
    assert not history.dialog.ok.isEnabled()


def test_the_history_is_searched_by_words_and_by_details(shell: Shell) -> None:
    shell.open()
    shell.add_person("Åberg")
    shell.add_task("Send brochure", 0)
    history = page(shell, "shell.history")
    for text, first in (("planned", "Planned “Send brochure”"), ("Åberg", "Added Åberg, Mia")):
        history.search.setText(text)
        history.look()
        assert history.model.rowCount() == 1
        assert history.model.index(0, 1).data() == first


def test_settings_are_saved_as_they_are_changed(shell: Shell) -> None:
    shell.open()
    settings = page(shell, "shell.settings")
    settings._fields["core.office_name"].setText("Alumni office")
    settings._fields["core.office_name"].editingFinished.emit()
    assert shell.desk.settings.get("core.office_name") == "Alumni office"
    settings._fields["core.theme"].set_code("dark")
    assert shell.desk.settings.get("core.theme") == "dark"
    shell.app.look.set_theme("light")


def test_a_setting_of_the_office_that_somebody_else_changed_meanwhile_is_asked_about(shell: Shell) -> None:
    shell.open()
    settings = page(shell, "shell.settings")
    with shell.desk.database.write(
        Actor(new_id(), "Anna Ek"), "change_setting", details={"setting": "core.office_name"}
    ) as session:
        write_setting(session, "core.office_name", "Theirs")
    settings._fields["core.office_name"].setText("Mine")
    settings._fields["core.office_name"].editingFinished.emit()
    dialog = next(iter(settings.findChildren(ConflictDialog)))
    card = dialog.cards[0].clash
    assert (card.before, card.theirs, card.mine) == ("", "Theirs", "Mine") and dialog.told.text().startswith("Anna Ek, ")
    assert shell.desk.settings.get("core.office_name") == "Theirs"
    dialog._decide()
    assert shell.desk.settings.get("core.office_name") == "Mine"
    with shell.desk.database.read() as session:
        assert read_setting(session, "core.office_name") == "Mine"


def test_a_user_is_added_and_a_second_one_of_that_name_refused_at_the_field(shell: Shell) -> None:
    shell.open()
    users = page(shell, "shell.users")
    for _round in range(2):
        users.edit(None)
        users.form.login.setText("caller")
        users.form.roles["caller"].setChecked(True)
        users._save()
    assert users.form is not None
    assert users.form.login.property("wrong")
    assert users.header.count.text() == "2 users"


def test_rights_count_once_there_is_a_second_user(shell: Shell) -> None:
    shell.open()
    users = page(shell, "shell.users")
    users.edit(None)
    users.form.login.setText("caller")
    users.form.roles["caller"].setChecked(True)
    users._save()
    shell.app.acts.switch_user("caller")
    assert shell.desk.actor.name == "caller"
    assert not shell.desk.may("shell.users")
    shell.app.open_page("shell.users")
    assert "not available" in shell.told


def test_a_backup_is_made_checked_and_brought_back(shell: Shell, tmp_path: Path) -> None:
    shell.open()
    shell.add_person("Åberg")
    copy = tmp_path / "copy.kontinuum"
    shell.app.copies.back_up_to(copy)
    assert "made and checked: 1 people" in shell.told
    assert "Backup" in shell.view.status.backup.text() and "No backup" not in shell.view.status.backup.text()
    shell.add_person("Betasson")
    shell.app.copies.restore_from(copy)
    with shell.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
    assert "was restored" in shell.told


def test_a_damaged_copy_is_refused_and_the_database_is_open_again(shell: Shell, tmp_path: Path) -> None:
    shell.open()
    shell.add_person("Åberg")
    copy = tmp_path / "broken.kontinuum"
    copy.write_bytes(b"nothing")
    shell.app.copies.restore_from(copy)
    with shell.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
    assert "broken.kontinuum is not a Kontinuum database" in shell.told


def test_the_key_map_names_the_keys_of_this_page(shell: Shell) -> None:
    shell.open()
    assert ("D", "Mark as done") in page_keys(page(shell, "shell.my_day"))


def test_tabs_are_closed_by_key_and_the_page_of_the_navigation_stays(shell: Shell) -> None:
    shell.open()
    page(shell, "shell.modules")
    page(shell, "shell.jobs")
    assert shell.view.workspace.bar.count() == 3
    shell.app.acts.close_tab()
    shell.app.acts.close_tab()
    shell.app.acts.close_tab()
    assert shell.view.workspace.bar.count() == 1


def test_the_navigation_is_walked_by_arrows(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.app.acts.focus_navigation()
    navigation = shell.view.navigation
    here = shell.app.window.focusWidget()
    assert here is navigation.buttons[0]
    qtbot.keyClick(here, Qt.Key.Key_Down)
    assert shell.app.window.focusWidget() is navigation.buttons[1]
    qtbot.keyClick(navigation.buttons[1], Qt.Key.Key_Return)
    assert shell.view.workspace.current is not None and shell.view.workspace.current.key == "people.list"
