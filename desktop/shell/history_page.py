"""The office's history: what was changed, by whom, in words; every line can be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.accounts import User, list_users
from db.history import TAKE_BACK, TakenBack, take_back
from db.texts import Msgid, _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.history_words import change_words
from desktop.core.lists import Column, ListSpec
from desktop.shell.desk import Desk
from desktop.shell.fitting import OnlyWithCards, WideColumn
from desktop.shell.history_lines import HistoryFilter, HistoryRow, lines_query, named, verbs_with
from desktop.widgets.buttons import quiet_button
from desktop.widgets.form import CodeField
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import Facts, PageHeader, column, row, side_panel, splitter, spread
from desktop.widgets.query_model import QueryModel
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme

TOGETHER = 300  # milliseconds in which several commits become one refresh
TABLES: dict[str, Msgid] = {
    "person": _("Person"),
    "contact_point": _("Way to reach somebody"),
    "role": _("Role"),
    "identifier": _("Number"),
    "interaction": _("Contact"),
    "task": _("Task"),
}


class HistoryList(ListView):
    """The list view with the key that takes a line back."""

    page: HistoryPage

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_T and not event.modifiers():
            self.page.take_back()
        else:
            super().keyPressEvent(event)


class HistoryPage(QWidget):
    """Lines on the left, the one pointed at on the right."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self._verbs = desk.registry.verbs()
        self._shown: HistoryRow | None = None
        self._may = context.may("shell.take_back")
        self.setWindowTitle(self._say(_("History")))
        self.model: QueryModel[Any, Any] = QueryModel(self._spec(), context, self)
        self.search = SearchBox(self._say(_("Search the history")))
        self.who = CodeField([("", self._say(_("All users")))])
        self.who.setAccessibleName(self._say(_("User")))
        self.list = HistoryList(self.model, self._say(_("Changes")), 0, ticks=False)
        self.list.page = self
        self.list.set_empty(EmptyState(self._say(_("No change fits.")), self._say(_("Search for another word or user."))))
        self.header = PageHeader(self._say(_("History")))
        self.what, self.facts, self.kept = plain_label("", "strong", wrap=True), Facts(), plain_label("", "dim", wrap=True)
        self.button = quiet_button(self._say(_("Take back")), key="T", icon="undo")
        self._lay_out()
        self.list.setMinimumHeight(4 * current_theme().row_height)
        WideColumn(self.list, self.model, 1, 220, (2, 3))
        self._connect()
        context.tasks.read(self, list_users, self._offer_users, context.messages.show, slot="users")
        self.look()
        self._point(None)

    def _spec(self) -> ListSpec[HistoryFilter, HistoryRow]:
        def state(line: HistoryRow, texts: Any) -> str:
            if line.taken_back:
                return str(texts.say(_("Taken back")))
            return str(texts.say(_("Take back"))) if self._can(line) else ""

        return ListSpec(
            query=lines_query, row=HistoryRow, start=0, start_down=True,
            columns=(
                Column(_("When"), lambda line, texts: texts.moment(line.at), "number", 160, tone=lambda line: "dim"),
                Column(_("What"), lambda line, texts: self._words(line), "", 400, strong=True),
                Column(_("By"), lambda line, texts: line.actor_name, "actor_sort", 130),
                Column(_("Undo"), state, "", 110, tone=lambda line: "dim" if line.taken_back else "ok"),
            ),
        )  # fmt: skip

    def _lay_out(self) -> None:
        edge = current_theme().px(16)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(current_theme().px(10))
        layout.addWidget(self.header)
        layout.addWidget(spread(self.search, self.who))
        layout.addWidget(self.list, 1)
        side = side_panel(column(self.what, self.facts, row(self.button, None), self.kept, gap=12))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        both = splitter(left, side, sizes=(820, 300), name=self._say(_("Changes and details")))
        outer.addWidget(both)
        OnlyWithCards(side, [self.facts])

    def _connect(self) -> None:
        self.search.settled.connect(lambda _text: self.look())
        self.search.down.connect(self.list.point_first)
        self.who.currentIndexChanged.connect(lambda _index: self.look())
        self.list.pointed_at.connect(self._point)
        self.list.clicked.connect(self._clicked)
        self.list.opened.connect(lambda _id: self.button.setFocus() if self.button.isEnabled() else None)
        self.button.clicked.connect(self.take_back)
        self.model.counted.connect(self._tell)
        self.model.failed.connect(lambda error: self._context.messages.show(error, _("loading the history")))
        self._soon = QTimer(self, singleShot=True, interval=TOGETHER)
        self._soon.timeout.connect(self.model.refresh)
        self._context.changes.changed.connect(self._heard)

    def _heard(self, _moved: object) -> None:
        self._soon.start()

    def look(self) -> None:
        """Show what fits the search and the user chosen."""
        text, who = self.search.text(), self.who.code()
        verbs = verbs_with(text, self._verbs, self._context.texts)
        self.model.show(HistoryFilter(text, verbs, UUID(who) if who else None))

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return [("T", self._say(_("Take the line back")))]

    def _offer_users(self, users: list[User]) -> None:
        self.who.set_choices([("", self._say(_("All users"))), *((str(user.id), user.name) for user in users)])

    def _words(self, line: HistoryRow) -> str:
        details = dict(line.details or {})
        setting = self._desk.settings.declared.get(str(details.get("setting")))
        if setting is not None and setting.text:
            details["setting"] = self._say(setting.text)
        return change_words(line.verb, details, self._verbs, self._context.texts)

    def _can(self, line: HistoryRow) -> bool:
        known = self._verbs.get(line.verb)
        return self._may and not line.taken_back and (known is None or known.undoable)

    def _tell(self, total: int) -> None:
        self.header.set_count(self._context.texts.say_n(ngettext("{count} change", "{count} changes"), total))
        if total and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0, 0))
        self._point(self.list.pointed)

    def _line(self, id: UUID | None) -> HistoryRow | None:
        number = self.model.row_of(id) if id is not None else None
        found: HistoryRow | None = self.model.row_at(number) if number is not None else None
        return found

    def _point(self, id: UUID | None) -> None:
        line = self._line(id)
        if line is not None and line == self._shown:
            return
        self._shown = line
        self.button.setEnabled(line is not None and self._can(line))
        self.what.setText(self._words(line) if line else self._say(_("Choose a line to see more.")))
        if line is None:
            self.facts.set([])
            return
        say, texts = self._say, self._context.texts
        facts = [(say(_("When")), texts.moment(line.at)), (say(_("By")), line.actor_name), (say(_("Id")), line.id.hex[-12:])]
        if line.taken_back:
            facts.append((say(_("State")), say(_("Taken back"))))
        self.facts.set(facts)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == len(self.model.spec.columns) - 1:
            self.take_back()

    def take_back(self) -> None:
        """Take back the line pointed at."""
        line = self._line(self.list.pointed)
        if line is None or not self._can(line):
            return

        def work(session: Session) -> tuple[TakenBack, list[str]]:
            taken = take_back(session, line.id)
            return taken, named(session, taken)

        def failed(error: Exception) -> None:
            self._context.messages.show(error, _("taking a change back"))

        self._context.tasks.write(self, work, lambda answer: self._taken(*answer), failed, verb=TAKE_BACK)

    def _taken(self, taken: TakenBack, names: list[str]) -> None:
        texts = self._context.texts
        if not taken.kept:
            self.kept.setText("")
            self._context.messages.say(self._say(_("Taken back.")))
            return
        text = ngettext("{count} entry was touched since and stays:", "{count} entries were touched since and stay:")
        lines = [f"· {name}" if name not in TABLES else f"· {self._say(TABLES[name])}" for name in names]
        self.kept.setText("\n".join([texts.say_n(text, len(taken.kept)), *lines]))
        self._context.messages.say(self._say(_("Taken back, except what was touched since; see the list.")), "warn")
