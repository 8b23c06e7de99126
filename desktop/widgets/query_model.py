"""The one list model: shows a query of any length by pages fetched in the background."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop.core.lists import ListSpec
from desktop.widgets.list_news import ListNews
from desktop.widgets.list_pages import ListPages
from desktop.widgets.list_reading import PAGE, Anchor, Extent, ListReader, Order, Places, Renewal
from desktop.widgets.ticks import NOTHING, Selection, TickedModel

__all__ = ["ID", "NOTHING", "ROW", "STRONG", "TAGS", "TONE", "QueryModel", "Selection"]

if TYPE_CHECKING:
    from sqlalchemy import Select

    from desktop.core.context import ModuleContext
    from desktop.core.texts import Texts

SETTLE = 150  # milliseconds in which several changes become one refresh
SETTLE_OTHERS = 400  # the same for changes of others, which may come without end

TAGS = Qt.ItemDataRole.UserRole + 1  # tuple of texts drawn as small labels
TONE = Qt.ItemDataRole.UserRole + 2  # "", "dim", "warn", "bad" or "ok"
STRONG = Qt.ItemDataRole.UserRole + 3
ID = Qt.ItemDataRole.UserRole + 4
ROW = Qt.ItemDataRole.UserRole + 5

# Put together once: Python's flags are slow to join, and a view asks for them in every cell.
PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
TICKED = PLAIN | Qt.ItemFlag.ItemIsUserCheckable

F = TypeVar("F")
R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex


class QueryModel(TickedModel, Generic[F, R]):
    """Rows of `spec` for the last filter shown; the window's thread never waits for them."""

    counted = Signal(int)  # how many rows fit
    loaded = Signal()  # the first rows are there
    failed = Signal(Exception)
    renewed = Signal(object)  # Places: where the rows in sight went
    sorted = Signal(int, bool)  # column, downwards

    def __init__(self, spec: ListSpec[F, R], context: ModuleContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec, self._tasks, self._texts = spec, context.tasks, context.texts
        self._titles = [context.texts.say(column.title) for column in spec.columns]
        self._filter: F | None = None
        self._column, self._order = spec.start, Order(spec.columns[spec.start].sort, spec.start_down)
        self._reader: ListReader[R] | None = None  # of the filter and order last shown
        self._total, self._tally = 0, dict[Any, int]()
        self._pages = ListPages[R]({}, self._read_page)
        self._starting = self._stale = False
        self._awake = True
        self.places: Callable[[], Places] = Places  # a view says here what it shows
        self._settle = QTimer(self, singleShot=True, interval=SETTLE)
        self.news = ListNews(self, self._ask, self)
        self._settle.timeout.connect(lambda: self.news.settle(self._reader if self._awake and not self._starting else None))
        context.changes.changed.connect(self._heard)

    # What to show

    @property
    def filter(self) -> F | None:
        """The filter last shown."""
        return self._filter

    @property
    def texts(self) -> Texts:
        """The reader's language."""
        return self._texts

    @property
    def total(self) -> int:
        """How many rows fit, as far as known; exact once `counted` was sent."""
        return self._total

    @property
    def tally(self) -> dict[Any, int]:
        """How many rows there are of each value of the field that `spec` tallies; as exact as `total`."""
        return dict(self._tally)

    @property
    def sorting(self) -> tuple[int, bool]:
        """The column sorted by, and whether downwards."""
        return self._column, self._order.down

    def show(self, filter: F) -> None:
        """Show what fits `filter`, from the top; the old rows stay until the new ones are there. Ticks are taken off."""
        self._filter = filter
        self.select(NOTHING)
        self._start()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column that can be sorted by, from the top; ticks stay."""
        down = order == Qt.SortOrder.DescendingOrder
        if not 0 <= column < len(self.spec.columns) or not self.spec.columns[column].sort or (column, down) == self.sorting:
            return
        self._column, self._order = column, Order(self.spec.columns[column].sort, down)
        self.sorted.emit(column, down)
        if self._filter is not None:
            self._start()

    def ask(self, query: Callable[[F], Select[Any]]) -> None:
        """Ask by this query from now on, such as one that reads more columns; what stands in sight stays in sight."""
        self.spec = replace(self.spec, query=query)
        if self._filter is None:
            return
        self._reader = self._reader_of(query(self._filter))
        if self._starting:
            self._start()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Read again what is shown; what stands in sight stays in sight."""
        if self._reader is None:
            return
        if self._starting or not self._awake:
            self._stale = True
            return
        self._stale = False
        work = partial(self._reader.again, places=self.places())
        self._tasks.read(self, work, self._renew, self._fail, slot="list", of_many=True)

    def wake(self, awake: bool) -> None:
        """A list nobody sees does not read; it catches up when it is seen again."""
        self._awake = awake
        if awake and self._stale:
            self.refresh()

    # Reading

    def _reader_of(self, query: Select[Any]) -> ListReader[R]:
        return ListReader(query, self._order, self.spec.row, self.spec.tally)

    def _start(self) -> None:
        assert self._filter is not None
        self._starting = True
        self._reader = self._reader_of(self.spec.query(self._filter))
        self._tasks.read(self, self._reader.first, self._begin, self._fail, slot="list", of_many=True)

    def _begin(self, rows: list[R]) -> None:
        more, rows = len(rows) > PAGE, rows[:PAGE]
        anchors = [self._anchor(rows[0])] if rows else []
        key = self.spec.tally
        tally = Counter(getattr(row, key) for row in rows) if key else {}
        self._replace(Extent(len(rows), anchors, tally), {0: rows} if rows else {})
        self.loaded.emit()
        if not more:
            self._started()
            return
        assert self._reader is not None
        self._tasks.read(self, self._reader.index, self._grow, self._fail, slot="list", of_many=True)

    def _grow(self, extent: Extent) -> None:
        """The rest of the list is known: below the first page rows appear, each one read away."""
        total, anchors, self._tally = extent
        if total > self._total:
            self.beginInsertRows(QModelIndex(), self._total, total - 1)
            self._total, self._pages.anchors = total, anchors
            self.endInsertRows()
        elif total < self._total:
            self.beginRemoveRows(QModelIndex(), total, self._total - 1)
            self._total, self._pages.anchors = total, anchors
            self.endRemoveRows()
        self._pages.anchors = anchors
        self._started()

    def _started(self) -> None:
        self._starting = False
        self.counted.emit(self._total)
        if self._stale:
            self.refresh()

    def _renew(self, renewal: Renewal[R]) -> None:
        self._replace(renewal.extent, dict(renewal.pages))
        self.renewed.emit(renewal.places)
        self.counted.emit(self._total)
        if self._stale:
            self.refresh()

    def _replace(self, extent: Extent, pages: dict[int, list[R]]) -> None:
        self.beginResetModel()
        self._pages = ListPages(pages, self._read_page)
        self._total, self._pages.anchors, self._tally = extent
        self.endResetModel()
        self.news.forget()

    def _fail(self, error: Exception) -> None:
        self._starting = False
        self.failed.emit(error)

    def _anchor(self, row: R) -> Anchor:
        """Stands in for the first anchor, which `row_at` never needs: page one is there."""
        return None, row.id  # type: ignore[attr-defined]

    def _heard(self, moved: Any) -> None:
        if self._filter is None or moved.areas.isdisjoint(self.spec.areas):
            return
        self.news.note(moved)
        if not self._settle.isActive():
            self._settle.start(SETTLE_OTHERS if moved.by_others else SETTLE)

    def _ask(self, work: Callable[..., Any], done: Callable[[Any], None], *, slot: str) -> None:
        self._tasks.read(self, work, done, self._fail, slot=slot, of_many=True)

    def read_ticked(self, done: Callable[[list[R]], None]) -> None:
        """Read all that is ticked, in the order of the list; for few."""
        if self._reader is not None:
            self._ask(partial(self._reader.chosen, selection=self._selection), done, slot="ticked")

    def in_sight(self) -> dict[UUID, int]:
        """The records of the pages in sight, each with its row."""
        rows = [
            row for id in (self.places().top, self.places().bottom) if id is not None and (row := self.row_of(id)) is not None
        ]
        return self._pages.ids_around(min(rows), max(rows)) if rows else {}

    def put(self, row: int, value: R) -> None:
        """Show this in the row's place."""
        if self._pages.put(row, value):
            self._tell(row, row)

    # Pages

    def _read_page(self, pages: ListPages[R], number: int, anchor: Anchor) -> None:
        assert self._reader is not None
        work = partial(self._reader.page, anchor=anchor)
        filled, lost = partial(self._fill, pages, number), partial(self._lose, pages, number)
        self._tasks.read(self, work, filled, lost, slot="page", of_many=True)

    def _fill(self, pages: ListPages[R], number: int, rows: list[R]) -> None:
        if pages is self._pages:  # else asked before the last restart
            pages.fill(number, rows)
            self._tell(number * PAGE, min((number + 1) * PAGE, self._total) - 1)

    def _lose(self, pages: ListPages[R], number: int, error: Exception) -> None:
        """Told once; tried again at the next refresh."""
        if pages is self._pages:
            pages.lose(number)
            self.failed.emit(error)

    def _tell(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))

    def row_at(self, row: int) -> R | None:
        """The row, or None while its page is on the way or when it was removed since the count."""
        return self._pages.row_at(row)

    def id_at(self, row: int) -> UUID | None:
        """The id of the row, if it is there."""
        found: Any = self.row_at(row) if 0 <= row < self._total else None
        return found.id if found is not None else None

    def row_of(self, id: UUID) -> int | None:
        """Where that record stands among the pages held."""
        return self._pages.row_of(id)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._total

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.spec.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return TICKED if index.column() == 0 else PLAIN

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self._titles):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row: Any = self.row_at(index.row())
        if row is None:
            return "…" if role == Qt.ItemDataRole.DisplayRole and index.column() == 0 else None
        return self._say(row, index.column(), role)

    def _say(self, row: Any, number: int, role: int) -> Any:
        column = self.spec.columns[number]
        if role == Qt.ItemDataRole.DisplayRole or role == TAGS or role == Qt.ItemDataRole.AccessibleTextRole:
            shown = column.show(row, self._texts)
            if role == TAGS:
                return shown if isinstance(shown, tuple) else None
            text = ", ".join(shown) if isinstance(shown, tuple) else shown
            return f"{self._titles[number]}: {text}" if role == Qt.ItemDataRole.AccessibleTextRole else text
        if role == Qt.ItemDataRole.CheckStateRole and number == 0:
            return Qt.CheckState.Checked if row.id in self._selection else Qt.CheckState.Unchecked
        if role == TONE:
            return column.tone(row) if column.tone else ""
        if role == STRONG:
            return column.strong
        return row.id if role == ID else row if role == ROW else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        id = self.id_at(index.row()) if index.isValid() else None
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0 or id is None:
            return False
        if (Qt.CheckState(value) == Qt.CheckState.Checked) != (id in self._selection):
            self.toggle(id)
        return True
