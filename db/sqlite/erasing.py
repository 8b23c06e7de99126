"""Erasing somebody from a file: what is known of them is gathered as for a protected identity, and then let go for good."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.erasing.holds import held
from db.search_text import Source
from db.sqlite import protecting
from db.sqlite.going import long_gone
from db.sqlite.triggers import OPEN, TableInfo, catalogue, rested_removal

GONE = "…"  # what stands in the history where a name was
_FOUND = "temp.erasing"  # ids, and of each whether it goes, stays as the open step left it, or is kept with all that hangs on it
_THEIRS = f"(SELECT id FROM {_FOUND} WHERE what <> 'kept')"
GOES = f"(SELECT id FROM {_FOUND} WHERE what = 'goes')"
FIND = f"INSERT OR IGNORE INTO {_FOUND} (id, what)"
_HELD = """WITH RECURSIVE own (id) AS (VALUES (?1) UNION SELECT m.person_id FROM merged_person m JOIN own o ON m.into_id = o.id)
    SELECT 1 FROM legal_hold h JOIN own o ON h.person_id = o.id WHERE h.until IS NULL OR h.until >= ?2"""
HUNG = long_gone(f"{FIND} SELECT i.row_id, 'goes'", _THEIRS)


def erase(connection: Connection, person: UUID, named: UUID | None, sources: Sequence[Source], now: datetime) -> bool:
    """All that is known of the person goes; False when nobody is there by that id."""
    there = connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM person WHERE id = ?)", (person.bytes,)).scalar()
    if not there:
        return False
    if connection.exec_driver_sql(f"SELECT EXISTS ({_HELD})", (person.bytes, now.astimezone(UTC).date().isoformat())).scalar():
        raise held()
    connection.exec_driver_sql("CREATE TEMP TABLE erasing (id BLOB PRIMARY KEY, what TEXT NOT NULL) WITHOUT ROWID")
    tables = [table for table in catalogue(connection) if table.tracked and not table.name.startswith("protected_")]
    if named is not None:
        for table in tables:
            if asked := _refers(table, "(SELECT ?1)"):
                run(connection, f"{FIND} SELECT id, 'kept' FROM \"{table.name}\" WHERE {asked}", named.bytes)
    run(connection, f"{FIND} SELECT row_id, 'stays' FROM row_image WHERE change_set = {OPEN}")
    run(connection, f"{FIND} WITH RECURSIVE own (id) AS (VALUES (?) UNION SELECT m.person_id FROM merged_person m "
         "JOIN own o ON m.into_id = o.id) SELECT id, 'goes' FROM own", person.bytes)  # fmt: skip
    _unname(connection)
    _gather(connection, tables)
    hashes = files(connection)
    run(
        connection,
        f"DELETE FROM row_image WHERE row_id IN {_THEIRS} OR (change_set = {OPEN} AND row_id IN (SELECT id FROM {_FOUND}))",
    )
    protecting.hide(connection, person, person, sources, now=now)
    for name in ("kept", "number"):
        run(connection, f"DELETE FROM protected_{name} WHERE owner = ?", person.bytes)
    protecting.drop_passing(connection, _THEIRS)
    take_away(connection, tables)
    drop_contents(connection, hashes)
    connection.exec_driver_sql("DROP TABLE temp.erasing")
    return True


def wipe(raw: Any) -> bool:
    """Write the file anew without what was removed from it, and empty its log."""
    for name in ("search_words", "search_parts"):  # which keep words of removed rows until they are put together
        raw.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')").close()
    raw.execute("VACUUM").close()
    return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def _gather(connection: Connection, tables: Sequence[TableInfo]) -> None:
    """Rows that are there and refer to the person, and rows that are no longer there and referred to one of these."""
    more = 1
    while more:
        more = run(connection, HUNG)
        for table in tables:
            if table.name != "person" and (asked := _refers(table, _THEIRS)):
                more += run(connection, f"{FIND} SELECT id, 'goes' FROM \"{table.name}\" WHERE {asked}")


def _refers(table: TableInfo, ids: str) -> str:
    keys = [c for c in table.columns if c in table.binary and c not in ("id", "made_in", "changed_in", "user_id")]
    return " OR ".join(f'"{key}" IN {ids}' for key in keys)


def files(connection: Connection) -> list[str]:
    """The hashes of files that went with rows that are there, or were."""
    found = connection.exec_driver_sql(
        f"SELECT hash FROM attachment WHERE id IN {GOES} UNION SELECT json_extract(before, '$.hash') FROM row_image "
        f"WHERE table_name = 'attachment' AND row_id IN {GOES}"
    )
    return list(found.scalars())


def drop_contents(connection: Connection, hashes: Sequence[str]) -> None:
    """Contents of these files of which nobody else has the like."""
    for digest in hashes:
        run(connection, "DELETE FROM file_content WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM attachment WHERE hash = ?1) AND "
             "NOT EXISTS (SELECT 1 FROM row_image WHERE table_name = 'attachment' AND instr(before, ?1))", digest)  # fmt: skip


def take_away(connection: Connection, tables: Sequence[TableInfo]) -> None:
    """Rows that were gathered and are still there, such as files of a contact that goes on being counted."""
    for table in tables:
        if connection.exec_driver_sql(f'SELECT EXISTS (SELECT 1 FROM "{table.name}" WHERE id IN {GOES})').scalar():
            with rested_removal(connection, table):
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                run(connection, f'DELETE FROM "{table.name}" WHERE id IN {GOES}')


def _unname(connection: Connection) -> None:
    """Steps that were about others, too, keep their line without the name."""
    names = protecting.names(connection, GOES)
    steps = connection.exec_driver_sql(
        f"SELECT number, details FROM change_set WHERE details IS NOT NULL AND number IN "
        f"(SELECT change_set FROM change_about WHERE ref IN {GOES})"
    ).all()
    for number, details in steps:
        kept = unnamed(json.loads(details), names)
        run(connection, "UPDATE change_set SET details = ? WHERE number = ?",
             json.dumps(kept, ensure_ascii=False, separators=(",", ":")), number)  # fmt: skip


def unnamed(details: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The details of a step without these names; other texts stay as they are."""
    found = dict(details)
    for key, value in details.items():
        for name in names:
            if isinstance(value, str) and name in value:
                found[key] = value = value.replace(name, GONE)
    return found


def run(connection: Connection, statement: str, *values: Any) -> int:
    """How many rows it was."""
    return connection.exec_driver_sql(statement, values).rowcount
