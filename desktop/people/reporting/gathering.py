"""Finds every row about one person in the tables of all modules, as their manifests say which those are. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, inspect, select
from sqlalchemy.orm import Session

from db.models.person import Person
from desktop.core.context import ModuleContext
from desktop.core.manifest import Manifest, Verb
from desktop.core.records import RecordWords, by_table
from desktop.core.registry import LoadFailed
from desktop.core.texts import Texts
from desktop.people.merging.tables import described

PERSON = Person.__tablename__
# What the report reads by itself: the person, the history, and who looked.
OWN_TABLES = frozenset({PERSON, "change_set", "change_about", "row_image", "look"})
_HIDDEN = {"identifier": frozenset({"value"})}  # read by asking for it, which is written down


@dataclass(frozen=True, slots=True)
class Modules:
    """What a report knows of the modules: which rows are about people, what these are called, and how to reach their code."""

    manifests: tuple[Manifest, ...]
    words: Mapping[str, RecordWords]
    verbs: Mapping[str, Verb]
    load: Callable[[str], Any]
    texts: Texts

    @classmethod
    def of(cls, context: ModuleContext, language: str) -> Modules:
        """All modules, in the language of the report."""
        texts = context.texts.other(language)
        return cls(context.manifests(), by_table(context.records()), context.verbs(), context.load, texts)


@dataclass(slots=True)
class Found:
    """The rows of one table, as one module declares them, by their keys."""

    module: str
    table: Table
    staff: frozenset[str] = frozenset()
    rows: dict[Any, dict[str, Any]] = field(default_factory=dict)
    said: dict[Any, str] = field(default_factory=dict)


class Gathering:
    """Finds every row about the person, module by module, in the tables where they are."""

    def __init__(self, session: Session, people: Collection[UUID], modules: Modules) -> None:
        self._session, self._people, self._modules = session, people, modules
        self._there = frozenset(inspect(session.connection()).get_table_names())
        self._found: dict[tuple[str, str], Found] = {}

    def all(self) -> list[Found]:
        """Those of people first, then what hangs on them, as far as it leads."""
        self._add("people", PERSON, "id", self._people)
        for manifest in self._modules.manifests:
            for rows in manifest.person_rows:
                self._said(rows.shows, ())  # its code declares the tables
                found = self._add(manifest.key, rows.table, rows.column, self._people, staff=rows.staff)
                if found is not None and rows.shows and rows.table not in _HIDDEN:
                    found.said |= self._said(rows.shows, [key for key in found.rows if key not in found.said])
        grew = True
        while grew:
            before = self._count()
            for manifest in self._modules.manifests:
                for more in manifest.person_more:
                    self._add(manifest.key, more.table, more.column, self._values(more.of), only=more.only, staff=more.staff)
            grew = self._count() > before
        order = {manifest.key: place for place, manifest in enumerate(self._modules.manifests)}
        return sorted(self._found.values(), key=lambda found: order.get(found.module, -1))

    def _count(self) -> int:
        return sum(len(found.rows) for found in self._found.values())

    def _values(self, of: str) -> set[Any]:
        """What stands in a column of the rows found so far."""
        table, _dot, column = of.partition(".")
        rows = (row for found in self._found.values() if found.table.name == table for row in found.rows.values())
        return {row[column] for row in rows} - {None}

    def _add(
        self, module: str, name: str, column: str, values: Collection[Any], *, only: str = "", staff: str = ""
    ) -> Found | None:
        if name not in self._there or not values:
            return None
        table = described(self._session, name)
        found = self._found.setdefault((module, name), Found(module, table))
        found.staff |= frozenset(staff.split())
        keys = [key.name for key in table.primary_key]
        wanted = {*only.split(), *keys, column} if only else {*table.c.keys()} - _HIDDEN.get(name, frozenset())
        columns = [one for one in table.c if one.name in wanted]
        for row in self._read(table, columns, column, values):
            found.rows.setdefault(tuple(row[key] for key in keys) if len(keys) > 1 else row[keys[0]], dict(row))
        return found

    def _read(
        self, table: Table, columns: Sequence[Column[Any]], column: str, values: Collection[Any]
    ) -> Iterator[Mapping[str, Any]]:
        """The rows of which the column holds one of the values, in the order of their keys."""
        query = select(*columns).where(table.c[column].in_(list(values))).order_by(*table.primary_key)
        for row in self._session.execute(query).mappings():
            yield {str(name): value for name, value in row.items()}

    def _said(self, shows: str, keys: Collection[Any]) -> dict[Any, str]:
        if not shows:
            return {}
        try:
            told: dict[Any, str] = self._modules.load(shows)(self._session, list(keys), self._modules.texts) if keys else {}
            if not keys:
                self._modules.load(shows)
        except LoadFailed:  # the module does not run: its rows are told by their columns
            return {}
        return told
