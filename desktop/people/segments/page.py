"""The list of segments: living and frozen, one's own and the shared ones, with how many each finds now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHeaderView, QMenu, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from db.changes import Moved
from db.errors import Told
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.lists import Column, ListSpec
from desktop.core.manifest import Offer
from desktop.core.registry import LoadFailed
from desktop.core.selection import PeopleSelection
from desktop.core.texts import Texts
from desktop.people.saving import write
from desktop.people.segments.panel import SegmentPanel
from desktop.people.segments.storing import SegmentFilter, SegmentRow, freeze_segment, retire_segment, segments_query
from desktop.people.segments.using import SegmentPeople, asker, count_of, fields_of, people_in
from desktop.people.segments.words import KINDS
from desktop.widgets.buttons import menu_button
from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.panels import PageHeader, column, side_panel, splitter
from desktop.widgets.query_model import QueryModel

PAUSE = 1200  # milliseconds after a change until it is counted again
ROOM = 820  # pixels at 100 % below which list and segment do not stand side by side
COUNTS = 1  # the column that is filled after the others
COUNTED = 250
AREAS = ("segment",)


class SegmentsPage(QWidget):
    """Enter changes the segment pointed at, or shows its people; what else can be done stands beside it.

    Args:
        segment_id: The segment to point at.
    """

    def __init__(self, context: ModuleContext, parent: QWidget | None = None, *, segment_id: UUID | None = None) -> None:
        super().__init__(parent)
        self._context, self._say = context, context.texts.say
        self._fields = fields_of(context)
        self._counts: dict[UUID, str] = {}
        self._wanted = segment_id
        say = self._say
        self.setWindowTitle(say(_("Segments")))
        menu = QMenu()
        menu.addAction(say(_("From conditions")), partial(context.navigate, "people.segment"))
        menu.addAction(say(_("From other segments")), partial(context.navigate, "people.segment", sets=True))
        self.new = menu_button(say(_("New segment")), menu, kind="primary")
        self.new.setVisible(context.may("people.segments"))
        self.header = PageHeader(say(_("Segments")), "", (self.new,))
        self.model: QueryModel[SegmentFilter, SegmentRow] = QueryModel(self._spec(), context, self)
        self.table = ListView(self.model, say(_("Segments")), 0, ticks=False)
        hint = say(
            _("A segment describes people once, for lists, call rounds and letters: it is worked out whenever it is used.")
        )
        self.table.set_empty(EmptyState(say(_("There is no segment yet.")), hint))
        self.panel = SegmentPanel(context, self._fields)
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._lay_out()
        self._connect()
        self.model.show(SegmentFilter(context.actor.id))

    def _spec(self) -> ListSpec[SegmentFilter, SegmentRow]:
        def many(row: SegmentRow, _texts: Texts) -> str:
            return self._counts.get(row.id, "…")

        def owner(row: SegmentRow, texts: Texts) -> str:
            return row.owner_name if row.shared else texts.say(_("{name} (own)"), name=row.owner_name)

        return ListSpec(
            query=segments_query,
            row=SegmentRow,
            columns=(
                Column(_("Segment"), lambda row, texts: row.title, "title_sort", 220, strong=True),
                Column(_("People"), many, "", 80),
                Column(_("Kind"), lambda row, texts: texts.say(KINDS[row.kind]), "kind_sort", 80, tone=lambda row: "dim"),
                Column(_("Owner"), owner, "owner_sort", 130, tone=lambda row: "dim"),
                Column(_("Times used"), lambda row, texts: texts.number(row.used), "used", 100, tone=lambda row: "dim"),
            ),
            areas=AREAS,
        )

    def _lay_out(self) -> None:
        head = self.table.horizontalHeader()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        left = QWidget()
        body = column(self.header, self.table, gap=10, margin=16)
        body.setStretch(1, 1)
        left.setLayout(body)
        self.split = splitter(left, side_panel(self.panel), sizes=(760, 380), name=self._say(_("List and segment")), room=ROOM)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)
        self.setFocusProxy(self.table)

    def _connect(self) -> None:
        self.table.pointed_at.connect(self._point)
        self.table.opened.connect(self._open)
        self.model.counted.connect(self._counted)
        self.model.failed.connect(lambda error: self._context.messages.show(error, _("loading the segments")))
        self._context.changes.changed.connect(self._heard)
        self._pause.timeout.connect(self._count)
        self.panel.changed.connect(lambda: self._open(self.table.pointed))
        self.panel.shown.connect(lambda: self._context.navigate("people.list", segment=self.table.pointed))
        self.panel.frozen.connect(self.freeze)
        self.panel.retired.connect(self.retire)
        self.panel.offered.connect(self.offer)

    # What may be asked of the page

    def arrive(self, *, segment_id: UUID | None = None) -> None:
        """Come back to the page, maybe for one segment."""
        self._wanted = segment_id
        self.model.refresh()

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page and what they do, for the key map."""
        return [(self._say(_("Enter")), self._say(_("Change the segment")))]

    def freeze(self) -> None:
        """Keep whom the segment finds now as a segment of its own."""
        seen, context = self.panel.seen, self._context
        if seen is None:
            return
        row, ask, now = seen.segment.row, asker(context, self._fields), context.clock.now()
        title = self._say(_("{title}, {day}"), title=row.title, day=context.texts.day(context.clock.today()))

        def work(session: Session) -> object:
            return freeze_segment(session, row.id, title, ask(session), actor=context.actor, now=now)

        said = self._say(_("“{title}” is kept as it is today."), title=row.title)
        write(context, self, work, verb="freeze_segment", said=said, doing=_("freezing the segment"))

    def retire(self) -> None:
        """Take the segment out of use."""
        seen, context = self.panel.seen, self._context
        if seen is None:
            return
        row, now = seen.segment.row, context.clock.now()
        work = partial(retire_segment, segment_id=row.id, version=row.version, actor=context.actor, now=now)
        said = self._say(_("“{title}” is retired."), title=row.title)
        write(context, self, work, verb="retire_segment", said=said, doing=_("retiring the segment"))

    def offer(self, offer: Offer) -> None:
        """Hand the people of the segment, as they are now, to what a module offers."""
        seen, context = self.panel.seen, self._context
        if seen is None:
            return
        segment, ask = seen.segment.row.id, asker(context, self._fields)

        def act(found: SegmentPeople) -> None:
            words = self._say(_("Segment: {title}"), title=found.title)
            try:
                context.load(offer.contribution.opens)(context, PeopleSelection(found.people, found.count, words, found.id), self)
            except LoadFailed as error:
                context.messages.show(error)

        self._read(partial(people_in, segment=segment, ask=ask), act, slot="offer")

    # Work

    def _read(self, work: Callable[[Session], object], done: Callable[..., None], *, slot: str) -> None:
        self._context.tasks.read(
            self, work, done, lambda error: self._context.messages.show(error, _("loading the segment")), slot=slot
        )

    def _open(self, segment: UUID | None) -> None:
        if segment is not None and self._context.may("people.segments"):
            self._context.navigate("people.segment", segment_id=segment)
        elif segment is not None:
            self._context.navigate("people.list", segment=segment)

    def _point(self, segment: UUID | None) -> None:
        self.panel.show_segment(segment, asker(self._context, self._fields))

    def _counted(self, count: int) -> None:
        self.header.set_count(self._context.texts.number(count))
        row = self.model.row_of(self._wanted) if self._wanted is not None else None
        if row is not None:
            self._wanted = None
            self.table.setCurrentIndex(self.model.index(row, 0))
        elif count and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, 0))
        elif not count:
            self.panel.show_segment(None, asker(self._context, self._fields))
        self._point(self.table.pointed if count else None)
        self._count()

    def _heard(self, moved: Moved) -> None:
        if moved.areas:
            self._pause.start()

    def _count(self) -> None:
        """Count the segments one after the other; nobody waits for it. Offices have dozens, the first ones are counted first."""
        ask = asker(self._context, self._fields)
        for segment in filter(None, map(self.model.id_at, range(min(self.model.rowCount(), COUNTED)))):
            self._read(partial(count_of, segment=segment, ask=ask), partial(self._tell, segment), slot=f"count {segment}")

    def _tell(self, segment: UUID, found: int | Told) -> None:
        self._counts[segment] = (
            self._say(_("cannot be counted")) if isinstance(found, Told) else self._context.texts.number(found)
        )
        row = self.model.row_of(segment)
        if row is not None:
            index = self.model.index(row, COUNTS)
            self.model.dataChanged.emit(index, index)
