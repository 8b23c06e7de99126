"""How the program starts, and what it says when it cannot."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.errors import Unavailable
from db.models.person import Person
from db.profiles import Places
from desktop.shell import demo
from desktop.shell.files import OneWindow

from .conftest import Shell


def test_the_first_start_offers_four_ways_by_keyboard(shell: Shell, qtbot: QtBot) -> None:
    welcome = shell.app.welcome
    assert welcome is not None
    assert [choice.accessibleName() for choice in welcome.choices] == [
        "Try with demo data",
        "Start empty",
        "Open a database…",
        "Open on a server…",
    ]
    welcome.choices[1].click()
    shell.app.protection.dialog.plain.click()  # type: ignore[union-attr]
    assert shell.desk.path.name == "kontinuum.kontinuum"
    assert shell.view.workspace.current is not None and shell.view.workspace.current.key == "shell.my_day"


def test_a_file_that_is_no_database_is_told_in_words(shell: Shell) -> None:
    path = shell.folder / "letter.txt"
    path.write_text("Dear all, this is not a database at all", encoding="utf-8")
    shell.app.open_database(path)
    assert shell.app.welcome is not None
    assert "letter.txt is not a Kontinuum database" in shell.app.welcome.notices.banner.text
    assert path.read_text(encoding="utf-8").startswith("Dear all")


def test_a_folder_is_told_in_words(shell: Shell) -> None:
    (shell.folder / "here").mkdir()
    shell.app.open_database(shell.folder / "here")
    assert shell.app.welcome is not None
    assert "here is a folder." in shell.app.welcome.notices.banner.text


def test_a_second_window_on_the_same_database_is_refused(tmp_path: Path) -> None:
    first, second = OneWindow(), OneWindow()
    first.take(tmp_path / "a.kontinuum")
    with pytest.raises(Unavailable, match="already open in another window"):
        second.take(tmp_path / "a.kontinuum")
    first.release()
    second.take(tmp_path / "a.kontinuum")
    second.release()


def test_an_unknown_user_is_told_and_the_start_page_stays(shell: Shell) -> None:
    shell.open()
    path = shell.desk.path
    shell.app.open_database(path, "stranger")
    assert shell.app.desk is None and shell.app.welcome is not None
    assert "There is no user called stranger" in shell.app.welcome.notices.banner.text


def test_the_next_start_opens_the_last_database(shell: Shell) -> None:
    shell.open("Mine.kontinuum")
    assert shell.app.files.last == shell.desk.path
    assert shell.app.files.recent == [shell.desk.path]
    shell.app.show_welcome()
    assert shell.app.files.last is None
    assert shell.app.files.recent[0].name == "Mine.kontinuum"


def test_language_and_size_are_chosen_before_any_database_is_open(shell: Shell) -> None:
    shell.app.look.set_language("sv")
    assert shell.app.texts.language == "sv"
    shell.app.look.set_text_size(150)
    assert shell.app.kept.get("text_size") == 150
    shell.app.look.set_text_size(100)


def test_arrows_walk_over_the_three_ways(shell: Shell, qtbot: QtBot) -> None:
    welcome = shell.app.welcome
    assert welcome is not None
    shell.app.window.activateWindow()
    welcome.choices[0].setFocus()
    qtbot.keyClick(welcome.choices[0], Qt.Key.Key_Right)
    assert shell.app.window.focusWidget() is welcome.choices[1]


def test_the_demo_is_made_marked_in_words_and_filled_by_the_modules(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PEOPLE", 60)
    shell.app.acts.make_demo()
    assert shell.desk.is_demo
    assert "Demo database" in shell.view.status.database.text()
    assert any(label.text().startswith("Demo data: all people") for label in shell.view.findChildren(QLabel))
    with shell.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) >= 60
    assert shell.desk.path != Places.of_this_machine().own_database


def test_a_desk_that_never_opened_any_opens_the_users_own(shell: Shell) -> None:
    own = Places.of_this_machine().own_database
    assert shell.app.files.first is None
    own.parent.mkdir(parents=True)
    copyfile(shell.template, own)
    assert shell.app.files.first == own
    shell.open()
    shell.app.show_welcome()
    assert shell.app.files.first is None
