"""What tables there are, as the server itself describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from db.postgresql.schemas import CORE

_COLUMNS = f"""SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum),
        array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum),
        array_agg(a.attname::text ORDER BY array_position(k.conkey, a.attnum)) FILTER (WHERE a.attnum = ANY(k.conkey))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
    WHERE c.relnamespace = '{CORE}'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname COLLATE "C" """
_LINKS = f"""SELECT k.conname, c.relname, a.attname, p.relname, b.attname, k.confdeltype = 'a' FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = k.confkey[1]
    WHERE k.contype = 'f' AND c.relnamespace = '{CORE}'::regnamespace ORDER BY c.relname, k.conname"""


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key. `waits` where a removal may leave what refers to the row until the step ends."""

    name: str
    child: str
    column: str
    parent: str
    target: str
    waits: bool


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table as the server describes it: the types of its columns, in order, and which of them are its key."""

    name: str
    types: Mapping[str, str]
    key: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.types)

    @property
    def tracked(self) -> bool:
        """True for tables whose rows carry change sets."""
        return {"id", "version", "made_in", "changed_in"} <= self.types.keys()


Tables = Mapping[str, TableInfo]


def tables_of(connection: Connection) -> Tables:
    """Every ordinary table of ours, by name and in the order of names."""
    links = [Link(*row) for row in connection.exec_driver_sql(_LINKS)]
    return {
        name: TableInfo(
            name,
            dict(zip(columns, types, strict=True)),
            tuple(key or ()),
            tuple(link for link in links if link.child == name),
        )
        for name, columns, types, key in connection.exec_driver_sql(_COLUMNS)
    }


def children_first(tables: Iterable[TableInfo]) -> list[TableInfo]:
    """The tables so that a row is removed before the rows it refers to."""
    by_name = {table.name: table for table in tables}
    order: list[TableInfo] = []
    seen: set[str] = set()

    def visit(table: TableInfo) -> None:
        if table.name in seen:
            return
        seen.add(table.name)
        for link in table.links:
            if link.parent in by_name:
                visit(by_name[link.parent])
        order.append(table)

    for table in by_name.values():
        visit(table)
    return order[::-1]
