"""How a list is read: the first page at once, then where each page starts, then any page by its keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql import Subquery

PAGE = 256  # rows a read brings

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


@dataclass(frozen=True, slots=True)
class Renewal(Generic[R]):
    """A list read again: its length, its anchors, the pages in sight and where the kept records went."""

    total: int
    anchors: list[Anchor]
    pages: dict[int, list[R]]
    places: Places


def read_first(session: Session, query: Select[Any], order: Order, kind: type[R]) -> list[R]:
    """The first page and one row more, to tell whether there is a second page."""
    rows = query.subquery()
    page = select(*_columns(rows, kind)).order_by(*_by(rows, order)).limit(PAGE + 1)
    return [kind(*values) for values in session.execute(page)]


def read_index(session: Session, query: Select[Any], order: Order) -> tuple[int, list[Anchor]]:
    """Count the rows and find where each page starts; one statement, so both speak of one moment."""
    rows = query.subquery()
    numbered = select(
        rows.c[order.sort].label("sort"),
        rows.c.id.label("id"),
        func.count().over().label("total"),
        func.row_number().over(order_by=_by(rows, order)).label("place"),
    ).subquery()
    starts = select(numbered).where(numbered.c.place % PAGE == 1).order_by(numbered.c.place)
    found = session.execute(starts).all()
    return (found[0].total, [(row.sort, row.id) for row in found]) if found else (0, [])


def read_page(session: Session, query: Select[Any], order: Order, anchor: Anchor, kind: type[R]) -> list[R]:
    """The page that starts at `anchor`, found by its keys and not by counting rows."""
    rows = query.subquery()
    at, first = tuple_(rows.c[order.sort], rows.c.id), tuple_(*anchor, types=(rows.c[order.sort].type, rows.c.id.type))
    page = select(*_columns(rows, kind)).where(at <= first if order.down else at >= first)
    return [kind(*values) for values in session.execute(page.order_by(*_by(rows, order)).limit(PAGE))]


def read_again(session: Session, query: Select[Any], order: Order, places: Places, kind: type[R]) -> Renewal[R]:
    """Everything a refresh needs in one read: nothing that stood in sight has to be asked for again."""
    total, anchors = read_index(session, query, order)
    kept = {id for id in (places.top, places.bottom, places.current) if id is not None}
    rows = _find(session, query, order, kept)
    wanted = {row // PAGE for row in rows.values()} or {0}
    pages = {
        number: read_page(session, query, order, anchors[number], kind) for number in sorted(wanted) if number < len(anchors)
    }
    return Renewal(total, anchors, pages, Places(places.top, places.bottom, places.current, rows))


def _find(session: Session, query: Select[Any], order: Order, ids: Iterable[UUID]) -> dict[UUID, int]:
    """The row on which each record stands; those that no longer fit are left out."""
    rows = query.subquery()
    at = tuple_(rows.c[order.sort], rows.c.id)
    types = (rows.c[order.sort].type, rows.c.id.type)
    found = {}
    for key, id in session.execute(select(rows.c[order.sort], rows.c.id).where(rows.c.id.in_(list(ids)))).all():
        own = tuple_(key, id, types=types)
        before = select(func.count()).select_from(rows).where(at > own if order.down else at < own)
        found[id] = session.execute(before).scalar_one()
    return found


def _columns(rows: Subquery, kind: type[Any]) -> list[Any]:
    return [rows.c[part.name] for part in fields(kind)]


def _by(rows: Subquery, order: Order) -> list[Any]:
    return [column.desc() if order.down else column for column in (rows.c[order.sort], rows.c.id)]
