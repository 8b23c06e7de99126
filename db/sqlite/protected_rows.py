"""Changing rows of somebody protected in a file: in what is kept of them, with the step and the rows as they were beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from db.actor import Actor
from db.base import new_id
from db.identity_numbers import SECRET_KINDS
from db.protected.tables import ADDED, CHANGED, EDITS
from db.sqlite.protecting import moment

_ROW = "WHERE owner = ? AND table_name = ? AND row_id = ?"
_KEEP = "INSERT INTO protected_kept (owner, table_name, row_id, before, at) VALUES (?, ?, ?, ?, ?)"
_NEXT = "SELECT 1 + max(coalesce((SELECT max(number) FROM change_set), 0), (SELECT max(number) FROM protected_last))"
_SECRET = ", ".join(f"'{kind}'" for kind in sorted(SECRET_KINDS))


class Step(NamedTuple):
    """Who changes rows of whom, and what the history will call it."""

    owner: UUID
    actor: Actor
    verb: str
    name: str
    now: datetime


def change(connection: Connection, step: Step, edits: Sequence[Mapping[str, Any]]) -> bool:
    """Do it, all or nothing; False when a row is not as it was read."""
    if step.verb not in EDITS:
        raise ValueError(f"unknown step: {step.verb}")
    own, at = new_id(), moment(connection, step.now)
    former = [_former(connection, step.owner, edit) for edit in edits]
    if any(edit["version"] != (row["version"] if row else 0) for edit, row in zip(edits, former, strict=True)):
        return False
    _keep_step(connection, step, own, at, sorted({edit["table"] for edit in edits}))
    for edit, row in zip(edits, former, strict=True):
        _change(connection, step.owner, own, at, edit, row)
    _run(connection, "DELETE FROM protected_number WHERE owner = ?", step.owner.bytes)
    _run(connection, "INSERT INTO protected_number (owner, kind, value) SELECT owner, json_extract(before, '$.kind'), "
         "json_extract(before, '$.value') FROM protected_kept WHERE owner = ? AND table_name = 'identifier' "
         f"AND json_extract(before, '$.kind') IN ({_SECRET})", step.owner.bytes)  # fmt: skip
    return True


def _former(connection: Connection, owner: UUID, edit: Mapping[str, Any]) -> dict[str, Any] | None:
    wanted = f"SELECT before FROM protected_kept {_ROW}"
    found = connection.exec_driver_sql(wanted, (owner.bytes, edit["table"], bytes.fromhex(edit["row"]))).scalar()
    row: dict[str, Any] | None = json.loads(found) if found is not None else None
    return row


def _keep_step(connection: Connection, step: Step, own: UUID, at: str, tables: Sequence[str]) -> None:
    number = connection.exec_driver_sql(_NEXT).scalar_one()
    _run(connection, "UPDATE protected_last SET number = ?", number)
    details = json.dumps({"name": step.name}) if step.name else None
    line = {"number": number, "id": _hex(own), "at": at, "actor_id": _hex(step.actor.id), "actor_name": step.actor.name,
            "verb": step.verb, "details": details, "takes_back": None, "areas": " ".join(tables)}  # fmt: skip
    about = {"ref": _hex(step.owner), "change_set": number}
    for table, row_id, row in (("change_set", own.bytes, line), ("change_about", None, about)):
        _run(connection, _KEEP, step.owner.bytes, table, row_id, json.dumps(row, ensure_ascii=False), at)


def _change(
    connection: Connection, owner: UUID, own: UUID, at: str, edit: Mapping[str, Any], former: dict[str, Any] | None
) -> None:
    table, row_id, values = edit["table"], bytes.fromhex(edit["row"]), edit["values"]
    allowed = {*CHANGED[table], *(ADDED[table] if former is None else ())}
    if not allowed >= set(values or ()) or (table == "person" and values is None):
        raise ValueError(f"not to be changed: {table} {sorted(set(values or ()) - allowed)}")
    stamp = {"version": edit["version"] + 1, "changed_in": _hex(own)}
    if former is None:
        theirs = connection.exec_driver_sql(f"SELECT EXISTS (SELECT 1 FROM protected_kept {_ROW})",
                                            (owner.bytes, "person", bytes.fromhex(values["person_id"]))).scalar()  # fmt: skip
        if not theirs:
            raise ValueError("not a record of theirs")
        row = {"id": edit["row"], "made_in": _hex(own)} | values | stamp
        _run(connection, _KEEP, owner.bytes, table, row_id, json.dumps(row, ensure_ascii=False), at)
        return
    image = {"number": None, "change_set": _hex(own), "table_name": table, "row_id": edit["row"],
             "operation": "d" if values is None else "u", "before": json.dumps(former, ensure_ascii=False)}  # fmt: skip
    _run(connection, _KEEP, owner.bytes, "row_image", row_id, json.dumps(image, ensure_ascii=False), at)
    if values is None:
        _run(connection, f"DELETE FROM protected_kept {_ROW}", owner.bytes, table, row_id)
    else:
        row = former | values | stamp
        _run(connection, f"UPDATE protected_kept SET before = ? {_ROW}",
             json.dumps(row, ensure_ascii=False), owner.bytes, table, row_id)  # fmt: skip


def _hex(id: UUID) -> str:
    return id.hex.upper()


def _run(connection: Connection, statement: str, *values: Any) -> None:
    connection.exec_driver_sql(statement, values)
