"""Protected identities in a file: all that is known of a person goes to tables of their own, and comes back.

Whoever can open the file can read those too: here they keep colleagues who use the program from meeting the person by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.base import Moment, new_id
from db.identity_numbers import SECRET_KINDS
from db.search_text import Source
from db.sqlite import search_index
from db.sqlite.going import long_gone
from db.sqlite.taking_back import children_first, value_of
from db.sqlite.triggers import TableInfo, catalogue, image, rested, rested_removal

_KEYS = "SELECT name FROM pragma_table_info(?) WHERE type = 'BINARY(16)'"
_STAYS = frozenset({"change_set", "change_about", "row_image", "look", "open_change_set", "user_account", "setting"})
_NO_REFERENCE = frozenset({"id", "made_in", "changed_in", "user_id", "token"})
_OURS = "protected_"
_HIDDEN = "(SELECT id FROM temp.hiding)"
_HUNG = long_gone("INSERT OR IGNORE INTO temp.hiding SELECT i.row_id", _HIDDEN, more=("user_id", "token"))
_KEEP = "INSERT INTO protected_kept (owner, table_name, row_id, before, at)"
_SECRET = ", ".join(f"'{kind}'" for kind in sorted(SECRET_KINDS))


def hide(connection: Connection, whose: UUID, owner: UUID, sources: Sequence[Source], *, now: datetime) -> frozenset[str]:
    """Move all that is known of `whose` to what is kept of the protected `owner`; tells which tables lost something."""
    tables = {table.name: table for table in catalogue(connection) if not table.name.startswith(_OURS)}
    keys = {name: [k for k in _columns(connection, name) if k not in _NO_REFERENCE] for name in tables}
    tracked = [tables[name] for name in children_first({n: t for n, t in tables.items() if t.tracked and n not in _STAYS})]
    _gather(connection, tracked, keys, whose)
    stamp = owner.bytes, moment(connection, now)
    _run(connection, f"INSERT INTO protected_number (owner, kind, value) SELECT ?, kind, value FROM identifier "
         f"WHERE id IN {_HIDDEN} AND kind IN ({_SECRET})", owner.bytes)  # fmt: skip
    named = names(connection, _HIDDEN)
    moved = {table.name for table in tracked if _take(connection, table, "id", stamp)}
    for name in moved - {"person"}:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        _delete(connection, tables[name])
    drop_passing(connection)
    if "person" in moved:
        _delete(connection, tables["person"])
    _take_contents(connection, tables["file_content"], stamp)
    _take_history(connection, tables, stamp, whose, named)
    search_index.refresh(connection, sources, None)
    connection.exec_driver_sql("DROP TABLE temp.hiding")
    return frozenset(moved)


def bring_back(connection: Connection, owner: UUID, sources: Sequence[Source]) -> frozenset[str]:
    """Put everything back where it was, under its ids; tells which tables got something.

    Raises:
        IntegrityError: what it belongs to is gone.
    """
    tables = {table.name: table for table in catalogue(connection)}
    order = children_first({n: t for n, t in tables.items() if t.tracked and not n.startswith(_OURS)})[::-1]
    _hand_over(connection, owner)
    raw: Any = connection.connection.driver_connection
    moved = set()
    for name in ("file_content", *order, "change_set", "change_about", "row_image"):
        wanted = "SELECT before FROM protected_kept WHERE owner = ? AND table_name = ? ORDER BY number"
        if not connection.exec_driver_sql(f"SELECT EXISTS ({wanted})", (owner.bytes, name)).scalar():
            continue
        table = tables[name]
        own = [c for c in table.columns if (name, c) != ("row_image", "number")]  # whose number may be another one's by now
        columns, values = ", ".join(f'"{c}"' for c in own), ", ".join(value_of(table, c) for c in own)
        with ExitStack() as resting:
            if table.tracked:
                resting.enter_context(rested(raw, name))
            _run(connection, f'INSERT OR {"IGNORE" if name in ("file_content", "change_about") else "ABORT"} INTO "{name}" '
                 f"({columns}) SELECT {values} FROM ({wanted}) i", owner.bytes, name)  # fmt: skip
        moved.add(name)
    _run(connection, "INSERT OR IGNORE INTO search_dirty (ref, kind) SELECT row_id, 'person' FROM protected_kept "
         "WHERE owner = ? AND table_name = 'person'", owner.bytes)  # fmt: skip
    for name in ("kept", "number"):
        _run(connection, f"DELETE FROM protected_{name} WHERE owner = ?", owner.bytes)
    search_index.refresh(connection, sources, None)
    return frozenset(moved)


def _hand_over(connection: Connection, owner: UUID) -> None:
    """What names others who are protected stays with them: shared rows, their images, and steps about both."""
    other = "SELECT p.id FROM protected_person p WHERE p.id <> ?1 AND instr(k.before, hex(p.id))"
    _run(connection, f"UPDATE protected_kept AS k SET owner = ({other}) WHERE owner = ?1 AND table_name <> 'person' "
         f"AND EXISTS ({other})", owner.bytes)  # fmt: skip
    for table, name, beside, there in (
        ("change_set", "number", "change_about", "change_set"), ("change_about", "change_set", "change_set", "number")
    ):  # fmt: skip
        theirs = (
            f"SELECT o.owner FROM protected_kept o WHERE o.owner <> ?1 AND o.table_name = '{beside}' "
            f"AND json_extract(o.before, '$.{there}') = json_extract(k.before, '$.{name}')"
        )
        _run(connection, f"UPDATE protected_kept AS k SET owner = ({theirs}) WHERE owner = ?1 AND table_name = '{table}' "
             f"AND EXISTS ({theirs})", owner.bytes)  # fmt: skip


def keep_apart(connection: Connection, person: UUID) -> None:
    """Somebody with a new identity is never compared with any other."""
    raw: Any = connection.connection.driver_connection
    with rested(raw, "kept_apart"):
        _run(connection, "INSERT OR IGNORE INTO kept_apart (id, person_id, version, made_in, changed_in) "
             "SELECT ?, id, 1, made_in, made_in FROM person WHERE id = ?", new_id().bytes, person.bytes)  # fmt: skip


def arrivals(connection: Connection, change_set: UUID) -> list[tuple[UUID, UUID, str]]:
    """Records the step made under an identity number of somebody protected: whose, beside whom, and that one's handle."""
    rows = connection.exec_driver_sql(
        "SELECT p.id, h.id, h.handle FROM identifier i JOIN person p ON p.id = i.person_id AND p.made_in = ? "
        "JOIN protected_number n ON n.kind = i.kind AND n.value = i.value JOIN protected_person h ON h.id = n.owner "
        "WHERE i.made_in = ? GROUP BY p.id",
        (change_set.bytes, change_set.bytes),
    ).all()
    return [(UUID(bytes=own), UUID(bytes=owner), handle) for own, owner, handle in rows]


