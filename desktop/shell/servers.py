"""Databases on servers as the window opens them: asked for in a dialog, tried, kept as profiles, with the password they want."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from db import known_offices, passwords, secrets
from db.database import utc_now
from db.errors import RuleBroken, Told
from db.known_offices import OtherOffice
from db.passwords import PasswordWanted
from db.profiles import Address, Places, read_profiles, save_profile
from db.secrets import NoKeyring
from db.texts import _
from desktop.core.lanes import Report
from desktop.core.manifest import NO_TEXT

if TYPE_CHECKING:
    from db.postgresql.trying import Answer
    from desktop.shell.application import Application
    from desktop.shell.desk import Desk
    from desktop.shell.server_dialog import ServerDialog
    from desktop.shell.server_form import ServerForm

Go = Callable[[], None]
T = TypeVar("T")


class Servers:
    """The acts that concern servers. None waits for a server, or for the keyring, in the window's thread."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self.now = utc_now  # this computer's clock, compared with the server's
        self.dialog: ServerDialog | None = None  # the one open now

    def choose(self) -> None:
        """Ask which database on which server, and open it."""
        self._show("")

    def asks(self, error: Exception, address: Address, again: Go) -> bool:
        """Ask for what is missing, such as the password, then open the database `again`; False if nothing could help."""
        if not isinstance(error, (PasswordWanted, OtherOffice)) or not isinstance(address, str):
            return False
        self._app.show_welcome()
        self._show(address, error, again)
        return True

    def entered(self, desk: Desk) -> None:
        """Say it once where the clocks differ: people plan their day by the one, and history is written by the other."""
        if not desk.on_server or self._app.view is None:
            return
        from db.postgresql.trying import clock_ahead
        from desktop.shell.server_form import clock_words

        def told(words: str) -> None:
            if words:
                desk.messages.say(words, "warn")

        desk.tasks.read(
            self._app.view,
            lambda session: clock_words(desk.texts, clock_ahead(session, self.now)),
            told,
            desk.messages.show,
            slot="clock",
        )

    def called(self, address: str) -> tuple[str, str]:
        """The name of the profile for this address, or of its database, and where it is."""
        from db.postgresql.faults import name_of  # loads the driver, which a file does not need

        try:
            name, place = next((name for name, known in _profiles().items() if known == address), ""), name_of(address)
        except Told:
            return address.rpartition("/")[2], ""
        return (name, place) if name else (place, "")

    def _show(self, address: str, wanted: Told | None = None, again: Go | None = None) -> None:
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
        dialog.fields.try_it.clicked.connect(partial(self._try, dialog))
        dialog.open_it.clicked.connect(partial(self._open, dialog))
        self.look_for_keyring(dialog.fields)

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

    def look_for_keyring(self, fields: ServerForm) -> None:
        """Tell the form whether a keyring could keep a password."""
        self._app.errands.run(fields, NO_TEXT, lambda _report: secrets.is_usable(), fields.offer_keyring, self._app.tell_error)

    def ask(self, fields: ServerForm, work: Callable[[str], T], done: Callable[[str, T], None], *, keep: bool) -> None:
        """Do `work` with the address in the fields, in the background, with the password that is typed there or kept.

        Args:
            done: Given the address and the answer. What the server refuses is told in the form.
            keep: The password goes into the keyring, if the user wants it, once the work is done.
        """
        from db.postgresql.address import account_of, place_of

        try:
            address = fields.asked()
        except RuleBroken as slip:
            fields.refuse(slip)
            return
        password, keeps, anew = fields.password.text(), keep and fields.keeps.isChecked(), fields.anew.isChecked()
        account = account_of(address)
        fields.wait()

        def do(_report: Report) -> tuple[T, NoKeyring | None]:
            if anew:
                known_offices.forget(Places.of_this_machine(), place_of(address))
            if password:
                passwords.use(account, password)
            else:
                passwords.recall(account)
            return work(address), keep_password(account, password) if keeps and password else None

        def finished(found: tuple[T, NoKeyring | None]) -> None:
            fields.go_on()
            done(address, found[0])
            if found[1] is not None:
                self._app.tell_error(found[1], _("keeping the password"))

        def failed(error: Exception) -> None:
            if isinstance(error, RuleBroken):
                fields.go_on()
                fields.refuse(error)
            elif isinstance(error, Told):
                fields.fail(error)
            else:
                fields.go_on()
                self._app.tell_error(error, _("asking the server"))

        self._app.errands.run(fields, NO_TEXT, do, finished, failed)

    def _try(self, dialog: ServerDialog) -> None:
        copies = dialog.fields.copies.text().strip()
        work = partial(self._look, copies=copies)
        self.ask(dialog.fields, work, lambda _address, answer: dialog.fields.tell(answer), keep=False)

    def _open(self, dialog: ServerDialog) -> None:
        name, new = dialog.fields.profile.text().strip(), dialog.fields.is_new
        copies = dialog.fields.copies.text().strip()

        def work(address: str) -> None:
            answer = self._look(address, copies)
            save_profile(Places.of_this_machine(), name or answer.name, address, copies=copies if new else None)

        def done(address: str, _nothing: None) -> None:
            dialog.address = address
            dialog.accept()

        self.ask(dialog.fields, work, done, keep=True)

    def _look(self, address: str, copies: str) -> Answer:
        from db.postgresql.address import place_of
        from db.postgresql.trying import try_copy, try_server

        answer = try_server(address, now=self.now)
        found = answer.identity
        known_offices.refuse_other(Places.of_this_machine(), place_of(address), found.office, answer.name, cluster=found.cluster)
        if copies:
            try_copy(address, copies, found)
        return answer


def server_user(address: str) -> str:
    """Who signs in at this address: the one it names, else whoever works at this computer."""
    from db.postgresql.address import ServerAddress
    from desktop.assembly import system_login

    return ServerAddress.read(address).user or system_login()


def keep_password(account: str, password: str) -> NoKeyring | None:
    """Put it into the keyring; answers why that could not be."""
    try:
        passwords.keep(account, password)
    except NoKeyring as none:
        return none
    return None


def _profiles() -> dict[str, Address]:
    return read_profiles(Places.of_this_machine())
