"""Encryption as the window does it: new databases, keys that are missing, recovery keys, and turning a file one way or the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFileDialog

from db import encryption, keys
from db.encryption import Converted
from db.errors import Unavailable
from db.keys import Key, KeyMissing
from db.secrets import NoKeyring
from db.texts import Msgid, _, ngettext
from desktop.core.clock import Clock
from desktop.core.documents import file_name, save
from desktop.core.lanes import Report
from desktop.core.manifest import NO_TEXT
from desktop.shell.key_dialogs import KeyEntry, KeyPaper, NoKeyringChoice
from desktop.widgets.banner import ask

if TYPE_CHECKING:
    from desktop.shell.application import Application
    from desktop.shell.desk import Desk

BEGINNING, ENCRYPTING, DECRYPTING = _("Making the database"), _("Encrypting the database"), _("Removing the encryption")
PRINTED = "recovery_keys_saved"  # names of keys whose sheet was saved at this desk
ENCRYPTED = "encrypted_databases"  # the files that were encrypted when last seen here
Go = Callable[[], None]


class Protection:
    """The acts that concern keys. Nothing here asks the keyring in the window's thread: it may wait for the user."""

    def __init__(self, app: Application, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self.dialog: QDialog | None = None  # the one open now

    # New databases

    def begin(self, path: Path, as_user: str | None = None) -> None:
        """Make a new database at `path`, encrypted if its key can be kept, and open it."""
        app = self._app
        open_it = partial(app.open_database, path, as_user)

        def made(_key: Key) -> None:
            app.open_database(path, as_user, then=self._offer_sheet)

        def failed(error: Exception) -> None:
            if isinstance(error, NoKeyring):
                self._choose(error, partial(self._begin_typed, path, open_it), plain=open_it)
            else:
                app.show_welcome(error)

        if app.desk is None:
            app.show_waiting(app.texts.say(BEGINNING))  # the keyring may ask the user first
        app.errands.run(app, NO_TEXT, lambda _report: encryption.begin_kept(path), made, failed)

    def _begin_typed(self, path: Path, open_it: Go) -> None:
        """A new database whose key is only on paper."""
        app, key = self._app, keys.new_key()

        def go_on() -> None:
            app.errands.run(app, NO_TEXT, lambda _report: encryption.begin(path, key), lambda _none: open_it(), app.show_welcome)

        self._show_paper(key, path, go_on)

    def _offer_sheet(self) -> None:
        say = self._app.texts.say
        text = say(_("The database is encrypted; its key is in the keyring of this computer. Print the recovery key."))
        desk = self._app.desk
        if desk is not None:
            desk.messages.say(text, action_text=say(_("Recovery key…")), action=self.show_key)

    # Opening

    def asks(self, error: Exception, again: Go, *, stay: bool = False) -> bool:
        """Ask for the recovery key if that is what is missing, then try `again`; False if it is something else.

        Args:
            stay: The file is not the one to be opened: what is open stays open.
        """
        if not isinstance(error, KeyMissing):
            return False
        app = self._app
        if not stay:
            app.show_welcome()
        entry = KeyEntry(error, app.texts, app.window)

        def typed() -> None:
            key = entry.key
            assert key is not None
            keep = entry.keep.isChecked()

            def work(_report: Report) -> None:
                keys.use(key)
                if keep:
                    keys.keep(key)

            def not_kept(problem: Exception) -> None:
                again()  # the key is in hand all the same
                app.tell_error(problem, _("keeping the key"))

            app.errands.run(app, NO_TEXT, work, lambda _none: again(), not_kept)

        self._open(entry, typed, partial(app.tell_error if stay else app.show_welcome, error))
        return True

    def entered(self, desk: Desk) -> None:
        """A database was opened: say so if it was encrypted the last time and is not now."""
        if desk.on_server:
            return
        known = set(self._app.kept.get(ENCRYPTED, []))
        path, encrypted = str(desk.path), desk.encrypted
        if path in known and not encrypted:
            text = desk.say(
                _(
                    "“{name}” was encrypted when it was last opened here, and is not now. If you do not know why, look where it comes from."
                ),
                name=desk.path.stem,
            )
            desk.messages.say(text, "warn")
        self._note(ENCRYPTED, path, encrypted)

    # The recovery key

    def show_key(self) -> None:
        """Show the recovery key of the open database."""
        desk = self._app.desk
        if desk is not None:
            path = desk.path
            shown = partial(self._show_paper, path=path)
            self._app.errands.run(desk, NO_TEXT, lambda _report: encryption.key_for(path), shown, desk.messages.show)

    def printed(self, key: Key) -> bool:
        """Whether the sheet of this key was saved at this desk."""
        return key.name in self._app.kept.get(PRINTED, [])

    def _show_paper(self, key: Key, path: Path, go_on: Go | None = None) -> None:
        app = self._app
        paper = KeyPaper(key, app.texts, partial(self._save_sheet, key, path), app.window, needed=go_on is not None)
        self._open(paper, go_on or (lambda: None), self._stay)

    def _save_sheet(self, key: Key, path: Path, told: Callable[[], None]) -> None:
        """Ask where to, and save the sheet there."""
        app, texts = self._app, self._app.texts
        name = file_name(texts.say(_("Recovery key {name}"), name=key.name))
        chosen, _kind = QFileDialog.getSaveFileName(app.window, texts.say(_("Save as PDF…")), name, "PDF (*.pdf)")
        if not chosen:
            return
        day = self._clock.today()

        def saved(_none: None) -> None:
            self._note(PRINTED, key.name, True)
            told()
            if app.desk is not None:
                app.desk.keeper.moved.emit()

        def work(_report: Report) -> None:
            from desktop.core.recovery_page import RecoverySheet, render_recovery_page  # heavy

            sheet = RecoverySheet(tuple(keys.written(key)), key.name, path.name, day)
            save(Path(chosen), render_recovery_page(sheet, texts))

        app.errands.run(app, NO_TEXT, work, saved, app.tell_error)

    # One way and the other

    def encrypt(self) -> None:
        """Encrypt the open database, if the user confirms it."""
        desk, app = self._app.desk, self._app
        if desk is None or not app.may_leave():
            return
        count = len(desk.keeper.backups)
        detail = [
            desk.say(_("It is closed for a moment; what was there before is overwritten. From then on only its key opens it.")),
            desk.texts.say_n(ngettext("{count} backup is encrypted too.", "{count} backups are encrypted too."), count)
            if count
            else "",
            desk.say(
                _("A solid-state disk may keep traces of the unencrypted file for a while, and so do copies you made elsewhere.")
            ),
        ]
        if not ask(
            app.window,
            desk.say(_("Encrypt this database?")),
            " ".join(filter(None, detail)),
            desk.say(_("Encrypt it")),
            cancel=desk.say(_("Go back")),
        ):
            return
        path = desk.path

        def keep(_report: Report) -> Key:
            key = keys.new_key()
            keys.keep(key)
            return key

        def failed(error: Exception) -> None:
            if isinstance(error, NoKeyring):
                key = keys.new_key()
                self._choose(error, lambda: self._show_paper(key, path, partial(self._encrypt_with, key)), plain=None)
            else:
                app.tell_error(error, _("encrypting the database"))

        app.errands.run(desk, NO_TEXT, keep, self._encrypt_with, failed)

    def _encrypt_with(self, key: Key) -> None:
        def told(made: Converted) -> None:
            self._offer_sheet() if not self.printed(key) else self._app.tell(self._app.texts.say(_("The database is encrypted.")))
            if made.left:
                text = _("These backups could not be encrypted and can still be read: {names}.")
                self._app.tell_error(Unavailable(text, names=", ".join(path.name for path in made.left)))

        work = lambda path, report: encryption.encrypt(path, key, report)
        self._turn(ENCRYPTING, _("encrypting the database"), work, told)

    def decrypt(self) -> None:
        """Make the open database a plain file, if the user confirms it."""
        desk, app = self._app.desk, self._app
        if desk is None or not app.may_leave():
            return
        detail = desk.say(_("Whoever opens the file can then read it. Its backups stay encrypted, and their key where it is."))
        question, verb = desk.say(_("Remove the encryption of this database?")), desk.say(_("Remove it"))
        if ask(app.window, question, detail, verb, cancel=desk.say(_("Go back")), danger=True):
            self._note(ENCRYPTED, str(desk.path), False)
            done = app.texts.say(_("The database is no longer encrypted."))
            self._turn(DECRYPTING, _("removing the encryption"), encryption.decrypt, lambda _made: app.tell(done))

    def _turn(
        self, title: Msgid, doing: Msgid, work: Callable[[Path, Report], Converted], told: Callable[[Converted], object]
    ) -> None:
        """Close the database, convert its file and open it again; if that fails, it is opened as it was."""
        app, desk = self._app, self._app.desk
        if desk is None:
            return
        path, texts = desk.path, desk.texts
        app.leave_desk()

        def done(made: Converted) -> None:
            app.open_database(path, then=lambda: told(made))

        def failed(error: Exception) -> None:
            app.open_database(path, then=lambda: app.tell_error(error, doing))

        waiting = app.show_waiting(texts.say(title))
        offer = partial(waiting.offer_stop, texts.say(_("Stop")))
        app.errands.run(app, title, partial(work, path), done, failed, waiting.advance, offer)

    # Dialogs

    def _choose(self, none: NoKeyring, typed: Go, plain: Go | None) -> None:
        app = self._app
        why = app.texts.say(none.what, **none.values)
        choice = NoKeyringChoice(why, app.texts, app.window, plain=plain is not None)

        def chosen() -> None:
            if choice.typed_wanted:
                typed()
            elif plain is not None:
                plain()

        self._open(choice, chosen, self._stay)

    def _stay(self) -> None:
        """The user gave up: where nothing is open, that is the start page."""
        if self._app.desk is None:
            self._app.show_welcome()

    def _open(self, dialog: QDialog, accepted: Go, rejected: Go) -> None:
        """Show a dialog over the window and go on with what is said there."""
        self.dialog = dialog

        def over(answer: int) -> None:
            if self.dialog is dialog:
                self.dialog = None
            dialog.deleteLater()
            (accepted if answer == QDialog.DialogCode.Accepted else rejected)()

        dialog.finished.connect(over)
        dialog.open()

    def _note(self, setting: str, name: str, holds: bool) -> None:
        """Remember at this desk that something holds for `name`, or no longer."""
        known = [str(one) for one in self._app.kept.get(setting, []) if one != name]
        if holds or name in self._app.kept.get(setting, []):
            self._app.kept.set(setting, [*known, name] if holds else known)


def state_words(path: Path) -> tuple[Msgid, Key | None]:
    """How the file of a database lies on the disk, in words, and its key; asks the keyring, so not in the window's thread."""
    if encryption.state_of(path) == "plain":
        return _("Not encrypted: whoever opens the file can read it"), None
    key = encryption.key_for(path)
    if keys.is_kept(key):
        return _("Encrypted; the key is in the keyring of this computer"), key
    return _("Encrypted; the recovery key is typed each time"), key