def _gather(connection: Connection, tracked: Sequence[TableInfo], keys: Mapping[str, Sequence[str]], whose: UUID) -> None:
    """The ids of the person, of records merged into theirs, and of all rows that refer to one of these, however many tables away,
    with scanned sheets of their own; rows that are no longer there among them, for the history holds what they said.
    """
    connection.exec_driver_sql("CREATE TEMP TABLE hiding (id BLOB PRIMARY KEY) WITHOUT ROWID")
    _run(connection, "INSERT INTO temp.hiding WITH RECURSIVE own (id) AS (VALUES (?) UNION SELECT m.person_id FROM merged_person m "
         "JOIN own o ON m.into_id = o.id) SELECT id FROM own", whose.bytes)  # fmt: skip
    scanned = _scanned(tracked)
    more = 1
    while more:
        more = _run(connection, _HUNG)
        for table in tracked:
            fits = " OR ".join(f'r."{key}" IN {_HIDDEN}' for key in keys[table.name])
            if fits and table.name != "person":  # people are no part of each other
                more += _run(connection, f'INSERT OR IGNORE INTO temp.hiding SELECT r.id FROM "{table.name}" r WHERE {fits}')
        if scanned:
            more += _run(connection, f"INSERT OR IGNORE INTO temp.hiding SELECT r.id FROM attachment r WHERE {scanned}")


def _scanned(tracked: Sequence[TableInfo]) -> str:
    links = [(t.name, c) for t in tracked for c, (parent, _id) in t.keys.items() if parent == "attachment"]
    used = [f'EXISTS (SELECT 1 FROM "{child}" c WHERE c."{column}" = r.id AND c.id IN {_HIDDEN})' for child, column in links]
    others = [
        f'NOT EXISTS (SELECT 1 FROM "{child}" c WHERE c."{column}" = r.id AND c.id NOT IN {_HIDDEN})' for child, column in links
    ]
    return f"({' OR '.join(used)}) AND {' AND '.join(others)}" if links else ""


def names(connection: Connection, people: str) -> list[str]:
    """What these people (a list of ids, as SQL) are and were called, as the history names them."""
    rows = connection.exec_driver_sql(
        f"SELECT family, given FROM person WHERE id IN {people} UNION SELECT json_extract(before, '$.family'), "
        f"json_extract(before, '$.given') FROM row_image WHERE table_name = 'person' AND row_id IN {people}"
    ).all()
    return [", ".join(filter(None, row)) for row in rows if any(row)]


def _take(connection: Connection, table: TableInfo, key: str, stamp: tuple[bytes, str]) -> int:
    row_id = "r.id" if "id" in table.columns else "NULL"
    return _run(connection, f"{_KEEP} SELECT ?, '{table.name}', {row_id}, {image(table, 'r')}, ? "
                f'FROM "{table.name}" r WHERE r."{key}" IN {_HIDDEN}', *stamp)  # fmt: skip


