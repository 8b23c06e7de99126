"""The window and encryption, on a real keyring and without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QLabel
from pytestqt.qtbot import QtBot

from db import encryption, keys
from db.profiles import Places
from desktop.shell import demo
from desktop.shell.backups_page import BackupsPage
from desktop.shell.key_dialogs import KeyEntry, KeyPaper, NoKeyringChoice
from desktop.shell.modules_page import ModulesPage
from tests.keyring.service import is_missing, secret_service

from .conftest import Shell

D = TypeVar("D", bound=QDialog)


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    if missing := is_missing():
        pytest.skip(f"not installed: {', '.join(missing)}")
    with secret_service(tmp_path_factory.mktemp("keyring"), unlocked=True) as env:
        yield env


@pytest.fixture
def keyring(session: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An open keyring; without this fixture there is none."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_BACKEND"):
        monkeypatch.setenv(name, session[name])


def shown(shell: Shell, kind: type[D]) -> D:
    dialog = shell.app.protection.dialog
    assert isinstance(dialog, kind), dialog
    return dialog


def leave(shell: Shell) -> Path:
    """Close the database and forget its key, as at the end of the day."""
    path = shell.desk.path
    key = keys.key_of(path)
    shell.app.show_welcome()
    if key is not None:
        keys.forget(key)
    return path


def commands(shell: Shell) -> set[str]:
    return {command.key for command in shell.view.commands}


def page(shell: Shell) -> BackupsPage:
    shell.app.open_page("shell.backups")
    found = shell.view.workspace.current.widget  # type: ignore[union-attr]
    assert isinstance(found, BackupsPage)
    return found


def facts(shell: Shell) -> str:
    return " ".join(label.text() for label in page(shell).facts.findChildren(QLabel) if not label.isHidden())


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user says that the sheet shall go."""
    path = tmp_path / "sheet.pdf"
    monkeypatch.setattr("desktop.shell.protection.QFileDialog.getSaveFileName", lambda *_what: (str(path), ""))
    return path


# With a keyring


@pytest.mark.usefixtures("keyring")
def test_the_own_database_is_made_encrypted_and_opens_by_itself_the_next_day(shell: Shell) -> None:
    shell.app.acts.start_empty()
    assert shell.desk.path == Places.of_this_machine().own_database
    assert encryption.state_of(shell.desk.path) == "encrypted"
    assert "its key is in the keyring of this computer. Print the recovery key." in shell.told
    shell.add_person("Åberg")
    path = leave(shell)
    shell.app.open_database(path)
    assert shell.desk.path == path and shell.app.protection.dialog is None


@pytest.mark.usefixtures("keyring")
def test_the_sheet_is_printed_from_the_offer_and_the_page_knows_it(shell: Shell, saved: Path) -> None:
    shell.app.acts.start_empty()
    assert "not yet saved here as a sheet" in facts(shell)
    page(shell).paper.click()
    paper = shown(shell, KeyPaper)
    assert paper.have.isHidden() and paper.go_on.isHidden()
    paper.save.click()
    assert saved.read_bytes().startswith(b"%PDF") and "Print it and lock it away" in paper.note.text()
    paper.reject()
    assert "not yet saved here as a sheet" not in facts(shell)


@pytest.mark.usefixtures("keyring")
def test_the_demo_is_not_encrypted_and_framed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "PEOPLE", 20)
    shell.app.acts.make_demo()
    assert encryption.state_of(shell.desk.path) == "plain"
    assert shell.app.window.contentsMargins().left() > 0, "the coloured frame"
    assert "encrypt" not in commands(shell) and page(shell).encrypt.isHidden()


