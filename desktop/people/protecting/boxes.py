"""The forms about somebody protected: marking, changing, seeing and ending, each a step that no history names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from db.protected.people import KINDS, ProtectedLine, ProtectionForm, change_protection, end_together, protect_together
from db.protected.showing import show_protected
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.manifest import NO_TEXT
from desktop.people.fields import Fields
from desktop.people.protecting.household import Housemate
from desktop.people.protecting.letter import LetterFields, letter_to
from desktop.people.protecting.together import Together
from desktop.people.step_box import Step, StepBox
from desktop.widgets.form import CodeField

RENDER = "desktop.people.protecting.letter:render_letter"


class ProtectionFields(Fields):
    """Which protection, on what ground, from when until when, and where letters go."""

    def __init__(self, context: ModuleContext, line: ProtectedLine | None = None) -> None:
        super().__init__(context)
        finnish = context.settings.get("core.office_country") == "FI"
        self.code("kind", _("Kind"), KINDS, line.kind if line else "address" if finnish else "secrecy")
        self.text("ground", _("Ground"), line.ground if line else "", _("The decision and its number, without names"))
        self.day("decided_on", _("Decided on"), line.decided_on if line else None)
        self.day("valid_until", _("Valid until"), line.valid_until if line else None, _("Empty when no end is known"))
        forwarding = self.area("forwarding", _("Letters go to"), line.forwarding if line else "", 3)
        forwarding.setAccessibleDescription(self.say(_("The forwarding address of the authority, line by line")))

    def value(self) -> ProtectionForm:
        """What is written; a slip in a day is raised as `RuleBroken`."""
        days = self.read_day("decided_on"), self.read_day("valid_until")
        return ProtectionForm(self.read("kind"), self.read("ground"), *days, self.read("forwarding"))


class MarkingFields(ProtectionFields):
    """With whoever lives at the same address: non-disclosure for a household takes all of them, any other kind whom one ticks."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        hint = self.say(
            _("They live at the same address, and are protected on the same ground, each under a handle of their own.")
        )
        self.together = self.add("together", self.say(_("Protect as well")), Together(), hint)
        self.show_field("together", False)
        kind = self.field("kind")
        assert isinstance(kind, CodeField)
        kind.currentIndexChanged.connect(lambda _place: self.together.tick_all(self.read("kind") == "household"))

    def show_household(self, mates: Sequence[Housemate] | None) -> None:
        """Offer them; None where so many live there that it is no household."""
        texts = self.context.texts
        if mates is None:
            text = self.say(_("Too many people live at this address for one household: protect them one by one."))
            self.together.tell(text)
        for mate in mates or ():
            born = texts.day(mate.birth_date) if mate.birth_date else ""
            self.together.offer([(mate.id, " · ".join(filter(None, (mate.title, born, mate.address))))])
        self.together.tick_all(self.read("kind") == "household")
        self.show_field("together", mates is None or bool(mates))


class ReasonFields(Fields):
    """Why."""

    def __init__(self, context: ModuleContext, label: Msgid, hint: Msgid = NO_TEXT) -> None:
        super().__init__(context)
        self.text("reason", label, hint=hint, required=True)


class EndingFields(ReasonFields):
    """With those who were protected together with this one."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context, _("Why does it end?"), _("For example: the decision was withdrawn"))
        self.together = self.add("together", self.say(_("End as well")), Together(), self.say(_("They were protected together.")))
        self.show_field("together", False)

    def show_together(self, lines: Sequence[ProtectedLine]) -> None:
        """Offer them, by their handles."""
        self.together.offer((line.id, line.handle) for line in lines)
        self.show_field("together", bool(lines))


def _prepared(context: ModuleContext, service: Callable[..., Any], id: UUID, read: Callable[[], Any]) -> Callable[[], Step]:
    """Reads a form and gives the step of the service with what stands in it."""
    return lambda: partial(service, context.database, context.actor, id, read(), now=context.clock.now())


def marking(context: ModuleContext, person_id: UUID, name: str) -> StepBox:
    """Asks how somebody is protected, and then takes all that is known of them away."""
    say, form = context.texts.say, MarkingFields(context)

    def prepare() -> Step:
        people = [person_id, *form.together.chosen()]
        return partial(protect_together, context.database, context.actor, people, form.value(), now=context.clock.now())

    told = _("Everything known of this person leaves lists, search, history and the open records of your colleagues, at once. "
             "From then on only officers for protected identities see them, under a handle. "
             "Nobody else can take it back.")  # fmt: skip
    heading = say(_("Protect {name}"), name=name)
    return StepBox(context, heading, form, prepare, say(_("Protect")), say(told), _("protecting a person"))


def changing(context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Changes what is written of a protection."""
    say, form = context.texts.say, ProtectionFields(context, line)
    prepare = _prepared(context, change_protection, line.id, form.value)
    kept = say(_("Your name, the time and the ground are kept in the record of what was done."))
    heading = say(_("Change the protection of {handle}"), handle=line.handle)
    return StepBox(context, heading, form, prepare, say(_("Save changes")), kept, _("changing a protection"))


def seeing(context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Asks why somebody protected is to be seen."""
    say = context.texts.say
    form = ReasonFields(context, _("Why do you need it?"), _("For example: the person asks for a certificate"))
    prepare = _prepared(context, show_protected, line.id, partial(form.read, "reason"))
    kept = say(_("Your name, the time and the reason are stored first and cannot be taken back."))
    heading = say(_("Show {handle}"), handle=line.handle)
    return StepBox(context, heading, form, prepare, say(_("Show")), kept, _("showing a protected person"))


def ending(context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Asks why a protection ends."""
    say = context.texts.say
    form = EndingFields(context)

    def prepare() -> Step:
        people = [line.id, *form.together.chosen()]
        return partial(end_together, context.database, context.actor, people, form.read("reason"), now=context.clock.now())

    told = say(_("Everything comes back where it was: colleagues find the person, with addresses, numbers and history."))
    heading = say(_("End the protection of {handle}"), handle=line.handle)
    return StepBox(context, heading, form, prepare, say(_("End protection")), told, _("ending a protection"))


def writing(context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Writes a letter that goes to the forwarding address and nowhere else; it opens in the system's program."""
    say, form = context.texts.say, LetterFields(context)

    def prepare() -> Step:
        letter = letter_to(line, form.read("subject"), form.read("text"), context.texts.day(context.clock.today()))
        return lambda: letter

    told = say(
        _("The envelope shows the forwarding address alone. Neither name nor number stands on the letter unless you write it.")
    )
    heading = say(_("Letter for {handle}"), handle=line.handle)
    box = StepBox(context, heading, form, prepare, say(_("Make the letter")), told, _("making a letter"))

    def make(letter: object) -> None:
        name = say(_("Letter {handle}"), handle=line.handle)
        failed = partial(context.messages.show, doing=_("making a letter"))
        context.documents.produce(RENDER, letter, None, lambda _path: None, failed, name=name)

    box.done.connect(make)
    return box
