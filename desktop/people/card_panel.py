"""The card beside the list: who it is, how to reach them, what is due, what happened last."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QStackedLayout, QVBoxLayout, QWidget

from db.changes import Moved
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import words
from desktop.people.card import PersonCard, person_card
from desktop.people.card_parts import DueList, PersonHead, lifeline, reaching, stages
from desktop.people.contacts import add_interaction
from desktop.people.fields import LABELS, InteractionFields
from desktop.people.lines import NARROW, Line, LineGrid
from desktop.people.saving import EditBox
from desktop.people.timeline_box import TimelineBox
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row, scrolling
from desktop.widgets.theme import current_theme

WAYS = 5  # ways to reach somebody shown on the card
TASKS = 3
NOTE_LETTERS = 400  # of a remark; the record has all of it


class CardPanel(QFrame):
    """Shows one person; follows every change of theirs."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "side")
        self._context, say = context, context.texts.say
        self.card: PersonCard | None = None
        self._wanted: UUID | None = None
        self._next: UUID | None = None  # whom the list points at while a contact is being written
        self._note: Mapping[str, str] | None = None
        self.head, self.line, self.facts, self.due = (
            PersonHead(context),
            lifeline(context),
            LineGrid(width=NARROW),
            DueList(context),
        )
        self.open_button, self.log_button = quiet_button(say(_("Open record"))), quiet_button(say(_("Log contact")))
        self.open_button.clicked.connect(self.open)
        self.log_button.clicked.connect(self.log_contact)
        self.log_button.setVisible(context.may("people.edit"))
        self.due_heading = plain_label(say(_("To do")), "heading")
        self.timeline = TimelineBox(context)
        self.box: EditBox | None = None
        self._place = QVBoxLayout()
        self._nobody = plain_label(say(_("Choose somebody in the list to see their card here.")), "dim", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setMargin(current_theme().px(32))
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._nobody)
        self._stack.addWidget(self._body())
        context.changes.changed.connect(self._heard)

    def _body(self) -> QWidget:
        inner = QFrame()
        inner.setProperty("panel", "side")
        theme = current_theme()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(theme.px(20), theme.px(18), theme.px(20), theme.px(12))
        layout.setSpacing(theme.px(14))
        for part in (self.head, self.line, self.facts, self.due_heading, self.due):
            layout.addWidget(part)
        layout.addLayout(row(self.open_button, self.log_button, None))
        layout.addLayout(self._place)
        self.timeline.view.setMinimumHeight(theme.px(170))
        layout.addWidget(self.timeline, 1)
        return scrolling(inner)

    def show_person(self, person_id: UUID | None, *, note: Mapping[str, str] | None = None) -> None:
        """Show this person, or with None nobody. A contact being written stays until it is saved or cancelled.

        Args:
            note: What was being written about them when the page was made anew.
        """
        if note is not None:
            self._note = note
        if self.typed and person_id != self._wanted:
            self._next = person_id
            return
        if person_id != self._wanted:
            self._close_box()
        self._wanted = person_id
        if person_id is None:
            self.card = None
            self._stack.setCurrentIndex(0)
        else:
            self._context.tasks.read(self, partial(person_card, person_id=person_id), self._show, self._fail, slot="card")

    def open(self) -> None:
        """Open the record in a tab."""
        if self.card is not None:
            self._context.navigate("people.record", person_id=self.card.id)

    def log_contact(self) -> None:
        """Write down a contact, here on the card."""
        if self.card is None or self.box is not None:
            return
        say, fields = self._context.texts.say, InteractionFields(self._context)
        who, actor = self.card.id, self._context.actor
        self.box = EditBox(
            self._context,
            say(_("Log contact")),
            fields,
            lambda: partial(add_interaction, person_id=who, form=fields.value(), actor=actor),
            verb="add_interaction",
            save_text=say(_("Save contact")),
            said=say(_("Saved on the timeline of {name}."), name=self.card.title),
        )
        self.box.closed.connect(self._close_box)
        self._place.addWidget(self.box)
        self.box.show()
        fields.field("text").setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def typed(self) -> bool:
        """Whether a contact being written is not saved."""
        return self.box is not None and self.box.typed

    def _close_box(self) -> None:
        if self.box is not None:
            self._place.removeWidget(self.box)
            self.box.hide()
            self.box.deleteLater()
            self.box = None
            self.log_button.setFocus()
        if self._next is not None:
            person_id, self._next = self._next, None
            self.show_person(person_id)

    def _show(self, card: PersonCard) -> None:
        self.card = card
        self.head.show_card(card)
        self.line.set(stages(self._context, card))
        self.line.setVisible(bool(card.roles))
        self.facts.show_lines(self._facts(card))
        self.due.show_card(card, TASKS)
        for part in (self.due_heading, self.due):
            part.setVisible(bool(card.tasks))
        self.timeline.show_card(card)
        self._stack.setCurrentIndex(1)
        if self._note is not None:
            note, self._note = self._note, None
            self.log_contact()
            if self.box is not None:
                self.box.restore(note)

    def _facts(self, card: PersonCard) -> list[Line]:
        texts, say = self._context.texts, self._context.texts.say
        found = [
            Line(words.contact_name(line, texts), line.shown, reaching(self._context, card, line), dim=bool(line.hold))
            for line in card.contacts[:WAYS]
        ]
        if len(card.contacts) > WAYS:
            more = texts.number(len(card.contacts) - WAYS)
            found.append(Line("", say(_("{count} more in the record"), count=more), dim=True))
        if not card.contacts:
            unknown = say(_("No way to reach them is known. Open the record to add one."))
            found.append(Line(say(_("How to reach them")), unknown, whole=True))
        days = self._context.settings.get("people.pressure_days")
        if often := words.lately(card, texts, self._context.clock.now(), days):
            found.append(Line(say(_("Lately")), often, dim=True))
        if card.language:
            found.append(Line(say(LABELS["language"]), words.language(card.language, texts)))
        if card.birth_date:
            found.append(Line(say(LABELS["birth_date"]), texts.day(card.birth_date)))
        if card.note:
            found.append(Line(say(LABELS["note"]), card.note[:NOTE_LETTERS], whole=True))
        return found

    def _fail(self, error: Exception) -> None:
        self.show_person(None)
        self._context.messages.show(error, _("loading a card"))

    def _heard(self, moved: Moved) -> None:
        if self._wanted is not None and (not moved.ids or self._wanted in moved.ids):
            self.show_person(self._wanted)
