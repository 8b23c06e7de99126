"""Databases on servers as the window opens them: asked for in a dialog, tried, kept as profiles, with the password they want."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from db import passwords, secrets
from db.errors import RuleBroken, Told
from db.passwords import PasswordWanted
from db.profiles import Address, Places, read_profiles, save_profile
from db.secrets import NoKeyring
from db.texts import _
from desktop.core.lanes import Report
from desktop.core.manifest import NO_TEXT

if TYPE_CHECKING:
    from desktop.shell.application import Application
    from desktop.shell.server_dialog import ServerDialog

Go = Callable[[], None]


class Servers:
    """The acts that concern servers. None waits for a server, or for the keyring, in the window's thread."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.dialog: ServerDialog | None = None  # the one open now

    def choose(self) -> None:
        """Ask which database on which server, and open it."""
        self._show("")

    def asks(self, error: Exception, address: Address, again: Go) -> bool:
        """Ask for the password if that is what is missing, then open the database `again`; False if it is something else."""
        if not isinstance(error, PasswordWanted) or not isinstance(address, str):
            return False
        self._app.show_welcome()
        self._show(address, error, again)
        return True

    def called(self, address: str) -> tuple[str, str]:
        """The name of the profile for this address, or of its database, and where it is."""
        from db.postgresql.faults import name_of  # loads the driver, which a file does not need

        try:
            name, place = next((name for name, known in _profiles().items() if known == address), ""), name_of(address)
        except Told:
            return address.rpartition("/")[2], ""
        return (name, place) if name else (place, "")

    def _show(self, address: str, wanted: PasswordWanted | None = None, again: Go | None = None) -> None:
        from desktop.assembly import system_login
        from desktop.shell.server_dialog import ServerDialog

        app = self._app
        dialog = ServerDialog(
            app.texts,
            app.window,
            address=address,
            name=self.called(address)[0] if address else "",
            user=system_login(),
            wanted=wanted,
        )
        self.dialog = dialog
        dialog.try_it.clicked.connect(partial(self._try, dialog, open_it=False))
        dialog.open_it.clicked.connect(partial(self._try, dialog, open_it=True))
        app.errands.run(dialog, NO_TEXT, lambda _report: secrets.is_usable(), dialog.offer_keyring, app.tell_error)

        def over(answer: int) -> None:
            if self.dialog is dialog:
                self.dialog = None
            chosen = dialog.address if answer else ""
            dialog.deleteLater()
            if chosen and app.may_leave():
                (again or partial(app.open_database, chosen))()
            elif wanted is not None and not answer:
                app.show_welcome(wanted)

        dialog.finished.connect(over)
        dialog.open()

    def _try(self, dialog: ServerDialog, _checked: bool = False, *, open_it: bool) -> None:
        """Ask the server in the background; what it says is told in the dialog, or is the way into the database."""
        from db.postgresql.address import account_of
        from db.postgresql.trying import Answer, try_server

        try:
            address = dialog.asked()
        except RuleBroken as slip:
            dialog.refuse(slip)
            return
        password, keeps, name = dialog.password.text(), dialog.keeps.isChecked(), dialog.profile.text().strip()
        account = account_of(address)
        dialog.wait()

        def work(_report: Report) -> tuple[Answer, NoKeyring | None]:
            if password:
                passwords.use(account, password)
            else:
                passwords.recall(account)
            answer = try_server(address)
            unkept = None
            if open_it:
                save_profile(Places.of_this_machine(), name or answer.name, address)
            if open_it and password and keeps:
                try:
                    passwords.keep(account, password)
                except NoKeyring as none:
                    unkept = none
            return answer, unkept

        def done(found: tuple[Answer, NoKeyring | None]) -> None:
            answer, unkept = found
            if not open_it:
                dialog.tell(answer)
                return
            dialog.address = address
            dialog.accept()
            if unkept is not None:
                self._app.tell_error(unkept, _("keeping the password"))

        def failed(error: Exception) -> None:
            if isinstance(error, Told):
                dialog.fail(error)
            else:
                dialog.go_on()
                self._app.tell_error(error, _("asking the server"))

        self._app.errands.run(dialog, NO_TEXT, work, done, failed)


def _profiles() -> dict[str, Address]:
    return read_profiles(Places.of_this_machine())
