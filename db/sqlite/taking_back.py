"""Inverting a change set on SQLite, in sets rather than row by row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from db.engine import Inverted
from db.errors import RuleBroken
from db.sqlite.triggers import TableInfo, catalogue, image, rested_removal
from db.texts import _

BIG = 200  # rows: a copy is worth its while before more than these are undone
PORTION = 20_000  # rows whose images are kept before they go: those of the next are laid where these were
_KEEP = "INSERT OR IGNORE INTO temp.kept (table_name, id)"


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
    unless it was changed since. A later change that was itself taken back does not count.

    Raises:
        RuleBroken: what would come back belongs to something that is gone, or its place is taken.
    """
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # until the commit; looked at below, when all is in place
    try:
        return _undo(connection, change_set, own)
    except IntegrityError as error:
        raise _in_the_way() from error


def _undo(connection: Connection, change_set: UUID, own: UUID) -> Inverted:
    tables = {table.name: table for table in catalogue(connection) if table.tracked}
    made = [table for table in tables.values() if _any(connection, table, "=", change_set)]
    _keep_touched(connection, tables, made, change_set)
    kept = connection.exec_driver_sql("SELECT table_name, id FROM temp.kept").all()
    order = children_first(tables)
    staying = {row[0] for row in kept}
    gone = {
        name: _remove(connection, tables[name], change_set, own, all_of_it=name not in staying)
        for name in order
        if tables[name] in made
    }
    kept_rows = [(row[0], UUID(bytes=row[1])) for row in kept]
    back = {name: _give_back_removed(connection, tables[name], change_set, own) for name in reversed(order)}
    for name in order:
        count, later = _restore_changed(connection, tables[name], change_set, own)
        back[name] += count
        kept_rows += [(name, row) for row in later]
    connection.exec_driver_sql("DROP TABLE temp.kept")
    if any(connection.exec_driver_sql(f'PRAGMA foreign_key_check("{name}")').first() for name in order if back[name]):
        raise _in_the_way()
    moved = frozenset(name for name in order if gone.get(name) or back[name])
    return Inverted(sum(gone.values()) + sum(back.values()), tuple(dict.fromkeys(kept_rows)), moved)


def _in_the_way() -> RuleBroken:
    return RuleBroken(
        _("This can no longer be taken back: what it belongs to was removed since, or its place is taken."),
        _("Nothing was changed. Take back the later changes first."),
    )


def _any(connection: Connection, table: TableInfo, compared: str, change_set: UUID) -> bool:
    found = f'SELECT EXISTS (SELECT 1 FROM "{table.name}" WHERE made_in {compared} ?)'
    return bool(connection.exec_driver_sql(found, (change_set.bytes,)).scalar())


def _keep_touched(connection: Connection, tables: dict[str, TableInfo], made: list[TableInfo], change_set: UUID) -> None:
    """Keep rows changed since, and rows to which something refers that this change set neither made nor changed last."""
    own = {"own": change_set.bytes}
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.kept")
    connection.exec_driver_sql(
        "CREATE TEMP TABLE kept (table_name TEXT NOT NULL, id BLOB NOT NULL, PRIMARY KEY (table_name, id)) WITHOUT ROWID"
    )
    for table in made:
        connection.exec_driver_sql(
            f"{_KEEP} SELECT '{table.name}', r.id FROM \"{table.name}\" r WHERE r.made_in = :own AND r.changed_in IS NOT :own "
            f"AND NOT {_as_left(table, ':own')}",
            own,
        )
    names = {table.name for table in made}
    for table in tables.values():
        keys = [(column, parent) for column, (parent, _target) in table.keys.items() if parent in names]
        if keys and any(_any(connection, table, compared, change_set) for compared in "<>"):
            for column, parent in keys:
                connection.exec_driver_sql(
                    f"{_KEEP} SELECT '{parent}', p.id FROM \"{parent}\" p WHERE p.made_in = :own AND EXISTS "
                    f'(SELECT 1 FROM "{table.name}" c WHERE c."{column}" = p.id '
                    f"AND c.made_in IS NOT :own AND c.changed_in IS NOT :own)",
                    own,
                )
    _spread(connection, made, own)


def _as_left(table: TableInfo, change_set: str) -> str:
    """The condition that all changes of row `r` after `change_set` were taken back, so that it stands as that step left it.

    A taking back gave the row the state before what it took back, and the image kept then names the step that made that state.
    Images are found by their row: the plus signs keep the engine from looking through those of a whole change set.
    """
    before = (
        f"SELECT unhex(json_extract(i.before, '$.changed_in')) FROM row_image i WHERE +i.change_set = s.takes_back "
        f"AND i.row_id = r.id AND +i.table_name = '{table.name}' ORDER BY i.number LIMIT 1"
    )
    return (
        f"EXISTS (WITH RECURSIVE trail (step) AS (SELECT r.changed_in UNION SELECT ({before}) FROM trail t "
        f"JOIN change_set s ON s.id = t.step WHERE s.takes_back IS NOT NULL) SELECT 1 FROM trail WHERE step = {change_set})"
    )


