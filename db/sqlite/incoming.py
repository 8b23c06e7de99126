"""Takes many rows into a table of a SQLite file at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Date, Dialect, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from db.base import Key
from db.sqlite import triggers

AT_ONCE = 400  # rows of one statement; longer ones gain little and take long to compile
MANY = 200  # rows from which on it pays to let the check on each new row rest
_EMPTY: dict[Any, str] = {None: "NULL", "": "''"}  # as it stands in a statement
_ROWS = "rows_as_one"


class Ready(NamedTuple):
    """Rows as the driver takes them. `values` are those of all rows one after another, `constants` what is the same in each, as SQL."""

    table: Table
    rows: int
    columns: tuple[str, ...]
    values: Sequence[Any]
    constants: Sequence[str]


def ready(
    dialect: Dialect, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> Ready:
    """Turn rows into what the driver takes; nothing of it needs the database.

    Args:
        columns: What `rows` hold, in this order.
        same: The columns that are the same in every row. They stand in the statement: binding them costs more, and so do
            those that every row leaves empty.
    """
    literals = {name: _literal(table.columns[name].type, dialect, value) for name, value in same.items()}
    given: dict[str, Sequence[Any]] = {}
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        empty = _EMPTY.get(values[0]) if values[0] is None or values[0] == "" else None
        if empty and values.count(values[0]) == len(values):
            literals[name] = empty
        else:
            given[name] = _bound(table.columns[name].type, dialect, values)
    flat = list(chain.from_iterable(zip(*given.values(), strict=True)))
    return Ready(table, len(rows), (*given, *literals), flat, [*literals.values()])


def insert(connection: Connection, taken: Ready) -> None:
    """Insert rows of a kept table."""
    table = taken.table
    raw = connection.connection.cursor()
    try:
        with triggers.rested(raw, table.name) if taken.rows >= MANY else nullcontext():
            lay(raw, table.name, taken.columns, taken.values, taken.constants, at_once=not table.foreign_keys)
    finally:
        raw.close()


def lay(
    cursor: Any,
    table: str,
    columns: Sequence[str],
    values: Sequence[Any],
    constants: Sequence[str] = (),
    *,
    at_once: bool = False,
) -> None:
    """Insert rows, many with one statement.

    Row by row, the engine would find its place in every index anew; within one statement it stays where it is, which
    halves the cost.

    Args:
        values: Those of all rows one after another, as the driver takes them.
        constants: What stands, as SQL, in the last `columns` in every row.
        at_once: Keep what is needed to undo a failure once for all rows, not for each statement anew: each page that the
            rows touch is copied once then. To be said of tables that refer to no other; for those that do, the engine
            keeps it for each statement all the same.
    """
    width = len(columns) - len(constants)
    names = ", ".join(f'"{name}"' for name in columns)
    begin = f'INSERT {"OR FAIL " if at_once else ""}INTO main."{table}" ({names}) VALUES '
    row = f"({', '.join((*'?' * width, *constants))})"
    most = AT_ONCE * width
    full = len(values) - len(values) % most
    statement = begin + ", ".join([row] * AT_ONCE)
    with _undone_as_one(cursor) if at_once else nullcontext():
        for start in range(0, full, most):
            cursor.execute(statement, values[start : start + most])
        if full < len(values):
            cursor.execute(begin + ", ".join([row] * ((len(values) - full) // width)), values[full:])


@contextmanager
def _undone_as_one(cursor: Any) -> Iterator[None]:
    """Nothing of what is stored inside stays if some of it fails."""
    cursor.execute(f"SAVEPOINT {_ROWS}")
    try:
        yield
    except BaseException:
        if cursor.connection.in_transaction:  # a full disk ends the whole transaction
            cursor.execute(f"ROLLBACK TO {_ROWS}")
            cursor.execute(f"RELEASE {_ROWS}")
        raise
    cursor.execute(f"RELEASE {_ROWS}")


def _literal(kind: TypeEngine[Any], dialect: Dialect, value: Any) -> str:
    write = kind.dialect_impl(dialect).literal_processor(dialect)
    assert write is not None, f"{kind} has no literals"
    return write(value)


def _bound(kind: TypeEngine[Any], dialect: Dialect, values: Sequence[Any]) -> Sequence[Any]:
    """The values as the driver takes them.

    Bytes are given as `bytearray`, the only binary type it binds without asking.
    """
    if isinstance(kind, Key):
        if set(map(type, values)) == {bytearray}:
            return values
        return [v if type(v) is bytearray or v is None else bytearray(v.bytes if isinstance(v, UUID) else v) for v in values]
    if isinstance(kind, LargeBinary):
        return [None if v is None else bytearray(v) for v in values]
    if isinstance(kind, Date):
        return [None if v is None else v.isoformat() for v in values]
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    return [write(value) for value in values] if write else values
