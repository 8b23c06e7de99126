"""A dialog of one form and two buttons, which stays open until what was typed is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QDialogButtonBox, QLineEdit, QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import DayField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme


class FormDialog(RoomyDialog):
    """A title, a form and two buttons whose texts are verbs; closes only once all is saved, so nothing typed is lost."""

    def __init__(self, context: ModuleContext, title: Msgid, verb: Msgid, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.say = context, context.texts.say
        theme = current_theme()
        self.setWindowTitle(self.say(title))
        self.setMinimumWidth(theme.px(440))
        self.body.addWidget(plain_label(self.say(title), "title", wrap=True))
        self.form = Form()
        self.body.addWidget(self.form)
        self.error = plain_label("", "error", wrap=True)
        self.error.hide()
        self.body.addWidget(self.error)
        self.accept_button, cancel = primary_button(self.say(verb)), quiet_button(self.say(_("Cancel")))
        self.accept_button.setDefault(True)
        box = QDialogButtonBox()
        box.addButton(self.accept_button, QDialogButtonBox.ButtonRole.ActionRole)
        box.addButton(cancel, QDialogButtonBox.ButtonRole.RejectRole)
        box.rejected.connect(self.reject)
        self._finish: Callable[[], None] = self.accept
        self.accept_button.clicked.connect(lambda: self._finish())
        self.below.addWidget(box)

    def ask(self, finish: Callable[[], None]) -> None:
        """Open; the main button calls `finish`, which closes by `accept` once all is saved."""
        self._finish = finish
        self.open()

    def fail(self, error: Exception) -> None:
        """Say what is wrong where it is, and keep everything typed."""
        message = self.context.messages.explain(error, _("saving"))
        text = f"{message.text} {message.to_do}".strip()
        if not (message.field and self.form.mark(message.field, text)):
            self.error.setText(text)
            self.error.show()

    def add_completed(self, key: str, label: Msgid, titles: Iterable[str], text: str = "") -> QLineEdit:
        """A field one must fill in, completed from the known ones."""
        field = self.form.add(key, self.say(label), QLineEdit(text), required=True)
        completer = QCompleter(list(titles), field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        field.setCompleter(completer)
        return field

    def add_day(self, key: str, label: Msgid, day: date | None) -> DayField:
        """A field for a day."""
        return self.form.add(key, self.say(label), DayField(self.context.clock.today(), day))

    def read_day(self, key: str, field: DayField) -> date | None:
        """The day typed; without a readable one the field is marked."""
        if field.is_day() and field.day() is not None:
            return field.day()
        self.form.mark(key, self.say(_("Write a day, such as 2026-03-31.")))
        return None