def _spread(connection: Connection, made: list[TableInfo], own: dict[str, bytes]) -> None:
    """A kept row keeps its parents and its children of the same change set, until nothing more follows."""
    names = {table.name for table in made}
    moved = connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM temp.kept)").scalar()
    while moved:
        moved = 0
        for table in made:
            for column, (parent, _target) in table.keys.items():
                if parent not in names:
                    continue
                parents = (
                    f"SELECT '{parent}', p.id FROM temp.kept k JOIN \"{table.name}\" c ON c.id = k.id "
                    f'JOIN "{parent}" p ON p.id = c."{column}" WHERE k.table_name = \'{table.name}\' AND p.made_in = :own'
                )
                children = (
                    f'SELECT \'{table.name}\', c.id FROM temp.kept k JOIN "{table.name}" c ON c."{column}" = k.id '
                    f"WHERE k.table_name = '{parent}' AND c.made_in = :own"
                )
                for wanted in (parents, children):
                    moved += connection.exec_driver_sql(f"{_KEEP} {wanted}", own).rowcount


def _remove(connection: Connection, table: TableInfo, change_set: UUID, own: UUID, *, all_of_it: bool) -> int:
    """Remove what the change set made and nothing keeps; of most tables that is all of it, and no row need be asked about."""
    made, values = f'FROM "{table.name}" WHERE made_in = ?', (change_set.bytes,)
    leaving = made if all_of_it else f"{made} AND id NOT IN (SELECT id FROM temp.kept WHERE table_name = '{table.name}')"
    few = f"SELECT count(*) FROM (SELECT 1 {made} LIMIT {BIG + 1})"
    if connection.exec_driver_sql(few, values).scalar_one() <= BIG:
        return connection.exec_driver_sql(f"DELETE {leaving}", values).rowcount
    with rested_removal(connection, table):
        return sum(
            _remove_portion(connection, table, leaving, (*values, *span), own) for span in _spans(connection, made, values)
        )


def _remove_portion(connection: Connection, table: TableInfo, leaving: str, values: tuple[Any, ...], own: UUID) -> int:
    """Keep the images of a portion in one statement, then remove it."""
    portion = f"{leaving} AND rowid BETWEEN ? AND ?"
    connection.exec_driver_sql(
        f"INSERT INTO row_image (change_set, table_name, row_id, operation, before) "
        f"SELECT ?, '{table.name}', id, 'd', {image(table, table.name)} {portion}",
        (own.bytes, *values),
    )
    return connection.exec_driver_sql(f"DELETE {portion}", values).rowcount


def _spans(connection: Connection, made: str, values: tuple[Any, ...]) -> Iterator[tuple[int, int]]:
    """The first and last place of each portion of rows, while those before it are gone."""
    some = f"SELECT min(rowid), max(rowid) FROM (SELECT rowid {made} AND rowid > ? ORDER BY rowid LIMIT {PORTION})"
    last = 0
    while (span := connection.exec_driver_sql(some, (*values, last)).one())[0] is not None:
        last = span[1]
        yield span[0], last


def _first_images(table: TableInfo) -> str:
    """The oldest image per row inside one change set is the state before it; `:taken` stands for the change set."""
    return (
        f"SELECT row_id, before FROM row_image WHERE number IN (SELECT min(number) FROM row_image "
        f"WHERE change_set = :taken AND table_name = '{table.name}' GROUP BY row_id)"
    )


def value_of(table: TableInfo, column: str) -> str:
    """The expression for a column's value in an image that stands as `i.before`."""
    read = f"json_extract(i.before, '$.{column}')"
    return f"unhex({read})" if column in table.binary else read


def _restore_changed(connection: Connection, table: TableInfo, taken: UUID, own: UUID) -> tuple[int, list[UUID]]:
    images, keys = _first_images(table), {"taken": taken.bytes, "own": own.bytes}
    as_left = f"(r.changed_in = :taken OR {_as_left(table, ':taken')})"
    later = connection.exec_driver_sql(
        f'SELECT r.id FROM "{table.name}" r JOIN ({images}) i ON i.row_id = r.id '
        f"WHERE r.made_in IS NOT :taken AND r.changed_in IS NOT :own AND NOT {as_left}",
        keys,
    ).scalars()
    kept = [UUID(bytes=row) for row in later]
    values = [c for c in table.columns if c not in ("id", "version", "made_in", "changed_in")]
    sets = ", ".join(f'"{c}" = {value_of(table, c)}' for c in values)
    done = connection.exec_driver_sql(
        f'UPDATE "{table.name}" AS r SET version = r.version + 1, changed_in = :own, {sets} '
        f"FROM ({images}) i WHERE i.row_id = r.id AND r.made_in IS NOT :taken AND {as_left}",
        keys,
    )
    return done.rowcount, kept


def _give_back_removed(connection: Connection, table: TableInfo, taken: UUID, own: UUID) -> int:
    """A removed row comes back as a new row under its old id: made by `own`, so that it can be taken back again."""
    images = _first_images(table)
    columns = ", ".join(f'"{c}"' for c in table.columns)
    values = ", ".join(
        {"version": "json_extract(i.before, '$.version') + 1", "made_in": ":own", "changed_in": ":own"}.get(c)
        or value_of(table, c)
        for c in table.columns
    )
    done = connection.exec_driver_sql(
        f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM ({images}) i '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{table.name}" r WHERE r.id = i.row_id) '
        f"AND json_extract(i.before, '$.made_in') IS NOT :name AND EXISTS (SELECT 1 FROM row_image d WHERE "
        f"+d.change_set = :taken AND +d.table_name = '{table.name}' AND d.operation = 'd' AND d.row_id = i.row_id)",
        {"taken": taken.bytes, "own": own.bytes, "name": taken.hex.upper()},
    )
    return done.rowcount


def children_first(tables: dict[str, TableInfo]) -> list[str]:
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