@pytest.mark.usefixtures("keyring")
def test_an_open_database_is_encrypted_and_made_plain_again(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.shell.protection.ask", lambda *_what, **_how: True)
    shell.open()
    shell.add_person("Åberg")
    path = shell.desk.path
    shell.app.copies.back_up_now()
    assert "whoever opens the file can read it" in facts(shell) and "encrypt" in commands(shell)
    page(shell).encrypt.click()
    assert shell.desk.path == path and encryption.state_of(path) == "encrypted"
    assert encryption.state_of(shell.desk.keeper.backups[0].path) == "encrypted"
    assert "Print the recovery key" in shell.told
    assert {"recovery_key", "decrypt"} <= commands(shell) and page(shell).encrypt.isHidden()
    page(shell).decrypt.click()
    assert encryption.state_of(path) == "plain" and "no longer encrypted" in shell.told
    leave(shell)
    shell.app.open_database(path)
    assert "was encrypted when it was last opened here" not in shell.told, "that was wanted"


@pytest.mark.usefixtures("keyring")
def test_who_says_no_changes_nothing(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("desktop.shell.protection.ask", lambda *what, **_how: asked.append(" ".join(what[1:3])))
    shell.open()
    desk = shell.desk
    shell.app.protection.encrypt()
    assert shell.desk is desk and encryption.state_of(desk.path) == "plain"
    assert "solid-state disk may keep traces" in asked[0]


@pytest.mark.usefixtures("keyring")
def test_a_conversion_that_fails_opens_the_database_as_it_was(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.shell.protection.ask", lambda *_what, **_how: True)
    monkeypatch.setattr("db.encryption.free", lambda _path: 0)
    shell.open()
    path = shell.desk.path
    shell.app.protection.encrypt()
    assert shell.desk.path == path and encryption.state_of(path) == "plain"
    assert "There is not enough room" in shell.told


@pytest.mark.usefixtures("keyring")
def test_a_file_from_another_computer_asks_for_its_key_and_keeps_it(shell: Shell, qtbot: QtBot) -> None:
    key = keys.new_key()
    path = shell.folder / "given.kontinuum"
    encryption.begin(path, key)
    keys.forget(key)
    shell.app.open_database(path)
    entry = shown(shell, KeyEntry)
    assert not entry.keep.isHidden() and entry.keep.isChecked()
    for letter in "".join(keys.written(key)).replace("-", "").lower():  # as a scanner types it
        qtbot.keyClicks(entry.focusWidget(), letter)
    assert [keys.plain_letters(line.text()) for line in entry.lines] == [line.replace("-", "") for line in keys.written(key)]
    qtbot.keyClick(entry.lines[3], Qt.Key.Key_Return)
    assert shell.desk.path == path
    leave(shell)
    shell.app.open_database(path)
    assert shell.desk.path == path and shell.app.protection.dialog is None


# Without one


def test_without_a_keyring_a_new_database_waits_for_an_answer(shell: Shell) -> None:
    shell.app.acts.start_empty()
    choice = shown(shell, NoKeyringChoice)
    assert shell.app.desk is None and not Places.of_this_machine().own_database.exists()
    choice.reject()
    assert shell.app.welcome is not None
    assert shell.app.desk is None and not Places.of_this_machine().own_database.exists()


def test_without_a_keyring_it_may_be_made_plain(shell: Shell) -> None:
    shell.app.acts.start_empty()
    shown(shell, NoKeyringChoice).plain.click()
    assert encryption.state_of(shell.desk.path) == "plain"


def test_with_the_key_on_paper_only_it_is_typed_at_each_start(shell: Shell, saved: Path) -> None:
    shell.app.acts.start_empty()
    shown(shell, NoKeyringChoice).typed.click()
    paper = shown(shell, KeyPaper)
    assert not paper.go_on.isEnabled(), "first the user has it"
    assert not Places.of_this_machine().own_database.exists()
    paper.save.click()
    assert saved.exists()
    paper.have.setChecked(True)
    paper.go_on.click()
    key = keys.key_of(shell.desk.path)
    assert key is not None and "typed each time" in facts(shell)
    path = leave(shell)
    shell.app.open_database(path)
    entry = shown(shell, KeyEntry)
    assert entry.keep.isHidden(), "nothing could keep it"
    QGuiApplication.clipboard().setText("\n".join(keys.written(key)))
    entry.lines[0].paste()
    entry.go_on.click()
    assert shell.desk.path == path


def test_a_slip_is_marked_at_its_line_and_another_key_is_called_that(shell: Shell, qtbot: QtBot) -> None:
    key, other = keys.new_key(), keys.new_key()
    path = shell.folder / "given.kontinuum"
    encryption.begin(path, key)
    keys.forget(key)
    shell.app.open_database(path)
    entry = shown(shell, KeyEntry)
    qtbot.keyClicks(entry.lines[0], "A" * 15)
    assert "slip in this line" in entry.lines[0].accessibleDescription()
    entry.lines[0].clear()
    entry.lines[0].setText(" ".join(keys.written(other)))
    entry.go_on.click()
    assert "not that of given.kontinuum" in entry.lines[0].accessibleDescription() and entry.isVisible()
    entry.reject()
    assert shell.app.desk is None and shell.app.welcome is not None
    assert "is encrypted" in shell.app.welcome.notices.banner.text


def test_a_file_that_was_encrypted_and_is_not_any_more_is_told(shell: Shell) -> None:
    key = keys.new_key()
    path = shell.folder / "office.kontinuum"
    encryption.begin(path, key)
    shell.app.open_database(path)
    assert shell.desk.encrypted
    shell.app.show_welcome()
    path.write_bytes(shell.template.read_bytes())
    shell.app.open_database(path)
    assert "was encrypted when it was last opened here, and is not now" in shell.told
    shell.app.show_welcome()
    shell.app.open_database(path)
    assert "was encrypted" not in shell.told, "it is told once"


def test_an_encrypted_database_is_backed_up_and_restored_by_the_window(shell: Shell) -> None:
    key = keys.new_key()
    path = shell.folder / "office.kontinuum"
    encryption.begin(path, key)
    shell.app.open_database(path)
    shell.add_person("Xylofonsdotter")
    shell.app.copies.back_up_now()
    backup = shell.desk.keeper.backups[0].path
    assert b"Xylofonsdotter" not in backup.read_bytes()
    shell.app.copies.restore_from(backup)
    assert shell.desk.path == path and "The backup was restored" in shell.told
    shell.app.copies.check_at(backup)
    assert "is whole: 1 people" in shell.told


def test_a_backup_from_elsewhere_asks_for_its_recovery_key(shell: Shell) -> None:
    key = keys.new_key()
    given = shell.folder / "given.kontinuum"
    encryption.begin(given, key)
    shell.app.open_database(given)
    shell.add_person("Xylofonsdotter")
    leave(shell)
    shell.open()
    path = shell.desk.path
    shell.app.copies.check_at(given)
    shown(shell, KeyEntry).reject()
    assert "is encrypted" in shell.told and shell.desk.path == path, "what is open stays open"
    shell.app.copies.restore_from(given)
    entry = shown(shell, KeyEntry)
    assert shell.desk.path == path
    entry.lines[0].setText(" ".join(keys.written(key)))
    entry.go_on.click()
    assert shell.desk.path == path and shell.desk.encrypted and "The backup was restored" in shell.told


def test_a_module_with_sensitive_data_says_who_can_read_it_when_it_is_switched_on(shell: Shell) -> None:
    shell.open()
    for key, said in (("policies", True), ("phones", False)):
        module = shell.desk.registry.module(key)
        assert module.manifest is not None
        module.manifest = replace(module.manifest, sensitive=said)
        shell.app.open_page("shell.modules")
        found = shell.view.workspace.current.widget  # type: ignore[union-attr]
        assert isinstance(found, ModulesPage)
        found._switch(key, False)
        assert "can read it" not in shell.told
        found._switch(key, True)
        assert ("Whoever can open this file can read it" in shell.told) == said
        shell.view.workspace.notices.banner.dismiss()
        shell.view.workspace.toast.banner.dismiss()


def test_on_a_server_nobody_is_told_of_a_file(shell: Shell) -> None:
    shell.open()
    module = shell.desk.registry.module("policies")
    assert module.manifest is not None
    module.manifest = replace(module.manifest, sensitive=True)
    for on_server in (False, True):
        shell.desk.on_server = on_server
        shell.app.open_page("shell.modules")
        found = shell.view.workspace.current.widget  # type: ignore[union-attr]
        assert isinstance(found, ModulesPage)
        found.look()
        shown = [label.text() for label in found.findChildren(QLabel) if label.isVisibleTo(found)]
        assert any("Whoever can open this file" in text for text in shown) != on_server
        found._switch("policies", False)
        found._switch("policies", True)
        assert ("Whoever can open this file" in shell.told) != on_server
        shell.view.workspace.toast.banner.dismiss()
        shell.view.workspace.notices.banner.dismiss()
