"""Whom rows of the core's tables are about."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.models.task import Task

_WHOSE: tuple[Any, ...] = (
    ContactPoint.person_id,
    Identifier.person_id,
    Interaction.person_id,
    Role.person_id,
    Task.person_id,
)
_BY_TABLE = {column.class_.__tablename__: column for column in _WHOSE}


def by_table(rows: Iterable[tuple[str, UUID]]) -> dict[str, list[UUID]]:
    """The ids of rows of several tables, table by table in the order they come."""
    found: dict[str, list[UUID]] = {}
    for table, row_id in rows:
        found.setdefault(table, []).append(row_id)
    return found


def people_of(table: str, ids: Collection[UUID]) -> Select[UUID] | None:
    """The ids of the people these rows are about; None for a table whose rows are not about one person each."""
    if table == Person.__tablename__:
        return select(Person.id).where(Person.id.in_(ids))
    column = _BY_TABLE.get(table)
    return None if column is None else select(column).where(column.class_.id.in_(ids), column.is_not(None))
