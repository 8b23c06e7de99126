"""Writing many rows at once: what an import of a hundred thousand people needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, FromClause, LargeBinary, Table
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeEngine

from db.base import Key
from db.database import own_change_set


MOST_COLUMNS = 64  # of a table's own, given row by row


def insert_rows(
    session: Session, kind: type[DeclarativeBase] | FromClause, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of a kept table by the driver's own bulk path, in the open change set.

    Args:
        columns: The columns given, with `id` among them; the rest take their plain defaults. The bookkeeping columns
            are filled in here. Ids may be UUIDs or `db.base.new_key`s.
        rows: Plain values in the order of `columns`: UUIDs, dates and aware times as such.

    About ten times as fast as the mapper; the mapper's own checks do not run, the database's do.
    """
    table: Any = kind if isinstance(kind, Table) else getattr(kind, "__table__", kind)
    cells = list(zip(*rows, strict=True))
    if not cells:
        return
    connection = session.connection()
    own = own_change_set(session)
    fixed = {c.name: c.default.arg for c in table.columns if c.default is not None and c.default.is_scalar}
    fixed |= {"made_in": own, "changed_in": own}
    ready = [_bound(table.columns[name].type, connection.dialect, of) for name, of in zip(columns, cells, strict=True)]
    said = {name: _literal(table.columns[name].type, connection.dialect, v) for name, v in fixed.items() if name not in columns}
    session.info["passing"] = session.info.get("passing", 0) + _insert(connection, table, columns, ready, said)
    session.info["areas"].add(table.name)


def _insert(connection: Connection, table: Table, columns: Sequence[str], cells: Sequence[Any], said: dict[str, str]) -> int:
    """Lay the rows out in a table in memory, then take them over in one statement.

    Row by row, triggers would make the engine note before each row how to undo it, page by page; for one statement it
    notes each page once, which halves the cost. Values that are the same in every row stand in the statement itself.

    Returns:
        How many passing changes that made.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    raw = connection.connection.cursor()
    try:
        raw.execute(f"CREATE TEMP TABLE IF NOT EXISTS incoming ({', '.join(f'c{i}' for i in range(MOST_COLUMNS))})")
        ours = ", ".join(f"c{i}" for i in range(len(columns)))
        marks = ", ".join("?" * len(columns))
        raw.executemany(f"INSERT INTO temp.incoming ({ours}) VALUES ({marks})", list(zip(*cells, strict=True)))
        into = "".join(f', "{name}"' for name in said)
        values = "".join(f", {value}" for value in said.values())
        raw.execute(f'INSERT INTO "{table.name}" ({names}{into}) SELECT {ours}{values} FROM temp.incoming')
        raw.execute("DELETE FROM temp.incoming")
    finally:
        raw.close()
    return 2 * len(cells[0])


def _literal(kind: TypeEngine[Any], dialect: Dialect, value: Any) -> str:
    write = kind.dialect_impl(dialect).literal_processor(dialect)
    assert write is not None, f"{kind} has no literals"
    return write(value)


def _bound(kind: TypeEngine[Any], dialect: Dialect, values: Sequence[Any]) -> Sequence[Any]:
    """The values as the driver takes them; on SQLite bytes as `bytearray`, the only binary type it binds without asking."""
    if dialect.name == "sqlite" and isinstance(kind, Key):
        return [bytearray(value.bytes if isinstance(value, UUID) else value) for value in values]
    if dialect.name == "sqlite" and isinstance(kind, LargeBinary):
        return [bytearray(value) for value in values]
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    return [write(value) for value in values] if write else values
