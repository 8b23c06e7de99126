"""Triggers that keep row history and mark search text dirty, made from the catalogue after every upgrade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

PREFIX = "kontinuum_"
OPEN = "(SELECT id FROM open_change_set)"  # a function of ours in every trigger would cost three times as much
_GUARD = f"""CREATE TRIGGER {PREFIX}guard BEFORE INSERT ON open_change_set
    WHEN NEW.id IS NOT kontinuum_change_set() OR EXISTS (SELECT 1 FROM open_change_set)
    BEGIN SELECT RAISE(ABORT, 'only the program opens a change set'); END"""


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table as the file itself describes it. `keys` maps a column to the (table, column) it refers to."""

    name: str
    columns: tuple[str, ...]
    binary: frozenset[str]
    keys: dict[str, tuple[str, str]]

    @property
    def tracked(self) -> bool:
        """True for tables whose rows carry change sets."""
        return {"id", "version", "made_in", "changed_in"} <= set(self.columns)


def catalogue(connection: Connection) -> list[TableInfo]:
    """Every ordinary table in the file, by name."""
    found = []
    names = connection.exec_driver_sql(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    for name in names.scalars().all():
        columns = connection.exec_driver_sql("SELECT name, type FROM pragma_table_info(?)", (name,)).all()
        keys = connection.exec_driver_sql('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', (name,)).all()
        binary = frozenset(c.name for c in columns if c.type.upper().startswith(("BINARY", "BLOB")))
        found.append(TableInfo(name, tuple(c.name for c in columns), binary, {k[0]: (k[1], k[2] or "id") for k in keys}))
    return found


def remove(connection: Connection) -> None:
    """Drop all triggers of ours."""
    old = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'").scalars().all()
    for name in old:
        if name.startswith(PREFIX):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def install(connection: Connection, marks: Sequence[tuple[str, str, str, str]]) -> None:
    """Make all triggers; none may be there.

    `marks` lists (table, column holding the record's id, condition on `%s.column` or empty, kind of findable record).
    """
    connection.exec_driver_sql(_GUARD)
    for event in ("UPDATE", "DELETE"):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {PREFIX}look_{event[0].lower()} BEFORE {event} ON look "
            "BEGIN SELECT RAISE(ABORT, 'the log is only written on'); END"
        )
    tables = {table.name: table for table in catalogue(connection)}
    for table in tables.values():
        if table.tracked:
            for statement in _history(table):
                connection.exec_driver_sql(statement)
    for name, column, condition, kind in marks:
        if name in tables:
            for statement in _dirty(name, column, condition, kind):
                connection.exec_driver_sql(statement)


def _made(table: str) -> str:  # where the engine gave up the transaction, a rested trigger is already back
    return f"""CREATE TRIGGER IF NOT EXISTS {PREFIX}{table}_made BEFORE INSERT ON "{table}"
        WHEN NEW.made_in IS NOT {OPEN} OR NEW.changed_in IS NOT NEW.made_in
        BEGIN SELECT RAISE(ABORT, 'a row must name the open change set'); END"""


@contextmanager
def rested(cursor: Any, table: str) -> Iterator[None]:
    """The check on new rows rests inside, in this transaction only: it costs as much as storing the row.

    For statements that write the open change set themselves.
    """
    cursor.execute(f'DROP TRIGGER "{PREFIX}{table}_made"')
    try:
        yield
    finally:
        cursor.execute(_made(table))


@contextmanager
def rested_removal(connection: Connection, table: TableInfo) -> Iterator[None]:
    """The triggers that keep what is removed rest inside, in this transaction only.

    For a step that keeps the images of all it removes by a statement of its own, which costs half as much.
    """
    for name in ("removal", "removed"):
        connection.exec_driver_sql(f'DROP TRIGGER "{PREFIX}{table.name}_{name}"')
    try:
        yield
    finally:
        for statement in _on_removal(table):
            connection.exec_driver_sql(statement)


def image(table: TableInfo, row: str) -> str:
    """The expression for a row's image; `row` is what the row is called where it stands."""
    parts = []
    for column in table.columns:
        value = f'{row}."{column}"'
        if column in table.binary:
            value = f"iif({value} IS NULL, NULL, hex({value}))"
        parts.append(f"'{column}', {value}")
    return f"json_object({', '.join(parts)})"


def _keep(table: TableInfo, operation: str) -> str:
    return (
        f"INSERT INTO row_image (change_set, table_name, row_id, operation, before) "
        f"VALUES ({OPEN}, '{table.name}', OLD.id, '{operation}', {image(table, 'OLD')});"
    )


def _history(table: TableInfo) -> list[str]:
    name = table.name
    return [
        _made(name),
        f"""CREATE TRIGGER {PREFIX}{name}_rules BEFORE UPDATE ON "{name}"
            WHEN NEW.changed_in IS NOT {OPEN} OR NEW.made_in IS NOT OLD.made_in
              OR NEW.id IS NOT OLD.id OR NEW.version IS NOT OLD.version + 1
            BEGIN SELECT RAISE(ABORT, 'a change must name the open change set and raise the version by one'); END""",
        f"""CREATE TRIGGER {PREFIX}{name}_changed AFTER UPDATE ON "{name}" BEGIN {_keep(table, "u")} END""",
        *_on_removal(table),
    ]


def _on_removal(table: TableInfo) -> list[str]:
    return [
        f"""CREATE TRIGGER IF NOT EXISTS {PREFIX}{table.name}_removal BEFORE DELETE ON "{table.name}"
            WHEN {OPEN} IS NULL
            BEGIN SELECT RAISE(ABORT, 'a removal needs an open change set'); END""",
        f"""CREATE TRIGGER IF NOT EXISTS {PREFIX}{table.name}_removed AFTER DELETE ON "{table.name}" BEGIN {_keep(table, "d")} END""",
    ]


def _dirty(table: str, column: str, condition: str, kind: str) -> list[str]:
    """Changes and removals; new rows name their change set and are gathered from there, which costs half as much.

    A changed row marks whose it was, too: it may have gone over to another record, or be of no more interest.
    """
    found = []
    for event, rows in (("UPDATE", ("NEW", "OLD")), ("DELETE", ("OLD",))):
        conditions = [f"({condition.replace('%s', row)})" for row in rows]
        when = f"WHEN {' OR '.join(conditions)} " if condition else ""
        marks = ", ".join(f"({row}.\"{column}\", '{kind}')" for row in rows)
        found.append(
            f'CREATE TRIGGER {PREFIX}{table}_{kind}_{event[0].lower()} AFTER {event} ON "{table}" {when}'
            f"BEGIN INSERT OR IGNORE INTO search_dirty (ref, kind) VALUES {marks}; END"
        )
    return found
