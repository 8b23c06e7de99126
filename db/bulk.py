"""Writing many rows at once: what an import of a hundred thousand people needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, Table
from sqlalchemy.orm import DeclarativeBase, Session

from db.base import Key
from db.database import own_change_set


def insert_rows(
    session: Session, kind: type[DeclarativeBase] | FromClause, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of a kept table by the driver's own bulk path, in the open change set.

    Args:
        columns: The columns given, with `id` among them; the rest take their plain defaults. The bookkeeping columns
            are filled in here. Ids may be UUIDs or `db.base.new_key`s.
        rows: Plain values in the order of `columns`: UUIDs, dates and aware times as such.

    About six times as fast as the mapper; the mapper's own checks do not run, the database's do.
    """
    table: Any = kind if isinstance(kind, Table) else getattr(kind, "__table__", kind)
    cells = list(zip(*rows, strict=True))
    if not cells:
        return
    connection = session.connection()
    given = dict(zip(columns, cells, strict=True))
    own = own_change_set(session)
    fixed = {
        c.name: c.default.arg for c in table.columns if c.name not in given and c.default is not None and c.default.is_scalar
    }
    fixed |= {"made_in": own, "changed_in": own}
    statement = table.insert().values(dict.fromkeys((*given, *fixed))).compile(dialect=connection.dialect)
    ready: list[Iterable[Any]] = []
    on_sqlite = connection.dialect.name == "sqlite"
    for name in statement.positiontup or (*given, *fixed):
        write = table.columns[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        if name in given:
            if on_sqlite and isinstance(table.columns[name].type, Key):
                ready.append([value.bytes if isinstance(value, UUID) else value for value in given[name]])
            else:
                ready.append([write(value) for value in given[name]] if write else given[name])
        else:
            ready.append(repeat(write(fixed[name]) if write else fixed[name]))
    raw = connection.connection.cursor()
    try:
        raw.executemany(str(statement), list(zip(*ready, strict=False)))
    finally:
        raw.close()
    session.info["areas"].add(table.name)
