"""Writing many rows at once: what an import of a hundred thousand people needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Table
from sqlalchemy.orm import DeclarativeBase, Session

from db.database import own_change_set


def insert_rows(
    session: Session, kind: type[DeclarativeBase] | FromClause, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of a kept table by the driver's own bulk path, in the open change set.

    Args:
        columns: The columns given, with `id` among them; the rest take their plain defaults. The bookkeeping columns
            are filled in here.
        rows: Plain values in the order of `columns`: UUIDs, dates and aware times as such.

    About six times as fast as the mapper; the mapper's own checks do not run, the database's do.
    """
    table: Any = kind if isinstance(kind, Table) else getattr(kind, "__table__", kind)
    connection = session.connection()
    named = list(columns)
    defaults = {
        c.name: c.default.arg
        for c in table.columns
        if c.name not in named and c.default is not None and c.default.is_scalar and c.name != "version"
    }
    own = own_change_set(session)
    fixed = (*defaults.values(), 1, own, own)
    all_columns = (*named, *defaults, "version", "made_in", "changed_in")
    statement = table.insert().values({c: None for c in all_columns}).compile(dialect=connection.dialect)
    order = statement.positiontup or all_columns
    if tuple(order) != all_columns:
        place = {c: i for i, c in enumerate(all_columns)}
        picks = [place[c] for c in order]
        values: Iterable[Any] = (tuple(full[i] for i in picks) for row in rows for full in ((*row, *fixed),))
    else:
        values = ((*row, *fixed) for row in rows)
    shape = _shaper(connection.dialect.name)
    raw = connection.connection.cursor()
    try:
        raw.executemany(str(statement), (shape(row) for row in values))
    finally:
        raw.close()
    session.info["areas"].add(table.name)


def _shaper(dialect: str) -> Any:
    if dialect != "sqlite":
        return tuple
    shapes: dict[type, Any] = {UUID: lambda v: v.bytes, datetime: _moment, date: date.isoformat, bool: int}
    get = shapes.get

    def shape(row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple([f(v) if (f := get(type(v))) else v for v in row])

    return shape


def _moment(value: datetime) -> str:
    """As `db.base.Moment` and SQLAlchemy store it on SQLite."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
