"""My day: what is due for me from all modules, each line one key from being done."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.database import own_change_set
from db.errors import RuleBroken
from db.search import title_of
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.core.texts import Texts
from desktop.shell.acts import take_back_now
from desktop.shell.day import AHEAD, DayFilter, DayRow, day_query, end_of_today, modules_with_tasks, when, who_one_is
from desktop.shell.day_cards import DayCards
from desktop.shell.desk import Desk
from desktop.shell.fitting import WideColumn
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import PageHeader, splitter
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import current_theme

TONES = {"overdue": "bad", "today": "warn", "later": "dim"}


def day_spec(desk: Desk) -> ListSpec[DayFilter, DayRow]:
    """The list of tasks, with days as the office counts them."""
    titles = {manifest.key: manifest.title for manifest in desk.registry.manifests}

    def due(task: DayRow, texts: Texts) -> str:
        kind = when(task.due, desk.clock)
        if kind == "overdue":
            return texts.say(_("Overdue: {day}"), day=texts.day(task.due))
        if kind == "today":
            return texts.say(_("Today {time}"), time=texts.time(task.due))
        local = task.due.astimezone(desk.clock.zone)
        return f"{texts.weekday(local.date()).capitalize()} {texts.time(task.due)}"

    def whose(task: DayRow, texts: Texts) -> str:
        if task.user_id == desk.actor.id:
            return texts.say(_("Me"))
        if task.user_id is not None:
            return texts.say(_("Another user"))
        return task.post or texts.say(_("Anybody"))

    def module(task: DayRow, texts: Texts) -> str:
        return texts.say(titles[task.module]) if task.module in titles else task.module

    return ListSpec(
        query=day_query, row=DayRow, areas=("task", "person"),
        columns=(
            Column(_("Due"), due, "due", 186, tone=lambda task: TONES[when(task.due, desk.clock)]),
            Column(_("What"), lambda task, texts: task.title, "", 330, strong=True),
            Column(_("Person"), lambda task, texts: title_of(task.family, task.given), "person_sort", 190),
            Column(_("For"), whose, "", 130, tone=lambda task: "dim"),
            Column(_("From"), module, "", 120, tone=lambda task: "dim"),
        ),
    )  # fmt: skip


class DayList(ListView):
    """The list view with the key that marks a line done."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        done = event.key() == Qt.Key.Key_D and not event.modifiers()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if done or enter:
            self.page.finish()
        else:
            super().keyPressEvent(event)

    page: MyDayPage


