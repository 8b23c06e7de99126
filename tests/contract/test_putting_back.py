"""Every table with a history says of each line whether it is taken back alone, and what it promises holds on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Date, Table, select, update

from db.access import Writable, writable
from db.actor import Actor
from db.base import Moment
from db.database import Database, own_change_set
from db.models.history import ChangeSet
from db.putting_back import PUT_BACK, Back, put_back, why_not
from db.row_changes import RowChange, row_changes
from db.texts import Msgid
from desktop.core.records import RecordWords, by_table
from desktop.core.registry import Registry

from .planted import DAY, MOMENT, Planted, tables_of

OPERATIONS = ("made", "changed", "removed")
BOOKKEEPING = {"version", "made_in", "changed_in"}
FIRST = {"starts", "valid_from"}  # days that may not come later than others of their row


@pytest.fixture
def everything(registry: Registry) -> Writable:
    """What somebody with every right may write."""
    accesses = [access for manifest in registry.manifests for access in manifest.access]
    return writable(accesses, {access.right for access in accesses})


def test_every_table_with_a_history_takes_single_lines_back_or_says_why_not(registry: Registry, everything: Writable) -> None:
    wanting = []
    for table, words in by_table(registry.records()).items():
        back = words.back
        if not isinstance(back, Back):
            wanting += [] if back else [f"{table}: says nothing"]
            continue
        kind: Any = back.kind
        wanting += [] if kind.__tablename__ == table else [f"{table}: means {kind.__tablename__}"]
        granted = {
            "made": table in everything.removes,
            "removed": table in everything.adds,
            "changed": any(field.column in everything.changes.get(table, ()) for field in words.fields),
        }
        for operation in OPERATIONS:
            reason = back.refuses.get(operation)
            if reason is None and not granted[operation]:
                wanting.append(f"{table}: nobody may put back what was {operation}, and it does not say why")
            elif reason is not None and not reason:
                wanting.append(f"{table}: refuses what was {operation} without a word")
    assert wanting == []


def test_what_is_offered_is_put_back(registry: Registry, database: Database, actor: Actor, everything: Writable) -> None:
    tables = tables_of(registry)
    tried = set()
    for number, (name, words) in enumerate(by_table(registry.records()).items()):
        if isinstance(words.back, Back) and name != "person":
            tried |= round_trip(
                database, actor, tables[name], words, everything, f"q{chr(97 + number // 26)}{chr(97 + number % 26)}"
            )
    assert {"made", "changed", "removed"} == {operation for _table, operation in tried}
    assert {
        (table, "removed") for table in ("contact_point", "role", "contact_block", "unit", "unit_programme", "kept_apart")
    } <= tried


def round_trip(
    database: Database, actor: Actor, table: Table, words: RecordWords, may: Writable, letters: str
) -> set[tuple[str, str]]:
    """A row is added, changed, put back value by value, taken away alone and brought back; gives what was tried."""
    back, tried = words.back, set()
    assert isinstance(back, Back)
    with database.write(actor, "edit_person") as session:
        planted, other = Planted(session, letters), Planted(session, f"{letters}o")
        planted.other = other.person
        row = planted.plant(session, table.name)
        made = own_change_set(session)
    before = held(database, table, row)
    if "changed" not in back.refuses:
        change_and_put_back(database, actor, table, row, words, may)
        tried.add((table.name, "changed"))
    if "made" not in back.refuses:
        undo(database, actor, only(database, made, table), "", back)
        assert held(database, table, row) == {}, table.name
        tried.add((table.name, "made"))
        if "removed" not in back.refuses:
            undo(database, actor, only(database, last(database), table), "", back)
            assert held(database, table, row) == before, table.name
            tried.add((table.name, "removed"))
    return tried


def change_and_put_back(database: Database, actor: Actor, table: Table, row: UUID, words: RecordWords, may: Writable) -> None:
    """Every value people know is changed; what may be is put back one by one, the rest as before."""
    back, before = words.back, held(database, table, row)
    assert isinstance(back, Back)
    fresh = {field.column: another(table, field.column, before[field.column], field.codes) for field in words.fields}
    line = only(database, write(database, actor, table, row, fresh), table)
    columns = [name for name in fresh if why_not(line, name, back, may) is None]
    assert columns, f"{table.name}: nothing of a changed row is put back"
    for column in columns:
        undo(database, actor, line, column, back)
    after = held(database, table, row)
    assert {name: after[name] for name in columns} == {name: before[name] for name in columns}, table.name
    write(database, actor, table, row, {name: before[name] for name in fresh})


def write(database: Database, actor: Actor, table: Table, row: UUID, values: dict[str, Any]) -> UUID:
    with database.write(actor, "edit_person") as session:
        stamp = {"version": table.c.version + 1, "changed_in": own_change_set(session)}
        session.execute(update(table).where(table.c.id == row).values(**values, **stamp))
        return own_change_set(session)


def another(table: Table, column: str, value: Any, codes: Mapping[str, Msgid] | None) -> Any:
    if codes is not None:
        return next(code for code in codes if code and code != value)
    kind = table.c[column].type
    if isinstance(kind, Moment):
        return MOMENT + timedelta(hours=1)
    if isinstance(kind, Date):
        return DAY + timedelta(days=-1 if column in FIRST else 1)
    return f"{value}x"


def held(database: Database, table: Table, row: UUID) -> dict[str, Any]:
    """The row as it is but for who wrote it and when; empty where it is gone."""
    columns = [column for column in table.c if column.name not in BOOKKEEPING]
    with database.read() as session:
        found = session.execute(select(*columns).where(table.c.id == row)).mappings().one_or_none()
    return dict(found) if found is not None else {}


def only(database: Database, step: UUID, table: Table) -> RowChange:
    with database.read() as session:
        [line] = row_changes(session, step, [table.name]).rows
    return line


def last(database: Database) -> UUID:
    with database.read() as session:
        return session.scalars(select(ChangeSet.id).order_by(ChangeSet.number.desc()).limit(1)).one()


def undo(database: Database, actor: Actor, line: RowChange, column: str, back: Back) -> None:
    with database.write(actor, PUT_BACK) as session:
        put_back(session, line, column, back)
