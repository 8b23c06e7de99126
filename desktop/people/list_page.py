"""The register: everybody in the alphabet of the office, narrowed by words and chips, with the card beside it."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Select

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people import listing
from desktop.people.card_panel import CardPanel
from desktop.people.exports.doors import Doors
from desktop.people.filter_bar import FilterBar
from desktop.people.list_count import ListCount
from desktop.people.list_empty import no_people, nobody_fits
from desktop.people.listing import PeopleFilter, PersonRow
from desktop.people.manifest import NUMBERS
from desktop.people.new_person import NewPersonPanel
from desktop.people.segments.using import asker, narrowed
from desktop.people.selection_bar import SelectionBar
from desktop.people.views.columns import PEOPLE, WIDENING, needed
from desktop.people.views.group_list import GroupList
from desktop.people.views.groups import within
from desktop.people.views.menu import Views
from desktop.people.views.view import View
from desktop.widgets.buttons import primary_button, quiet_button
from desktop.widgets.list_columns import ShownColumn
from desktop.widgets.list_news import KEY, NewsBar
from desktop.widgets.list_view import ListView
from desktop.widgets.page_keys import listen
from desktop.widgets.panels import PageHeader, column, row, splitter, spread
from desktop.widgets.query_model import QueryModel
from desktop.widgets.search_box import SearchBox
from desktop.widgets.theme import current_theme

ROOM = 760  # pixels at 100 % below which list and card do not stand side by side


class PeopleListPage(QWidget):
    """The list of people. Ctrl+F searches, Space ticks, Enter opens the record.

    Args:
        made_or_changed_in: Show only the people of this change set, such as an import.
        unit: Show only people of this unit or of one below it, called `unit_name`.
        segment: Show only the people of this segment.
        new: Begin with the form for a new person.
        view: Begin with this saved view.
    """

    def __init__(
        self,
        context: ModuleContext,
        parent: QWidget | None = None,
        *,
        made_or_changed_in: UUID | None = None,
        unit: UUID | None = None,
        unit_name: str = "",
        segment: UUID | None = None,
        retired: bool = False,
        new: bool = False,
        view: UUID | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self.setWindowTitle(self._say(_("People")))
        self._filter = PeopleFilter(
            made_or_changed_in=made_or_changed_in,
            unit=unit,
            unit_name=unit_name,
            segment=segment,
            retired=retired,
            today=context.clock.today(),
        )
        self.model: QueryModel[PeopleFilter, PersonRow] = QueryModel(PEOPLE, context, self)
        self.header = PageHeader(self._say(_("People")), "", self._acts())
        self.counts = ListCount(context, self.header, self)
        self.search = SearchBox(self._say(_("Search by name, e-mail or phone")), self._say(_("Search people")))
        self.filters = FilterBar(context, self._filter)
        self.table = ListView(self.model, self._say(_("People")), PEOPLE.start)
        self.groups = GroupList(context)
        self._needed = needed(())
        self.views = Views(context, self.view, self)
        self.doors = Doors(context, self, self.model, self.table, self.people, self.view)
        self.news = NewsBar(self.table, self.model.news, context.texts, self.unsaved)
        self.bar = SelectionBar(context, self.model, self.people)
        self.panel, self.form = CardPanel(context), NewPersonPanel(context)
        self.side = QStackedWidget()
        self.side.addWidget(self.panel)
        self.side.addWidget(self.form)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)
        self._narrow(self._filter)
        if view is not None:
            self.views.open(view)
        if new:
            self.new_person()

    def _acts(self) -> list[QWidget]:
        self.import_button = quiet_button(self._say(_("Import…")))
        self.import_button.clicked.connect(lambda: self._context.navigate("people.import"))
        self.new_button = primary_button(self._say(_("New person")))
        self.new_button.clicked.connect(self.new_person)
        self.export_button = quiet_button(self._say(_("Export…")))
        self.export_button.clicked.connect(lambda: self.doors.export())
        self.export_button.setVisible(self._context.may("people.export"))
        self.doubles_button = quiet_button(self._say(_("Duplicates…")))
        self.doubles_button.clicked.connect(lambda: self._context.navigate("people.duplicates"))
        self.doubles_button.setVisible(self._context.may("people.duplicates"))
        self.import_button.setVisible(self._context.may(NUMBERS))
        self.new_button.setVisible(self._context.may("people.edit"))
        return [self.doubles_button, self.export_button, self.import_button, self.new_button]

    def _lay_out(self) -> None:
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(WIDENING, QHeaderView.ResizeMode.Stretch)
        head.setStretchLastSection(False)
        tools = spread(self.search, self.views.button, self.filters.add, self.table.columns_button())
        self._left = QWidget()
        gathered = row(self.groups, self.table, gap=10)
        gathered.setStretch(1, 1)
        body = column(self.header, tools, self.filters, gathered, self.news, self.bar, gap=10, margin=16)
        body.setStretch(3, 1)
        self._left.setLayout(body)
        self.split = splitter(self._left, self.side, sizes=(852, 380), name=self._say(_("List and card")))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)

    def _fit(self) -> None:
        """In a narrow window, or with large text, the card steps back; a form that is open takes its place."""
        narrow, form = self.width() < current_theme().px(ROOM), self.side.currentWidget() is self.form
        self._left.setVisible(not (narrow and form))
        self.side.setVisible(not narrow or form)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _connect(self) -> None:
        self.search.settled.connect(lambda text: self._narrow(replace(self._filter, text=text)))
        self.search.down.connect(self.table.point_first)
        self.search.entered.connect(self.table.point_first)
        self.side.currentChanged.connect(lambda _number: self._fit())
        self.filters.changed.connect(lambda filter: self._narrow(replace(filter, text=self._filter.text)))
        self.table.pointed_at.connect(self._point)
        self.table.columns_changed.connect(self._read_columns)
        self.model.sorted.connect(lambda _column, _down: self.views.tell())
        self.groups.narrowed.connect(lambda _code: self._show(self._filter))
        self.views.chosen.connect(self.show_view)
        self.table.opened.connect(lambda id: self._context.navigate("people.record", person_id=id))
        self.model.counted.connect(self._tell)
        self.model.failed.connect(self.counts.fail)
        self.counts.counted_all.connect(lambda: self._tell(self.model.total))
        self.form.closed.connect(lambda: self.side.setCurrentWidget(self.panel))
        self.form.saved.connect(self._welcome)
        listen(self, {"Ctrl+F": self._search})

    # What may be asked of the page

    def arrive(self, **arguments: Any) -> None:
        """Come back to the page with another wish: the people of an import, the retired, a new person."""
        if arguments.pop("new", False):
            self.new_person()
        if (view := arguments.pop("view", None)) is not None:
            self.views.open(view)
        if arguments:
            filter = PeopleFilter(today=self._context.clock.today(), **arguments)
            self.search.clear()
            self.filters.show_filter(filter)
            self._narrow(filter)

    def state(self) -> dict[str, Any]:
        """What is searched for and typed, for the same page in another language."""
        forms = {"new": self.form.box, "log": self.panel.box}
        typed = {key: box.state() for key, box in forms.items() if box is not None and box.typed}
        return {
            "filter": asdict(replace(self._filter, within=None)),  # worked out anew
            "person": self.table.pointed,
            "typed": typed,
            "columns": self.table.columns_state(),
            "sort": self.model.sorting,
            "view": self.views.current.id if self.views.current else None,
            "group": self.groups.by,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what `state` gave."""
        self.table.restore_columns(state["columns"])
        column, down = state["sort"]
        self.model.sort(column, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder)
        self.views.reopen(state["view"])
        self.groups.by = state["group"]
        filter = replace(PeopleFilter(**state["filter"]), today=self._context.clock.today())
        self.search.setText(filter.text)
        self.filters.show_filter(filter)
        self._narrow(filter)
        if "new" in state["typed"]:
            self.new_person()
        if state["person"] is not None:
            self.panel.show_person(state["person"], note=state["typed"].get("log"))
        if self.form.box is not None:
            self.form.box.restore(state["typed"].get("new", {}))

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        say = self._say
        return [
            ("Ctrl+F", say(_("Search people"))),
            (say(_("Enter")), say(_("Open the record"))),
            (say(_("Space")), say(_("Tick or untick"))),
            ("Ctrl+A", say(_("Tick all that fit"))),
            ("Ctrl+C", say(_("Copy rows"))),
            (KEY, say(_("Show what others changed in the list"))),
        ]

    def unsaved(self) -> bool:
        """Whether something typed on this page is not saved."""
        return self.panel.typed or self.form.typed

    def new_person(self) -> None:
        """Open the form for a new person beside the list."""
        if self._context.may("people.edit"):
            self.side.setCurrentWidget(self.form)
            self.form.start(self.search.text())

    def view(self) -> View:
        """What the list shows now, to be saved as a view."""
        shown, (column, down) = self.table.shown_columns(), self.model.sorting
        return View(
            self._filter,
            tuple(one.key for one in shown),
            tuple(one.width for one in shown),
            PEOPLE.columns[column].sort,
            down,
            self.groups.by,
        )

    def show_view(self, view: View) -> None:
        """Show who is in a view, in its columns and its order."""
        widths = view.widths or (0,) * len(view.columns)
        self.table.show_columns(ShownColumn(*one) for one in zip(view.columns, widths, strict=True))
        place = next((n for n, one in enumerate(PEOPLE.columns) if one.sort == view.sort), 0)
        self.model.sort(place, Qt.SortOrder.DescendingOrder if view.down else Qt.SortOrder.AscendingOrder)
        filter = replace(view.filter, today=self._context.clock.today())
        self.search.setText(filter.text)
        self.filters.show_filter(filter)
        self.groups.by = view.group
        self._narrow(filter)

    def people(self) -> Select[Any]:
        """Ids of those ticked: single ones, or all that fit the filter."""
        ticked = self.model.selection
        if not ticked.all_matching:
            return listing.chosen(ticked.ids)
        return listing.chosen_except(ticked.filter, ticked.without)

    # Work

    def _search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _narrow(self, filter: PeopleFilter) -> None:
        self._filter = filter
        if filter.segment is None or filter.within is not None:
            self._list(filter)
        else:
            work = partial(narrowed, filter=filter, ask=asker(self._context))
            fail = partial(self._no_segment, filter)
            self._context.tasks.read(self, work, partial(self._segment_found, filter), fail, slot="segment")
        self.views.tell()

    def _segment_found(self, asked: PeopleFilter, found: PeopleFilter) -> None:
        """The segment is worked out; if another filter was chosen meanwhile, that one stands."""
        if asked == self._filter:
            self._filter = found
            self.filters.show_filter(found)
            self._list(found)

    def _no_segment(self, filter: PeopleFilter, error: Exception) -> None:
        """A segment that cannot be worked out is never left away quietly: the list would be wider than it says."""
        if filter == self._filter:
            self._segment_found(filter, replace(filter, within=listing.chosen(())))
            self._context.messages.show(error, _("loading the segment"))

    def _list(self, filter: PeopleFilter) -> None:
        self.groups.show_groups(filter, self.groups.by)
        self._show(filter)

    def _show(self, filter: PeopleFilter) -> None:
        empty = nobody_fits(self._context, self._show_all) if self._filter.narrows else no_people(self._context, self.new_person)
        self.table.set_empty(empty)
        if filter.segment is not None and filter.within is None:
            return  # it is being worked out
        self.model.show(within(filter, self.groups.by, self.groups.code))

    def _read_columns(self) -> None:
        """Read what the columns in sight need; what no column shows is not asked for."""
        wanted = needed(one.key for one in self.table.shown_columns())
        if not wanted <= self._needed:
            self._needed = wanted
            self.model.ask(partial(listing.people_query, more=wanted))
        self.views.tell()

    def _point(self, id: UUID | None) -> None:
        self.panel.show_person(id)

    def _welcome(self, person_id: UUID) -> None:
        """Show who was just added, wherever they stand in the list."""
        self.side.setCurrentWidget(self.panel)
        self.panel.show_person(person_id)
        self.table.setFocus()

    def _tell(self, count: int) -> None:
        self.counts.tell(count, self._filter)
        if count and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        elif not count:
            self.panel.show_person(None)

    def _show_all(self) -> None:
        self.arrive(retired=False)
