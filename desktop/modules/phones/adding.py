"""Adding chosen people to a call round: from the list of people, from a filter, or from an import just made."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget
from sqlalchemy.orm import Session

from db.database import about
from db.errors import RuleBroken
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.selection import PeopleSelection
from desktop.modules.phones import rounds
from desktop.modules.phones.rounds import Added, RoundForm
from desktop.modules.phones.welcome import welcome_help, welcome_scripts
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.form import CodeField, Form
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

NEW = "new"


def add_to_round(context: ModuleContext, people: PeopleSelection, parent: QWidget | None) -> None:
    """Ask for the round, then add those who are not in it yet."""
    AddDialog(context, people, parent).open()


class AddDialog(RoomyDialog):
    """An open round, or a new one with a title; stays open with a mark when something is wrong."""

    def __init__(self, context: ModuleContext, people: PeopleSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._people = context, context.texts.say, people
        say = self._say
        self.setWindowTitle(say(_("Add to call round")))
        self.form = Form()
        self.round = self.form.add("round", say(_("Call round")), CodeField([(NEW, say(_("New call round")))]))
        self.title = self.form.add("title", say(_("Name of the round")), QLineEdit(), required=True)
        self.title.setText(say(_("Calls {day}"), day=context.texts.day(context.clock.today())))
        self.script = QCheckBox(say(_("With the welcome script")))
        self.script.setChecked(True)
        self.ok = primary_button(say(_("Add")))
        self.ok.setAutoDefault(True)
        self.ok.setDefault(True)
        cancel = quiet_button(say(_("Cancel")))
        theme = current_theme()
        self.body.addWidget(plain_label(say(ngettext("{count} person", "{count} people"), count=people.count), "strong"))
        self.body.addWidget(plain_label(people.words, "dim", wrap=True))
        for part in (self.form, self.script):
            self.body.addWidget(part)
        self.below.addLayout(row(None, cancel, self.ok))
        self.setMinimumWidth(theme.px(440))
        self.round.currentIndexChanged.connect(self._settle)
        self.ok.clicked.connect(self.add)
        cancel.clicked.connect(self.reject)
        context.tasks.read(self, rounds.open_rounds, self._offer, lambda error: context.messages.show(error), slot="rounds")
        self.title.selectAll()
        self.title.setFocus()

    def _offer(self, found: list[tuple[UUID, str]]) -> None:
        """The open rounds; a new one stays the proposal."""
        self.round.set_choices([(NEW, self._say(_("New call round"))), *((str(id_), title) for id_, title in found)])

    def _settle(self) -> None:
        new = self.round.code() == NEW
        self.title.setEnabled(new)
        self.script.setEnabled(new)

    def add(self) -> None:
        """Add them, in one step that can be taken back."""
        chosen, now, people = self.round.code(), self._context.clock.now(), self._people.people
        scripts, help_ = (welcome_scripts(), welcome_help()) if self.script.isChecked() else ({}, {})
        form = RoundForm(self.title.text(), scripts=scripts, help=help_)

        segment = self._people.segment

        def work(session: Session) -> Added:
            if segment is not None:
                about(session, segment)
            if chosen == NEW:
                return rounds.create_round(session, form, people, now=now)
            return rounds.add_people(session, UUID(chosen), people, now=now)

        verb = "create_call_round" if chosen == NEW else "add_to_call_round"
        self._context.tasks.write(self, work, self._added, self._failed, verb=verb)

    def _added(self, added: Added) -> None:
        text = ngettext("{count} person added to the call round.", "{count} people added to the call round.")
        parts = [self._say(text, count=added.added)]
        if added.already:
            parts.append(self._say(ngettext("{count} was there already.", "{count} were there already."), count=added.already))
        navigate = self._context.navigate
        self._context.messages.say(
            " ".join(parts),
            action_text=self._say(_("Start calling")),
            action=lambda: navigate("phones.round", round_id=added.round_id),
        )
        self.accept()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, RuleBroken):
            text = " ".join((self._say(error.what, **error.values), self._say(error.to_do, **error.values)))
            if self.form.mark(error.field or "round", text):
                return
        self._context.messages.show(error, _("adding people to the call round"))
