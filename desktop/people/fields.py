"""The fields of each form about a person, and what they amount to as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QLineEdit

from db import identity_numbers
from db.errors import RuleBroken
from db.models.interaction import INTERACTION_KINDS
from db.models.person import CONTACT_KINDS, HOLDS, LANGUAGES
from db.models.role import ROLE_KINDS
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.manifest import NO_TEXT
from desktop.people import words
from desktop.people.card import ContactLine, PersonCard, RoleLine
from desktop.people.contacts import ContactForm, InteractionForm
from desktop.people.corrections import LONGEST
from desktop.people.editing import PersonForm
from desktop.people.roles import IdentifierForm, RoleForm
from desktop.people.tasks import TaskForm
from desktop.widgets.form import CodeField, DayField, Form, TextArea

# Labels of the fields, also used where values are shown.
LABELS: dict[str, Msgid] = {
    "given": _("Given names"),
    "family": _("Family name"),
    "preferred": _("Preferred name"),
    "former": _("Former names"),
    "salutation": _("Salutation"),
    "language": _("Language"),
    "birth_date": _("Born"),
    "deceased_on": _("Deceased"),
    "note": _("Remark"),
}
DAY_HINT = _("For example 2026-12-31 or 31.12.2026")
WRITTEN_KINDS = ("call", "meeting", "visit", "email", "letter", "note")  # what an office writes down by hand


class Fields(Form):
    """A form that knows its context and reads days and codes out of its fields."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(beside=True)
        self.context = context
        self.say = context.texts.say

    def text(self, key: str, label: Msgid, value: str = "", hint: Msgid = NO_TEXT, *, required: bool = False) -> QLineEdit:
        """Add a line of text."""
        return self.add(key, self.say(label), QLineEdit(value), self.say(hint), required=required)

    def area(self, key: str, label: Msgid, value: str = "", lines: int = 3) -> TextArea:
        """Add lines of text."""
        return self.add(key, self.say(label), TextArea(value, lines))

    def day(self, key: str, label: Msgid, value: date | None = None, hint: Msgid = DAY_HINT) -> DayField:
        """Add a day."""
        return self.add(key, self.say(label), DayField(self.context.clock.today(), value), self.say(hint))

    def code(self, key: str, label: Msgid, codes: Mapping[str, Msgid], value: str = "", empty: Msgid | None = None) -> CodeField:
        """Add a choice; `empty` is what choosing none is called."""
        choices = [(code, self.say(text)) for code, text in codes.items()]
        if empty is not None:
            choices.insert(0, ("", self.say(empty)))
        return self.add(key, self.say(label), CodeField(choices, value))

    def why(self) -> None:
        """Add the note why something is corrected."""
        self.text("why", _("Reason"), hint=_("Kept in the history, for example: asked for by the person")).setMaxLength(LONGEST)

    def read(self, key: str) -> str:
        """The text of a field, or the code chosen in it; empty when this form has no such field."""
        if key not in self.keys:
            return ""
        field = self.field(key)
        if isinstance(field, CodeField):
            return field.code()
        if isinstance(field, QComboBox):
            return field.currentText()
        return field.text() if isinstance(field, QLineEdit | TextArea) else ""

    def read_day(self, key: str) -> date | None:
        """The day of a field.

        Raises:
            RuleBroken: what stands there is no day.
        """
        field = self.field(key) if key in self.keys else None
        if not isinstance(field, DayField):
            return None
        try:
            return field.day()
        except ValueError:
            raise RuleBroken(_("This is not a day."), _("Write it like 2026-12-31."), field=key) from None


class PersonFields(Fields):
    """Names, language and days of a person."""

    def __init__(self, context: ModuleContext, card: PersonCard | None = None) -> None:
        super().__init__(context)
        for key in ("given", "family", "preferred", "former", "salutation"):
            self.text(key, LABELS[key], getattr(card, key) if card else "")
        self.code("language", LABELS["language"], LANGUAGES, card.language if card else "", _("not known"))
        self.day("birth_date", LABELS["birth_date"], card.birth_date if card else None)
        self.day("deceased_on", LABELS["deceased_on"], card.deceased_on if card else None, NO_TEXT)
        self.area("note", LABELS["note"], card.note if card else "", 2)
        if card is not None:
            self.why()

    def value(self) -> PersonForm:
        """What is written; a slip in a day is raised as `RuleBroken`."""
        written = {key: self.read(key) for key in ("given", "family", "preferred", "former", "salutation", "language", "note")}
        return PersonForm(**written, birth_date=self.read_day("birth_date"), deceased_on=self.read_day("deceased_on"))


