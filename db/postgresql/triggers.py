"""Triggers that keep row history, made from the catalogue after every upgrade."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from db.postgresql.catalogue import TableInfo
from db.postgresql.quoting import quoted
from db.postgresql.schemas import CORE

PREFIX = "kontinuum_"
_OLD = "a change must name the open change set and raise the version by one"


def remove(connection: Connection) -> None:
    """Drop all triggers of ours."""
    found = connection.exec_driver_sql(
        f"SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        f"WHERE NOT t.tgisinternal AND c.relnamespace = '{CORE}'::regnamespace AND starts_with(t.tgname, '{PREFIX}')"
    )
    for name, table in found.all():
        connection.exec_driver_sql(f"DROP TRIGGER {quoted(name)} ON {quoted(table)}")


def install(connection: Connection, tables: Collection[TableInfo]) -> None:
    """Make all of them; none may be there."""
    connection.exec_driver_sql(
        f"CREATE CONSTRAINT TRIGGER {PREFIX}closed AFTER INSERT ON open_change_set DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW EXECUTE FUNCTION {PREFIX}closed()"
    )
    for table in tables:
        if table.tracked:
            for statement in _history(quoted(table.name)):
                connection.exec_driver_sql(statement)


def _history(table: str) -> Iterator[str]:
    """Set by set, so that many rows cost little more than few; what can be told from one row alone is told without a call."""
    yield (
        f"CREATE TRIGGER {PREFIX}made AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}made()"
    )
    yield (
        f"CREATE TRIGGER {PREFIX}rules AFTER UPDATE ON {table} FOR EACH ROW "
        f"WHEN (NEW.id <> OLD.id OR NEW.made_in <> OLD.made_in OR NEW.version <> OLD.version + 1) "
        f"EXECUTE FUNCTION {PREFIX}refuse('{_OLD}')"
    )
    yield (
        f"CREATE TRIGGER {PREFIX}changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}changed()"
    )
    yield (
        f"CREATE TRIGGER {PREFIX}removed AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {PREFIX}removed()"
    )
    yield (
        f"CREATE TRIGGER {PREFIX}emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {PREFIX}refuse('a removal needs an open change set')"
    )
