"""The fields of a purpose: its names, what it is for, its basis, how long a consent holds, and the texts shown."""

from __future__ import annotations

from db.errors import RuleBroken
from db.models.consent import BASES, PURPOSE_KINDS
from db.models.person import LANGUAGES
from db.texts import Msgid, _
from desktop.core.contacting.purposes import PurposeForm, PurposeLine
from desktop.core.context import ModuleContext
from desktop.people.fields import Fields

NAMES = {"sv": _("Name in Swedish"), "fi": _("Name in Finnish"), "en": _("Name in English")}
TEXTS = {"sv": _("Text in Swedish"), "fi": _("Text in Finnish"), "en": _("Text in English")}
IN_USE: dict[str, Msgid] = {"": _("In use"), "retired": _("No longer in use")}


class PurposeFields(Fields):
    """One purpose. Where people have answered, its kind and basis stay as they were asked."""

    def __init__(self, context: ModuleContext, line: PurposeLine | None = None) -> None:
        super().__init__(context)
        texts = {text.language: text.text for text in line.texts} if line else {}
        for language in LANGUAGES:
            self.text(f"name_{language}", NAMES[language], line.names.get(language, "") if line else "")
        kind = self.code("kind", _("What it is"), PURPOSE_KINDS, line.kind if line else "information")
        basis = self.code("basis", _("Legal basis"), BASES, line.basis if line else "consent")
        if line is not None and line.asked:
            kind.setEnabled(False)
            basis.setEnabled(False)
        months = str(line.months or "") if line else ""
        self.text("months", _("A consent is valid for months"), months, _("Empty means without end"))
        if line is not None:
            self.code("retired", _("Use"), IN_USE, "retired" if line.retired else "")
        for language in LANGUAGES:
            self.area(f"text_{language}", TEXTS[language], texts.get(language, ""), 4)

    def value(self) -> PurposeForm:
        """What is written.

        Raises:
            RuleBroken: the months are no number.
        """
        months = self.read("months").strip()
        if months and not months.isdecimal():
            raise RuleBroken(_("This is no number."), _("Write how many months, or nothing."), field="months")
        return PurposeForm(
            {language: self.read(f"name_{language}") for language in LANGUAGES},
            self.read("kind"),
            self.read("basis"),
            int(months) if months else None,
            self.read("retired") == "retired",
            {language: self.read(f"text_{language}") for language in LANGUAGES},
        )
