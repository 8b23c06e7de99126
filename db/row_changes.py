"""What a change set did to single rows: as they stood before it and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import engine_of
from db.identity_numbers import DOT, masked
from db.models.person import Identifier, Person
from db.search import title_of

AT_MOST = 200  # rows read at first; the rest is counted
Operation = Literal["made", "changed", "removed"]
Image = Mapping[str, Any]  # a row by column, values as the history keeps them


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row. What was made has no `before`, what was removed no `after`; numbers of people are masked in both."""

    area: str  # the table
    row_id: UUID
    operation: Operation
    before: Image
    after: Image

    @property
    def person_id(self) -> UUID | None:
        """Whom the row is about, if it is about one person."""
        if self.area == Person.__tablename__:
            return self.row_id
        held = (self.after or self.before).get("person_id")
        return key_of(held) if held else None

    @property
    def moved(self) -> tuple[str, ...]:
        """The columns that differ, in the order of the table; of a row that came or went those that are filled."""
        names = tuple(self.after or self.before)
        return tuple(name for name in names if (self.before.get(name) or "") != (self.after.get(name) or ""))


@dataclass(frozen=True, slots=True)
class RowChanges:
    """All a reader may see of a change set: how many rows of each table, and the first of them with their people's names."""

    counts: tuple[tuple[str, Operation, int], ...]
    rows: tuple[RowChange, ...]
    people: Mapping[UUID, str]

    @property
    def total(self) -> int:
        """How many rows it moved."""
        return sum(count for _area, _operation, count in self.counts)


def row_changes(session: Session, change_set: UUID, areas: Sequence[str], *, limit: int = AT_MOST) -> RowChanges:
    """Read what a change set did.

    A row that a later step took away again is told by that step, here only if it took this one back.

    Args:
        areas: The tables the reader may see, those to be read first in front. A server looks at the rights of the login
            besides, by column and by row.
        limit: How many rows are read one by one.
    """
    connection = session.connection()
    counts: list[tuple[str, Operation, int]] = []
    rows: list[RowChange] = []
    for area, operation, ref, before, after, amount in engine_of(connection).row_changes(connection, change_set, areas, limit):
        if ref is None:
            counts.append((area, operation, amount))
        else:
            rows.append(RowChange(area, key_of(ref), operation, image_of(area, before), image_of(area, after)))
    people = {row.person_id for row in rows} - {None}
    return RowChanges(tuple(counts), tuple(rows[:limit]), _gone(rows) | (_names(session, people) if people else {}))


def key_of(value: Any) -> UUID:
    """A key as images keep it: hexadecimal digits in a file, with dashes on a server."""
    if isinstance(value, UUID):
        return value
    return UUID(bytes=value) if isinstance(value, bytes) else UUID(hex=value)


def image_of(area: str, image: Any) -> Image:
    """An image as the engine gives it, by column; numbers of people are masked."""
    values: dict[str, Any] = json.loads(image) if isinstance(image, str) else dict(image or {})
    if area == Identifier.__tablename__ and "value" in values:
        value = str(values["value"])
        values["value"] = value if DOT in value else masked(str(values.get("kind", "")), value)
    return values


def _gone(rows: Iterable[RowChange]) -> dict[UUID, str]:
    """The names of people who may not be there any more, from their own rows."""
    own = [(row.row_id, row.after or row.before) for row in rows if row.area == Person.__tablename__]
    return {key: title_of(str(image.get("family", "")), str(image.get("given", ""))) for key, image in own}


def _names(session: Session, people: Iterable[UUID | None]) -> dict[UUID, str]:
    found = select(Person.id, Person.family, Person.given).where(Person.id.in_(people))
    return {row.id: title_of(row.family, row.given) for row in session.execute(found)}
