"""The open file moves to a server through the wizard: looked at before, compared, stopped, begun again, and then gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db import passwords
from db.accounts import add_user
from db.models.person import Person
from db.postgresql.address import ServerAddress
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found
from db.profiles import Places, read_profiles
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from desktop.shell.move_dialog import MoveDialog
from tests.server.proxy import Proxy
from tests.servers import OWNER, Server

from .conftest import Shell

PASSWORD = "Åtta tecken räcker?"
PEOPLE = 30


@pytest.fixture(autouse=True)
def own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Profiles of the test's own, and no password left in hand."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("LOGNAME", "eva.ek")
    yield
    passwords._IN_HAND.clear()


@pytest.fixture(scope="module")
def set_up(server: Server) -> str:
    """A database as `server init` leaves it; its name."""
    address = server.fresh("wizard")
    found(PostgresqlEngine(address), plan_of(new_registry(SystemClock(office_zone()))))
    return address.rpartition("/")[2]


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """One of the test's own, since what is let in cannot be copied away."""
    address = server.fresh("wizard")
    found(PostgresqlEngine(address), plan_of(new_registry(SystemClock(office_zone()))))
    yield address.rpartition("/")[2]
    server.drop(address)
    with server.connect() as connection:
        connection.execute('DROP ROLE IF EXISTS "eva.ek"')


@pytest.fixture
def filled(shell: Shell) -> Shell:
    """A window with some people in its file."""
    shell.open()
    for number in range(PEOPLE):
        shell.add_person(f"Åberg {number}")
    return shell


def begin(shell: Shell, server: Server, database: str, **more: Any) -> MoveDialog:
    """The wizard at its first step, filled in, the password with it."""
    command = next(command for command in shell.view.commands if command.key == "move_to_server")
    command.run()
    dialog = shell.app.moving.dialog
    assert dialog is not None
    fields = dialog.fields
    fields.hosts.setText(more.get("hosts", f"127.0.0.1:{server.port}"))
    fields.database.setText(database)
    fields.user.setText(more.get("user", OWNER))
    fields.ways.set_code("none")
    fields.password.setText(more.get("password", server.password))
    return dialog


def people_at(server: Server, database: str) -> int:
    with server.connect(database) as connection:
        row = connection.execute("SELECT count(*) FROM core.person").fetchone()
        assert row is not None
        return int(row[0])


def words(dialog: MoveDialog) -> str:
    return f"{dialog.fields.answer.text()} {dialog.problem.text()}".strip()


def digest(shell: Shell) -> bytes:
    return sha256(shell.desk.path.read_bytes()).digest()


def test_a_file_moves_and_its_user_goes_on_on_the_server(filled: Shell, server: Server, empty: str, qtbot: QtBot) -> None:
    before = digest(filled)
    dialog = begin(filled, server, empty)
    dialog.fields.profile.setText("The office")
    dialog.fields.try_it.click()
    assert "the file can be moved" in words(dialog) and people_at(server, empty) == 0
    qtbot.keyClick(dialog.go, Qt.Key.Key_Return)
    assert dialog.step == "preview" and people_at(server, empty) == 0
    counted = {dialog.planned.item(n, 0).text(): dialog.planned.item(n, 1).text() for n in range(dialog.planned.rowCount())}  # type: ignore[union-attr]
    assert counted["person"] == str(PEOPLE) and counted["user_account"] == "1"
    dialog.go.click()
    assert dialog.step == "result" and people_at(server, empty) == PEOPLE
    assert "none differs" in dialog.outcome.text() and len(dialog.sums.item(0, 2).text()) == 16  # type: ignore[union-attr]
    assert digest(filled) == before
    assert dialog.who.code() == "eva.ek" and dialog.commands.text() == ""
    dialog.first.setText("short")
    dialog.second.setText("short")
    dialog.go.click()
    assert dialog.first.property("wrong") and dialog.step == "result"
    dialog.first.setText(PASSWORD)
    dialog.second.setText(PASSWORD)
    dialog.go.click()
    address = ServerAddress(f"127.0.0.1:{server.port}", empty, "eva.ek", "none").written()
    assert filled.desk.address == address and filled.desk.actor.name == "eva.ek"
    assert read_profiles(Places.of_this_machine()) == {"The office": address}
    with filled.desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == PEOPLE
    filled.add_person("Öberg")
    assert not [command for command in filled.view.commands if command.key == "move_to_server"]
    for kept in (*filled.folder.rglob("*.json"), *filled.folder.rglob("*.log")):
        assert PASSWORD not in kept.read_text(encoding="utf-8") and server.password not in kept.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"database": "postgres"}, "holds no Kontinuum database yet"),
        ({"database": "postgres"}, "kontinuum server init"),
        ({"hosts": "127.0.0.1:1"}, "No server answers"),
        ({"password": "wrong"}, "password is wrong"),
        ({"user": "mover"}, "mover may not move a file into"),
    ],
)
def test_what_stands_in_the_way_is_told_before_anything_moves(
    filled: Shell, server: Server, set_up: str, more: dict[str, str], said: str
) -> None:
    with server.connect(set_up) as connection:
        connection.execute(f"CREATE ROLE mover LOGIN PASSWORD '{server.password}'")
        connection.execute(f'GRANT CONNECT ON DATABASE "{set_up}" TO mover')
    try:
        dialog = begin(filled, server, more.pop("database", set_up), **more)
        for button in (dialog.fields.try_it, dialog.go):
            button.click()
            assert said in words(dialog)
            assert dialog.step == "server" and dialog.go.isEnabled()
    finally:
        with server.connect(set_up) as connection:
            connection.execute("DROP OWNED BY mover")
            connection.execute("DROP ROLE mover")


