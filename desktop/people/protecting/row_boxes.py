"""The forms in which an officer changes rows of somebody protected; each is a step with versions, kept with the person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from db.protected.editing import edit_protected
from db.protected.people import ProtectedLine
from db.protected.showing import HiddenPerson, HiddenRow
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.people import fields
from desktop.people.fields import Fields
from desktop.people.protecting import rows
from desktop.people.protecting.boxes import ReasonFields
from desktop.people.protecting.rows import HiddenStep
from desktop.people.step_box import Step, StepBox

_SAVE = _("Save changes")
Make = Callable[[ModuleContext, ProtectedLine], StepBox]
_KEPT = _("The change stays with the person and comes back with them. The record of what was done says what kind of thing it was, "
          "your name, the time and the reason, and no value.")  # fmt: skip


def person_box(person: HiddenPerson, context: ModuleContext, line: ProtectedLine) -> StepBox:
    """Names and days."""
    form = fields.PersonFields(context, rows.card_of(person))
    heading = context.texts.say(_("Change {name}"), name=person.title)
    return _box(context, line, heading, form, lambda: rows.change_person(person, form.value(), context.clock.today()))


def contact_box(person: HiddenPerson, row: HiddenRow | None, kind: str, context: ModuleContext, line: ProtectedLine) -> StepBox:
    """A way to reach them; a new one without `row`."""
    country = context.settings.get("core.office_country")
    if row is None:
        form = fields.ContactFields(context, kind)
        heading = _NEW[kind]
        return _box(context, line, context.texts.say(heading), form, lambda: rows.add_contact(person, form.value(), country))
    form = fields.ContactFields(context, kind, rows.contact_of(row))
    heading = _("Change a way to reach them")
    return _box(context, line, context.texts.say(heading), form, lambda: rows.change_contact(person, row, form.value(), country))


def role_box(person: HiddenPerson, row: HiddenRow | None, context: ModuleContext, line: ProtectedLine) -> StepBox:
    """A stage; a new one without `row`."""
    form = fields.RoleFields(context, rows.role_of(row) if row is not None else None)
    heading = context.texts.say(_("New role") if row is None else _("Change a role"))

    def step() -> HiddenStep:
        return rows.add_role(person, form.value()) if row is None else rows.change_role(person, row, form.value())

    return _box(context, line, heading, form, step)


def number_box(person: HiddenPerson, context: ModuleContext, line: ProtectedLine) -> StepBox:
    """A new number."""
    form = fields.IdentifierFields(context)
    heading = context.texts.say(_("New number"))
    return _box(context, line, heading, form, lambda: rows.add_number(person, form.value(), context.clock.today()))


def removal_box(
    person: HiddenPerson, table: str, row: HiddenRow, what: str, context: ModuleContext, line: ProtectedLine
) -> StepBox:
    """Asks why a row goes."""
    say = context.texts.say
    form = ReasonFields(context, _("Why is it removed?"), _("For example: it was never theirs"))
    heading = say(_("Remove {what}"), what=what)
    return _box(context, line, heading, form, lambda: rows.remove(person, table, row), _("Remove"), note="reason")


def _box(
    context: ModuleContext, line: ProtectedLine, heading: str, form: Fields, read: Callable[[], HiddenStep],
    act: Msgid = _SAVE, note: str = "why",
) -> StepBox:  # fmt: skip
    def prepare() -> Step:
        step, now = read(), context.clock.now()
        return partial(
            edit_protected, context.database, context.actor, line.id, step.verb, step.edits, name=step.name, note=form.read(note),
            now=now,
        )  # fmt: skip

    say = context.texts.say
    return StepBox(context, heading, form, prepare, say(act), say(_KEPT), _("changing somebody protected"))


_NEW = {
    "email": _("New e-mail"),
    "phone": _("New phone"),
    "address": _("New address"),
    "social": _("New social profile"),
}
