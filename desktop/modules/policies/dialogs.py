"""Small questions of the policies: a new policy, who gets a post, when to revise next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QLineEdit, QWidget

from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.modules.policies import templates
from desktop.modules.policies.editor import LANGUAGES
from desktop.modules.policies.service import PolicyText
from desktop.people.person_picker import PersonPicker
from desktop.widgets.form import CodeField
from desktop.widgets.form_dialog import FormDialog


class NewPolicyDialog(FormDialog):
    """Title, post and language of a new policy; its sections come from a template."""

    def __init__(self, context: ModuleContext, titles: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__(context, _("New policy"), _("Begin the policy"), parent)
        self.title = self.form.add("title", self.say(_("Title")), QLineEdit(), required=True)
        self.owner = self.add_completed("owner_post", _("Responsible post"), titles)
        self.contact = self.form.add("contact", self.say(_("Contact address")), QLineEdit())
        choices = [(code, self.say(name)) for code, name in LANGUAGES]
        self.language = self.form.add(
            "language", self.say(_("Language of the policy")), CodeField(choices, context.texts.language)
        )

    def text(self) -> PolicyText:
        """The policy as it begins."""
        language = self.language.code()
        return PolicyText(self.title.text(), self.owner.text(), self.contact.text(), language, templates.begin(language))


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
