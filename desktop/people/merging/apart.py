"""Takes two merged records apart: both as they were, and each thing changed since on the side it is said to be of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import about, describe
from db.engine import one_at_a_time
from db.errors import Conflict
from db.history import take_back
from db.models.merge import MergedPerson
from db.models.person import Person
from db.sorting import name_key
from db.texts import _
from desktop.people.merging.belongings import World, hold_rows_still
from desktop.people.merging.since import Separation, moved_by, read_separation
from desktop.people.merging.tables import plain, revived, table_of, write_rows

Key = UUID | str


def take_apart(
    session: Session, person_id: UUID, goes: Collection[Key], mark: str, world: World, *, reason: str = ""
) -> Separation:
    """Undo a merge, at any time after it; tells what was taken apart.

    Whatever nobody touched since goes back to where it was. Of a row or field that was changed, what the merge did to it is
    undone and what was written since is kept.

    Args:
        goes: Of the lines `read_separation` gave, those that go with the record taken out; the others stay.
        mark: That of the separation the user saw.

    Raises:
        RuleBroken: it is not merged, or the other record was merged on, or something newer stands in the way.
        Conflict: something was changed since the user looked.
    """
    one_at_a_time(session, f"merge {person_id}")
    into = session.scalars(select(MergedPerson.into_id).where(MergedPerson.person_id == person_id)).all()
    hold_rows_still(session, (*into, person_id), world)
    seen = read_separation(session, person_id, world)
    if seen.mark != mark:
        raise Conflict(
            _("One of the two records was changed while you looked at them."),
            _("Nothing was taken apart. Look at what changed, then try again."),
        )
    merge = session.get_one(MergedPerson, seen.merge_id)
    moved, changed, fields = moved_by(merge), dict(merge.moved.get("set", {})), merge.moved["fields"]
    kept = set(take_back(session, seen.step).kept)
    touched = {row for _table, row in kept}
    for (table, column), ids in moved.items():
        back = [id for id in ids if id in touched and id in goes]
        if back:
            write_rows(session, table_of(table, column), back, {column: person_id})
    rows_of_person = changed.pop("person", {})
    for table, rows in changed.items():
        for row, values in rows.items():
            if UUID(row) in touched and (UUID(row) in goes or not _came_over(moved, table, UUID(row))):
                _undo_values(session, table, UUID(row), values)
    if person_id in touched:
        _undo_values(session, "person", person_id, rows_of_person.get(person_id.hex, {}))
    _part_fields(session, seen, fields, {key for key in goes if isinstance(key, str)})
    _bring_added(session, seen, goes, world)
    about(session, seen.person_id, seen.into_id)
    describe(session, name=seen.into_name, other=seen.name, reason=reason.strip())
    session.expire_all()
    return seen


def _came_over(moved: dict[tuple[str, str], list[UUID]], table: str, row: UUID) -> bool:
    return any(name == table and row in ids for (name, _column), ids in moved.items())


def _undo_values(session: Session, name: str, row: UUID, values: dict[str, list[Any]]) -> None:
    """Give back the values from before the merge, where nobody wrote another one since."""
    table = table_of(name, *values)
    now = session.execute(select(*(table.c[key] for key in values)).where(table.c.id == row)).mappings().one_or_none()
    if now is None:
        return
    back = {key: revived(table.c[key], before) for key, (before, after) in values.items() if plain(now[key]) == after}
    if back:
        write_rows(session, table, [row], back)


def _part_fields(session: Session, seen: Separation, fields: dict[str, list[Any]], goes: set[str]) -> None:
    """Each field of the two records: what was written since on the side it is said to be of, the rest as it was."""
    session.expire_all()
    one, other = session.get_one(Person, seen.into_id), session.get_one(Person, seen.person_id)
    written = {line.key for line in seen.lines if line.what == "field"}
    table: Any = Person.__table__
    for key, (before, after) in fields.items():
        if key not in written:
            if plain(getattr(one, key)) == after:
                setattr(one, key, revived(table.c[key], before))
        elif key in goes:
            setattr(other, key, getattr(one, key))
            setattr(one, key, revived(table.c[key], before))
    for person in (one, other):
        own = name_key(person.family, person.given)
        if person.name_key != own:
            person.name_key = own
    session.flush()


def _bring_added(session: Session, seen: Separation, goes: Collection[Key], world: World) -> None:
    added = {line.key for line in seen.lines if line.what == "added" and line.key in goes}
    for rows in (belonging.rows for belonging in world.belongings if not belonging.rows.stays):
        if not added:
            return
        table = table_of(rows.table, rows.column)
        wanted = table.c[rows.column] == seen.into_id, table.c.id.in_(added)
        own = session.scalars(select(table.c.id).where(*wanted)).all()
        if own:
            write_rows(session, table, own, {rows.column: seen.person_id})
