"""Small questions of the policies: a new policy, who gets a post, when to revise next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QCompleter, QDialogButtonBox, QLineEdit, QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.modules.policies import templates
from desktop.modules.policies.editor import LANGUAGES
from desktop.modules.policies.service import PolicyText
from desktop.people.picker import PersonPicker
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, DayField, Form
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

    def add_post(self, key: str, label: Msgid, titles: Iterable[str], text: str = "") -> QLineEdit:
        """A field for a post, completed from the known ones."""
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


class NewPolicyDialog(FormDialog):
    """Title, post and language of a new policy; its sections come from a template."""

    def __init__(self, context: ModuleContext, titles: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(context, _("New policy"), _("Begin the policy"), parent)
        self.title = self.form.add("title", self.say(_("Title")), QLineEdit(), required=True)
        self.owner = self.add_post("owner_post", _("Responsible post"), titles)
        self.contact = self.form.add("contact", self.say(_("Contact address")), QLineEdit())
        choices = [(code, self.say(name)) for code, name in LANGUAGES]
        self.language = self.form.add(
            "language", self.say(_("Language of the policy")), CodeField(choices, context.texts.language)
        )

    def text(self) -> PolicyText:
        """The policy as it begins."""
        language = self.language.code()
        return PolicyText(self.title.text(), self.owner.text(), self.contact.text(), language, templates.begin(language))


class HolderDialog(FormDialog):
    """Who holds a post, from when to when."""

    def __init__(self, context: ModuleContext, titles: Iterable[str], post: str = "", parent: QWidget | None = None) -> None:
        super().__init__(context, _("Give a post to somebody"), _("Give the post"), parent)
        self.post = self.add_post("owner_post", _("Post"), titles, post)
        self.person = self.form.add("person", self.say(_("Person")), PersonPicker(context))
        self.starts = self.add_day("starts", _("First day"), context.clock.today())
        self.ends = self.add_day("ends", _("Last day, if known"), None)
        self.replacing = QCheckBox(self.say(_("Whoever holds it now steps down the day before")))
        self.replacing.setChecked(True)
        self.body.insertWidget(2, self.replacing)

    def answer(self) -> tuple[str, UUID, date, date | None] | None:
        """Post, person, first and last day; None after marking what is missing."""
        if self.person.chosen is None:
            self.form.mark("person", self.say(_("Choose a person.")))
            return None
        starts = self.read_day("starts", self.starts)
        if starts is None:
            return None
        ends = self.ends.day() if self.ends.is_day() else self.read_day("ends", self.ends)
        if ends is None and self.ends.text().strip():
            return None
        return self.post.text(), self.person.chosen, starts, ends


class AskDialog(FormDialog):
    """Which post, or which person, must sign as well."""

    def __init__(self, context: ModuleContext, titles: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(context, _("Who must sign as well"), _("Ask to sign"), parent)
        self.post = self.form.add("owner_post", self.say(_("Whoever holds this post")), QLineEdit())
        completer = QCompleter(list(titles), self.post)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.post.setCompleter(completer)
        self.person = self.form.add("person", self.say(_("Or one person")), PersonPicker(context))


class DayDialog(FormDialog):
    """One day, such as the next revision."""

    def __init__(
        self, context: ModuleContext, title: Msgid, key: str, label: Msgid, day: date | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, title, _("Plan"), parent)
        self._key = key
        self.day = self.add_day(key, label, day)

    def answer(self) -> date | None:
        """The day; None after marking that it is missing."""
        return self.read_day(self._key, self.day)