class ContactFields(Fields):
    """One way to reach somebody; the fields fit its kind."""

    def __init__(self, context: ModuleContext, kind: str, line: ContactLine | None = None) -> None:
        super().__init__(context)
        self._kind = kind
        if kind == "address":
            self.text("street", _("Street"), line.street if line else "")
            self.text("postcode", _("Postcode"), line.postcode if line else "")
            self.text("city", _("Town"), line.city if line else "")
            self.text("country", _("Country"), line.country if line else "")
        else:
            self.text("value", CONTACT_KINDS[kind], line.value if line else "")
        self.text("label", _("Label"), line.label if line else "", _("For example work, home or parents"))
        if line is not None:
            self.code("hold", _("Use"), HOLDS, line.hold, _("May be used"))
            self.why()

    def value(self) -> ContactForm:
        """What is written."""
        keys = ("value", "label", "street", "postcode", "city", "country", "hold")
        return ContactForm(self._kind, **{key: self.read(key) for key in keys})


class RoleFields(Fields):
    """One stage of a life."""

    def __init__(self, context: ModuleContext, line: RoleLine | None = None) -> None:
        super().__init__(context)
        self.code("kind", _("Role"), ROLE_KINDS, line.kind if line else "student")
        self.text("programme", _("Programme"), line.programme if line else "")
        self.text("term", _("Term"), words.term(line.term, context.texts) if line else "", _("For example HT 2027 or syksy 2027"))
        self.day("starts", _("First day"), line.starts if line else None)
        self.day("ends", _("Last day"), line.ends if line else None, _("Empty while it lasts"))
        if line is not None:
            self.why()

    def value(self) -> RoleForm:
        """What is written; a slip in a day is raised as `RuleBroken`."""
        written = {key: self.read(key) for key in ("kind", "programme", "term")}
        return RoleForm(**written, starts=self.read_day("starts"), ends=self.read_day("ends"))


class IdentifierFields(Fields):
    """A number others gave the person."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        first = "hetu" if context.settings.get("core.office_country") == "FI" else "personnummer"
        self.code("kind", _("Kind"), identity_numbers.KINDS, first)
        self.text("value", _("Number"), hint=_("It is shown masked once it is saved"))
        self.text("issuer", _("Given by"), hint=_("Needed for interim numbers, for example Ladok"))

    def value(self) -> IdentifierForm:
        """What is written."""
        return IdentifierForm(self.read("kind"), self.read("value"), self.read("issuer"))


class InteractionFields(Fields):
    """A contact that has just been, or a note."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.code("kind", _("What was it?"), {kind: INTERACTION_KINDS[kind] for kind in WRITTEN_KINDS}, "call")
        self.code("direction", _("From whom?"), {"out": _("From us"), "in": _("From them")}, "out", _("Between us"))
        self.area("text", _("What was said"), lines=3)

    def value(self) -> InteractionForm:
        """What is written, as of now."""
        return InteractionForm(
            self.read("kind"), self.context.clock.now(), direction=self.read("direction"), text=self.read("text")
        )


class TaskFields(Fields):
    """Something to be done about a person."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.text("title", _("What is to be done"))
        self.day("due", _("Due by"), context.clock.today() + timedelta(days=1))
        self.area("note", LABELS["note"], lines=2)

    def value(self, person_id: UUID) -> TaskForm:
        """What is written about this person; due at the end of the day's office hours.

        Raises:
            RuleBroken: no day was given, or none that is one.
        """
        day = self.read_day("due")
        if day is None:
            raise RuleBroken(_("A task needs a day."), _("Write the day by which it is done."), field="due")
        moment = datetime.combine(day, time(17, 0), tzinfo=self.context.clock.zone)
        return TaskForm(self.read("title"), moment, note=self.read("note"), person_id=person_id, user_id=self.context.actor.id)
