"""Takes many rows into a table of a SQLite file at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Dialect, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from db.base import Key
from db.sqlite import triggers

AT_ONCE = 150  # rows of one statement; longer ones gain little and take long to compile
MANY = 200  # rows from which on it pays to let the check on each new row rest


def insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> None:
    """Insert rows of a kept table.

    Args:
        columns: What `rows` hold, in this order.
        same: The columns that are the same in every row. They stand in the statement: binding them costs more.
    """
    dialect, width = connection.dialect, len(columns)
    values = list(chain.from_iterable(rows))
    for place, name in enumerate(columns):
        bound = _bound(table.columns[name].type, dialect, values[place::width])
        if bound is not None:
            values[place::width] = bound
    constants = [_literal(table.columns[name].type, dialect, value) for name, value in same.items()]
    raw = connection.connection.cursor()
    try:
        with triggers.rested(raw, table.name) if len(rows) >= MANY else nullcontext():
            lay(raw, table.name, (*columns, *same), values, constants)
    finally:
        raw.close()


def lay(cursor: Any, table: str, columns: Sequence[str], values: Sequence[Any], constants: Sequence[str] = ()) -> None:
    """Insert rows, many with one statement.

    Row by row, the engine would find its place in every index anew; within one statement it stays where it is, which
    halves the cost.

    Args:
        values: Those of all rows one after another, as the driver takes them.
        constants: What stands, as SQL, in the last `columns` in every row.
    """
    width = len(columns) - len(constants)
    names = ", ".join(f'"{name}"' for name in columns)
    begin, row = f'INSERT INTO main."{table}" ({names}) VALUES ', f"({', '.join((*'?' * width, *constants))})"
    most = AT_ONCE * width
    full = len(values) - len(values) % most
    statement = begin + ", ".join([row] * AT_ONCE)
    for start in range(0, full, most):
        cursor.execute(statement, values[start : start + most])
    if full < len(values):
        cursor.execute(begin + ", ".join([row] * ((len(values) - full) // width)), values[full:])


def _literal(kind: TypeEngine[Any], dialect: Dialect, value: Any) -> str:
    write = kind.dialect_impl(dialect).literal_processor(dialect)
    assert write is not None, f"{kind} has no literals"
    return write(value)


def _bound(kind: TypeEngine[Any], dialect: Dialect, values: Sequence[Any]) -> Sequence[Any] | None:
    """The values as the driver takes them, None where it takes them as they are.

    Bytes are given as `bytearray`, the only binary type it binds without asking.
    """
    if isinstance(kind, Key):
        return [v if type(v) is bytearray or v is None else bytearray(v.bytes if isinstance(v, UUID) else v) for v in values]
    if isinstance(kind, LargeBinary):
        return [None if v is None else bytearray(v) for v in values]
    if isinstance(kind, Date):
        return [None if v is None else v.isoformat() for v in values]
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    return [write(value) for value in values] if write else None
