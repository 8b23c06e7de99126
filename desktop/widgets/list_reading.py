"""How a list is read: the first page at once, then where each page starts, then any page by its keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import Subquery

from db.prepared import limited
from desktop.widgets.ticks import Selection

PAGE = 256  # rows a read brings
SORT, ID = "anchor_sort", "anchor_id"  # parameters by which a page is found

R = TypeVar("R")
Anchor = tuple[Any, UUID]  # sort key and id of a page's first row


@dataclass(frozen=True, slots=True)
class Order:
    """By which sort expression of the query, and whether from the end."""

    sort: str
    down: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """What the reader sees: the record at the top, the one at the bottom, the one pointed at; and where they are now."""

    top: UUID | None = None
    bottom: UUID | None = None
    current: UUID | None = None
    rows: dict[UUID, int] = field(default_factory=dict)

    def row(self, id: UUID | None) -> int | None:
        """Where that record stands now; None when it is gone."""
        return self.rows.get(id) if id is not None else None


class Extent(NamedTuple):
    """How many rows a list has, where each page starts, and how many rows there are of each value that is tallied."""

    total: int
    anchors: list[Anchor]
    tally: dict[Any, int]


@dataclass(frozen=True, slots=True)
class Renewal(Generic[R]):
    """A list read again: its extent, the pages in sight and where the kept records went."""

    extent: Extent
    pages: dict[int, list[R]]
    places: Places


@dataclass(frozen=True, slots=True)
class Glance(Generic[R]):
    """Some records as they are now, in the order of the list, without those that no longer fit; and how many fit in all."""

    rows: list[R]
    total: int


class ListReader(Generic[R]):
    """One list in one order; its statements are made once, for however many pages are read of it."""

    def __init__(self, query: Select[Any], order: Order, kind: type[R], tally: str = "") -> None:
        self._query, self._order, self._kind, self._tally = query, order, kind, tally

    def first(self, session: Session) -> list[R]:
        """The first page and one row more, to tell whether there is a second page."""
        return self._read(session, limited(self._ordered, PAGE + 1))

    def index(self, session: Session) -> Extent:
        """Count the rows and find where each page starts; one statement, so all speaks of one moment."""
        found = session.connection().execute(self._starts).all()
        anchors = [(row.sort, row.id) for row in found if row.place % PAGE == 1]
        tally = {row.tally: row.tallied for row in found} if self._tally else {}
        return Extent(found[0].total if found else 0, anchors, tally)

    def page(self, session: Session, anchor: Anchor) -> list[R]:
        """The page that starts at `anchor`, found by its keys and not by counting rows."""
        sort, id = anchor
        return self._read(session, self._page, {SORT: sort, ID: id})

    def again(self, session: Session, places: Places) -> Renewal[R]:
        """Everything a refresh needs in one read: nothing that stood in sight has to be asked for again."""
        extent = self.index(session)
        anchors = extent.anchors
        kept = {id for id in (places.top, places.bottom, places.current) if id is not None}
        rows = self._find(session, kept)
        wanted = {row // PAGE for row in rows.values()} or {0}
        pages = {number: self.page(session, anchors[number]) for number in sorted(wanted) if number < len(anchors)}
        return Renewal(extent, pages, Places(places.top, places.bottom, places.current, rows))

    def glance(self, session: Session, ids: Iterable[UUID]) -> Glance[R]:
        """These records alone, and the length of the list."""
        rows = self._rows
        total: int = session.execute(select(func.count()).select_from(rows)).scalar_one()
        return Glance(self._read(session, self._ordered.where(rows.c.id.in_(list(ids)))), total)

    def chosen(self, session: Session, selection: Selection) -> list[R]:
        """What is ticked, in the order of the list."""
        id = self._rows.c.id
        those = id.not_in(list(selection.without)) if selection.all_matching else id.in_(list(selection.ids))
        return self._read(session, self._ordered.where(those))

    def _read(self, session: Session, page: Select[Any], anchor: dict[str, Any] | None = None) -> list[R]:
        # Not by the session: it would look for mapped objects in every row.
        kind = self._kind
        return [kind(*values) for values in session.connection().execute(page, anchor).all()]

    def _find(self, session: Session, ids: Iterable[UUID]) -> dict[UUID, int]:
        """The row on which each record stands; those that no longer fit are left out."""
        rows, found = self._rows, {}
        wanted = select(rows.c[self._order.sort], rows.c.id).where(rows.c.id.in_(list(ids)))
        before = self._at > self._anchor if self._order.down else self._at < self._anchor
        place = select(func.count()).select_from(rows).where(before)
        for sort, id in session.execute(wanted).all():
            found[id] = session.execute(place, {SORT: sort, ID: id}).scalar_one()
        return found

    @cached_property
    def _rows(self) -> Subquery:
        return self._query.subquery()

    @cached_property
    def _at(self) -> Any:
        return tuple_(self._rows.c[self._order.sort], self._rows.c.id)

    @cached_property
    def _anchor(self) -> Any:
        sort, id = self._rows.c[self._order.sort], self._rows.c.id
        return tuple_(bindparam(SORT, type_=sort.type), bindparam(ID, type_=id.type))

    @cached_property
    def _by(self) -> list[Any]:
        columns = self._rows.c[self._order.sort], self._rows.c.id
        return [column.desc() if self._order.down else column for column in columns]

    @cached_property
    def _ordered(self) -> Select[Any]:
        there = self._rows.c  # a query may leave out fields at the end of a row, which have defaults
        return select(*[there[name] for name in _names(self._kind) if name in there]).order_by(*self._by)

    @cached_property
    def _page(self) -> Select[Any]:
        after = self._at <= self._anchor if self._order.down else self._at >= self._anchor
        return limited(self._ordered.where(after), PAGE)

    @cached_property
    def _starts(self) -> Select[Any]:
        rows, by = self._rows, self._by
        columns = [
            rows.c[self._order.sort].label("sort"),
            rows.c.id.label("id"),
            func.count().over().label("total"),
            func.row_number().over(order_by=by).label("place"),
        ]
        if self._tally:
            value = rows.c[self._tally]
            columns += [
                value.label("tally"),
                func.count().over(partition_by=value).label("tallied"),
                func.row_number().over(partition_by=value, order_by=by).label("first"),
            ]
        numbered = select(*columns).subquery()
        wanted = numbered.c.place % PAGE == 1
        if self._tally:
            wanted |= numbered.c.first == 1
        return select(numbered).where(wanted).order_by(numbered.c.place)


def _names(kind: type[Any]) -> Sequence[str]:
    """The fields of a row: of a data class, or of a tuple with names."""
    return [part.name for part in fields(kind)] if is_dataclass(kind) else kind._fields
