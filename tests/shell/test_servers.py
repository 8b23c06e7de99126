"""A database on a server in the window: asked for, tried, opened, remembered; and every page that speaks of files says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from db import known_offices, passwords
from db.actor import Actor
from db.base import new_id
from db.database import Database, utc_now
from db.drafts import drafts_of
from db.postgresql import administrator
from db.postgresql.address import ServerAddress, account_of, place_of
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found, names_of
from db.profiles import Places, copies_of, read_profiles
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.people.list_page import PeopleListPage
from desktop.people.new_page import NewPersonPage
from desktop.server_plan import plan_of
from desktop.shell.server_dialog import ServerDialog
from tests.server.pair import until
from tests.servers import Server

from .conftest import Shell

IN_MENUS = ("shell.backups", "shell.users", "shell.settings", "shell.history", "people.import", "people.new")
pwd = pytest.importorskip("pwd")
LOGIN, PASSWORD = "eva.ek", "Åtta tecken räcker?"


@pytest.fixture(scope="session")
def office(server: Server) -> str:
    """A database set up as an administrator does, with one user; its name."""
    address, plan = server.fresh("window"), plan_of(new_registry(SystemClock(office_zone())))
    found(PostgresqlEngine(address), plan)
    database = Database(address, parts=plan.parts)
    with database.read() as session:
        names = names_of(session.connection(), plan)
    with database.write(Actor(new_id(), "DBA"), "add_user") as session:
        administrator.let_in(session, names, LOGIN, "Eva Ek", ["manager", "office", "administrator"], PASSWORD)
    database.close()
    return address.rpartition("/")[2]


@pytest.fixture(autouse=True)
def own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Profiles of the test's own, and no password left in hand."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    yield
    passwords._IN_HAND.clear()


def _dialog(shell: Shell) -> ServerDialog:
    dialog = shell.app.servers.dialog
    assert dialog is not None
    return dialog


def _fill(shell: Shell, server: Server, database: str, **more: Any) -> ServerDialog:
    shell.app.acts.choose_server()
    dialog = _dialog(shell)
    dialog.fields.hosts.setText(more.get("hosts", f"127.0.0.1:{server.port}"))
    dialog.fields.database.setText(database)
    dialog.fields.user.setText(more.get("user", LOGIN))
    dialog.fields.ways.set_code(more.get("tls", "none"))
    return dialog


def _open(shell: Shell, server: Server, office: str) -> None:
    dialog = _fill(shell, server, office)
    dialog.fields.profile.setText("The office")
    dialog.open_it.click()
    assert "asks for a password" in dialog.fields.answer.text()
    dialog.fields.password.setText(PASSWORD)
    dialog.open_it.click()
    assert shell.app.desk is not None


def _lists_from(shell: Shell) -> str:
    """What the lower edge says of the copy, once a list was read."""
    shell.desk.database.answer(lambda session: None)
    shell.view.status.look()
    return shell.view.status.lists.text()


def _words(page: QWidget) -> str:
    return " ".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def test_a_server_is_asked_for_and_opened(shell: Shell, server: Server, office: str) -> None:
    _open(shell, server, office)
    assert shell.desk.actor.name == "Eva Ek" and not shell.desk.alone
    assert shell.view.status.database.text() == f"On a server: {office} (127.0.0.1)"
    assert not shell.view.status.user.isEnabled() and shell.view.status.backup.isHidden()
    shell.add_person("Åberg")
    address = ServerAddress(f"127.0.0.1:{server.port}", office, LOGIN, "none").written()
    assert read_profiles(Places.of_this_machine()) == {"The office": address}
    assert shell.app.files.recent == [address] and shell.app.files.last == address
    for kept in (*Path(shell.folder).rglob("*.json"), *Path(shell.folder).rglob("*.log")):
        assert PASSWORD not in kept.read_text(encoding="utf-8")
    shell.app.show_welcome()
    assert shell.app.welcome is not None
    assert "The office" in [button.text() for button in shell.app.welcome.findChildren(QAbstractButton)]


def test_lists_may_come_from_a_copy(shell: Shell, server: Server, office: str) -> None:
    copy = Server.copy_of(server)
    try:
        dialog = _fill(shell, server, office)
        passwords.use(account_of(dialog.fields.asked()), PASSWORD)
        dialog.fields.copies.setText(f"127.0.0.1:{server.port}")
        dialog.fields.try_it.click()
        assert "follows no other server" in dialog.fields.answer.text()
        dialog.fields.copies.setText(f"127.0.0.1:{copy.port}")
        dialog.fields.try_it.click()
        assert "Everything is in order" in dialog.fields.answer.text()
        dialog.open_it.click()
        assert copies_of(Places.of_this_machine(), shell.app.files.last or "") == f"127.0.0.1:{copy.port}"
        shell.app.open_page("people.list")
        assert shell.view.workspace.current is not None
        page = shell.view.workspace.current.widget
        assert isinstance(page, PeopleListPage) and shell.view.status.lists.isVisibleTo(shell.view)
        until(lambda: _lists_from(shell) == "Lists from a copy, up to date", "the copy to follow")
        before = page.model.rowCount()
        shell.add_person("Öberg")
        page.model.refresh()
        assert page.model.rowCount() == before + 1
        copy.stop()
        shell.add_person("Äng")
        page.model.refresh()
        assert page.model.rowCount() == before + 2
        shell.view.status.look()
        assert shell.view.status.lists.text() == "Lists from the server: the copy does not answer"
    finally:
        copy.remove()


def test_a_known_server_asks_only_for_its_password(shell: Shell, server: Server, office: str) -> None:
    address = ServerAddress(f"127.0.0.1:{server.port}", office, LOGIN, "none").written()
    shell.app.open_database(address)
    dialog = _dialog(shell)
    assert (
        dialog.fields.hosts.isHidden()
        and not dialog.fields.password.isHidden()
        and not dialog.fields.unkept.isHidden()
        and dialog.fields.keeps.isHidden()
    )
    dialog.fields.password.setText("wrong")
    dialog.open_it.click()
    assert "password is wrong" in dialog.fields.answer.text()
    dialog.fields.password.setText(PASSWORD)
    dialog.open_it.click()
    assert shell.desk.address == address


def test_another_database_at_a_known_address_is_taken_once_somebody_says_so(shell: Shell, server: Server, office: str) -> None:
    address = ServerAddress(f"127.0.0.1:{server.port}", office, LOGIN, "none").written()
    known_offices.refuse_other(Places.of_this_machine(), place_of(address), "the one before", "office")
    passwords.use(account_of(address), PASSWORD)
    shell.app.open_database(address)
    dialog = _dialog(shell)
    assert "is not the database that was opened at this address before" in dialog.fields.answer.text()
    dialog.fields.try_it.click()
    assert "is not the database" in dialog.fields.answer.text() and shell.app.desk is None
    dialog.fields.anew.setChecked(True)
    dialog.open_it.click()
    assert shell.desk.address == address


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(hours=-3), "is 3 hours behind the server's"),
        (timedelta(minutes=20), "is 20 minutes ahead of the server's"),
        (timedelta(minutes=1), ""),
    ],
)
def test_a_clock_that_is_wrong_is_told_once_on_opening_and_at_the_test(
    shell: Shell, server: Server, office: str, off: timedelta, said: str
) -> None:
    shell.app.servers.now = lambda: utc_now() + off
    dialog = _fill(shell, server, office)
    dialog.fields.password.setText(PASSWORD)
    dialog.fields.try_it.click()
    assert said in dialog.fields.answer.text() and ("The clock" in dialog.fields.answer.text()) == bool(said)
    dialog.open_it.click()
    assert said in shell.told and ("The clock" in shell.told) == bool(said)


def test_no_name_and_no_password_are_needed_where_the_account_signs_in(shell: Shell, server: Server, office: str) -> None:
    account = pwd.getpwuid(os.geteuid()).pw_name
    with server.connect() as connection:
        connection.execute(f'CREATE ROLE "{account}" LOGIN SUPERUSER')
    try:
        # the tests' server lets everybody in by its socket without asking
        dialog = _fill(shell, server, office, hosts=f"{server.folder}:{server.port}", user="")
        dialog.fields.try_it.click()
        assert f"signed in as {account}" in dialog.fields.answer.text() and dialog.fields.password.isHidden()
    finally:
        with server.connect() as connection:
            connection.execute(f'DROP ROLE "{account}"')


def test_a_stored_password_that_is_wrong_is_told(shell: Shell, server: Server, office: str) -> None:
    address = ServerAddress(f"127.0.0.1:{server.port}", office, LOGIN, "none").written()
    passwords.use(account_of(address), "changed since")
    shell.app.open_database(address)
    assert "password is wrong" in _dialog(shell).fields.answer.text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"hosts": "127.0.0.1:1"}, "No server answers"),
        ({"hosts": "no-such-host.invalid", "tls": "system"}, "There is no computer called"),
        ({"tls": "system"}, "does not encrypt its connections"),
        ({"database": "absent"}, "There is no database"),
        ({"database": "template1"}, "holds no Kontinuum database yet"),
        ({"user": "nobody.known"}, "does not know this user"),
        ({"user": "tester"}, ""),
    ],
)
def test_a_test_answers_in_words(shell: Shell, server: Server, office: str, more: dict[str, str], said: str) -> None:
    address = {"database": office, **more}
    dialog = _fill(shell, server, address.pop("database"), **address)
    dialog.fields.try_it.click()
    if "asks for a password" in dialog.fields.answer.text():
        dialog.fields.password.setText(server.password if more.get("user") == "tester" else PASSWORD)
        dialog.fields.try_it.click()
    assert said in dialog.fields.answer.text()
    if not said:
        assert "Everything is in order" in dialog.fields.answer.text() and "is not encrypted" in dialog.fields.answer.text()
    assert dialog.fields.try_it.isEnabled() and shell.app.desk is None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"hosts": ""}, "hosts"),
        ({"hosts": "db.example.org"}, "tls"),
        ({"hosts": "a:b:c"}, "hosts"),
        ({"tls": "file"}, "authorities"),
    ],
)
def test_a_slip_is_marked_where_it_is(shell: Shell, server: Server, more: dict[str, str], field: str) -> None:
    dialog = _fill(shell, server, "office", **more)
    dialog.fields.try_it.click()
    assert dialog.fields.form.field(field).property("wrong")


def test_a_certificate_of_ones_own_is_asked_for_where_it_is_wanted(
    shell: Shell, server: Server, office: str, tmp_path: Path
) -> None:
    dialog = _fill(shell, server, office, tls="system")
    form = dialog.fields.form

    def shown() -> list[str]:
        return [key for key in ("own", "certificate", "key") if not form.field(key).isHidden()]

    assert shown() == ["own"] and dialog.fields.choose_own.isHidden() and dialog.fields.choose_key.isHidden()
    dialog.fields.own.set_code("files")
    assert shown() == ["own", "certificate", "key"]
    assert not dialog.fields.choose_own.isHidden() and not dialog.fields.choose_key.isHidden()
    dialog.fields.try_it.click()
    assert form.field("certificate").property("wrong")
    dialog.fields.certificate.setText(str(tmp_path / "mine.crt"))
    dialog.fields.try_it.click()
    assert form.field("key").property("wrong")
    dialog.fields.key.setText(str(tmp_path / "mine.key"))
    dialog.fields.try_it.click()
    assert "The file of your certificate is not there" in dialog.fields.answer.text()
    dialog.fields.ways.set_code("none")
    assert shown() == []
    dialog.fields.try_it.click()
    assert "asks for a password" in dialog.fields.answer.text(), "without encryption no certificate is shown"


def test_pages_about_files_say_who_does_it_on_a_server(shell: Shell, server: Server, office: str) -> None:
    _open(shell, server, office)
    shell.app.open_page("shell.backups")
    assert "Its administrator keeps the backups" in _words(shell.view.workspace.page)
    shell.app.open_page("shell.users")
    assert "kontinuum server user" in _words(shell.view.workspace.page)
    commands = {command.key for command in shell.view.commands}
    assert not commands & {"back_up", "back_up_to", "check", "restore"}


def test_every_page_opens_in_the_window_on_a_server(shell: Shell, server: Server, office: str) -> None:
    _open(shell, server, office)
    seen = []
    for _manifest, page in shell.desk.registry.pages(shell.desk.rights):
        if not page.hidden or page.key in IN_MENUS:
            shell.app.open_page(page.key)
            seen.append(page.key)
            assert shell.view.workspace.page.windowTitle() != "Not available", page.key
    assert {"shell.my_day", "people.list", "people.import", "phones.rounds", "policies.list", "shell.backups"} <= {*seen}, seen
    assert shell.told == ""
    person = shell.add_person("Öberg")
    shell.app.open_page("people.record", person_id=person)
    assert shell.told == ""


def test_what_is_typed_is_kept_as_a_draft_on_the_server(shell: Shell, server: Server, office: str) -> None:
    _open(shell, server, office)
    shell.app.open_page("people.new")
    page = shell.view.workspace.page
    assert isinstance(page, NewPersonPage) and page.form.box is not None
    next(field for field in page.form.box.findChildren(QLineEdit) if field.isEnabled()).setText("Half-typed")
    assert shell.app.drafts is not None
    shell.app.drafts.look()
    with shell.desk.database.read() as session:
        assert ["Half-typed" in draft.state for draft in drafts_of(session, shell.desk.actor.id)] == [True]
    assert shell.told == ""
