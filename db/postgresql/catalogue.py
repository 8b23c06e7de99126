"""What tables there are, as the server itself describes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from db.postgresql.connection import SCHEMA

_COLUMNS = f"""SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = '{SCHEMA}'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname COLLATE "C" """
_LINKS = f"""SELECT k.conname, c.relname, a.attname, p.relname, b.attname FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
    JOIN pg_attribute b ON b.attrelid = p.oid AND b.attnum = k.confkey[1]
    WHERE k.contype = 'f' AND c.relnamespace = '{SCHEMA}'::regnamespace ORDER BY c.relname, k.conname"""


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key."""

    name: str
    child: str
    column: str
    parent: str
    target: str


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table as the server describes it."""

    name: str
    columns: tuple[str, ...]
    links: tuple[Link, ...]

    @property
    def tracked(self) -> bool:
        """True for tables whose rows carry change sets."""
        return {"id", "version", "made_in", "changed_in"} <= set(self.columns)


def catalogue(connection: Connection) -> list[TableInfo]:
    """Every ordinary table of ours, by name."""
    links = [Link(*row) for row in connection.exec_driver_sql(_LINKS)]
    return [
        TableInfo(name, tuple(columns), tuple(link for link in links if link.child == name))
        for name, columns in connection.exec_driver_sql(_COLUMNS)
    ]


def children_first(tables: Sequence[TableInfo]) -> list[TableInfo]:
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

    for table in tables:
        visit(table)
    return order[::-1]


def quoted(name: str) -> str:
    """A name as it stands in a statement."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as it stands in a statement."""
    return "'" + text.replace("'", "''") + "'"
