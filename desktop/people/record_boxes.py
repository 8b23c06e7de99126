"""The forms of a person's record, one for each thing that can be added or changed, and how they live through a conflict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID

from PySide6.QtCore import Signal

from db.history import HistoryLine
from db.models.person import CONTACT_KINDS
from db.texts import Msgid, _
from desktop.core.contacting.decisions import Moment, stop_contact
from desktop.core.context import ModuleContext
from desktop.people import fields
from desktop.people.card import PersonCard
from desktop.people.consents.evidence import answer_with_file
from desktop.people.consents.fields import BlockFields, ConsentFields
from desktop.people.contacts import add_contact, add_interaction, edit_contact
from desktop.people.corrections import with_reason
from desktop.people.editing import edit_person
from desktop.people.fields import Fields
from desktop.people.roles import add_identifier, add_role, edit_role
from desktop.people.saving import EditBox, Service
from desktop.people.tasks import add_task
from desktop.widgets.asking import Asking
from desktop.widgets.merging_forms import merged, readable

Again = Callable[[PersonCard], tuple[Fields, int] | None]


class RecordBox(EditBox):
    """An edit box that knows what the form began with: what others save meanwhile it tells, and asks field by field.

    Args:
        prepare: Makes the step for the version the form read.
        again: The same fields on a newer card, with the version there; None when the thing is gone.
        part: Which of `news.PARTS` the form changes, and the id of its row.
    """

    news_wanted = Signal()  # the owner reads what others saved, and calls `hear`

    def __init__(
        self,
        context: ModuleContext,
        heading: str,
        form: Fields,
        prepare: Callable[[int], Service],
        *,
        part: str,
        row_id: UUID,
        version: int,
        again: Again,
        verb: str,
        said: str,
    ) -> None:
        self.version, self.part, self.row_id, self._again = version, part, row_id, again
        self.base = form.values()
        self._heard = version  # the newest one it was told of; 0 when it was told that the thing is gone
        self._refused = False  # a save waits for an answer to what others saved
        say = context.texts.say
        super().__init__(
            context, heading, form, lambda: prepare(self.version), verb=verb, save_text=say(_("Save changes")), said=said
        )
        self.asking = Asking(context, self, self.banner)

    def state(self) -> dict[str, str]:
        """With what was written anew while being asked."""
        return super().state() | self.asking.typed()

    def begin_with(self, version: int, base: Mapping[str, str]) -> None:
        """Go on as the form that was typed in began, whatever was saved since."""
        self.version = self._heard = version
        self.base = dict(base)

    def meet_conflict(self) -> bool:
        """Find out what others saved, then ask."""
        self._refused = True
        self.news_wanted.emit()
        return True

    def is_behind(self, card: PersonCard | None) -> bool:
        """Whether the thing was changed or removed since the form last heard of it."""
        now = self._read(card)
        return (now[1] if now is not None else 0) not in (self.version, self._heard)

    def hear(self, card: PersonCard | None, step: HistoryLine | None) -> None:
        """Others saved something: `card` is how it is now, None for a person who is gone; `step` is who did it."""
        now = self._read(card)
        self._heard = now[1] if now is not None else 0
        refused, self._refused = self._refused, False
        if now is None:
            gone = self._context.texts.say(_("This was removed meanwhile."))
            self.asking.tell_gone(gone, step, partial(readable, self.form))
            return
        theirs, version = now
        both = merged(self.form, self.base, theirs, super().state())
        if refused:
            self.asking.ask(both, step, partial(self._save_both, theirs, version))
        elif not self.typed:
            self._begin_anew(theirs, version)
        elif self.asking.dialog is None:
            self.asking.tell(both, step)

    def _save_both(self, theirs: dict[str, str], version: int, values: dict[str, str]) -> None:
        self.form.write(values)
        self.base, self.version = theirs, version
        self.save()

    def _read(self, card: PersonCard | None) -> tuple[dict[str, str], int] | None:
        now = self._again(card) if card is not None else None
        if now is None:
            return None
        form, version = now
        values = form.values()
        form.deleteLater()
        return values, version

    def _begin_anew(self, theirs: dict[str, str], version: int) -> None:
        """Nothing was typed: the form follows."""
        self.base, self.version = theirs, version
        self.form.write(theirs)
        self._typed = False


class Boxes:
    """Makes the forms of one record."""

    def __init__(self, context: ModuleContext) -> None:
        self._context, self._say = context, context.texts.say
        self._today, self._country = context.clock.today(), context.settings.get("core.office_country")

    def make(self, card: PersonCard, key: str, id: UUID | None = None) -> EditBox | None:
        """The form called `key`: "person", "add_email", "contact", "add_role", "role", "add_identifier", "log", "add_task",
        "add_block", "add_consent", "consent" for one purpose."""
        if key.startswith("add_") and key[4:] in CONTACT_KINDS:
            return self._add_contact(card, key[4:])
        plain = {"person": self._person, "add_role": self._add_role, "add_identifier": self._add_identifier,
                 "log": self._log, "add_task": self._add_task, "add_block": self._block, "add_consent": self._consent}  # fmt: skip
        if key in plain:
            return plain[key](card)
        if key == "consent":
            return self._consent(card, id)
        return (self._contact if key == "contact" else self._role)(card, id) if id is not None else None

    def _person(self, card: PersonCard) -> EditBox:
        form = fields.PersonFields(self._context, card)
        return RecordBox(
            self._context,
            self._say(_("Change {name}"), name=card.title),
            form,
            lambda version: with_reason(
                partial(edit_person, person_id=card.id, version=version, form=form.value(), today=self._today), form.read("why")
            ),
            part="person",
            row_id=card.id,
            version=card.version,
            again=lambda newer: (fields.PersonFields(self._context, newer), newer.version),
            verb="edit_person",
            said=self._say(_("{name} is saved."), name=card.title),
        )

    def _contact(self, card: PersonCard, id: UUID) -> EditBox | None:
        line = next((line for line in card.contacts if line.id == id), None)
        if line is None:
            return None
        kind, form = line.kind, fields.ContactFields(self._context, line.kind, line)

        def again(newer: PersonCard) -> tuple[Fields, int] | None:
            now = next((line for line in newer.contacts if line.id == id), None)
            return (fields.ContactFields(self._context, kind, now), now.version) if now else None

        return RecordBox(
            self._context,
            self._say(_("Change a way to reach them")),
            form,
            lambda version: with_reason(
                partial(edit_contact, contact_id=id, version=version, form=form.value(), country=self._country), form.read("why")
            ),
            part="contact",
            row_id=id,
            version=line.version,
            again=again,
            verb="edit_contact",
            said=self._say(_("Saved for {name}."), name=card.title),
        )

    def _role(self, card: PersonCard, id: UUID) -> EditBox | None:
        line = next((line for line in card.roles if line.id == id), None)
        if line is None:
            return None
        form = fields.RoleFields(self._context, line)

        def again(newer: PersonCard) -> tuple[Fields, int] | None:
            now = next((line for line in newer.roles if line.id == id), None)
            return (fields.RoleFields(self._context, now), now.version) if now else None

        return RecordBox(
            self._context,
            self._say(_("Change a role")),
            form,
            lambda version: with_reason(partial(edit_role, role_id=id, version=version, form=form.value()), form.read("why")),
            part="role",
            row_id=id,
            version=line.version,
            again=again,
            verb="edit_role",
            said=self._say(_("Saved for {name}."), name=card.title),
        )

    def _add_contact(self, card: PersonCard, kind: str) -> EditBox:
        form = fields.ContactFields(self._context, kind)
        headings = {
            "email": _("New e-mail"),
            "phone": _("New phone"),
            "address": _("New address"),
            "social": _("New social profile"),
        }
        return self._new(
            headings[kind],
            form,
            lambda: partial(add_contact, person_id=card.id, form=form.value(), country=self._country),
            "add_contact",
            card,
        )

    def _add_role(self, card: PersonCard) -> EditBox:
        form = fields.RoleFields(self._context)
        return self._new(_("New role"), form, lambda: partial(add_role, person_id=card.id, form=form.value()), "add_role", card)

    def _add_identifier(self, card: PersonCard) -> EditBox:
        form = fields.IdentifierFields(self._context)
        return self._new(
            _("New number"),
            form,
            lambda: partial(add_identifier, person_id=card.id, form=form.value(), today=self._today),
            "add_identifier",
            card,
        )

    def _log(self, card: PersonCard) -> EditBox:
        form, actor = fields.InteractionFields(self._context), self._context.actor
        return self._new(
            _("Log contact"),
            form,
            lambda: partial(add_interaction, person_id=card.id, form=form.value(), actor=actor),
            "add_interaction",
            card,
        )

    def _add_task(self, card: PersonCard) -> EditBox:
        form = fields.TaskFields(self._context)
        return self._new(_("New task"), form, lambda: partial(add_task, form=form.value(card.id)), "add_task", card)

    def _consent(self, card: PersonCard, purpose_id: UUID | None = None) -> EditBox:
        form, actor = ConsentFields(self._context, card, purpose_id), self._context.actor
        return self._new(
            _("Answer about a purpose"),
            form,
            lambda: partial(
                answer_with_file, person_id=card.id, form=form.value(), path=form.read("file"), actor=actor, when=self._when()
            ),
            "write_consent",
            card,
        )

    def _block(self, card: PersonCard) -> EditBox:
        form, actor = BlockFields(self._context), self._context.actor
        return self._new(
            _("Do not contact"),
            form,
            lambda: partial(stop_contact, person_id=card.id, form=form.value(), actor=actor, when=self._when()),
            "stop_contact",
            card,
        )

    def _when(self) -> Moment:
        return Moment(self._context.clock.now(), self._context.clock.zone)

    def _new(self, heading: Msgid, form: Fields, prepare: Callable[[], Service], verb: str, card: PersonCard) -> EditBox:
        said = self._say(_("Saved for {name}."), name=card.title)
        return EditBox(self._context, self._say(heading), form, prepare, verb=verb, save_text=self._say(_("Save")), said=said)
