"""One person whole: everything that is known, to read and to change in place, with what other modules add."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QTabWidget, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.errors import Unavailable, Unreachable
from db.texts import Msgid, _
from desktop.core.context import ModuleContext
from desktop.core.hooks import tried
from desktop.core.manifest import NO_TEXT, Offer
from desktop.people.card import PersonCard, person_card
from desktop.people.card_parts import DueList, PersonHead, lifeline, stages
from desktop.people.contacts import remove_contact
from desktop.people.editing import restore, retire
from desktop.people.merging.record_line import MergesLine
from desktop.people.open_forms import OpenForms, Place
from desktop.people.protecting.marking import Marking
from desktop.people.record_facts import RecordFacts, adder, may_open
from desktop.people.record_parts import HistoryView, Lines
from desktop.people.roles import remove_identifier, remove_role
from desktop.people.saving import EditBox, write
from desktop.people.timeline_box import TimelineBox
from desktop.widgets.banner import Banner
from desktop.widgets.buttons import Button, link_button, quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import Section, scrolling, splitter
from desktop.widgets.presence_line import PresenceLine
from desktop.widgets.theme import current_theme

AREAS = frozenset(
    {"person", "identifier", "contact_point", "role", "task", "interaction", "merged_person", "consent", "contact_block"}
)  # what the record shows
ROOM = 800  # pixels at 100 % below which facts and timeline do not stand side by side
REMOVALS: dict[str, tuple[Callable[[Session, UUID, int], None], str]] = {
    "contact": (remove_contact, "remove_contact"),
    "role": (remove_role, "remove_role"),
    "identifier": (remove_identifier, "remove_identifier"),
}


class PersonPage(QFrame):
    """The record of one person. F2 changes names, Ctrl+L logs a contact, Ctrl+T plans a task.

    Ctrl+G keeps an answer about a purpose, Ctrl+D stops contact.
    """

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, person_id: UUID) -> None:
        super().__init__(parent)
        self._context, self._say, self._id = context, context.texts.say, person_id
        self.setProperty("panel", "side")
        self.setWindowTitle(self._say(_("Person")))
        self.card: PersonCard | None = None
        self._pending: dict[str, Any] | None = None
        self._gone = self._leads = False
        self.forms = OpenForms(context, person_id, self._place, self)
        self.forms.moved.connect(self._forms_moved)
        self.forms.read.connect(self._show)
        self.banner = Banner(self._say(_("Close this message")))
        self.marking = Marking(context, person_id)
        self.head, self.line = PersonHead(context, *self._acts()), lifeline(context)
        self.merges = MergesLine(context, person_id)
        self.merges.led.connect(self._lead)
        self.present = PresenceLine(context, self, "people.record", person_id, self.unsaved)
        self.head.words.addWidget(self.present)
        lines = Lines(context, self.edit, self._remove)
        self.erase_button = self._leads_to(_("Erase…"), "people.erase", _("Erase or anonymise this person"))
        self.report_button = self._leads_to(_("Access report…"), "people.report")
        self.report_button.setVisible(context.may("people.report"))
        self.hold_button = self._leads_to(_("Legal hold…"), "people.hold")
        about = [self.hold_button, self.erase_button, self.marking.button, self.report_button]
        self.facts = RecordFacts(context, person_id, lines, self.edit, about)
        self.numbers, self.consents = self.facts.numbers, self.facts.consents
        self.due, self.timeline = DueList(context), TimelineBox(context)
        self.history = HistoryView(context, person_id)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self._say(_("Parts of the record")))
        self.tabs.setDocumentMode(True)
        self._lay_out()
        self.tabs.currentChanged.connect(lambda _number: self._look())
        forms = {"F2": "person", "Ctrl+L": "log", "Ctrl+T": "add_task", "Ctrl+G": "add_consent", "Ctrl+D": "add_block"}
        listen(self, {key: partial(self.edit, form) for key, form in forms.items()})
        context.changes.changed.connect(self._heard)
        self.read()

    # The parts

    def _leads_to(self, text: Msgid, page: str, spoken: Msgid = NO_TEXT) -> Button:
        """A quiet way to another page about the person, not shown yet."""
        button = link_button(self._say(text))
        if spoken:
            button.setAccessibleName(self._say(spoken))
        button.clicked.connect(lambda: self._context.navigate(page, person_id=self._id))
        button.hide()
        return button

    def _acts(self) -> list[QWidget]:
        say = self._say
        self.log_button, self.retire_button = quiet_button(say(_("Log contact"))), quiet_button(say(_("Retire")))
        self.restore_button, self.merge_button = quiet_button(say(_("Restore"))), quiet_button(say(_("Merge with…")))
        self.log_button.clicked.connect(lambda: self.edit("log"))
        self.retire_button.clicked.connect(self.retire)
        self.restore_button.clicked.connect(self.restore_person)
        self.merge_button.clicked.connect(lambda: self._context.navigate("people.merge", person_id=self._id))
        found: list[QWidget] = [self.log_button, self.merge_button, self.retire_button, self.restore_button]
        for button in found:
            button.hide()
        return found

    def _lay_out(self) -> None:
        theme = current_theme()
        top = QFrame()
        top.setProperty("panel", "side")
        above = QVBoxLayout(top)
        above.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(8))
        above.setSpacing(theme.px(12))
        for part in (self.banner, self.merges, self.head, self.line, self.marking):
            above.addWidget(part)
        self._scroll = scrolling(self.facts)
        self._halves = splitter(self._scroll, self._right(), sizes=(700, 460), name=self._say(_("Facts and timeline")), room=ROOM)
        self.tabs.addTab(self._halves, self._say(_("Overview")))
        for offer in self._context.offers("person_tab"):
            made = tried(partial(self._tab, offer), self._context.messages, _("opening a tab of the record"))
            if isinstance(made, QWidget):
                self.tabs.addTab(made, self._say(offer.contribution.title))
        self.tabs.addTab(self.history, self._say(_("History")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(top)
        layout.addWidget(self.tabs, 1)

    def _tab(self, offer: Offer) -> object:
        return self._context.load(offer.contribution.opens)(self._context, self._id)

    def _right(self) -> QWidget:
        inner, theme, say = QFrame(), current_theme(), self._say
        inner.setProperty("panel", "side")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(theme.px(20), theme.px(16), theme.px(20), theme.px(12))
        layout.setSpacing(theme.px(12))
        self.add_task = adder(self._context, "add_task", self.edit)
        self.add_task.setAccessibleName(say(_("Add a task")))
        due = Section(say(_("To do")), self.add_task)
        self._nothing_due = plain_label(say(_("Nothing is due.")), "dim")
        self._task_place, self._log_place = QVBoxLayout(), QVBoxLayout()
        for part in (self._nothing_due, self.due, self._task_place):
            due.add(part)
        layout.addWidget(due)
        layout.addLayout(self._log_place)
        self.timeline.view.setMinimumHeight(theme.px(220))
        layout.addWidget(self.timeline, 1)
        return scrolling(inner)

    # Reading

    def read(self) -> None:
        """Read the person anew; forms that are open keep what was typed."""
        self._context.tasks.read(self, partial(person_card, person_id=self._id), self._show, self._fail, slot="card")

    def _show(self, card: PersonCard) -> None:
        self.card = card
        self._stand(True)
        self.setWindowTitle(card.title[:60])
        self.head.show_card(card)
        self.line.set(stages(self._context, card))
        self.line.setVisible(bool(card.roles))
        self.facts.show_card(card)
        self.due.show_card(card)
        self._nothing_due.setVisible(not card.tasks)
        self.timeline.show_card(card)
        may, gone = self._context.may("people.edit"), card.retired_at is not None
        self.log_button.setVisible(may)
        self.retire_button.setVisible(may and not gone)
        self.restore_button.setVisible(may and gone)
        self.marking.show_name(card.title)
        self.merge_button.setVisible(self._context.may("people.merge") and not gone)
        self.erase_button.setVisible(self._context.may("people.erase"))
        self.hold_button.setVisible(self._context.may("people.retention"))
        self.merges.read()
        if self._pending is not None:
            self.restore(self._pending)
        else:
            self.forms.follow(card)
        self._look()

    def _lead(self, leads: bool) -> None:
        """A record that only leads to another one takes nothing and is not restored."""
        self._leads = leads
        self.facts.let_add(not leads)
        self.add_task.setVisible(not leads and may_open(self._context, "add_task"))
        if leads:
            for part in (self.log_button, self.restore_button, self.erase_button, self.hold_button):
                part.hide()

    def _look(self) -> None:
        if self.tabs.currentWidget() is self.history:
            self.history.refresh()

    def _fail(self, error: Exception) -> None:
        if isinstance(error, Unavailable) and not isinstance(error, Unreachable):  # making them was taken back
            self._gone = True
            self._stand(False)
            self.forms.follow(None)
            if self._pending is not None:
                self.restore(self._pending)
        message = self._context.messages.explain(error, _("loading a person"))
        self.banner.tell(
            message.text, message.to_do, tone=message.tone or "warn", actions=[(self._say(_("Try again")), self.read)]
        )

    def _stand(self, there: bool) -> None:
        """Of somebody who is not there any more nothing stays in sight but the forms in which something was typed."""
        for part in (self.head, self.line, self.due, self.timeline):
            part.setVisible(there)
        if not there:
            self.card = None
            self.setWindowTitle(self._say(_("Person")))
            self.marking.show_name("")
            self.erase_button.hide()
            self.hold_button.hide()
            self.head.forget()
            self.history.refresh()
            self.facts.forget()

    def _heard(self, moved: Moved) -> None:
        if self._id in moved.ids or not (moved.ids or AREAS.isdisjoint(moved.areas)):
            self.read()

    # Changing

    @property
    def boxes(self) -> dict[Place, EditBox]:
        """The forms that are open."""
        return self.forms.boxes

    def edit(self, key: str, id: UUID | None = None) -> None:
        """Open a form in its place, or go to it if it is open; see `Boxes.make` for the keys."""
        if self.card is None or self._leads or not may_open(self._context, key):
            return
        box = self.forms.open(self.card, key, id)
        if box is None:
            return
        self.tabs.setCurrentIndex(0)
        box.show()
        box.start()
        for part in (box.save_button, box.heading):
            QTimer.singleShot(0, box, partial(self._scroll.ensureWidgetVisible, part))

    def unsaved(self) -> bool:
        """Whether something typed in a form is not saved."""
        return self.forms.typed()

    def state(self) -> dict[str, Any]:
        """The tab in sight and the forms that are open, for the same page in another language."""
        return {"tab": self.tabs.currentIndex(), "boxes": self.forms.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave, as soon as the person is read."""
        self._pending = state if self.card is None and not self._gone else None
        if self._pending is not None:
            return
        self.forms.restore(self.card, state["boxes"])
        self.tabs.setCurrentIndex(state["tab"])

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            ("F2", say(_("Change names and days"))),
            ("Ctrl+L", say(_("Log contact"))),
            ("Ctrl+T", say(_("Add a task"))),
            ("Ctrl+G", say(_("Add an answer about a purpose"))),
            ("Ctrl+D", say(_("Do not contact…"))),
            (say(_("Ctrl+Enter")), say(_("Save the form"))),
            (say(_("Esc")), say(_("Close a form in which nothing was typed"))),
        ]

    def _place(self, key: str) -> QVBoxLayout:
        if key == "log":
            return self._log_place
        if key == "add_task":
            return self._task_place
        return self.facts.place(key)

    def _forms_moved(self) -> None:
        self.facts.sections["person"].grid.setVisible(("person", None) not in self.boxes)

    def _remove(self, key: str, id: UUID, version: int) -> None:
        service, verb = REMOVALS[key]

        def step(session: Session) -> None:
            service(session, id, version)

        write(self._context, self, step, verb=verb, said=self._say(_("Removed.")), doing=_("removing a line"))

    def retire(self) -> None:
        """Take the person out of lists; told with the offer to take it back."""
        if self.card is not None:
            step = partial(retire, person_id=self._id, version=self.card.version, now=self._context.clock.now())
            said = self._say(_("{name} is retired: out of lists and search, kept in full."), name=self.card.title)
            write(self._context, self, step, verb="retire_person", said=said, doing=_("retiring a person"))

    def restore_person(self) -> None:
        """Bring the person back into lists."""
        if self.card is not None:
            step = partial(restore, person_id=self._id, version=self.card.version)
            said = self._say(_("{name} is back in lists and search."), name=self.card.title)
            write(self._context, self, step, verb="restore_person", said=said, doing=_("restoring a person"))
