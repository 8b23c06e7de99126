"""Which rows of all modules belong to two records, and what becomes of them when one of the records stays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from db.engine import hold_still
from db.errors import RuleBroken
from desktop.core.context import ModuleContext
from desktop.core.manifest import Belonging, PersonRows
from desktop.core.texts import Texts
from desktop.people.merging.tables import Load, table_of

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class World:
    """What merging knows of the modules: whose rows there are, how to reach their rules, and what this user may see."""

    belongings: tuple[Belonging, ...]
    load: Load
    may: Callable[[str], bool]
    texts: Texts
    now: Callable[[], datetime]

    @classmethod
    def of(cls, context: ModuleContext) -> World:
        """The world of this user."""
        return cls(context.person_rows(), context.load, context.may, context.texts, context.clock.now)


@dataclass(frozen=True, slots=True)
class Double:
    """Two rows of which one remains, and what it takes over from the other."""

    remains: UUID
    goes: UUID
    takes_over: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moving:
    """The rows of one kind that go over to the record that stays, with the first of them in words."""

    belonging: Belonging
    moves: tuple[UUID, ...]
    doubles: tuple[Double, ...]
    examples: tuple[str, ...]

    @property
    def rows(self) -> PersonRows:
        """What its module says of them."""
        return self.belonging.rows


@dataclass(frozen=True, slots=True)
class Belongings:
    """All rows of two records at one moment. `mark` changes with any of them; `refused` is why rows cannot become one."""

    moving: tuple[Moving, ...]
    refused: tuple[RuleBroken, ...]
    mark: str


def read_belongings(session: Session, stays: UUID, goes: UUID, world: World) -> Belongings:
    """Every row that refers to one of the two, and what is to become of it."""
    there = frozenset(inspect(session.connection()).get_table_names())
    found: list[Moving] = []
    refused: list[RuleBroken] = []
    mark = hashlib.sha256()
    for belonging in world.belongings:
        rows = belonging.rows
        if rows.table not in there:
            continue
        held = _held(session, rows, stays, goes)
        for line in sorted((str(id.hex), version) for _whose, id, version in held):
            mark.update(f"{rows.table}.{rows.column} {line}".encode())
        theirs = tuple(id for whose, id, _version in held if whose == goes)
        if rows.stays or not theirs:
            continue
        doubles = _doubles(session, rows, stays, goes, world, refused)
        going = {double.goes for double in doubles}
        moves = tuple(id for id in theirs if id not in going)
        found.append(Moving(belonging, moves, doubles, tuple(in_words(session, belonging, theirs[:EXAMPLES], world).values())))
    return Belongings(tuple(found), tuple(refused), mark.hexdigest())


def hold_rows_still(session: Session, people: Sequence[UUID], world: World) -> None:
    """No other desk changes these records, their rows, or adds one, until this step ends: what is read now is what is merged."""
    hold_still(session, people)
    there = frozenset(inspect(session.connection()).get_table_names())
    for rows in (belonging.rows for belonging in world.belongings if not belonging.rows.stays):
        if rows.table in there:
            table = table_of(rows.table, rows.column)
            own = select(table.c.id).where(table.c[rows.column].in_(people)).order_by(table.c.id)
            session.execute(own.with_for_update())  # a file has one writer, and its statements no such words


def in_words(session: Session, belonging: Belonging, ids: Sequence[UUID], world: World) -> dict[UUID, str]:
    """These rows in words, as far as this user may see them."""
    rows = belonging.rows
    if not rows.shows or not ids or not world.may(rows.right):
        return {}
    shown: dict[UUID, str] = world.load(rows.shows)(session, ids, world.texts)
    return {id: shown[id] for id in ids if id in shown}


def _held(session: Session, rows: PersonRows, *people: UUID) -> list[tuple[UUID, UUID, int]]:
    """Whose row, its id and version, in the order in which they were made."""
    table = table_of(rows.table, rows.column)
    query = select(table.c[rows.column], table.c.id, table.c.version).where(table.c[rows.column].in_(people))
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(table.c.id))]


def _doubles(
    session: Session, rows: PersonRows, stays: UUID, goes: UUID, world: World, refused: list[RuleBroken]
) -> tuple[Double, ...]:
    if not rows.same:
        return ()
    known = {key: id for id, key in _keys(session, rows, stays, world).items()}
    found = []
    for id, key in _keys(session, rows, goes, world).items():
        if key not in known:
            continue
        try:
            takes_over = world.load(rows.settle)(session, known[key], id, world.now()) if rows.settle else {}
        except RuleBroken as broken:
            refused.append(broken)
            continue
        found.append(Double(known[key], id, takes_over))
    return tuple(found)


def _keys(session: Session, rows: PersonRows, person: UUID, world: World) -> dict[UUID, Hashable]:
    """What makes rows the same, by row; rows that are the same inside one record are left as they are."""
    if ":" in rows.same:
        found: dict[UUID, Hashable] = world.load(rows.same)(session, person)
    else:
        columns = rows.same.split()
        table = table_of(rows.table, rows.column, *columns)
        query = select(table.c.id, *(table.c[column] for column in columns)).where(table.c[rows.column] == person)
        found = {row[0]: tuple(row[1:]) for row in session.execute(query.order_by(table.c.id))}
    return _first_of_each(found.items())


def _first_of_each(pairs: Iterable[tuple[UUID, Hashable]]) -> dict[UUID, Hashable]:
    first: dict[Hashable, UUID] = {}
    for id, key in pairs:
        first.setdefault(key, id)
    return {id: key for key, id in first.items()}
