"""Somebody protected in a file comes back for the length of one step, in which they are erased; what law keeps is protected again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, or_, select, update

from db.protected.tables import EVENT, KEPT, NUMBER, PERSON
from db.search_text import Source
from db.sqlite import protecting
from db.sqlite.erasing import unnamed

Mark = dict[str, Any]  # what is written of a protection, by column


def bring_back(connection: Connection, person: UUID, sources: Sequence[Source]) -> Mark | None:
    """Let the rows come back and the mark go; None when nobody protected is there by that id. The step is open and goes on.

    Raises:
        IntegrityError: what they belong to is gone.
    """
    found = connection.execute(select(PERSON).where(PERSON.c.id == person)).mappings().one_or_none()
    if found is None:
        return None
    mark = dict(found)
    connection.execute(delete(PERSON).where(PERSON.c.id == person))
    protecting.bring_back(connection, person, sources)
    _leave_others(connection, person)
    return mark


def protect_again(connection: Connection, mark: Mark, named: UUID, sources: Sequence[Source], now: datetime) -> None:
    """Protect the record of the name under the same mark; letters go nowhere any more."""
    values = {**mark, "id": named, "forwarding": "", "household": None}
    connection.execute(insert(PERSON).values(values))
    protecting.hide(connection, named, named, sources, now=now)


def note_erased(connection: Connection, mark: Mark, by_name: str, case: str, now: datetime) -> None:
    """In the record of what was done."""
    connection.execute(insert(EVENT).values(at=now, by_name=by_name, act="erased", handle=mark["handle"], reason=case))


def _leave_others(connection: Connection, person: UUID) -> None:
    """What they shared with others who are protected stays with these, and says no more of this one."""
    own = "SELECT id FROM own"
    people = connection.exec_driver_sql(
        f"WITH RECURSIVE own (id) AS (VALUES (?) UNION SELECT m.person_id FROM merged_person m JOIN own o ON m.into_id = o.id) {own}",
        (person.bytes,),
    ).scalars().all()  # fmt: skip
    ids = [UUID(bytes=bytes(own)).hex.upper() for own in people]
    listed = ", ".join(f"x'{own}'" for own in ids)
    names = protecting.names(connection, f"({listed})")
    steps: set[int] = set()
    for row in connection.execute(select(KEPT.c.number, KEPT.c.table_name, KEPT.c.before).where(_says(ids))):
        if row.table_name == "change_about":
            steps.add(json.loads(row.before)["change_set"])
        connection.execute(delete(KEPT).where(KEPT.c.number == row.number))
    for line in connection.execute(select(KEPT.c.number, KEPT.c.before).where(KEPT.c.table_name == "change_set")):
        step = json.loads(line.before)
        if step["number"] in steps and step["details"]:
            details = unnamed(json.loads(step["details"]), names)
            before = json.dumps({**step, "details": json.dumps(details, ensure_ascii=False)}, ensure_ascii=False)
            connection.execute(update(KEPT).where(KEPT.c.number == line.number).values(before=before))
    connection.execute(delete(NUMBER).where(NUMBER.c.owner == person))


def _says(ids: Sequence[str]) -> Any:
    """Rows that refer to one of these; steps keep their line."""
    return or_(*(KEPT.c.before.contains(own) for own in ids)) & (KEPT.c.table_name != "change_set")
