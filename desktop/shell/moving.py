"""Moving the open file to a server from the window. Nothing of it waits in the window's thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from db import known_offices, passwords
from db.database import Database
from db.errors import RuleBroken, Stopped, Told
from db.profiles import Places, save_profile
from db.secrets import NoKeyring
from db.texts import _
from desktop.core.clock import SystemClock, office_zone
from desktop.core.lanes import Report
from desktop.core.manifest import NO_TEXT
from desktop.shell.servers import keep_password, server_user

if TYPE_CHECKING:
    from db.postgresql.engine import PostgresqlEngine
    from db.postgresql.founding import Plan
    from db.postgresql.moving import Moved, Preview
    from desktop.shell.application import Application
    from desktop.shell.move_dialog import MoveDialog

MOVING = _("Moving the database to a server")
_UNFINISHED = "moving"  # which file is being moved where, as long as nobody saw the end of it


class Moving:
    """One wizard at a time, over the window of the file that moves."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.dialog: MoveDialog | None = None

    def begin(self) -> None:
        """Ask which server."""
        app, desk = self._app, self._app.desk
        if desk is None or desk.on_server or not app.may_leave():
            return
        from desktop.assembly import system_login
        from desktop.shell.move_dialog import MoveDialog

        kept = app.kept.get(_UNFINISHED) or {}
        former = str(kept.get(str(desk.path), ""))
        dialog = self.dialog = MoveDialog(app.texts, app.window, file=desk.path.name, user=system_login(), former=former)
        steps = _Steps(app, dialog, desk.path, system_login())
        dialog.finished.connect(lambda _answer: self._over(dialog, steps))
        dialog.open()

    def _over(self, dialog: MoveDialog, steps: _Steps) -> None:
        self.dialog = None
        dialog.deleteLater()
        if steps.opens:
            self._app.open_database(steps.opens)


