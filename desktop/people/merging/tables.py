"""Reaches rows of any module by the name of their table, whether or not its code runs, and writes down what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BINARY, Column, Integer, MetaData, Table, Uuid, delete, select, update
from sqlalchemy.orm import Session

from db.base import Key, Moment, metadata
from db.database import own_change_set

PORTION = 500  # rows in one statement
BOOKKEEPING = ("id", "version", "made_in", "changed_in")
Values = Mapping[str, Any]


def table_of(name: str, *columns: str) -> Table:
    """The table of this name with at least these columns: as its module declares it, or as much as needs no declaration."""
    known = metadata.tables.get(name)
    if known is not None:
        return known
    own = [Column(key, Integer if key == "version" else Key(), primary_key=key == "id") for key in BOOKKEEPING]
    return Table(name, MetaData(), *own, *(Column(key, Key()) for key in columns if key not in BOOKKEEPING))


def described(session: Session, name: str) -> Table:
    """The whole table: as its module declares it, or as the database describes it where that does not run."""
    known = metadata.tables.get(name)
    if known is not None:
        return known
    table = Table(name, MetaData(), autoload_with=session.connection())
    for column in table.c:
        if isinstance(column.type, Uuid | BINARY):
            column.type = Key()
    return table


def plain(value: Any) -> Any:
    """A value as it is written down: what JSON holds."""
    if isinstance(value, UUID | bytes):
        return value.hex if isinstance(value, UUID) else value.hex()
    return value.isoformat() if isinstance(value, date | datetime) else value


def revived(column: Column[Any], value: Any) -> Any:
    """The value that `plain` wrote down, as this column holds it."""
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, Key):
        return UUID(value)
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    kind = column.type.python_type
    return bytes.fromhex(value) if kind is bytes else date.fromisoformat(value) if kind is date else value


def portions(ids: Iterable[UUID]) -> Iterator[Sequence[UUID]]:
    """The ids, so many at a time as one statement takes."""
    every = list(ids)
    for start in range(0, len(every), PORTION):
        yield every[start : start + PORTION]


class Ledger:
    """Changes rows inside the open change set and keeps what it did, so that weeks later it can be told from what came since."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.rows: dict[str, list[str]] = {}
        self.gone: dict[str, list[str]] = {}
        self.set: dict[str, dict[str, dict[str, list[Any]]]] = {}

    def move(self, name: str, column: str, ids: Sequence[UUID], to: UUID) -> None:
        """Let these rows refer to `to`."""
        for some in portions(ids):
            write_rows(self._session, table_of(name, column), some, {column: to})
        if ids:
            self.rows.setdefault(f"{name}.{column}", []).extend(id.hex for id in ids)

    def change(self, name: str, row: UUID, values: Values) -> None:
        """Give one row these values, as far as it has others."""
        if not values:
            return
        table = table_of(name, *values)
        before = self._session.execute(select(*(table.c[key] for key in values)).where(table.c.id == row)).mappings().one()
        new = {key: value for key, value in values.items() if before[key] != value}
        if new:
            write_rows(self._session, table, [row], new)
            kept = self.set.setdefault(name, {}).setdefault(row.hex, {})
            kept.update({key: [plain(before[key]), plain(value)] for key, value in new.items()})

    def follow(self, reference: str, goes: UUID, remains: UUID) -> None:
        """Whatever referred to a row that goes refers to the one that remains."""
        name, _dot, column = reference.partition(".")
        table = table_of(name, column)
        for row in self._session.scalars(select(table.c.id).where(table.c[column] == goes)).all():
            self.change(name, row, {column: remains})

    def remove(self, name: str, ids: Sequence[UUID]) -> None:
        """Take these rows away; the history keeps them."""
        table = table_of(name)
        for some in portions(ids):
            self._session.execute(delete(table).where(table.c.id.in_(some)))
        if ids:
            self.gone.setdefault(name, []).extend(id.hex for id in ids)


def write_rows(session: Session, table: Table, ids: Sequence[UUID], values: Values) -> None:
    """Write the same values into these rows, as a change of the open change set."""
    stamp = {"version": table.c.version + 1, "changed_in": own_change_set(session)}
    session.execute(update(table).where(table.c.id.in_(ids)).values(**values, **stamp))


Load = Callable[[str], Any]  # imports what a manifest names
