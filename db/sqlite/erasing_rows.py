"""Letting single rows of a file go for good, with their history and what hangs on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection

from db.erasing.holds import held
from db.sqlite import erasing, protecting
from db.sqlite.erasing import FIND, GOES, GONE
from db.sqlite.triggers import TableInfo, catalogue


def forget(connection: Connection, name: str, rows: Mapping[UUID, int], said: Sequence[str], now: datetime) -> int:
    """Those that still have their version go; how many did."""
    tables = [table for table in catalogue(connection) if table.tracked and not table.name.startswith("protected_")]
    own = next(table for table in tables if table.name == name)
    run = erasing.run
    connection.exec_driver_sql("CREATE TEMP TABLE erasing (id BLOB PRIMARY KEY, what TEXT NOT NULL) WITHOUT ROWID")
    for row, version in rows.items():
        run(connection, f"{FIND} SELECT id, 'goes' FROM \"{name}\" WHERE id = ? AND version = ?", row.bytes, version)
    gone: int = connection.exec_driver_sql("SELECT count(*) FROM temp.erasing").scalar_one()
    kept = (
        f'SELECT EXISTS (SELECT 1 FROM "{name}" r JOIN legal_hold h ON h.person_id = r.person_id '
        f"WHERE r.id IN {GOES} AND (h.until IS NULL OR h.until >= ?))"
    )
    if connection.exec_driver_sql(kept, (now.astimezone(UTC).date().isoformat(),)).scalar():
        raise held()
    _unsay(connection, name, said)
    _gather(connection, own, tables)
    hashes = erasing.files(connection)
    run(connection, f"DELETE FROM row_image WHERE row_id IN {GOES}")
    protecting.drop_passing(connection, GOES)
    erasing.take_away(connection, tables)
    erasing.drop_contents(connection, hashes)
    connection.exec_driver_sql("DROP TABLE temp.erasing")
    return gone


def _gather(connection: Connection, own: TableInfo, tables: Sequence[TableInfo]) -> None:
    """Rows that refer to these, by the keys of the tables or as their files, and those that did and are long gone."""
    more = 1
    while more:
        more = erasing.run(connection, erasing.HUNG)
        for table in tables:
            keys = [column for column, (parent, _id) in table.keys.items() if parent != "person"]
            keys += ["subject"] if table.name == "attachment" else []
            for key in keys:
                found = f'{FIND} SELECT id, \'goes\' FROM "{table.name}" WHERE "{key}" IN {GOES}'
                more += erasing.run(connection, found) if table.name != own.name else 0


def _unsay(connection: Connection, name: str, said: Sequence[str]) -> None:
    """Steps about them keep their line without what they said of them."""
    texts: set[str] = set()
    for column in said:
        now = f'SELECT "{column}" FROM "{name}" WHERE id IN {GOES}'
        before = f"SELECT json_extract(before, '$.{column}') FROM row_image WHERE table_name = '{name}' AND row_id IN {GOES}"
        texts.update(filter(None, connection.exec_driver_sql(f"{now} UNION {before}").scalars()))
    if not texts:
        return
    touched = (
        f'SELECT made_in FROM "{name}" WHERE id IN {GOES} UNION SELECT changed_in FROM "{name}" WHERE id IN {GOES} '
        f"UNION SELECT change_set FROM row_image WHERE row_id IN {GOES}"
    )
    steps = connection.exec_driver_sql(f"SELECT number, details FROM change_set WHERE details IS NOT NULL AND id IN ({touched})")
    for number, details in steps.all():
        kept = {key: GONE if isinstance(value, str) and value in texts else value for key, value in json.loads(details).items()}
        written = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        erasing.run(connection, "UPDATE change_set SET details = ? WHERE number = ?", written, number)