class _Steps:
    """What the buttons of one wizard do."""

    def __init__(self, app: Application, dialog: MoveDialog, path: Path, login: str) -> None:
        self._app, self._dialog, self._path, self._login = app, dialog, path, login
        self.opens = ""  # the address to open when the dialog is gone
        self._address = ""
        self._found: Preview | None = None
        self._engine: PostgresqlEngine | None = None
        self._halts = False
        self._end: Callable[[], None] = lambda: None
        self._steps = {"server": self._look, "preview": self._move, "result": self._open}
        dialog.fields.try_it.clicked.connect(self._try)
        dialog.went.connect(lambda step: self._steps[step]())
        dialog.stop.clicked.connect(self._halt)
        dialog.who.currentIndexChanged.connect(lambda _at: self._tell_commands())
        app.servers.look_for_keyring(dialog.fields)

    def _plan(self) -> Plan:
        from desktop.assembly import new_registry
        from desktop.server_plan import plan_of

        return plan_of(new_registry(SystemClock(office_zone()), self._app.packages))

    def _preview(self, address: str) -> Preview:
        from db.postgresql.engine import PostgresqlEngine
        from db.postgresql.moving import look

        return look(self._path, PostgresqlEngine(address), self._plan())

    def _try(self) -> None:
        fields, say = self._dialog.fields, self._app.texts.say

        def done(_address: str, found: Preview) -> None:
            fields.say_good(say(_("Everything is in order: the file can be moved to {name}."), name=found.name))

        self._app.servers.ask(fields, self._preview, done, keep=False)

    def _look(self) -> None:
        def done(address: str, found: Preview) -> None:
            self._address, self._found = address, found
            self._dialog.show_preview(found)

        self._app.servers.ask(self._dialog.fields, self._preview, done, keep=True)

    def _move(self) -> None:
        from db.postgresql.address import place_of
        from db.postgresql.engine import PostgresqlEngine
        from db.postgresql.moving import move

        app, dialog, address = self._app, self._dialog, self._address
        engine = self._engine = PostgresqlEngine(address)
        name = dialog.fields.profile.text().strip() or engine.name
        self._halts = False
        self._remember(address)

        def work(report: Report) -> Moved:
            moved = move(self._path, engine, self._plan(), report)
            known_offices.forget(Places.of_this_machine(), place_of(address))  # whoever moves a file there knows what it is
            save_profile(Places.of_this_machine(), name, address)
            return moved

        dialog.show_step("progress")
        app.errands.run(dialog, MOVING, work, self._moved, self._failed, dialog.advance, self._take_end)

    def _take_end(self, end: Callable[[], None]) -> None:
        self._end = end

    def _halt(self) -> None:
        """Stop the move, whatever the server is doing for it."""
        engine, self._halts = self._engine, True
        self._dialog.stop.setEnabled(False)
        self._dialog.far.setText(self._app.texts.say(_("Stopping…")))
        self._end()
        if engine is not None:
            self._app.errands.run(
                self._dialog, NO_TEXT, lambda _report: engine.interrupt(), lambda _nothing: None, self._app.tell_error
            )

    def _failed(self, error: Exception) -> None:
        """Back to where it can be begun again."""
        self._dialog.show_step("preview")
        if self._halts or isinstance(error, Stopped):
            self._forget()
            error = Stopped(_("The move was stopped."), _("Nothing of it is on the server, and the file is as it was."))
        if isinstance(error, Told):
            self._dialog.fail(error)
        else:
            self._app.tell_error(error, _("moving the database"))

    def _moved(self, moved: Moved) -> None:
        assert self._found is not None
        self._forget()
        dialog = self._dialog
        dialog.show_result(moved, self._found, server_user(self._address), self._login, dialog.fields.keyring is True)
        self._tell_commands()

    def _tell_commands(self) -> None:
        if self._found is None:
            return
        chosen = self._dialog.who.code()
        self._dialog.show_commands(
            [
                " ".join(["kontinuum server user add", login, *(f"--role {role}" for role in roles), "--dsn …"])
                for login, roles in self._found.users.items()
                if login != chosen
            ]
        )

    def _open(self) -> None:
        """Open the server as whoever goes on, for whom a login is made unless the file was moved with it."""
        from db.postgresql.address import ServerAddress, account_of

        dialog, found, address = self._dialog, self._found, self._address
        assert found is not None
        if dialog.login.isHidden():
            self._leave_for(address)
            return
        try:
            login, password = dialog.new_login()
        except RuleBroken as slip:
            dialog.fail(slip)
            return
        own = replace(ServerAddress.read(address), user=login).written()
        keeps, name = dialog.keeps.isChecked(), dialog.fields.profile.text().strip() or found.name

        def work(_report: Report) -> NoKeyring | None:
            let_in(address, self._plan(), login, found.users[login], password)
            save_profile(Places.of_this_machine(), name, own)
            if password:
                passwords.use(account_of(own), password)
            return keep_password(account_of(own), password) if keeps and password else None

        def done(unkept: NoKeyring | None) -> None:
            self._leave_for(own)
            if unkept is not None:
                self._app.tell_error(unkept, _("keeping the password"))

        def failed(error: Exception) -> None:
            dialog.go.setEnabled(True)
            dialog.fail(error) if isinstance(error, Told) else self._app.tell_error(error, _("letting the first user in"))

        dialog.go.setEnabled(False)
        self._app.errands.run(dialog, NO_TEXT, work, done, failed)

    def _leave_for(self, address: str) -> None:
        self.opens = address
        self._dialog.accept()

    def _remember(self, address: str) -> None:
        """So that a move whose end nobody saw is known for one at the next start; the address holds no password."""
        kept = self._app.kept.get(_UNFINISHED) or {}
        self._app.kept.set(_UNFINISHED, {**kept, str(self._path): address})

    def _forget(self) -> None:
        kept = dict(self._app.kept.get(_UNFINISHED) or {})
        kept.pop(str(self._path), None)
        self._app.kept.set(_UNFINISHED, kept)


def let_in(address: str, plan: Plan, login: str, roles: Iterable[str], password: str | None) -> None:
    """Make the login of somebody who is a user of the database already, as its administrator.

    Raises:
        RuleBroken: they cannot be so called on a server.
        Told: the server does not allow it.
    """
    from db.postgresql import administrator
    from db.postgresql.founding import names_of

    database = Database(address, parts=plan.parts, upgrades=False)
    try:
        with database.read() as session:
            names, actor = names_of(session.connection(), plan), administrator.acting(session.connection())
        with database.write(actor, "add_user") as session:
            administrator.let_in(session, names, login, "", roles, password)
    finally:
        database.close()
