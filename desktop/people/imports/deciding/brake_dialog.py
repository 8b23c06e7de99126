"""The question before an import that would overwrite much: the number has to be typed, so that nobody says yes unread."""

from __future__ import annotations

from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.people.imports.deciding import words
from desktop.people.imports.deciding.brake import Brake
from desktop.widgets.banner import announce
from desktop.widgets.buttons import Button, quiet_button
from desktop.widgets.form import Form
from desktop.widgets.labels import plain_label
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme


class BrakeDialog(RoomyDialog):
    """Says how much would be overwritten. Escape goes back to the rows; nothing was written yet."""

    def __init__(self, brake: Brake, texts: Texts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = brake.overwriting
        say = texts.say
        self.setWindowTitle(say(_("Much would be overwritten")))
        self.setMinimumWidth(current_theme().px(440))
        self.told, self.why = words.brake(brake, texts)
        self.body.addWidget(plain_label(self.told, "title", wrap=True))
        self.body.addWidget(plain_label(self.why, wrap=True))
        self.form = Form()
        label = say(_("Type {number} to import all the same"), number=str(brake.overwriting))
        self.typed = self.form.add("number", label, QLineEdit())
        self.typed.textChanged.connect(self._compare)
        self.body.addWidget(self.form)
        self.go, self.back = Button(say(_("Import all the same")), "danger"), quiet_button(say(_("Look at the rows")))
        self.go.setEnabled(False)
        box = QDialogButtonBox()
        box.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.back, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        self.below.addWidget(box)
        self.typed.setFocus()

    def ask(self) -> None:
        """Open over the window, and have it read aloud."""
        self.open()
        announce(self, f"{self.told} {self.why}")

    def _compare(self, text: str) -> None:
        digits = "".join(filter(str.isdigit, text))
        fits = digits.isascii() and digits == str(self._number)
        self.go.setEnabled(fits)
        self.go.setDefault(fits)
