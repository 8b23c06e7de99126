"""The office's history: what was changed, by whom, in words; it is searched, opened to single rows, and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.access import readable_columns, writable
from db.accounts import list_users
from db.history import TakenBack
from db.texts import _, ngettext
from desktop.core.context import ModuleContext
from desktop.core.history_words import change_words
from desktop.core.lists import Column, ListSpec
from desktop.core.manifest import OwnUndo
from desktop.core.records import by_table
from desktop.shell.desk import Desk
from desktop.shell.fitting import OnlyWithCards, WideColumn
from desktop.shell.history_filters import HistoryFilters, verbs_of_kind
from desktop.shell.history_lines import MOST, HistoryFilter, HistoryRow, chosen_lines, lines_query, verbs_with
from desktop.shell.history_panel import HistoryPanel
from desktop.shell.take_back_dialog import TakeBackDialog, Wording
from desktop.shell.ways_back import FINAL, WaysBack
from desktop.widgets.buttons import quiet_button
from desktop.widgets.labels import plain_label
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import PageHeader, column, row, splitter
from desktop.widgets.query_model import QueryModel
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme

TOGETHER = 300  # milliseconds in which several commits become one refresh


class HistoryList(ListView):
    """The list view with the key that takes a line back."""

    page: HistoryPage

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_T and not event.modifiers():
            self.page.take_back()
        else:
            super().keyPressEvent(event)


class HistoryPage(QWidget):
    """Lines on the left, the one pointed at with its rows on the right."""

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, desk: Desk) -> None:
        super().__init__(parent)
        self._context, self._desk, self._say = context, desk, context.texts.say
        self._verbs = desk.registry.verbs()
        self._may = context.may("shell.take_back")
        self._ways = WaysBack(self._verbs, self._may, lambda page: desk.registry.page(page, context.rights) is not None)
        self._wording = self._word()
        self.dialog: TakeBackDialog | None = None
        self.setWindowTitle(self._say(_("History")))
        self.model: QueryModel[Any, Any] = QueryModel(self._spec(), context, self)
        self.search = SearchBox(self._say(_("Search the history")))
        self.filters = HistoryFilters(context, desk.registry.manifests)
        self.list = HistoryList(self.model, self._say(_("Changes")), 0, ticks=self._may)
        self.list.page = self
        self.list.set_empty(EmptyState(self._say(_("No change fits.")), self._say(_("Search for another word, time or user."))))
        self.header = PageHeader(self._say(_("History")))
        self.told = plain_label("", "dim")
        self.ticked_button = quiet_button(self._say(_("Take those ticked back…")), icon="undo")
        self.panel = HistoryPanel(context, self._wording, self._ways)
        self._lay_out()
        self.list.setMinimumHeight(4 * current_theme().row_height)
        WideColumn(self.list, self.model, 1, 220, (2, 3))
        self._connect()
        context.tasks.read(self, list_users, self.filters.offer_users, context.messages.show, slot="users")
        self._point(None)
        self.look()

    def _word(self) -> Wording:
        registry = self._desk.registry
        accesses = [access for manifest in registry.manifests for access in manifest.access]
        columns, writes = readable_columns(accesses, self._context.rights), writable(accesses, self._context.rights)
        return Wording(self._words, self._ways.outside, by_table(registry.records()), columns, writes)

    def _spec(self) -> ListSpec[HistoryFilter, HistoryRow]:
        def tone(line: HistoryRow) -> str:
            return "ok" if self._ways.by_history(line) or self._ways.own(line) is not None else "dim"

        return ListSpec(
            query=lines_query, row=HistoryRow, start=0, start_down=True,
            columns=(
                Column(_("When"), lambda line, texts: texts.moment(line.at), "number", 160, tone=lambda line: "dim"),
                Column(_("What"), lambda line, texts: self._words(line), "", 400, strong=True),
                Column(_("By"), lambda line, texts: line.actor_name, "actor_sort", 130),
                Column(_("Undo"), self._ways.short, "", 150, tone=tone),
            ),
        )  # fmt: skip

    def _lay_out(self) -> None:
        left = QWidget()
        body = column(
            self.header, self.search, self.filters, self.list, row(self.ticked_button, self.told, None), gap=10, margin=16
        )
        body.setStretch(3, 1)
        left.setLayout(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter(left, self.panel, sizes=(820, 330), name=self._say(_("Changes and details"))))
        OnlyWithCards(self.panel, [self.panel.facts])

    def _connect(self) -> None:
        self.search.settled.connect(lambda _text: self.look())
        self.search.down.connect(self.list.point_first)
        self.filters.changed.connect(self.look)
        self.list.pointed_at.connect(self._point)
        self.list.clicked.connect(self._clicked)
        self.list.opened.connect(lambda _id: self.panel.rows.setFocus() if self.panel.rows.isVisible() else None)
        self.panel.wanted.connect(self.take_back_pointed)
        self.ticked_button.clicked.connect(self.take_back_ticked)
        self.model.counted.connect(self._tell)
        self.model.selected.connect(lambda _selection: self._tell_ticked())
        self.model.failed.connect(lambda error: self._context.messages.show(error, _("loading the history")))
        self._soon = QTimer(self, singleShot=True, interval=TOGETHER)
        self._soon.timeout.connect(self.model.refresh)
        self._context.changes.changed.connect(self._heard)
        self._tell_ticked()

    def _heard(self, _moved: object) -> None:
        self._soon.start()

    def look(self) -> None:
        """Show what fits the search and the choices."""
        text, filters = self.search.text(), self.filters
        who, kind, span = filters.who.code(), filters.kind.code(), filters.span()
        self.model.show(
            HistoryFilter(
                text=text,
                verbs=verbs_with(text, self._verbs, self._context.texts),
                actor=UUID(who) if who else None,
                only=verbs_of_kind(kind, self._verbs, self._desk.registry.manifests),
                removed=kind == "removed",
                taking_back=kind == "back",
                since=span.since,
                until=span.until,
            )
        )

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        say = self._say
        return [
            ("T", say(_("Take the line back, or those ticked"))),
            (say(_("Space")), say(_("Tick or untick"))),
            (say(_("Enter")), say(_("Go to the rows of the line"))),
        ]

    # Words

    def _words(self, line: HistoryRow) -> str:
        details = dict(line.details or {})
        setting = self._desk.settings.declared.get(str(details.get("setting")))
        if setting is not None and setting.text:
            details["setting"] = self._say(setting.text)
        return change_words(line.verb, details, self._verbs, self._context.texts)

    def _tell(self, total: int) -> None:
        self.header.set_count(self._context.texts.say_n(ngettext("{count} change", "{count} changes"), total))
        if total and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.model.index(0, 0))
        self._point(self.list.pointed)
        self._tell_ticked()

    def _tell_ticked(self) -> None:
        count = self.model.selected_count
        self.ticked_button.setVisible(bool(count) and self._may)
        ticked = self._context.texts.say_n(ngettext("{count} selected", "{count} selected"), count)
        self.told.setText(ticked if count else "")

    def _line(self, id: UUID | None) -> HistoryRow | None:
        number = self.model.row_of(id) if id is not None else None
        found: HistoryRow | None = self.model.row_at(number) if number is not None else None
        return found

    def _point(self, id: UUID | None) -> None:
        self.panel.show_line(self._line(id))

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == len(self.model.spec.columns) - 1:
            self.take_back_pointed()

    # Taking back

    def take_back(self) -> None:
        """Ask about those ticked, or about the line pointed at."""
        if self.model.selected_count:
            self.take_back_ticked()
        else:
            self.take_back_pointed()

    def take_back_pointed(self) -> None:
        """Ask about the line pointed at, or lead to the page that takes it back."""
        line = self._line(self.list.pointed)
        if line is not None:
            self._ask([line])

    def take_back_ticked(self) -> None:
        """Ask about those ticked."""
        ticked = self.model.selection
        if not ticked:
            return
        ids = None if ticked.all_matching else ticked.ids
        filter = ticked.filter if ticked.all_matching else HistoryFilter()
        work = partial(chosen_lines, filter=filter, ids=ids, without=ticked.without)
        fail = partial(self._context.messages.show, doing=_("loading the history"))
        self._context.tasks.read(self, work, self._ask, fail, slot="ticked")

    def _ask(self, lines: list[HistoryRow]) -> None:
        texts = self._context.texts
        if len(lines) > MOST:
            most = _("At most {count} changes are taken back at one go. Tick fewer.")
            self._context.messages.say(texts.say(most, count=texts.number(MOST)), "warn")
            return
        own = self._ways.own(lines[0]) if len(lines) == 1 else None
        if own is not None:
            self._lead(own, lines[0])
            return
        wanted = [line for line in lines if self._ways.by_history(line)]
        if not wanted:
            if lines and self._may:
                self._context.messages.say(texts.say(FINAL), "warn")
            return
        self.dialog = TakeBackDialog(self._context, wanted, self._wording, self)
        self.dialog.ended.connect(self._taken)
        self.dialog.open()

    def _lead(self, own: OwnUndo, line: HistoryRow) -> None:
        def arguments(session: Session) -> Mapping[str, Any]:
            found: Mapping[str, Any] = self._context.load(own.finds)(session, line.id)
            return found

        fail = partial(self._context.messages.show, doing=_("taking a change back"))
        self._context.tasks.read(self, arguments, lambda found: self._context.navigate(own.page, **found), fail, slot="own")

    def _taken(self, done: list[TakenBack], names: list[str]) -> None:
        self.model.select_none()
        kept = sum(len(taken.kept) for taken in done)
        self.panel.tell_kept(kept, names)
        if kept:
            self._context.messages.say(self._say(_("Taken back, except what was touched since; see the list.")), "warn")
        elif done:
            self._context.messages.say(self._say(_("Taken back.")))
        self.list.setFocus()
