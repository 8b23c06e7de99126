"""Asks what a profile is called and for whom it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people.imports.mapping.profiles import MAX_NAME
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

Save = Callable[[str, bool], None]  # the name, and whether it is for the whole office


class ProfileDialog(RoomyDialog):
    """Closes only once the profile is saved, so that a name already taken can be mended in place."""

    def __init__(
        self,
        context: ModuleContext,
        title: Msgid,
        save: Save,
        parent: QWidget | None = None,
        *,
        name: str = "",
        shared: bool = True,
    ) -> None:
        super().__init__(parent)
        say = context.texts.say
        self._context, self._save = context, save
        self.setWindowTitle(say(title))
        self.setMinimumWidth(current_theme().px(420))
        self.body.addWidget(plain_label(say(title), "title", wrap=True))
        self.form = Form()
        self.body.addWidget(self.form)
        hint = say(_("It is offered when a file has the same headings."))
        self.name = self.form.add("name", say(_("Name of the profile")), QLineEdit(name), hint, required=True)
        self.name.setMaxLength(MAX_NAME)
        choices = [("office", say(_("Everybody in the office who imports"))), ("own", say(_("Only me")))]
        self.shared = self.form.add("shared", say(_("For whom")), CodeField(choices, "office" if shared else "own"))
        self.error = plain_label("", "error", wrap=True)
        self.error.hide()
        self.body.addWidget(self.error)
        self.save_button = primary_button(say(_("Save the profile")))
        self.save_button.setDefault(True)
        box = QDialogButtonBox()
        box.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(quiet_button(say(_("Cancel"))), QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        self.save_button.clicked.connect(self._accept)
        self.below.addWidget(box)
        self.name.selectAll()
        self.name.setFocus()

    def fail(self, error: Exception) -> None:
        """Say what is wrong where it is, and keep what was typed."""
        message = self._context.messages.explain(error, _("saving the profile"))
        text = f"{message.text} {message.to_do}".strip()
        self.save_button.setEnabled(True)
        if not (message.field and self.form.mark(message.field, text)):
            self.error.setText(text)
            self.error.show()

    def _accept(self) -> None:
        self.error.hide()
        self.save_button.setEnabled(False)
        self._save(self.name.text(), self.shared.code() == "office")
