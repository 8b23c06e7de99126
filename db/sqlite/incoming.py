"""Takes many rows into a table of a SQLite file at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Dialect, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from db.base import Key
from db.sqlite import triggers

MOST_COLUMNS = 64  # of one table, given row by row
MANY = 200  # rows from which on it pays to let the check on each new row rest


def insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> int:
    """Lay the rows out in a table in memory, then take them over in one statement.

    Row by row, the triggers would make the engine note before each row how to undo it, page by page; for one statement
    it notes each page once, which halves the cost.

    Args:
        columns: What `rows` hold, in this order.
        same: The columns that are the same in every row. They stand in the statement: binding them costs more.

    Returns:
        How many passing changes that made, by the engine's count.
    """
    dialect = connection.dialect
    cells = [_bound(table.columns[name].type, dialect, of) for name, of in zip(columns, zip(*rows, strict=True), strict=True)]
    given = ", ".join(f"c{i}" for i in range(len(columns)))
    constants = [_literal(table.columns[name].type, dialect, value) for name, value in same.items()]
    names = ", ".join(f'"{name}"' for name in (*columns, *same))
    raw = connection.connection.cursor()
    try:
        raw.execute(f"CREATE TEMP TABLE IF NOT EXISTS incoming ({', '.join(f'c{i}' for i in range(MOST_COLUMNS))})")
        marks = ", ".join("?" * len(columns))
        raw.executemany(f"INSERT INTO temp.incoming ({given}) VALUES ({marks})", list(zip(*cells, strict=True)))
        with triggers.rested(raw, table.name) if len(rows) >= MANY else nullcontext():
            raw.execute(f'INSERT INTO main."{table.name}" ({names}) SELECT {", ".join((given, *constants))} FROM temp.incoming')
        raw.execute("DELETE FROM temp.incoming")
    finally:
        raw.close()
    return 2 * len(rows)


def _literal(kind: TypeEngine[Any], dialect: Dialect, value: Any) -> str:
    write = kind.dialect_impl(dialect).literal_processor(dialect)
    assert write is not None, f"{kind} has no literals"
    return write(value)


def _bound(kind: TypeEngine[Any], dialect: Dialect, values: Sequence[Any]) -> Sequence[Any]:
    """The values as the driver takes them; bytes as `bytearray`, the only binary type it binds without asking."""
    if isinstance(kind, Key):
        return [None if v is None else bytearray(v.bytes if isinstance(v, UUID) else v) for v in values]
    if isinstance(kind, LargeBinary):
        return [None if v is None else bytearray(v) for v in values]
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    return [write(value) for value in values] if write else values
