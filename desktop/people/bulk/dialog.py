"""Changing many people from the list: choose what, look at it before and after, then do it in one step."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHeaderView, QProgressBar, QTableWidget, QTableWidgetItem, QWidget
from sqlalchemy.orm import Session

from db.database import own_change_set
from db.errors import RuleBroken
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.records import plain
from desktop.core.selection import PeopleSelection
from desktop.people import listing
from desktop.people.bulk.fields import BulkFields
from desktop.people.bulk.kinds import Adding, Bulk
from desktop.people.bulk.running import Example, Outcome, Plan, carry_out, plan
from desktop.people.imports.reading import Cancelled
from desktop.people.imports.run import Watch
from desktop.people.saving import say_saved
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.cells import as_list
from desktop.widgets.labels import plain_label
from desktop.widgets.panels import row
from desktop.widgets.rooms import RoomyDialog
from desktop.widgets.theme import current_theme

TALL = 6  # rows of the look ahead that are seen without scrolling


def change_people(context: ModuleContext, people: PeopleSelection, parent: QWidget | None) -> None:
    """Ask what shall be changed for these people, then change it."""
    BulkDialog(context, people, parent).open()


class BulkDialog(RoomyDialog):
    """Enter looks ahead, then does what was looked at; any edit in between means looking again. Escape leaves."""

    def __init__(self, context: ModuleContext, people: PeopleSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._say, self._people = context, context.texts.say, people
        self._plan: Plan | None = None
        self._watch: Watch | None = None
        say = self._say
        self.setWindowTitle(say(_("Change people")))
        self.fields = BulkFields(context)
        self.reason = self.fields.reason
        self.told, self.left_out = plain_label("", "strong", wrap=True), plain_label("", "dim", wrap=True)
        self.table = self._make_table()
        self.progress = QProgressBar()
        self.progress.setAccessibleName(say(_("Progress")))
        self.ok, self.cancel = primary_button(""), quiet_button(say(_("Cancel")))
        self.ok.setDefault(True)
        count = context.texts.say_n(ngettext("{count} person", "{count} people"), people.count)
        self.body.addWidget(plain_label(count, "strong"))
        self.body.addWidget(plain_label(people.words, "dim", wrap=True))
        for part in (self.fields, self.told, self.table, self.left_out, self.progress):
            self.body.addWidget(part)
        self.below.addLayout(row(None, self.cancel, self.ok))
        self.setMinimumWidth(current_theme().px(560))
        self.fields.edited.connect(self._edited)
        self.ok.clicked.connect(self.go_on)
        self.cancel.clicked.connect(self.reject)
        self._forget()
        fail = partial(context.messages.show, doing=_("loading towns and programmes"))
        context.tasks.read(self, _choices, lambda found: self.fields.offer(*found), fail, slot="choices")
        self.fields.what.setFocus()

    def _make_table(self) -> QTableWidget:
        say = self._say
        table = QTableWidget(0, 3)
        table.setHorizontalHeaderLabels([say(_("Name")), say(_("Before")), say(_("After"))])
        table.setAccessibleName(say(_("Before and after")))
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        as_list(table)
        table.setFrameShape(QFrame.Shape.StyledPanel)
        table.setStyleSheet(f"QTableWidget:focus {{ border: 2px solid {current_theme().colours.accent}; }}")
        table.setTabKeyNavigation(False)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight((TALL + 1) * current_theme().row_height)
        return table

    # Looking ahead

    def go_on(self) -> None:
        """Look ahead, or do what was looked at."""
        if self._watch is not None:
            return
        if self._plan is not None:
            self._run(self._plan)
            return
        try:
            change = self.fields.change()
        except RuleBroken as broken:
            self._slip(broken)
            return
        self.ok.setEnabled(False)
        self._tell(self._say(_("Looking at what would change…")))
        work = partial(plan, people=self._people.people, change=change)
        self._context.tasks.read(self, work, self._show, self._fail, slot="plan")

    def _slip(self, broken: RuleBroken) -> None:
        text = f"{self._say(broken.what, **broken.values)} {self._say(broken.to_do, **broken.values)}".strip()
        if not (broken.field and self.fields.mark(broken.field, text)):
            self._tell(text)

    def _edited(self, key: str) -> None:
        if key != "reason":
            self._forget()

    def _forget(self) -> None:
        """What was looked at is not what the form says any more."""
        self._plan = None
        self.ok.setText(self._say(_("Show what changes")))
        self.ok.setEnabled(True)
        self._tell("")
        for part in (self.table, self.left_out, self.progress):
            part.hide()

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))

    def _show(self, found: Plan) -> None:
        texts = self._context.texts
        self._plan = found
        sure = ngettext("{count} person is changed.", "{count} people are changed.")
        self._tell(texts.say_n(sure, found.people) if found.people else self._say(_("Nobody is changed.")))
        self._fill(found.examples, found.change)
        lines = [self._left_out_line(left.reason, left.count, left.names) for left in found.left_out]
        self.left_out.setText("\n".join([self._say(_("Left out:")), *lines]) if lines else "")
        self.left_out.setVisible(bool(lines))
        self.table.setVisible(bool(found.examples))
        self.ok.setText(texts.say_n(ngettext("Change {count} person", "Change {count} people"), found.people))
        self.ok.setEnabled(bool(found.people))
        self.fit()

    def _left_out_line(self, reason: str, count: int, names: tuple[str, ...]) -> str:
        rest = count - len(names)
        more = [self._context.texts.say_n(ngettext("and {count} more", "and {count} more"), rest)] if rest > 0 else []
        number = self._context.texts.number(count)
        return self._say(_("· {reason}: {count} ({names})"), reason=reason, count=number, names="; ".join([*names, *more]))

    def _fill(self, examples: tuple[Example, ...], change: Bulk) -> None:
        codes, texts = change.codes or {}, self._context.texts
        nothing = self._say(_("none yet") if isinstance(change, Adding) else _("empty"))

        def shown(value: str) -> str:
            return self._say(codes[value]) if value in codes else plain(value, texts) or nothing

        self.table.setRowCount(len(examples))
        for number, example in enumerate(examples):
            for place, text in enumerate((example.name, shown(example.before), shown(example.after))):
                self.table.setItem(number, place, QTableWidgetItem(text))
        if examples:
            self.table.setCurrentCell(0, 0)

    # Doing it

    def _run(self, found: Plan) -> None:
        watch = self._watch = Watch()
        watch.told.connect(self._advance)
        self.ok.setEnabled(False)
        self.fields.setEnabled(False)
        self.progress.setRange(0, 0)
        self.progress.show()
        work = partial(_do, plan=found, reason=self.reason.text().strip(), watch=watch)
        self._context.tasks.write(self, work, lambda answer: self._end(*answer), self._fail, verb=found.change.verb)

    def _advance(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        if done == total:
            self._tell(self._say(_("Saving…")))

    def reject(self) -> None:
        """Leave; a change under way is stopped, and nothing of it stays."""
        if self._watch is None:
            super().reject()
            return
        self._watch.stop()
        self._tell(self._say(_("Stopping…")))

    def _end(self, outcome: Outcome, change_set: UUID) -> None:
        self._watch = None
        texts = self._context.texts
        text = texts.say_n(ngettext("{count} person changed.", "{count} people changed."), outcome.people)
        if outcome.people:
            say_saved(self._context, text, change_set)
        if not outcome.overtaken:
            self.accept()
            return
        late = ngettext(
            "{count} entry was changed by somebody else meanwhile and stays as it is:",
            "{count} entries were changed by somebody else meanwhile and stay as they are:",
        )
        self._tell(text)
        self.left_out.setText("\n".join([texts.say_n(late, outcome.overtaken), *(f"· {name}" for name in outcome.names)]))
        self.left_out.show()
        for part in (self.progress, self.table):
            part.hide()
        self.ok.hide()
        self.cancel.setText(self._say(_("Close")))
        self.cancel.setFocus()

    def _fail(self, error: Exception) -> None:
        self._watch = None
        self.fields.setEnabled(True)
        self._forget()
        if isinstance(error, Cancelled):
            self._tell(self._say(_("Stopped. Nothing was changed.")))
            return
        message = self._context.messages.explain(error, _("changing people"))
        self._tell(f"{message.text} {message.to_do}".strip())


def _choices(session: Session) -> tuple[list[str], list[str]]:
    return listing.cities(session), listing.programmes(session)


def _do(session: Session, plan: Plan, reason: str, watch: Watch) -> tuple[Outcome, UUID]:
    return carry_out(session, plan, reason, watch.report), own_change_set(session)
