"""The left half of a person's record: all that is known, section by section, each with what adds to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from db.models.person import CONTACT_KINDS
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.card import PersonCard
from desktop.people.consents.section import ConsentsSection
from desktop.people.lines import LinesSection
from desktop.people.manifest import NUMBERS
from desktop.people.numbers import NumbersSection
from desktop.people.record_parts import Lines
from desktop.widgets.buttons import Button, link_button, menu_button
from desktop.widgets.theme import current_theme

Edit = Callable[..., None]  # opens a form: its key, and the id of the line it is about


def may_open(context: ModuleContext, form: str) -> bool:
    """Whether this user may open a form of the record."""
    return context.may(NUMBERS if form == "add_identifier" else "people.edit")


def adder(context: ModuleContext, form: str, edit: Edit, text: str = "") -> Button:
    """A button that opens a form, where this user may; it says "Add" unless `text` says something else."""
    button = link_button(text or context.texts.say(_("Add")))
    button.clicked.connect(lambda: edit(form))
    button.setVisible(may_open(context, form))
    return button


class RecordFacts(QFrame):
    """Sections of lines that are changed and taken away in place.

    Args:
        lines: What stands in the sections.
        edit: Opens a form.
        acts: What else can be done with the person, beside their names.
    """

    def __init__(
        self,
        context: ModuleContext,
        person_id: UUID,
        lines: Lines,
        edit: Edit,
        acts: Sequence[QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "clear")
        self._context, self._say, self._id = context, context.texts.say, person_id
        self._lines, self._edit = lines, edit
        self._adders: list[Button] = []
        self.sections = self._made_sections(acts)
        theme = current_theme()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(20), theme.px(16), theme.px(24), theme.px(16))
        layout.setSpacing(theme.px(20))
        for section in self.sections.values():
            layout.addWidget(section)
        layout.addStretch(1)

    def show_card(self, card: PersonCard) -> None:
        """Show what is known of the person."""
        for key, lines in (("person", self._lines.person), ("contact", self._lines.contacts), ("role", self._lines.roles)):
            self.sections[key].grid.show_lines(lines(card))
        self.numbers.show_numbers(card, self._lines.identifiers(card))
        self.consents.show_card(card)

    def forget(self) -> None:
        """Show nothing of anybody."""
        for section in self.sections.values():
            section.grid.show_lines([])

    def let_add(self, may: bool) -> None:
        """Offer what adds something, as far as this user may, or offer none of it."""
        for button in self._adders:
            button.setVisible(may)

    def place(self, form: str) -> QVBoxLayout:
        """Where a form opens."""
        if form == "add_block":
            return self.consents.place
        return self.sections.get(form.removeprefix("add_"), self.sections["contact"]).place

    def _made_sections(self, acts: Sequence[QWidget]) -> dict[str, LinesSection]:
        say = self._say
        looked = link_button(say(_("Who looked…")))
        looked.setAccessibleName(say(_("Who looked at the numbers of this person")))
        looked.clicked.connect(lambda: self._context.navigate("people.looks", person_id=self._id))
        looked.setVisible(self._context.may("people.looks"))
        role, number = self._adder("add_role", say(_("Add a role"))), self._adder("add_identifier", say(_("Add a number")))
        change = self._adder("person", say(_("Change names and days")), say(_("Change")))
        self.numbers = NumbersSection(self._context, self._id, looked, number)
        self.consents = ConsentsSection(self._context, self._id, self._edit)
        return {
            "person": LinesSection(say(_("Person")), "", *acts, change),
            "contact": LinesSection(
                say(_("How to reach them")), say(_("Nothing is known. Add an e-mail address or a phone number.")), self._add_way()
            ),
            "role": LinesSection(say(_("Roles")), say(_("No role yet. Add what they are or were here.")), role),
            "identifier": self.numbers,
            "consent": self.consents,
        }

    def _adder(self, form: str, spoken: str, text: str = "") -> Button:
        button = adder(self._context, form, self._edit, text)
        button.setAccessibleName(spoken)
        if may_open(self._context, form):
            self._adders.append(button)
        return button

    def _add_way(self) -> Button:
        """The menu of the ways to reach somebody."""
        ways, may = QMenu(), self._context.may("people.edit")
        for kind, text in CONTACT_KINDS.items():
            ways.addAction(self._say(text), partial(self._edit, f"add_{kind}"))
        button = menu_button(self._say(_("Add")), ways, kind="link")
        button.setAccessibleName(self._say(_("Add a way to reach them")))
        button.setVisible(may)
        if may:
            self._adders.append(button)
        return button