def _delete(connection: Connection, table: TableInfo) -> None:
    with rested_removal(connection, table):
        _run(connection, f'DELETE FROM "{table.name}" WHERE id IN {_HIDDEN}')


def drop_passing(connection: Connection, ids: str = _HIDDEN) -> None:
    """What is kept without a history and refers to these: leases, what was used last, suspicions, drafts of pages about them."""
    for table in catalogue(connection):
        if table.tracked or table.name in _STAYS or table.name.startswith(("search_", _OURS)):
            continue
        keys = [key for key in _columns(connection, table.name) if key not in _NO_REFERENCE]
        if fits := " OR ".join(f'"{key}" IN {ids}' for key in keys):
            _run(connection, f'DELETE FROM "{table.name}" WHERE {fits}')
    for own in connection.exec_driver_sql(f"SELECT id FROM {ids}").scalars().all():
        _run(connection, "DELETE FROM draft WHERE instr(arguments || state, ?)", str(UUID(bytes=own)))


def _take_contents(connection: Connection, table: TableInfo, stamp: tuple[bytes, str]) -> None:
    """Files that only went with what is gone."""
    hashes = (
        "SELECT json_extract(before, '$.hash') FROM protected_kept WHERE owner = ? AND table_name = 'attachment' UNION "
        f"SELECT json_extract(before, '$.hash') FROM row_image WHERE table_name = 'attachment' AND row_id IN {_HIDDEN}"
    )
    alone = f"r.hash IN ({hashes}) AND NOT EXISTS (SELECT 1 FROM attachment a WHERE a.hash = r.hash)"
    taken = f"{_KEEP} SELECT ?, 'file_content', NULL, {image(table, 'r')}, ? FROM file_content r WHERE {alone}"
    if _run(connection, taken, *stamp, stamp[0]):
        _run(connection, f"DELETE FROM file_content AS r WHERE {alone}", stamp[0])


def _take_history(
    connection: Connection, tables: Mapping[str, TableInfo], stamp: tuple[bytes, str], whose: UUID, named: Sequence[str]
) -> None:
    """Images of the rows; steps about nobody else and those that say a name; who else steps were about."""
    made = [
        f"SELECT unhex(json_extract(before, '$.{name}')) FROM protected_kept WHERE owner = ?1"
        for name in ("made_in", "changed_in")
    ]
    says = " OR ".join(f"instr(d.value, ?{place})" for place in range(2, 2 + len(named))) or "0"
    about = "SELECT 1 FROM change_about b WHERE b.change_set = r.number"
    gone = (
        f"(number IN (SELECT change_set FROM change_about WHERE ref IN {_HIDDEN}) OR id IN ({' UNION '.join(made)})) AND "
        f"((EXISTS ({about}) AND NOT EXISTS ({about} AND b.ref NOT IN {_HIDDEN})) "
        f"OR EXISTS (SELECT 1 FROM json_each(coalesce(r.details, '{{}}')) d WHERE {says}))"
    )
    connection.exec_driver_sql("CREATE TEMP TABLE hiding_step (number INTEGER PRIMARY KEY)")
    _run(connection, f"INSERT INTO temp.hiding_step SELECT r.number FROM change_set r WHERE {gone}", stamp[0], *named)
    conditions: tuple[tuple[str, str, tuple[Any, ...]], ...] = (
        ("row_image", f"r.row_id IN {_HIDDEN} OR instr(r.before, ?)", (whose.hex.upper(),)),
        ("change_about", f"r.ref IN {_HIDDEN} OR r.change_set IN (SELECT number FROM temp.hiding_step)", ()),
        ("change_set", "r.number IN (SELECT number FROM temp.hiding_step)", ()),
    )
    for name, condition, values in conditions:
        row_id = {"row_image": "r.row_id", "change_set": "r.id"}.get(name, "NULL")
        taken = f"{_KEEP} SELECT ?, '{name}', {row_id}, {image(tables[name], 'r')}, ? FROM \"{name}\" r WHERE {condition}"
        _run(connection, taken, *stamp, *values)
        _run(connection, f'DELETE FROM "{name}" AS r WHERE {condition}', *values)
    _run(connection, "UPDATE protected_last SET number = max(number, coalesce((SELECT max(number) FROM temp.hiding_step), 0))")
    connection.exec_driver_sql("DROP TABLE temp.hiding_step")


def _columns(connection: Connection, table: str) -> Iterator[str]:
    yield from connection.exec_driver_sql(_KEYS, (table,)).scalars().all()


def moment(connection: Connection, now: datetime) -> str:
    """A moment as the tables keep it."""
    plain = Moment().process_bind_param(now, connection.dialect)
    assert plain is not None
    return plain.isoformat(" ", "microseconds")


def _run(connection: Connection, statement: str, *values: Any) -> int:
    return connection.exec_driver_sql(statement, values).rowcount
