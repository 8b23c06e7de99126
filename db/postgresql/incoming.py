"""Takes many rows into a table of a server at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Connection, LargeBinary, Table
from sqlalchemy.types import TypeEngine

from db.base import Key, Moment
from db.postgresql.quoting import quoted

BATCH = 5000  # rows sent in one go
_EMPTY = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> None:
    """Take the rows in, by COPY where the server allows it.

    Args:
        columns: What `rows` hold, in this order.
        same: The columns that are the same in every row.
    """
    raw: Any = connection.connection.driver_connection
    # COPY is refused where rules say who may write which rows.
    ruled = raw.execute("SELECT row_security_active(%s::regclass)", (quoted(table.name),)).fetchone()[0]
    (_insert if ruled else _copy)(connection, table, columns, rows, same)


def _insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> None:
    """By one INSERT for each batch, its values sent column by column."""
    raw: Any = connection.connection.driver_connection
    dialect: Any = connection.dialect
    names = (*columns, *same)
    kinds = [table.columns[name].type for name in names]
    types = [kind.compile(dialect) for kind in kinds]
    bound: list[Any] = [kind.dialect_impl(dialect).bind_processor(dialect) for kind in kinds]
    writers: list[Callable[[Any], Any]] = [write or (lambda value: value) for write in bound]
    cells = [f"c{place}" for place in range(len(columns))]
    given = ", ".join(f"%s::{kind}[]" for kind in types[: len(columns)])
    taken = ", ".join(cells + [f"%s::{kind}" for kind in types[len(columns) :]])
    into = ", ".join(map(quoted, names))
    statement = f"INSERT INTO {quoted(table.name)} ({into}) SELECT {taken} FROM unnest({given}) AS r ({', '.join(cells)})"
    constant = [write(value) for write, value in zip(writers[len(columns) :], same.values(), strict=True)]
    for start in range(0, len(rows), BATCH):
        columnwise = zip(writers, zip(*rows[start : start + BATCH], strict=True), strict=False)
        raw.execute(statement, [*constant, *([write(value) for value in of] for write, of in columnwise)]).close()


def _copy(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> None:
    """As text, made column by column: one by one, the driver would ask each value how it wants to be written."""
    names = ", ".join(quoted(name) for name in (*columns, *same))
    kinds = [table.columns[name].type for name in columns]
    tail = "".join(f"\t{_cells(table.columns[name].type, [value])[0]}" for name, value in same.items()) + "\n"
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY {quoted(table.name)} ({names}) FROM STDIN") as copy:
        for start in range(0, len(rows), BATCH):
            cells = [_cells(kind, of) for kind, of in zip(kinds, zip(*rows[start : start + BATCH], strict=True), strict=True)]
            copy.write(tail.join(map("\t".join, zip(*cells, strict=True))) + tail)
    raw.written += len(rows)


def _cells(kind: TypeEngine[Any], values: Sequence[Any]) -> Sequence[str]:
    """The values of one column as the server reads them."""
    write = _writer(kind)
    if write is not None:
        return [_EMPTY if value is None else write(value) for value in values]
    texts = [_EMPTY if value is None else value if isinstance(value, str) else str(value) for value in values]
    together = "".join(value for value in values if isinstance(value, str))
    if any(sign in together for sign in "\\\n\r\t"):
        return [text if value is None else text.translate(_ESCAPES) for text, value in zip(texts, values, strict=True)]
    return texts


def _writer(kind: TypeEngine[Any]) -> Callable[[Any], str] | None:
    if isinstance(kind, Key):
        return _key
    if isinstance(kind, LargeBinary):
        return _binary
    if isinstance(kind, Moment):
        return _moment
    if isinstance(kind, JSON):
        return _json
    return None


def _key(value: UUID | bytes | bytearray) -> str:
    return value.hex if isinstance(value, UUID) else value.hex()


def _binary(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return value.astimezone(UTC).isoformat()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
