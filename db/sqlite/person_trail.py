"""How rows stood before each step that changed or removed them, and as they are, read from the images a file keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.sqlite.triggers import catalogue, image

PORTION = 400  # ids in one statement


def person_trail(
    connection: Connection, people: Sequence[UUID], rows: Mapping[str, Collection[UUID]], columns: Collection[str]
) -> Iterator[tuple[Any, ...]]:
    """See `db.engine.Engine.person_trail`."""
    known = {table: {row.bytes for row in ids} for table, ids in rows.items()}
    for table, row in _removed(connection, people, columns):
        known.setdefault(table, set()).add(row)
    tables = {table.name: table for table in catalogue(connection) if table.tracked}
    for name, ids in known.items():
        if name not in tables:
            continue
        for some in _portions(ids):
            held = f"IN ({', '.join('?' * len(some))})"
            past = "SELECT change_set, table_name, row_id, operation, before FROM row_image"
            yield from connection.exec_driver_sql(f"{past} WHERE row_id {held} AND table_name = ? ORDER BY number", (*some, name))
            now = f"SELECT NULL, '{name}', r.id, 'now', {image(tables[name], 'r')} FROM \"{name}\" r WHERE r.id {held}"
            yield from connection.exec_driver_sql(now, some)


def _removed(connection: Connection, people: Sequence[UUID], columns: Collection[str]) -> Iterator[Any]:
    """Rows that referred to one of the people when they were removed, by the steps that were about them."""
    keys, named = [person.bytes for person in people], sorted(columns)
    yield from connection.exec_driver_sql(
        "SELECT DISTINCT i.table_name, i.row_id FROM change_about a JOIN change_set s ON s.number = a.change_set "
        "JOIN row_image i ON i.change_set = s.id AND i.operation = 'd' "
        f"WHERE a.ref IN ({', '.join('?' * len(keys))}) AND EXISTS (SELECT 1 FROM json_each(i.before) e "
        f"WHERE e.key IN ({', '.join('?' * len(named))}) AND e.value IN ({', '.join('?' * len(keys))}))",
        (*keys, *named, *(person.hex.upper() for person in people)),
    ).all()


def _portions(ids: Iterable[bytes]) -> Iterator[tuple[bytes, ...]]:
    every = sorted(ids)
    for start in range(0, len(every), PORTION):
        yield tuple(every[start : start + PORTION])
