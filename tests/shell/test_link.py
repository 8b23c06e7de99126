"""A server that goes away: the window says so and goes on, what is typed is kept here, and all is well when it is back."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from db.changes import Moved
from db.database import Database
from db.drafts import KeptDraft, drafts_of
from db.errors import Unreachable
from db.texts import Msgid
from desktop.assembly import new_registry, parts_of
from desktop.core.clock import SystemClock, office_zone
from desktop.people.new_page import NewPersonPage
from desktop.shell.draft_file import DraftFile
from desktop.shell.drafts import Drafts
from tests.servers import Server

from .conftest import Shell


def lose(shell: Shell, there: bool, qtbot: QtBot) -> None:
    """What the listener tells of the server."""
    with qtbot.waitSignal(shell.desk.reached):
        shell.desk.database._reached(there)


def drafts(shell: Shell) -> Drafts:
    assert shell.app.drafts is not None
    return shell.app.drafts


def stored(shell: Shell) -> list[KeptDraft]:
    with shell.desk.database.read() as session:
        return drafts_of(session, shell.desk.actor.id)


def kept_here(shell: Shell) -> list[Path]:
    return sorted(shell.app.kept.folder.glob("drafts-*"))


def came_home(shell: Shell) -> bool:
    """Looks as the timer does every few seconds: connections of before may still break after the server has answered."""
    drafts(shell).look()
    try:
        return ["Berg" in draft.state for draft in stored(shell)] == [True]
    except Unreachable:
        return False


def family(page: QWidget | None) -> QLineEdit:
    assert isinstance(page, NewPersonPage) and page.form.box is not None
    found = page.form.box.form.field("family")
    assert isinstance(found, QLineEdit)
    return found


def type_name(shell: Shell, name: str) -> None:
    shell.app.open_page("people.new")
    family(shell.view.workspace.page).setText(name)


def test_the_strip_stands_while_the_server_is_away_and_goes_by_itself(shell: Shell, qtbot: QtBot) -> None:
    view = shell.open()
    lose(shell, False, qtbot)
    strip = view.workspace.link.banner
    assert strip.text.startswith("The server cannot be reached. You can go on writing.")
    assert view.status.saved.text() == "Not saved: the server cannot be reached"
    shell.app.rebuild()
    assert shell.view.workspace.link.banner.text.startswith("The server cannot be reached.")
    lose(shell, True, qtbot)
    assert shell.view.workspace.link.banner.text == ""
    assert shell.view.status.saved.text().startswith("Saved")


def test_the_strip_says_that_another_database_answers(shell: Shell, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    view = shell.open()
    lose(shell, False, qtbot)
    monkeypatch.setattr(shell.desk.database.engine, "astray", lambda: True)
    lose(shell, False, qtbot)
    strip = view.workspace.link.banner
    assert strip.text.startswith("Another database answers at the server's address. Nothing is read or saved there.")
    assert view.status.saved.text() == "Not saved: another database answers"
    lose(shell, True, qtbot)
    assert strip.text == "" and view.status.saved.text().startswith("Saved")


def test_the_strip_says_what_every_failing_page_would_say_too(shell: Shell, qtbot: QtBot) -> None:
    view = shell.open()
    lost = Unreachable(Msgid("The connection to {name} was lost."), Msgid("Try again."), name="office")
    shell.desk.messages.show(lost)
    assert "was lost" in shell.told
    lose(shell, False, qtbot)
    assert shell.told == ""
    shell.desk.messages.show(lost)
    assert shell.told == ""
    assert view.workspace.link.banner.text


def test_pages_read_again_when_the_server_is_back(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    lose(shell, False, qtbot)
    told: list[Any] = []
    shell.desk.changes.changed.connect(told.append)
    lose(shell, True, qtbot)
    qtbot.waitUntil(lambda: bool(told))
    assert {"person", "task", "role"} <= told[0].areas and told[0].by_others


def test_what_is_typed_meanwhile_is_kept_here_for_this_user_alone_and_goes_home_afterwards(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    type_name(shell, "Berg")
    lose(shell, False, qtbot)
    drafts(shell).look()
    assert stored(shell) == []
    (file,) = kept_here(shell)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Berg" in file.read_text(encoding="utf-8")
    lose(shell, True, qtbot)
    drafts(shell).look()
    drafts(shell).look()
    assert ["Berg" in draft.state for draft in stored(shell)] == [True]
    assert kept_here(shell) == []


def test_what_was_kept_here_when_the_program_ended_is_offered_at_the_next_start(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    own = DraftFile(shell.app.kept.folder, shell.desk.database.name, shell.desk.actor.name)
    type_name(shell, "Berg")
    lose(shell, False, qtbot)
    drafts(shell).look()
    kept = own.read()
    drafts(shell)._given_up = True
    shell.app.leave_desk()
    own.keep(kept)
    view = shell.open()
    assert "There is unsaved text" in view.workspace.offer.banner.text
    drafts(shell).bring_back()
    assert family(shell.view.workspace.page).text() == "Berg"


@pytest.mark.parametrize("text", ["", "{", "[[1]]", "[1, 2]", "null"])
def test_a_spoilt_file_of_drafts_counts_as_empty(tmp_path: Path, text: str) -> None:
    file = DraftFile(tmp_path, "office", "Mia")
    file.path.write_text(text, encoding="utf-8")
    assert file.read() == []
    draft = KeptDraft("people.new", "{}", "{}", datetime(2026, 11, 23, tzinfo=UTC))
    file.keep([draft])
    assert file.read() == [draft]
    file.keep([])
    assert not file.path.exists()


def test_the_three_states_of_what_is_saved_are_told_apart(shell: Shell, qtbot: QtBot) -> None:
    view = shell.open()
    shell.desk.changes.tell(Moved(frozenset({"person"}), confirmed=False))
    assert view.status.saved.text() == "Saved here; the second server has not confirmed"
    shell.desk.changes.tell(Moved(frozenset({"person"}), by_others=True))
    assert view.status.saved.text() == "Saved here; the second server has not confirmed"
    shell.desk.changes.tell(Moved(frozenset({"person"})))
    assert view.status.saved.text().startswith("Saved ") and "here" not in view.status.saved.text()
    type_name(shell, "Berg")
    view.status.look()
    assert view.status.saved.text() == "Not saved yet: text in a form"


def test_a_real_server_killed_under_the_window_is_told_and_found_again_by_itself(
    shell: Shell, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    own = Server.start()
    try:
        address = own.fresh("window")
        Database(address, parts=parts_of(new_registry(SystemClock(office_zone())))).close()
        shell.app.open_database(address)
        type_name(shell, "Berg")
        own.kill()
        qtbot.waitUntil(lambda: bool(shell.view.workspace.link.banner.text), timeout=10_000)
        drafts(shell).look()
        assert len(kept_here(shell)) == 1
        assert family(shell.view.workspace.page).text() == "Berg"
        own.begin()
        qtbot.waitUntil(lambda: not shell.view.workspace.link.banner.text, timeout=30_000)
        qtbot.waitUntil(lambda: came_home(shell), timeout=30_000)
        drafts(shell)._given_up = True
        shell.app.leave_desk()
    finally:
        own.remove()