class MyDayPage(QWidget):
    """Tasks on the left; on the right what modules have to say about today."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self.setWindowTitle(self._say(_("My day")))
        self.model: QueryModel[Any, Any] = QueryModel(day_spec(desk), context, self)
        self.list = DayList(self.model, self._say(_("Tasks due")), 0, ticks=False)
        self.list.page = self
        self.done = primary_button(self._say(_("Done")), key="D")
        self.show_record = quiet_button(self._say(_("Open")), key="Enter")
        self.everybody = QCheckBox(self._say(_("Tasks of other users and posts too")))
        self.header = PageHeader(self._say(_("My day")), "", (self.show_record, self.done))
        self._lay_out()
        self.list.setMinimumHeight(4 * current_theme().row_height)
        WideColumn(self.list, self.model, 1, 220, (4, 3))
        self.list.set_empty(self._nothing_due())
        self.list.opened.connect(self._open)
        self.list.pointed_at.connect(lambda _id: self._enable())
        self.done.clicked.connect(self.finish)
        self.show_record.clicked.connect(lambda: self._open(self._pointed()))
        self.everybody.toggled.connect(lambda _on: self.look())
        self.model.counted.connect(self._tell)
        for over in (self.model.counted, self.model.failed):
            over.connect(lambda _told: self.cards.begin())
        self.model.failed.connect(lambda error: context.messages.show(error, _("loading your day")))
        self._midnight = QTimer(self, interval=60_000)
        self._midnight.timeout.connect(self._day_may_end)
        self._midnight.start()
        self._day = context.clock.today()
        self.look()

    def _lay_out(self) -> None:
        edge = current_theme().px(16)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(current_theme().px(10))
        layout.addWidget(self.header)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.everybody)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.cards = DayCards(self._desk, self._context, self)
        if self.cards.complete:
            outer.addWidget(left)
        else:
            outer.addWidget(splitter(left, self.cards.panel, sizes=(740, 360), name=self._say(_("Tasks and cards"))))

    def _nothing_due(self) -> EmptyState:
        title, hint = _("Nothing is due this week."), _("Ctrl+K finds anybody.")
        page = self._desk.registry.page("people.import", self._desk.rights)
        if page is None:
            return EmptyState(self._say(title), self._say(hint))
        hint = _("Ctrl+K finds anybody. A list of people comes in with “Import people”.")
        return EmptyState(
            self._say(title), self._say(hint), self._say(page.title), lambda: self._context.navigate("people.import")
        )

    def look(self) -> None:
        """Read what is due."""
        modules = modules_with_tasks(self._desk.registry.running(), self._desk.rights)
        until = end_of_today(self._context.clock) + AHEAD
        me, today = who_one_is(self._context.settings.get("core.person")), self._context.clock.today()
        self.model.show(DayFilter(self._context.actor.id, modules, until, self.everybody.isChecked(), me, today))
        self._enable()

    def state(self) -> dict[str, Any]:
        """What `restore` needs."""
        return {"everybody": self.everybody.isChecked()}

    def restore(self, state: dict[str, Any]) -> None:
        """Show the same again."""
        self.everybody.setChecked(state["everybody"])

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page, for the key map."""
        say = self._say
        return [("D", say(_("Mark as done"))), ("Ctrl+Enter", say(_("Mark as done"))), ("Enter", say(_("Open what it is about")))]

    def _tell(self, total: int) -> None:
        texts = self._context.texts
        today = self._context.clock.today()
        due = texts.say_n(ngettext("{count} due within a week", "{count} due within a week"), total)
        self.header.set_count(f"{texts.weekday(today).capitalize()} {texts.day(today)} · {due}")
        if total and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0, 0))
        self._enable()

    def _pointed(self) -> UUID | None:
        index = self.list.currentIndex()
        return self.model.id_at(index.row()) if index.isValid() else None

    def _enable(self) -> None:
        there = self._pointed() is not None
        self.done.setEnabled(there)
        self.show_record.setEnabled(there)

    def _task(self, id: UUID | None) -> DayRow | None:
        number = self.model.row_of(id) if id is not None else None
        found: DayRow | None = self.model.row_at(number) if number is not None else None
        return found

    def _open(self, id: UUID | None) -> None:
        """Open what the task is about: its module's record, else the person."""
        task = self._task(id)
        if task is None:
            return
        own = f"{task.module}.record"
        if task.module != "people" and task.subject is not None and self._desk.registry.page(own, self._desk.rights):
            self._context.navigate(own, subject=task.subject)
        elif task.person_id is not None:
            self._context.navigate("people.record", person_id=task.person_id)
        else:
            self._context.messages.say(self._say(_("This task is about no record: {title}"), title=task.title), "")

    def finish(self) -> None:
        """Mark the task pointed at as done; it can be taken back."""
        task = self._task(self._pointed())
        if task is None:
            return
        from desktop.people.tasks import finish_task  # the first page of a start loads what it shows, not all it can do

        now = self._context.clock.now()

        def work(session: Session) -> UUID:
            finish_task(session, task.id, task.version, now=now)
            return own_change_set(session)

        self._context.tasks.write(
            self, work, partial(self._finished, task.title), self._not_finished, verb="finish_task", about=[task.id]
        )

    def _finished(self, title: str, change_set: UUID) -> None:
        self.model.refresh()
        self._context.messages.say(
            self._say(_("Done: {title}"), title=title),
            action_text=self._say(_("Undo")),
            action=lambda: take_back_now(self._context, self._context.messages, change_set),
        )

    def _not_finished(self, error: Exception) -> None:
        self._context.messages.show(error, _("marking a task as done"))
        if isinstance(error, RuleBroken):
            self.model.refresh()

    def _day_may_end(self) -> None:
        if self._context.clock.today() != self._day:
            self._day = self._context.clock.today()
            self.look()
