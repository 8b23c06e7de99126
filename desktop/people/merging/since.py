"""What came after a merge: which rows were changed, added or removed since, and on which side they would go if it is undone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.merged import name_on, survivor_of
from db.models.history import ChangeSet
from db.models.merge import MergedPerson
from db.models.person import Person
from db.texts import PluralMsgid, _
from desktop.core.manifest import Belonging
from desktop.people.merging.belongings import World, in_words
from desktop.people.merging.sides import FIELDS, Value
from desktop.people.merging.tables import plain, portions, table_of

What = Literal["changed", "added", "field"]


@dataclass(frozen=True, slots=True)
class Since:
    """One thing that was changed or added after the merge.

    `key` is the row's id or the name of a field of the record. `goes` is where it goes unless the user says otherwise: True
    with the record that is taken out, because it came from there.
    """

    key: UUID | str
    what: What
    kind: PluralMsgid | None  # of row; None for a field
    text: str  # of a row, in words; empty where the user may not see them
    by: str
    at: datetime | None
    goes: bool
    value: Value = None  # of a field


@dataclass(frozen=True, slots=True)
class Separation:
    """A merge as it stands now, and what came after it. `mark` changes with any of it."""

    merge_id: UUID
    step: UUID  # the change set of the merge
    person_id: UUID
    into_id: UUID
    name: str  # on the record that is taken out
    into_name: str
    at: datetime
    by_id: UUID
    by: str
    reason: str
    lines: tuple[Since, ...]
    removed: int  # rows that came over and were removed since: they stay so
    mark: str


def read_separation(session: Session, person_id: UUID, world: World) -> Separation:
    """What taking this record out of the one it was merged into would meet.

    Raises:
        RuleBroken: it is merged into none, or that one was merged on.
    """
    merge = session.scalar(select(MergedPerson).where(MergedPerson.person_id == person_id))
    if merge is None:
        raise RuleBroken(_("This record is not merged into another one."), _("It may have been taken apart already."))
    last = survivor_of(session, person_id)
    if last != merge.into_id:
        raise RuleBroken(
            _("The record it was merged into was itself merged into that of {name} since."),
            _("Take that merge apart first."),
            name=name_on(session, last),
        )
    step = session.execute(select(ChangeSet).where(ChangeSet.id == merge.made_in)).scalar_one()
    lines, removed = _Later(session, merge, step.number, world).read()
    versions = select(Person.id, Person.version).where(Person.id.in_([person_id, merge.into_id])).order_by(Person.id)
    mark = hashlib.sha256(repr([tuple(row) for row in session.execute(versions)]).encode())
    mark.update(repr(sorted((str(line.key), str(line.at)) for line in lines)).encode())
    return Separation(
        merge.id, step.id, person_id, merge.into_id, name_on(session, person_id), name_on(session, merge.into_id), step.at,
        step.actor_id, step.actor_name, merge.reason, tuple(lines), removed, mark.hexdigest(),
    )  # fmt: skip


def moved_by(merge: MergedPerson) -> dict[tuple[str, str], list[UUID]]:
    """The rows a merge brought over, by table and column."""
    found = {}
    for place, ids in merge.moved.get("rows", {}).items():
        table, _dot, column = place.partition(".")
        found[table, column] = [UUID(id) for id in ids]
    return found


class _Later:
    """Reads what was changed, added and removed after one merge."""

    def __init__(self, session: Session, merge: MergedPerson, number: int, world: World) -> None:
        self._session, self._merge, self._number, self._world = session, merge, number, world
        self._steps: dict[UUID, tuple[int, str, datetime]] = {}

    def read(self) -> tuple[list[Since], int]:
        """The lines, in the order of the modules, and how many rows are gone."""
        moved, lines, removed = moved_by(self._merge), self._fields(), 0
        there = frozenset(inspect(self._session.connection()).get_table_names())
        for belonging in self._world.belongings:
            rows = belonging.rows
            if rows.stays or rows.table not in there:
                continue
            came = moved.get((rows.table, rows.column), [])
            now = self._state(rows.table, came)
            removed += len(came) - len(now)
            changed = {id: changed_in for id, changed_in in now.items() if changed_in != self._merge.made_in}
            lines += self._lines(belonging, changed, "changed", goes=True)
            lines += self._lines(belonging, self._added(belonging), "added", goes=False)
        return lines, removed

    def _state(self, name: str, ids: Iterable[UUID]) -> dict[UUID, UUID]:
        """The step that changed each row last, of those that are there."""
        table, found = table_of(name), {}
        for some in portions(ids):
            found.update(
                {
                    row[0]: row[1]
                    for row in self._session.execute(select(table.c.id, table.c.changed_in).where(table.c.id.in_(some)))
                }
            )
        return found

    def _added(self, belonging: Belonging) -> dict[UUID, UUID]:
        """Rows of the record that stayed which were made by a later step."""
        rows = belonging.rows
        table = table_of(rows.table, rows.column)
        later = (
            select(table.c.id, table.c.made_in)
            .join(ChangeSet, ChangeSet.id == table.c.made_in)
            .where(table.c[rows.column] == self._merge.into_id, ChangeSet.number > self._number)
        )
        return {row[0]: row[1] for row in self._session.execute(later.order_by(table.c.id))}

    def _lines(self, belonging: Belonging, found: Mapping[UUID, UUID], what: What, *, goes: bool) -> list[Since]:
        shown = in_words(self._session, belonging, list(found), self._world)
        lines = []
        for id, step in found.items():
            _number, by, at = self._step(step)
            lines.append(Since(id, what, belonging.rows.words, shown.get(id, ""), by, at, goes))
        return lines

    def _fields(self) -> list[Since]:
        """Fields of the record that stayed which were changed since; they follow where their value came from."""
        now = self._session.get_one(Person, self._merge.into_id)
        _number, by, at = self._step(now.changed_in)
        found = []
        for key in FIELDS:
            before, after = self._merge.moved["fields"][key]
            if plain(getattr(now, key)) != after:
                found.append(Since(key, "field", None, "", by, at, before != after, getattr(now, key)))
        return found

    def _step(self, change_set: UUID) -> tuple[int, str, datetime]:
        if change_set not in self._steps:
            step = select(ChangeSet.number, ChangeSet.actor_name, ChangeSet.at).where(ChangeSet.id == change_set)
            row: Any = self._session.execute(step).one()
            self._steps[change_set] = (row[0], row[1], row[2])
        return self._steps[change_set]
