"""What a file keeps of protected people, brought to where a server keeps it: row by row, since they are few."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.postgresql.schemas import CORE, PROTECTED

Turn = Callable[[str, str], str]  # the image of a row of this table as the server would have kept it
_COLUMNS = {
    "person": "id handle kind ground decided_on valid_until forwarding since by_name household",
    "kept": "owner table_name row_id before at",
    "number": "owner kind value",
    "event": "at by_name act handle reason",
}
# What is numbered goes on after what is kept here, too.
_COUNT_ON = f"""SELECT setval(pg_get_serial_sequence('{CORE}.{{table}}', 'number'), greatest(1,
    (SELECT max(number) FROM {CORE}.{{table}}), (SELECT max((before::json ->> 'number')::bigint) FROM {PROTECTED}.kept
    WHERE table_name = '{{table}}')))"""
_KEYS = frozenset({"id", "owner", "row_id", "household"})
_MOMENTS = frozenset({"since", "at"})


def bring(raw: Any, writing: Connection, turned: Turn) -> int:
    """From the file to the server, which holds none yet; gives how many rows there were."""
    server: Any = writing.connection.driver_connection
    own = str(server.execute("SELECT pg_current_xact_id()::text").fetchone()[0])
    moved = 0
    for table, columns in _COLUMNS.items():
        names = columns.split()
        order = " ORDER BY number" if table in ("kept", "event") else ""
        rows = raw.execute(f"SELECT {', '.join(names)} FROM protected_{table}{order}").fetchall()
        for row in rows:
            values = _kept(names, row, turned, own) if table == "kept" else _values(names, row)
            marks = ", ".join(["%s"] * len(names))
            server.execute(f"INSERT INTO {PROTECTED}.{table} ({', '.join(names)}) VALUES ({marks})", values)
        moved += len(rows)
    for table in ("change_set", "row_image") if moved else ():
        server.execute(_COUNT_ON.format(table=table)).close()
    return moved


def _values(names: Sequence[str], row: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for name, value in zip(names, row, strict=True):
        if name in _KEYS and value is not None:
            value = UUID(bytes=bytes(value))
        elif name in _MOMENTS:
            value = f"{value}+00"  # files keep UTC without saying so
        found.append(value)
    return found


def _kept(names: Sequence[str], row: Sequence[Any], turned: Turn, own: str) -> list[Any]:
    """With its image as the server writes it; an image in an image too, and what steps have on a server alone."""
    values = dict(zip(names, _values(names, row), strict=True))
    table, before = values["table_name"], values["before"]
    if table == "row_image":
        inner = json.loads(before)
        before = json.dumps({**inner, "before": turned(inner["table_name"], inner["before"])}, ensure_ascii=False)
    before = turned(table, before)
    if table == "change_set":
        before = json.dumps({**json.loads(before), "login": "", "tx": own}, ensure_ascii=False)
    return list({**values, "before": before}.values())
