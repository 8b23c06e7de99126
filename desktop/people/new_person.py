"""The form for a new person, beside the list: a name, ways to reach them, a first role."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.person import CONTACT_KINDS, LANGUAGES
from db.models.role import ROLE_KINDS
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.manifest import NO_TEXT
from desktop.people.contacts import ContactForm, add_contact
from desktop.people.duplicates.hint import DuplicateHint
from desktop.people.duplicates.verdicts import Typed
from desktop.people.editing import PersonForm, create_person
from desktop.people.fields import LABELS, Fields
from desktop.people.roles import RoleForm, add_role
from desktop.people.saving import EditBox, Service
from desktop.widgets.panels import scrolling
from desktop.widgets.theme import current_theme


class NewPersonFields(Fields):
    """What is known of somebody at first."""

    def __init__(self, context: ModuleContext) -> None:
        super().__init__(context)
        self.text("given", LABELS["given"])
        self.text("family", LABELS["family"])
        self.day("birth_date", LABELS["birth_date"], hint=NO_TEXT)
        self.text("email", CONTACT_KINDS["email"])
        self.text("phone", CONTACT_KINDS["phone"])
        self.text("city", _("Town"))
        self.code("language", LABELS["language"], LANGUAGES, "", _("not known"))
        self.code("role", _("Role"), ROLE_KINDS, "", _("none yet"))
        self.text("programme", _("Programme"))

    def service(self) -> Service:
        """The step that stores all of it, or nothing."""
        contacts = [ContactForm(kind, self.read(kind)) for kind in ("email", "phone") if self.read(kind).strip()]
        if self.read("city").strip():
            contacts.append(ContactForm("address", city=self.read("city")))
        return partial(
            _create,
            form=PersonForm(
                given=self.read("given"),
                family=self.read("family"),
                language=self.read("language"),
                birth_date=self.read_day("birth_date"),
            ),
            contacts=contacts,
            role=RoleForm(self.read("role"), programme=self.read("programme")) if self.read("role") else None,
            context=self.context,
        )

    def typed(self) -> Typed:
        """What is typed so far, to see who it may be; half a day is none."""
        try:
            born = self.read_day("birth_date")
        except RuleBroken:
            born = None
        return Typed(self.read("given").strip(), self.read("family").strip(), self.read("email"), self.read("phone"), born)


def _create(
    session: Session, form: PersonForm, contacts: list[ContactForm], role: RoleForm | None, context: ModuleContext
) -> UUID:
    person_id = create_person(session, form, today=context.clock.today())
    for contact in contacts:
        try:
            add_contact(session, person_id, contact, country=context.settings.get("core.office_country"))
        except RuleBroken as broken:
            raise RuleBroken(broken.what, broken.to_do, field=contact.kind, **broken.values) from broken
    if role is not None:
        add_role(session, person_id, role)
    return person_id


class NewPersonPanel(QFrame):
    """The form as the list page shows it; what was typed stays until it is saved or cancelled."""

    saved = Signal(object)  # the id
    closed = Signal()

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context = context
        self.box: EditBox | None = None
        self.hint: DuplicateHint | None = None
        self._inner = QFrame()
        self._inner.setProperty("panel", "side")
        theme = current_theme()
        self._place = QVBoxLayout(self._inner)
        self._place.setContentsMargins(theme.px(12), theme.px(12), theme.px(12), theme.px(12))
        self._place.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolling(self._inner))

    @property
    def typed(self) -> bool:
        """Whether something typed is not saved."""
        return self.box is not None and self.box.typed

    def start(self, searched: str = "") -> None:
        """Open the form, or go back to it; what was searched for in vain becomes the name."""
        if self.box is None:
            self._open(searched)
        assert self.box is not None
        self.box.start()

    def _open(self, searched: str) -> None:
        say, fields = self._context.texts.say, NewPersonFields(self._context)
        given, _space, family = searched.strip().title().partition(" ")
        if given and given.replace("-", "").isalpha():
            fields.field("given").setText(given)  # type: ignore[attr-defined]
            fields.field("family").setText(family)  # type: ignore[attr-defined]
        self.box = EditBox(
            self._context,
            say(_("New person")),
            fields,
            fields.service,
            verb="create_person",
            save_text=say(_("Save person")),
            said=say(_("The person is saved.")),
        )
        self.box.saved.connect(self.saved)
        self.box.closed.connect(self._close)
        self.hint = DuplicateHint(self._context)
        self.box.body.insertWidget(self.box.body.indexOf(fields) + 1, self.hint)
        self.hint.opened.connect(lambda person: self._context.navigate("people.record", person_id=person))
        fields.edited.connect(lambda _key: self._follow(fields))
        self._place.insertWidget(0, self.box, 0, Qt.AlignmentFlag.AlignTop)
        self._follow(fields)
        self.box.show()

    def _follow(self, fields: NewPersonFields) -> None:
        if self.hint is not None:
            self.hint.follow(fields.typed())

    def _close(self) -> None:
        if self.box is not None:
            self._place.removeWidget(self.box)
            self.box.hide()
            self.box.deleteLater()
        self.box = self.hint = None
        self.closed.emit()
