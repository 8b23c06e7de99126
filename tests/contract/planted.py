"""Rows about one person in every table that may hold something about people, with a marker of their own in every text column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Column, Date, Integer, Table, Text, insert, update
from sqlalchemy.orm import Session

from db.base import Key, Moment, metadata, new_id
from db.database import own_change_set
from db.sorting import name_key
from desktop.core.registry import Registry

MOMENT, DAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC), date(2026, 3, 2)
# What a rule of the table or a list of codes asks for; all else takes any text.
GIVEN: dict[str, Any] = {
    "contact_point.kind": "email",
    "contact_point.hold": "",
    "identifier.kind": "other",
    "interaction.kind": "note",
    "interaction.direction": "in",
    "person.language": "sv",
    "role.kind": "student",
    "consent.state": "given",
    "consent.way": "call",
    "consent_purpose.kind": "service",
    "consent_purpose.basis": "consent",
    "contact_block.channel": "all",
    "segment.kind": "living",
    "unit.level": "faculty",
    "call_round.kind": "outgoing",
    "call_round.state": "open",
    "call_entry.state": "ready",
    "policy.state": "current",
    "policy_version.state": "current",
    "policy_signer.post_id": None,
    "unit.parent_id": None,
    "segment.definition": {},
    "consent_text.language": "sv",
    "disposal.state": "open",
    "disposal_rule.action": "erase",
}


def tables_of(registry: Registry) -> dict[str, Table]:
    """All tables there are, those of the modules among them."""
    for module in registry.modules:
        try:
            import_module(f"{module.package}.tables")
        except ModuleNotFoundError:
            continue
    return dict(metadata.tables)


class Planted:
    """The rows of one person. `markers` is what stands in which column, each generation of it: ("role", "programme") -> [...]."""

    def __init__(self, session: Session, letters: str) -> None:
        self._letters, self._numbers = letters, count(100)
        self.person, self.earlier = new_id(), new_id()
        self.other: UUID | None = None  # with whom a pair is made
        self.users: list[UUID] = []  # who worked on rows, and keys that lead nowhere
        self.rows: dict[str, Any] = {}
        self.markers: dict[tuple[str, str], list[str]] = {}
        for own in (self.earlier, self.person):
            self._insert(session, metadata.tables["person"], {"id": own, "name_key": name_key("a", "b")})
        self.rows["person"] = self.person

    def plant(self, session: Session, name: str) -> Any:
        """A row of this table, with what it refers to; gives its key."""
        if name not in self.rows:
            table = metadata.tables[name]
            self.rows[name] = self._insert(session, table, self._leading(table))
        return self.rows[name]

    def change(self, session: Session, name: str) -> None:
        """Other markers in every text column of the row; the former ones stay in the history."""
        table = metadata.tables[name]
        moving = [column for column in table.c if self._is_text(table, column) or self._is_loose_key(table, column)]
        values = {column.name: self._value(table, column) for column in moving}
        stamp = {"version": table.c.version + 1, "changed_in": own_change_set(session)}
        session.execute(update(table).where(table.c.id == self.rows[name]).values(**values, **stamp))

    def all(self) -> Iterator[str]:
        """Every marker."""
        for each in self.markers.values():
            yield from each

    def _leading(self, table: Table) -> dict[str, Any]:
        """The columns that say whose the row is."""
        if table.name == "merged_person":
            return {"person_id": self.earlier, "into_id": self.person}
        if table.name in ("not_a_duplicate", "suspected_pair"):
            return {"first_id": self.person, "second_id": self.other}
        return {"subject": self.person} if table.name == "attachment" else {}

    def _insert(self, session: Session, table: Table, leading: dict[str, Any]) -> Any:
        values = dict(leading)
        for column in table.c:
            if column.name in values:
                continue
            if column.primary_key and isinstance(column.type, Key):
                values[column.name] = new_id()
                continue
            name = f"{table.name}.{column.name}"
            target = next((key.column.table.name for key in column.foreign_keys), "")
            if name in GIVEN:
                values[column.name] = GIVEN[name]
            elif column.name in ("made_in", "changed_in"):
                values[column.name] = own_change_set(session)
            elif target:
                values[column.name] = self.plant(session, target)
            else:
                values[column.name] = self._value(table, column)
        session.execute(insert(table).values(**values))
        return next(values[key.name] for key in table.primary_key)

    def _value(self, table: Table, column: Column[Any]) -> Any:
        if f"{table.name}.{column.name}" in GIVEN:
            return GIVEN[f"{table.name}.{column.name}"]
        kind = column.type
        if isinstance(kind, Key):
            self.users.append(new_id())
            return self.users[-1]
        if isinstance(kind, Moment):
            return MOMENT
        if isinstance(kind, Date):
            return DAY
        if isinstance(kind, Boolean):
            return False
        if isinstance(kind, Integer):
            return 1
        if isinstance(kind, JSON):
            marker = self._marker(table, column)
            return [marker] if column.name in ("answers", "topics") else {"sv": marker}
        return self._marker(table, column) if isinstance(kind, Text) else b"key"

    def _is_text(self, table: Table, column: Column[Any]) -> bool:
        texts = isinstance(column.type, Text | JSON) and not column.foreign_keys
        return texts and f"{table.name}.{column.name}" not in GIVEN

    def _is_loose_key(self, table: Table, column: Column[Any]) -> bool:
        """Such as that of a user, which no rule of the table follows."""
        own = column.primary_key or column.foreign_keys or column.name in ("made_in", "changed_in", *self._leading(table))
        return isinstance(column.type, Key) and not own

    def _marker(self, table: Table, column: Column[Any]) -> str:
        made = f"{self._letters}{next(self._numbers)}z"
        self.markers.setdefault((table.name, column.name), []).append(made)
        return made
