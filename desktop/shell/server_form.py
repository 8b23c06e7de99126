"""The fields that say which database on which server, and what the server answered: part of every dialog that needs one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QPushButton, QVBoxLayout, QWidget

from db.errors import RuleBroken, Told
from db.known_offices import OtherOffice
from db.passwords import PasswordWanted
from db.postgresql.address import ServerAddress
from db.texts import Msgid, _, ngettext
from desktop.core.messages import Messages, as_text
from desktop.core.texts import Texts
from desktop.widgets.banner import announce
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label, set_tone
from desktop.widgets.panels import flow
from desktop.widgets.theme import current_theme

if TYPE_CHECKING:
    from db.postgresql.address import Tls
    from db.postgresql.trying import Answer

WAYS: tuple[tuple[str, Msgid], ...] = (
    ("system", _("Encrypted, checked by this computer")),
    ("file", _("Encrypted, checked by a certificate file")),
    ("none", _("Not encrypted: server on this computer only")),
)
OWN: tuple[tuple[str, Msgid], ...] = (("none", _("No certificate")), ("files", _("In two files the administrator gave me")))
APART = timedelta(minutes=5)  # clocks that differ by less are taken for the same


class ServerForm(QWidget):
    """Asks and tells. The password is asked for once the server wants one, and stands in nothing that is stored.

    Args:
        address: A known one, of which only the password is asked.
        user: Who works at this computer.
    """

    grew = Signal()  # it needs more room or less
    waits = Signal(bool)  # the server is being asked, or is so no more

    def __init__(self, texts: Texts, *, address: str, name: str, user: str, known: bool) -> None:
        super().__init__()
        self._texts, self._say, self._known = texts, texts.say, address if known else ""
        given = ServerAddress.read(address) if address else ServerAddress("", "", user)
        self.form = Form(beside=True)
        self._add_place(given, name)
        self._add_password()
        self.answer = plain_label("", wrap=True)
        self.answer.hide()
        self.try_it = quiet_button(self._say(_("Test the connection")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_theme().px(12))
        for part in (
            self.form,
            self.keeps,
            self.unkept,
            self.anew,
            self.answer,
            flow(self.try_it, self.choose, self.choose_own, self.choose_key),
        ):
            layout.addWidget(part)
        for key in ("hosts", "database", "tls", "profile"):
            self.form.show_field(key, not known)
        for asked in (self.ways, self.own):
            asked.currentIndexChanged.connect(lambda _at: self._follow_way())
        self._follow_way()
        self._ask_password(False)

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
        self.user = self.form.add(
            "user",
            say(_("User")),
            QLineEdit(given.user),
            "" if self._known else say(_("Empty: as you are called at this computer")),
        )
        self.ways = self.form.add("tls", say(_("Connection")), CodeField([(code, say(text)) for code, text in WAYS], given.tls))
        self.ways.setSizeAdjustPolicy(CodeField.SizeAdjustPolicy.AdjustToContents)  # what is chosen here must be read whole
        self.authorities = self.form.add("authorities", say(_("File with trusted certificates")), QLineEdit(given.authorities))
        self.choose = self._chooser(say(_("Choose the file…")), self.authorities, say(_("File with trusted certificates")))
        own = "files" if given.certificate or given.key else "none"
        self.own = self.form.add(
            "own", say(_("Certificate of my own")), CodeField([(code, say(text)) for code, text in OWN], own)
        )
        self.own.setSizeAdjustPolicy(CodeField.SizeAdjustPolicy.AdjustToContents)
        self.certificate = self.form.add("certificate", say(_("My certificate")), QLineEdit(given.certificate))
        self.key = self.form.add("key", say(_("Its key")), QLineEdit(given.key), say(_("Nobody but you may read this file")))
        self.choose_own = self._chooser(say(_("Choose my certificate…")), self.certificate, say(_("My certificate")))
        self.choose_key = self._chooser(say(_("Choose its key…")), self.key, say(_("Its key")))
        self.profile = self.form.add(
            "profile", say(_("Name in this program")), QLineEdit(name), say(_("Empty: as the database is called"))
        )
        self.copies = self.form.add(
            "copy",
            say(_("Read lists from")),
            QLineEdit(),
            say(_("A copy, such as db2.example.org; empty: the server itself")),
        )
        self.form.show_field("copy", False)
        self.user.setEnabled(not self._known)

    def offer_copies(self, known: str) -> None:
        """Ask for copies that lists are read from, too."""
        self.copies.setText(known)
        self.form.show_field("copy", not self._known)

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
        self.anew = QCheckBox(say(_("It was set up anew: go on with this one")))
        self.anew.hide()
        self.keyring: bool | None = None  # whether there is one, once that is known
        self._asks = False

    @property
    def is_new(self) -> bool:
        """Whether the place is asked for, too, and not the password alone."""
        return not self._known

    def offer_keyring(self, usable: bool) -> None:
        """Whether a keyring could keep the password."""
        self.keyring = usable
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
        mine = self.own.code() == "files"
        own, key = (self.certificate.text(), self.key.text()) if mine else ("", "")
        if mine and tls != "none" and not own.strip() and not key.strip():
            raise RuleBroken(_("The file of your certificate is missing."), _("Choose it."), field="certificate")
        return ServerAddress(
            self.hosts.text(), self.database.text(), self.user.text(), tls, self.authorities.text(), own, key
        ).written()

    def refuse(self, slip: RuleBroken) -> None:
        """Mark the field that cannot be so."""
        words = self._words(slip)
        if self.form.mark(slip.field, words):
            announce(self, words, urgent=True)
        else:
            self._tell(words, "bad")

    def wait(self) -> None:
        """The server is being asked."""
        self.try_it.setEnabled(False)
        self.waits.emit(True)
        self._tell(self._say(_("Asking the server…")), "")

    def go_on(self) -> None:
        """It may be asked again."""
        self.try_it.setEnabled(True)
        self.waits.emit(False)
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
        self._tell(" ".join(filter(None, (words, safe, clock_words(self._texts, answer.ahead)))), "ok")

    def say_good(self, words: str) -> None:
        """It is as it should be."""
        self.go_on()
        self._tell(words, "ok")

    def fail(self, error: Told) -> None:
        """It cannot be opened, in words; a password is asked for where that is what is missing."""
        self.go_on()
        if isinstance(error, OtherOffice):
            self.anew.show()
            self.anew.setFocus()
        if isinstance(error, PasswordWanted):
            self._ask_password(True)
            self.password.setFocus()
            self.password.selectAll()
            assert isinstance(error.what, Msgid)
            self._tell(self._say(error.what, **error.values), "bad" if error.wrong else "")
            return
        self._tell(self._words(error), "bad")

    def _words(self, error: Told) -> str:
        return as_text(Messages(self._texts).explain(error))

    def _tell(self, words: str, tone: str) -> None:
        self.answer.setText(words)
        set_tone(self.answer, tone)
        self.answer.show()
        announce(self, words, urgent=tone == "bad")
        self.grew.emit()

    def _ask_password(self, asks: bool) -> None:
        self._asks = asks
        self.form.show_field("password", asks)
        self.keeps.setVisible(asks and self.keyring is True)
        self.unkept.setVisible(asks and self.keyring is False)
        self.grew.emit()

    def _follow_way(self) -> None:
        new, encrypted = not self._known, self.ways.code() != "none"
        file, mine = new and self.ways.code() == "file", new and encrypted and self.own.code() == "files"
        for key, shown in (("authorities", file), ("own", new and encrypted), ("certificate", mine), ("key", mine)):
            self.form.show_field(key, shown)
        for button, shown in ((self.choose, file), (self.choose_own, mine), (self.choose_key, mine)):
            button.setVisible(shown)
        self.grew.emit()

    def _chooser(self, text: str, field: QLineEdit, title: str) -> QPushButton:
        """A button that asks for the file that goes into a field."""

        def choose() -> None:
            chosen, _kind = QFileDialog.getOpenFileName(self, title, "", "PEM (*.pem *.crt *.cer *.key);;* (*)")
            if chosen:
                field.setText(chosen)

        button = quiet_button(text)
        button.clicked.connect(choose)
        return button


def clock_words(texts: Texts, ahead: timedelta) -> str:
    """What to say of a server's clock that is so far before this computer's; empty where they go alike."""
    if abs(ahead) < APART:
        return ""
    minutes = round(abs(ahead).total_seconds() / 60)
    time = (
        texts.say_n(ngettext("{count} hour", "{count} hours"), round(minutes / 60))
        if minutes >= 120
        else texts.say_n(ngettext("{count} minute", "{count} minutes"), minutes)
    )
    behind = (
        _(
            "The clock of this computer is {time} behind the server's. What is saved bears the server's time; set this clock right."
        )
        if ahead > timedelta()
        else _(
            "The clock of this computer is {time} ahead of the server's. What is saved bears the server's time; set this clock right."
        )
    )
    return texts.say(behind, time=time)
