"""The dialog that asks for a database on a server; for a known one, only for what stands in the way of opening it."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QWidget

from db.errors import Told
from db.passwords import PasswordWanted
from db.texts import _
from desktop.core.texts import Texts
from desktop.shell.server_form import ServerForm
from desktop.widgets.buttons import Button
from desktop.widgets.labels import plain_label
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme


class ServerDialog(RoomyDialog):
    """Asks which one, and for the password.

    Args:
        address: A known one, of which only the password is asked.
        user: Who works at this computer.
        wanted: Why it is asked for.
    """

    def __init__(self, texts: Texts, parent: QWidget | None, *, address: str, name: str, user: str, wanted: Told | None) -> None:
        super().__init__(parent)
        self.address = ""  # what was tried and found good
        say = texts.say
        title = say(_("Sign in to {name}"), name=name) if address else say(_("Open a database on a server"))
        self.setWindowTitle(title)
        self.setMinimumWidth(current_theme().px(560))
        self.body.addWidget(plain_label(title, "title", wrap=True))
        self.fields = ServerForm(texts, address=address, name=name, user=user, known=bool(address))
        self.fields.offer_copies("")
        self.body.addWidget(self.fields)
        self.open_it = Button(say(_("Open")), "primary")
        box = QDialogButtonBox()
        box.addButton(self.open_it, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(Button(say(_("Cancel")), "quiet"), QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.open_it.setDefault(True)
        self.fields.grew.connect(self.fit)
        self.fields.waits.connect(self.open_it.setDisabled)
        if wanted is not None:
            self.fields.fail(wanted)
        if not isinstance(wanted, PasswordWanted):
            self.fields.hosts.setFocus()
