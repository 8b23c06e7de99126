"""Changing rows of somebody protected where they are kept, with versions.

The step and the rows as they were are kept with the person and come back with them; until then the record of what was done
says which kind of thing was changed, by whom and when, and no value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from db.absent import absent
from db.actor import Actor
from db.base import metadata
from db.database import Database
from db.errors import Conflict
from db.protected.people import LONGEST, ask
from db.protected.tables import ADDED, CHANGED, EVENT, PERSON
from db.texts import _


@dataclass(frozen=True, slots=True)
class RowEdit:
    """One row to be changed: to `values` by column, or removed where these are None.

    `version` is what the form read; 0 adds the row.
    """

    table: str
    row_id: UUID
    version: int
    values: Mapping[str, Any] | None

    def plain(self, *, server: bool) -> dict[str, Any]:
        """As text that both engines read, in the forms in which their rows are kept."""
        values = None if self.values is None else {name: _plain(value, server) for name, value in self.values.items()}
        row = str(self.row_id) if server else self.row_id.hex.upper()
        return {"table": self.table, "row": row, "version": self.version, "values": values}


def added(table: str, row_id: UUID, values: Mapping[str, Any]) -> RowEdit:
    """A new row; what is not said of it stands as it does in any new row."""
    columns = metadata.tables[table].columns
    blank = {name: getattr(columns[name].default, "arg", None) for name in (*CHANGED[table], *ADDED[table])}
    return RowEdit(table, row_id, 0, blank | dict(values))


def edit_protected(
    database: Database, actor: Actor, person_id: UUID, verb: str, edits: Sequence[RowEdit], *, name: str, note: str = "",
    now: datetime,
) -> None:  # fmt: skip
    """Change rows of somebody protected, in one step.

    Args:
        verb: What the history calls the step once the protection has ended; one of `tables.EDITS`.
        name: Whom it will name there.
        note: Why, for the record of what was done.

    Raises:
        Conflict: one of the rows was changed or removed since it was shown.
        Unavailable: nobody protected is there by that id.
    """
    note = " ".join(note.split())[:LONGEST]
    with database.upkeep(quiet=True) as session:
        if session.connection().dialect.name == "postgresql":
            plain = json.dumps([edit.plain(server=True) for edit in edits])
            done = ask(session, "edit_protected(%s, %s, %s, %s, %s::jsonb)", person_id, verb, name, note, plain)
        else:
            from db.sqlite import protected_rows

            handle = session.scalar(select(PERSON.c.handle).where(PERSON.c.id == person_id))
            step = protected_rows.Step(person_id, actor, verb, name, now)
            changed = handle and protected_rows.change(session.connection(), step, [edit.plain(server=False) for edit in edits])
            done = handle and ("done" if changed else "stale")
            if changed:
                reason = " ".join(filter(None, (verb, note)))
                session.execute(insert(EVENT).values(at=now, by_name=actor.name, act="edited", handle=handle, reason=reason))
        if not done:
            raise absent()
        if done == "stale":
            raise Conflict(
                _("Someone else changed this since it was shown to you."),
                _("Nothing was overwritten. Look at what is there now; what you typed stays in the form until you close it."),
            )


def _plain(value: Any, server: bool) -> Any:
    if isinstance(value, UUID):
        return str(value) if server else value.hex.upper()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}" if server else value.hex().upper()
    return value.isoformat() if isinstance(value, date) else value
