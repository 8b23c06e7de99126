"""What a change set did to single rows, read from the images a file keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.sqlite.triggers import TableInfo, catalogue, image

Line = tuple[str, str, Any, Any, Any, int]  # table, what was done, key, before, after, how many; without a key it is a count


def row_changes(connection: Connection, change_set: UUID, areas: Sequence[str], most: int) -> Iterator[Line]:
    """For each table how many rows were made, changed and removed, and `most` rows in all one by one."""
    tables = {table.name: table for table in catalogue(connection) if table.tracked}
    asked = {"own": change_set.bytes, "name": change_set.hex.upper()}
    for area in areas:
        if area not in tables:
            continue
        table = tables[area]
        for operation, source in (("made", _made(table)), ("changed", _moved(table, "NOT")), ("removed", _moved(table, ""))):
            count = connection.exec_driver_sql(f"SELECT count(*) FROM ({source.format(after='NULL')})", asked).scalar_one()
            if not count:
                continue
            yield area, operation, None, None, None, count
            if most > 0:
                rows = source.format(after=_after(table, operation)) + f" LIMIT {most}"
                for ref, before, after in connection.exec_driver_sql(rows, asked).all():
                    yield area, operation, ref, before, after, 1
                    most -= 1


def _made(table: TableInfo) -> str:
    """What it made and is there, or went with the taking back of it."""
    return (
        f'SELECT r.id AS id, NULL AS before, {{after}} AS after FROM "{table.name}" r WHERE r.made_in = :own '
        f"UNION ALL SELECT i.row_id, NULL, i.before FROM row_image i JOIN change_set s ON s.id = i.change_set "
        f"WHERE s.takes_back = :own AND i.table_name = '{table.name}' AND i.operation = 'd' "
        f"AND json_extract(i.before, '$.made_in') = :name AND NOT EXISTS (SELECT 1 FROM \"{table.name}\" r WHERE r.id = i.row_id)"
    )


def _moved(table: TableInfo, negation: str) -> str:
    """What it changed or, without a negation, removed; the oldest image of a row is the state before.

    The plus signs keep the engine from looking through all images of the change set for each row.
    """
    return (
        f"SELECT f.row_id AS id, f.before AS before, {{after}} AS after FROM row_image f "
        f'LEFT JOIN "{table.name}" r ON r.id = f.row_id WHERE f.number IN (SELECT min(number) FROM row_image '
        f"WHERE change_set = :own AND table_name = '{table.name}' GROUP BY row_id) "
        f"AND json_extract(f.before, '$.made_in') IS NOT :name AND {negation} EXISTS (SELECT 1 FROM row_image d "
        f"WHERE +d.change_set = :own AND +d.table_name = '{table.name}' AND d.operation = 'd' AND d.row_id = f.row_id)"
    )


def _after(table: TableInfo, operation: str) -> str:
    """The state a later step found, or the row as it is."""
    if operation == "removed":
        return "NULL"
    made = operation == "made"
    since = "json_extract(i.before, '$.made_in') = :name" if made else "i.number > f.number"
    return (
        f"coalesce((SELECT i.before FROM row_image i WHERE i.row_id = {'r.id' if made else 'f.row_id'} "
        f"AND i.table_name = '{table.name}' AND i.change_set IS NOT :own AND {since} ORDER BY i.number LIMIT 1), "
        f"iif(r.id IS NULL, NULL, {image(table, 'r')}))"
    )
