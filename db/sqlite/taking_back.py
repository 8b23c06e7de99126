"""Inverting a change set on SQLite, in sets rather than row by row."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db.engine import Inverted
from db.errors import RuleBroken
from db.sqlite.triggers import TableInfo, catalogue
from db.texts import _

BIG = 200  # rows: a copy is worth its while before more than these are undone


def is_big(connection: Connection, change_set: UUID) -> bool:
    """Whether the change set made or moved more than `BIG` rows."""
    own = change_set.bytes
    counts = ["SELECT count(*) FROM (SELECT 1 FROM row_image WHERE change_set = :own LIMIT :most)"] + [
        f'SELECT count(*) FROM (SELECT 1 FROM "{table.name}" WHERE made_in = :own LIMIT :most)'
        for table in catalogue(connection)
        if table.tracked
    ]
    found = 0
    for count in counts:
        found += connection.exec_driver_sql(count, {"own": own, "most": BIG + 1}).scalar_one()
        if found > BIG:
            return True
    return False


def invert(connection: Connection, change_set: UUID, own: UUID) -> Inverted:
    """Undo `change_set` inside the open change set `own`.

    A row it made goes unless it was changed since or something younger refers to it; a kept row keeps everything of
    the same change set that hangs on it or that it hangs on. A row it changed or removed gets its former values back
    unless it was changed since.

    Raises:
        RuleBroken: what would come back belongs to something that is gone, or its place is taken.
    """
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # until the commit; looked at below, when all is in place
    try:
        return _undo(connection, change_set, own)
    except IntegrityError as error:
        raise _in_the_way() from error


def _undo(connection: Connection, change_set: UUID, own: UUID) -> Inverted:
    tables = [table for table in catalogue(connection) if table.tracked]
    by_name = {table.name: table for table in tables}
    _collect(connection, tables, change_set)
    _keep_touched(connection, tables, change_set)
    _spread(connection, tables)
    kept = connection.exec_driver_sql("SELECT table_name, id FROM temp.taken WHERE kept").all()
    order = _children_first(by_name)
    gone: dict[str, int] = {}
    for name in order:
        done = connection.exec_driver_sql(
            f"DELETE FROM \"{name}\" WHERE id IN (SELECT id FROM temp.taken WHERE table_name = '{name}' AND NOT kept)"
        )
        gone[name] = done.rowcount
    kept_rows = [(row[0], UUID(bytes=row[1])) for row in kept]
    back = {name: _give_back_removed(connection, by_name[name], change_set, own) for name in reversed(order)}
    for name in order:
        count, later = _restore_changed(connection, by_name[name], change_set, own)
        back[name] += count
        kept_rows += [(name, row) for row in later]
    connection.exec_driver_sql("DROP TABLE temp.taken")
    if any(connection.exec_driver_sql(f'PRAGMA foreign_key_check("{name}")').first() for name in order if back[name]):
        raise _in_the_way()
    moved = frozenset(name for name in order if gone[name] or back[name])
    return Inverted(sum(gone.values()) + sum(back.values()), tuple(dict.fromkeys(kept_rows)), moved)


def _in_the_way() -> RuleBroken:
    return RuleBroken(
        _("This can no longer be taken back: what it belongs to was removed since, or its place is taken."),
        _("Nothing was changed. Take back the later changes first."),
    )


def _collect(connection: Connection, tables: list[TableInfo], change_set: UUID) -> None:
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.taken")
    connection.exec_driver_sql(
        "CREATE TEMP TABLE taken (id BLOB PRIMARY KEY, table_name TEXT NOT NULL, kept INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
    )
    for table in tables:
        connection.exec_driver_sql(
            f"INSERT INTO temp.taken (id, table_name) SELECT id, '{table.name}' FROM \"{table.name}\" WHERE made_in = ?",
            (change_set.bytes,),
        )
    connection.exec_driver_sql("CREATE INDEX temp.ix_taken_table ON taken (table_name, kept)")


def _keep_touched(connection: Connection, tables: list[TableInfo], change_set: UUID) -> None:
    """Keep rows changed since, and rows to which something refers that this change set neither made nor changed last."""
    for table in tables:
        connection.exec_driver_sql(
            f"UPDATE temp.taken SET kept = 1 WHERE table_name = '{table.name}' AND id IN "
            f'(SELECT id FROM "{table.name}" WHERE made_in = ? AND changed_in IS NOT ?)',
            (change_set.bytes, change_set.bytes),
        )
        for column, (parent, _target) in table.keys.items():
            connection.exec_driver_sql(
                f"UPDATE temp.taken SET kept = 1 WHERE table_name = '{parent}' AND NOT kept AND EXISTS "
                f'(SELECT 1 FROM "{table.name}" c WHERE c."{column}" = taken.id AND c.made_in IS NOT ? AND c.changed_in IS NOT ?)',
                (change_set.bytes, change_set.bytes),
            )


def _spread(connection: Connection, tables: list[TableInfo]) -> None:
    """A kept row keeps its parents and its children of the same change set, until nothing more follows."""
    if not connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM temp.taken WHERE kept)").scalar():
        return
    while True:
        moved = 0
        for table in tables:
            for column, (parent, _target) in table.keys.items():
                kept = f"FROM temp.taken t JOIN \"{table.name}\" c ON %s WHERE t.kept AND t.table_name = '%s'"
                parents = f'SELECT c."{column}" ' + kept % ("c.id = t.id", table.name)
                children = "SELECT c.id " + kept % (f'c."{column}" = t.id', parent)
                for name, wanted in ((parent, parents), (table.name, children)):
                    done = connection.exec_driver_sql(
                        f"UPDATE temp.taken SET kept = 1 WHERE NOT kept AND table_name = '{name}' AND id IN ({wanted})"
                    )
                    moved += done.rowcount
        if not moved:
            return


def _first_images(table: TableInfo) -> str:
    """The oldest image per row inside one change set is the state before it; `?` stands for the change set."""
    return (
        f"SELECT row_id, before FROM row_image WHERE number IN (SELECT min(number) FROM row_image "
        f"WHERE change_set = ? AND table_name = '{table.name}' GROUP BY row_id)"
    )


def _value(table: TableInfo, column: str) -> str:
    read = f"json_extract(i.before, '$.{column}')"
    return f"unhex({read})" if column in table.binary else read


def _restore_changed(connection: Connection, table: TableInfo, taken: UUID, own: UUID) -> tuple[int, list[UUID]]:
    images = _first_images(table)
    later = connection.exec_driver_sql(
        f'SELECT r.id FROM "{table.name}" r JOIN ({images}) i ON i.row_id = r.id '
        f"WHERE r.changed_in IS NOT ? AND r.made_in IS NOT ?",
        (taken.bytes, taken.bytes, taken.bytes),
    ).scalars()
    kept = [UUID(bytes=row) for row in later]
    values = [c for c in table.columns if c not in ("id", "version", "made_in", "changed_in")]
    sets = ", ".join(f'"{c}" = {_value(table, c)}' for c in values)
    done = connection.exec_driver_sql(
        f'UPDATE "{table.name}" AS r SET version = r.version + 1, changed_in = ?, {sets} '
        f"FROM ({images}) i WHERE i.row_id = r.id AND r.changed_in = ? AND r.made_in IS NOT ?",
        (own.bytes, taken.bytes, taken.bytes, taken.bytes),
    )
    return done.rowcount, kept


def _give_back_removed(connection: Connection, table: TableInfo, taken: UUID, own: UUID) -> int:
    """A removed row comes back as a new row under its old id: made by `own`, so that it can be taken back again."""
    images = _first_images(table)
    columns = ", ".join(f'"{c}"' for c in table.columns)
    values = ", ".join(
        {"version": "json_extract(i.before, '$.version') + 1", "made_in": "?", "changed_in": "?"}.get(c) or _value(table, c)
        for c in table.columns
    )
    done = connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM ({images}) i '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{table.name}" r WHERE r.id = i.row_id) '
        f"AND json_extract(i.before, '$.made_in') IS NOT ? AND EXISTS (SELECT 1 FROM row_image d WHERE "
        f"d.change_set = ? AND d.table_name = '{table.name}' AND d.operation = 'd' AND d.row_id = i.row_id)",
        (own.bytes, own.bytes, taken.bytes, taken.hex.upper(), taken.bytes),
    )
    return done.rowcount


def _children_first(tables: dict[str, TableInfo]) -> list[str]:
    """Table names so that a row is removed before the rows it refers to."""
    order: list[str] = []
    state: dict[str, int] = {}

    def visit(name: str) -> None:
        if name not in tables or name in state:
            return
        state[name] = 1
        for parent, _column in tables[name].keys.values():
            visit(parent)
        order.append(name)

    for name in tables:
        visit(name)
    return order[::-1]
