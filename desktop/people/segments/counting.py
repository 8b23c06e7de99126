"""How many fit while a segment is built: each condition alone, and all of them so far. No Qt in this file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.person import Person
from desktop.people.segments.compiling import Asking, is_complete
from desktop.people.segments.definition import Condition, Definition, Group, Sets, to_json
from desktop.people.segments.fields import Fields

Path = tuple[int, ...]  # the place of a condition or group in the groups around it
Remembered = dict[str, int]  # counts made of this state of the data, by what was counted


@dataclass(frozen=True, slots=True)
class Count:
    """`alone` is how many fit this by itself, `so_far` how many fit it with all before it; None while it is not complete."""

    alone: int | None = None
    so_far: int | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted of a definition. `problem` says why the whole could not be; `people` are those who fit."""

    whole: int | None
    everybody: int
    lines: dict[Path, Count] = field(default_factory=dict)
    problem: RuleBroken | None = None
    left: int = 0
    people: Select[Any] | None = None
    left_out: Select[Any] | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of who is in, or was left out: then `why` is the id of the segment that says so."""

    id: Any
    family: str
    given: str
    why: str


def trimmed(node: Group, fields: Fields) -> Group:
    """The group without what is not complete yet, and without inner groups of nothing."""
    kept: list[Condition | Group] = []
    for one in node.of:
        if isinstance(one, Condition):
            kept += [one] if is_complete(fields, one) else []
        elif (inner := trimmed(one, fields)).of:
            kept.append(inner)
    return Group(node.join, tuple(kept))


def count_all(session: Session, asking: Asking, definition: Definition, remembered: Remembered) -> Counts:
    """Count a definition that may not be complete yet; `remembered` spares counting again what was counted."""
    counting = _Counting(session, asking, remembered)
    everybody = counting.of(Group())
    assert everybody is not None
    if isinstance(definition, Sets):
        lines, usable = counting.sets(definition), definition.plus != ()
        if not usable:
            return Counts(0, everybody, lines)
    else:
        lines = dict(counting.lines(definition))
        definition = trimmed(definition, asking.fields)
    try:
        whole = asking.whole(definition)
        left: Select[Any] | None = None
        if isinstance(definition, Sets):
            conditions, why = asking.left_out(definition)
            left = _members(conditions, why)
        return Counts(
            counting.of(definition), everybody, lines, None, counting.rows(left), _members(whole, literal("")), left
        )  # fmt: skip
    except RuleBroken as broken:
        return Counts(None, everybody, lines, broken)


class _Counting:
    def __init__(self, session: Session, asking: Asking, remembered: Remembered) -> None:
        self._session, self._asking, self._remembered = session, asking, remembered

    def of(self, definition: Definition) -> int | None:
        """How many it means; None when that cannot be told."""
        key = json.dumps([to_json(definition), self._asking.asked.today.isoformat()])
        if key not in self._remembered:
            try:
                self._remembered[key] = self._number(self._asking.whole(definition))
            except RuleBroken:
                return None
        return self._remembered[key]

    def rows(self, query: Select[Any] | None) -> int:
        """How many rows a query has."""
        if query is None:
            return 0
        return self._session.execute(select(func.count()).select_from(query.subquery())).scalar_one()

    def lines(self, group: Group, path: Path = ()) -> Iterator[tuple[Path, Count]]:
        """A count for each line; how many so far is told of the lines of the outermost group."""
        for number, one in enumerate(group.of):
            here = (*path, number)
            shown = trimmed(Group("all", (one,)), self._asking.fields)
            so_far = trimmed(Group(group.join, group.of[: number + 1]), self._asking.fields) if not path else None
            alone = self.of(shown) if shown.of else None
            yield here, Count(alone, self.of(so_far) if so_far is not None and alone is not None else None)
            if isinstance(one, Group):
                yield from self.lines(one, here)

    def sets(self, sets: Sets) -> dict[Path, Count]:
        """A count for each segment by itself, and for all up to it."""
        found: dict[Path, Count] = {}
        plus: tuple[UUID, ...] = ()
        only, minus = plus, plus
        for number, (role, id) in enumerate(sets.parts):
            plus = (*plus, id) if role == "plus" else plus
            only = (*only, id) if role == "only" else only
            minus = (*minus, id) if role == "minus" else minus
            found[(number,)] = Count(self.of(Sets(plus=(id,))), self.of(Sets(plus, only, minus)) if plus else None)
        return found

    def _number(self, conditions: list[ColumnElement[bool]]) -> int:
        return self._session.execute(select(func.count()).select_from(Person).where(*conditions)).scalar_one()


def _members(conditions: list[ColumnElement[bool]], why: ColumnElement[Any]) -> Select[Any]:
    return select(
        Person.id, Person.family, Person.given, why.label("why"), Person.name_key.label("name_sort")
    ).where(*conditions)  # fmt: skip