def test_a_server_in_use_is_refused_in_words(filled: Shell, server: Server, empty: str) -> None:
    with psycopg.connect(server.dsn(empty), options="-c search_path=core") as connection:
        connection.execute("SELECT kontinuum_open(gen_random_uuid(), 'core_9999')")
        connection.execute("SELECT kontinuum_close('x', NULL, gen_random_uuid(), 'DBA', '{}'::uuid[])")
    dialog = begin(filled, server, empty)
    dialog.go.click()
    assert "already in use" in words(dialog) and dialog.step == "server"


def test_a_move_under_way_is_stopped_and_begun_again(filled: Shell, server: Server, empty: str, qtbot: QtBot) -> None:
    dialog = begin(filled, server, empty)
    dialog.go.click()
    advance = dialog.advance

    def stop(done: int, total: int) -> None:
        advance(done, total)
        if done > total // 2:
            qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    dialog.advance = stop  # type: ignore[method-assign]
    in_threads(filled)
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.step == "preview", timeout=60_000)
    assert "stopped" in words(dialog) and people_at(server, empty) == 0
    dialog.advance = advance  # type: ignore[method-assign]
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.step == "result", timeout=60_000)
    assert people_at(server, empty) == PEOPLE
    dialog.reject()


def in_threads(shell: Shell) -> None:
    """From now on errands run beside the window, as in the program."""
    shell.app.errands._at_once = False


def test_a_move_whose_line_breaks_is_begun_again(filled: Shell, server: Server, empty: str) -> None:
    proxy = Proxy(server.port)
    broken: list[int] = []

    def cut(data: bytes) -> bytes | None:
        if b"COPY" in data and b"row_image" in data and not broken:
            broken.append(1)
            return None
        return data

    proxy.to_server = cut
    try:
        dialog = begin(filled, server, empty, hosts=f"127.0.0.1:{proxy.port}")
        dialog.go.click()
        dialog.go.click()
        assert broken and dialog.step == "preview" and "was lost" in words(dialog)
        assert people_at(server, empty) == 0
        dialog.go.click()
        assert dialog.step == "result" and people_at(server, empty) == PEOPLE
        dialog.reject()
    finally:
        filled.app.leave_desk()
        proxy.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.moving import move
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
def report(done, of):
    if done > of * float(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
move(Path(sys.argv[1]), PostgresqlEngine(sys.argv[2]), plan_of(new_registry(SystemClock(office_zone()))), report)
os.kill(os.getpid(), signal.SIGKILL)  # the server has it all, and nobody was told
"""


@pytest.mark.parametrize(("at", "said"), [("0.6", "All of it comes along"), ("2", "on the server already|already, as after")])
def test_a_move_killed_at_any_point_is_taken_up_again(
    filled: Shell, server: Server, empty: str, at: str, said: str, tmp_path: Path
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(script), str(filled.desk.path), server.dsn(empty), at]
    assert subprocess.run(command, check=False, env=environment).returncode == -signal.SIGKILL
    assert people_at(server, empty) == (PEOPLE if at == "2" else 0)
    address = ServerAddress(f"127.0.0.1:{server.port}", empty, OWNER, "none").written()
    filled.app.kept.set("moving", {str(filled.desk.path): address})
    filled.app.moving.begin()
    dialog = filled.app.moving.dialog
    assert dialog is not None and dialog.fields.database.text() == empty
    dialog.fields.password.setText(server.password)
    dialog.go.click()
    assert any(part in dialog.about.text() for part in said.split("|"))
    dialog.go.click()
    assert dialog.step == "result" and people_at(server, empty) == PEOPLE
    assert not filled.app.kept.get("moving")
    dialog.reject()
    assert filled.desk.path.name == "Office.kontinuum"  # the file is still open


def test_whoever_has_a_login_of_the_file_opens_the_server_at_once(filled: Shell, server: Server, empty: str) -> None:
    with filled.desk.database.write(filled.desk.actor, "add_user") as session:
        add_user(session, "tester", "Tester", ["administrator", "office"])
    dialog = begin(filled, server, empty, user="tester")
    dialog.go.click()
    dialog.go.click()
    assert dialog.login.isHidden()
    assert "user add eva.ek --role administrator" in dialog.commands.text()
    dialog.go.click()
    assert filled.desk.on_server and filled.desk.actor.name == "Tester"
