"""What tables need on a server beyond what their revisions say."""

from __future__ import annotations

from sqlalchemy import Connection

from db.postgresql.quoting import quoted
from db.postgresql.schemas import CORE

_TEXTS = f"""SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum), array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = '{CORE}'::regnamespace AND c.relkind IN ('r', 'p') AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)
    AND a.attcollation = 'default'::regcollation GROUP BY c.relname ORDER BY c.relname COLLATE "C" """


def compare_by_code(connection: Connection) -> None:
    """Texts are compared and sorted as their characters are numbered, as in a file, whatever alphabet the server was set up with."""
    for table, columns, kinds in connection.exec_driver_sql(_TEXTS).all():
        changes = [f'ALTER {quoted(name)} TYPE {kind} COLLATE "C"' for name, kind in zip(columns, kinds, strict=True)]
        connection.exec_driver_sql(f"ALTER TABLE {quoted(table)} {', '.join(changes)}")
