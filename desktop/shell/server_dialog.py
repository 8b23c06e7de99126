"""The dialog that asks for a database on a server; for a known one, only for the password it wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QFileDialog, QLineEdit, QWidget

from db.errors import RuleBroken, Told
from db.passwords import PasswordWanted
from db.postgresql.address import ServerAddress
from db.texts import Msgid, _
from desktop.core.messages import Messages, as_text
from desktop.core.texts import Texts
from desktop.widgets.banner import announce
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label, set_tone
from desktop.widgets.panels import flow
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

if TYPE_CHECKING:
    from db.postgresql.address import Tls
    from db.postgresql.trying import Answer

WAYS: tuple[tuple[str, Msgid], ...] = (
    ("system", _("Encrypted, checked by this computer")),
    ("file", _("Encrypted, checked by a certificate file")),
    ("none", _("Not encrypted: server on this computer only")),
)


class ServerDialog(RoomyDialog):
    """Asks, tries and tells. The password is asked for once the server wants one, and stands in nothing that is stored.

    Args:
        address: A known one, of which only the password is asked.
        user: Who works at this computer.
        wanted: Why the password is asked for.
    """

    def __init__(
        self, texts: Texts, parent: QWidget | None, *, address: str, name: str, user: str, wanted: PasswordWanted | None
    ) -> None:
        super().__init__(parent)
        self._texts, self._say, self._known = texts, texts.say, address
        self.address = ""  # what was tried and found good
        given = ServerAddress.read(address) if address else ServerAddress("", "", user)
        title = self._say(_("Sign in to {name}"), name=name) if address else self._say(_("Open a database on a server"))
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(560))
        self.body.addWidget(plain_label(title, "title", wrap=True))
        self.form = Form(beside=True)
        self._add_place(given, name)
        self._add_password()
        self.body.addWidget(self.form)
        self.body.addWidget(self.keeps)
        self.body.addWidget(self.unkept)
        self.answer = plain_label("", wrap=True)
        self.answer.hide()
        self.body.addWidget(self.answer)
        self.try_it = quiet_button(self._say(_("Test the connection")))
        self.body.addWidget(flow(self.try_it, self.choose))
        self.open_it = Button(self._say(_("Open")), "primary")
        box = QDialogButtonBox()
        box.addButton(self.open_it, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(Button(self._say(_("Cancel")), "quiet"), QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.open_it.setDefault(True)
        for key in ("hosts", "database", "tls", "authorities", "profile"):
            self.form.show_field(key, not address and key != "authorities")
        self.ways.currentIndexChanged.connect(lambda _at: self._follow_way())
        self._follow_way()
        self._ask_password(wanted is not None)
        if wanted is not None:
            self.fail(wanted)
        (self.password if wanted is not None else self.hosts).setFocus()

    def _add_place(self, given: ServerAddress, name: str) -> None:
        say = self._say
        self.hosts = self.form.add(
            "hosts",
            say(_("Server")),
            QLineEdit(given.hosts),
            say(_("Such as db.example.org; several with commas")),
            required=True,
        )
        self.database = self.form.add("database", say(_("Database")), QLineEdit(given.database), required=True)
        self.user = self.form.add("user", say(_("User")), QLineEdit(given.user), required=True)
        self.ways = self.form.add("tls", say(_("Connection")), CodeField([(code, say(text)) for code, text in WAYS], given.tls))
        self.ways.setSizeAdjustPolicy(CodeField.SizeAdjustPolicy.AdjustToContents)  # what is chosen here must be read whole
        self.authorities = self.form.add("authorities", say(_("File with trusted certificates")), QLineEdit(given.authorities))
        self.choose = quiet_button(say(_("Choose the file…")))
        self.choose.clicked.connect(self._choose_file)
        self.profile = self.form.add(
            "profile", say(_("Name in this program")), QLineEdit(name), say(_("Empty: as the database is called"))
        )
        self.user.setEnabled(not self._known)

    def _add_password(self) -> None:
        say = self._say
        self.password = self.form.add("password", say(_("Password")), QLineEdit())
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        self.keeps = QCheckBox(say(_("Remember it in the keyring of this computer")))
        self.unkept = plain_label(
            say(_("This computer has no keyring that could keep the password: it is asked for each time, and stored nowhere.")),
            "small",
            wrap=True,
        )
        self._keyring: bool | None = None  # whether there is one, once that is known
        self._asks = False

    def offer_keyring(self, usable: bool) -> None:
        """Whether a keyring could keep the password."""
        self._keyring = usable
        self._ask_password(self._asks)

    def asked(self) -> str:
        """The address that stands in the fields.

        Raises:
            RuleBroken: it cannot be; names the field.
        """
        self.form.clear_marks()
        if self._known:
            return self._known
        tls = cast("Tls", self.ways.code())
        return ServerAddress(self.hosts.text(), self.database.text(), self.user.text(), tls, self.authorities.text()).written()

    def refuse(self, slip: RuleBroken) -> None:
        """Mark the field that cannot be so."""
        words = self._words(slip)
        self.form.mark(slip.field, words)
        self.form.field(slip.field).setFocus()
        announce(self, words, urgent=True)

    def wait(self) -> None:
        """The server is being asked."""
        for button in (self.try_it, self.open_it):
            button.setEnabled(False)
        self._tell(self._say(_("Asking the server…")), "")

    def go_on(self) -> None:
        """It may be asked again."""
        for button in (self.try_it, self.open_it):
            button.setEnabled(True)
        self.answer.hide()

    def tell(self, answer: Answer) -> None:
        """It can be opened."""
        self.go_on()
        safe = (
            self._say(_("The connection is encrypted.")) if answer.encrypted else self._say(_("The connection is not encrypted."))
        )
        words = self._say(
            _("Everything is in order: {name} answers, PostgreSQL {version}, signed in as {user}."),
            name=answer.name,
            version=answer.version,
            user=answer.user,
        )
        self._tell(f"{words} {safe}", "ok")

    def fail(self, error: Told) -> None:
        """It cannot be opened, in words; a password is asked for where that is what is missing."""
        self.go_on()
        if isinstance(error, PasswordWanted):
            self._ask_password(True)
            self.password.setFocus()
            self.password.selectAll()
            what = (
                _("{name} does not know this user, or the password is wrong.")
                if error.wrong
                else _("{name} asks for a password.")
            )
            self._tell(self._say(what, **error.values), "bad" if error.wrong else "")
            return
        self._tell(self._words(error), "bad")

    def _words(self, error: Told) -> str:
        message = Messages(self._texts).explain(error)
        return as_text(message)

    def _tell(self, words: str, tone: str) -> None:
        self.answer.setText(words)
        set_tone(self.answer, tone)
        self.answer.show()
        announce(self, words, urgent=tone == "bad")
        self.fit()

    def _ask_password(self, asks: bool) -> None:
        self._asks = asks
        self.form.show_field("password", asks)
        self.keeps.setVisible(asks and self._keyring is True)
        self.unkept.setVisible(asks and self._keyring is False)
        self.fit()

    def _follow_way(self) -> None:
        shown = not self._known and self.ways.code() == "file"
        self.form.show_field("authorities", shown)
        self.choose.setVisible(shown)
        self.fit()

    def _choose_file(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(
            self, self._say(_("File with trusted certificates")), "", "PEM (*.pem *.crt *.cer);;* (*)"
        )
        if chosen:
            self.authorities.setText(chosen)
