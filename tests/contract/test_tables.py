"""The tables of all modules together: keys resolve, and what the revisions make is what the code expects."""

from __future__ import annotations

from importlib import import_module

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table, inspect, text
from sqlalchemy.orm import configure_mappers
from sqlalchemy.schema import SchemaItem

import db.models
from db.base import Row, metadata
from db.database import Database
from desktop.core.records import by_table
from desktop.core.registry import Registry

from .conftest import own_tables

MADE_BY_HAND = (
    "schema_version_",
    "search_words",
    "search_parts",
    "sqlite_",
    "hint",
    "protected_person",
    "protected_kept",
    "protected_number",
    "protected_event",
    "protected_last",
)  # indexes of words, who is at which revision, hints, what is kept of protected people

MISSING = ("add_table", "add_column", "add_index", "add_constraint")  # keys to other tables are put off there until the commit
TRIGGERS = {
    "sqlite": "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_schema = 'core'",
}


@pytest.fixture
def all_tables(registry: Registry) -> dict[str, list[str]]:
    """The names of the tables by module."""
    assert db.models is not None
    return {module.key: [table.name for table in own_tables(module.package)] for module in registry.modules}


def test_every_foreign_key_points_to_a_table_that_is_there(all_tables: dict[str, list[str]]) -> None:
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            assert key.column is not None, f"{table.name}.{key.parent.name}"
    assert metadata.sorted_tables
    configure_mappers()


def test_no_two_modules_have_a_table_of_the_same_name(all_tables: dict[str, list[str]]) -> None:
    names = [name for tables in all_tables.values() for name in tables]
    assert sorted(set(names)) == sorted(names)


def test_the_history_has_words_for_every_kept_table_and_only_for_columns_that_are_there(
    registry: Registry, all_tables: dict[str, list[str]]
) -> None:
    """A row without words is shown to nobody, quietly."""
    words = by_table(registry.records())
    kept = {table.name for table in metadata.tables.values() if {"version", "made_in", "changed_in"} <= {*table.columns.keys()}}
    assert (kept - words.keys(), words.keys() - kept) == (set(), set()) and all_tables
    for table, record in words.items():
        assert {field.column for field in record.fields} <= {*metadata.tables[table].columns.keys()}, table


def _ours(item: SchemaItem, name: str | None, kind: str, *_rest: object) -> bool:
    return not (kind == "table" and str(name).startswith(MADE_BY_HAND))


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")  # under which a server notes the open change set
def test_the_revisions_make_the_tables_the_code_expects(database: Database, all_tables: dict[str, list[str]]) -> None:
    with database.engine.reader.connect() as connection:
        options = {"include_object": _ours, "compare_type": False, "compare_server_default": False}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        if connection.dialect.name == "postgresql":  # which holds more: what it does by itself needs columns and indexes
            found = [difference for difference in found if difference[0] in MISSING]
    assert [str(difference) for difference in found] == []


def test_columns_of_references_have_an_index(database: Database, all_tables: dict[str, list[str]]) -> None:
    """Retiring or merging a person looks through every table that points to people."""
    wanting = []
    look = inspect(database.engine.reader)
    for name in (name for tables in all_tables.values() for name in tables):
        begun = {index["column_names"][0] for index in look.get_indexes(name)}
        begun |= {key["column_names"][0] for key in look.get_unique_constraints(name)}
        begun |= set(look.get_pk_constraint(name)["constrained_columns"][:1])
        for key in look.get_foreign_keys(name):
            if key["referred_table"] == "person" and key["constrained_columns"][0] not in begun:
                wanting.append(f"{name}.{key['constrained_columns'][0]}")
    assert wanting == []


def test_rows_kept_for_the_office_are_tracked(database: Database, registry: Registry) -> None:
    """A table of tracked rows has the triggers that keep history; without them a change could not be taken back."""
    with database.engine.reader.connect() as connection:
        tracked = set(connection.execute(text(TRIGGERS[connection.dialect.name])).scalars())
    for module in registry.modules:
        try:
            tables = import_module(f"{module.package}.tables")
        except ModuleNotFoundError:
            continue
        for kind in vars(tables).values():
            if isinstance(kind, type) and issubclass(kind, Row) and hasattr(kind, "__table__"):
                assert kind.__table__.name in tracked, kind.__name__


def _tracked(table: Table) -> bool:
    return {"id", "version", "made_in", "changed_in"} <= {*table.c.keys()}


def test_every_column_that_refers_to_a_person_says_what_becomes_of_it_in_a_merge(
    registry: Registry, all_tables: dict[str, list[str]]
) -> None:
    """A module that forgets would lose its rows to a record nobody looks at any more."""
    declared = [(belonging.rows.table, belonging.rows.column) for belonging in registry.person_rows()]
    pointing = [
        (table.name, key.parent.name)
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    ]
    assert sorted(set(pointing) - set(declared)) == []
    assert len(declared) == len(set(declared))
    assert [table for table, _column in declared if not _tracked(metadata.tables[table])] == []


def test_rows_that_hang_on_rows_of_which_one_remains_follow_to_it(registry: Registry, all_tables: dict[str, list[str]]) -> None:
    wanting = []
    for rows in (belonging.rows for belonging in registry.person_rows()):
        hanging = {
            f"{table.name}.{key.parent.name}"
            for table in metadata.tables.values()
            for key in table.foreign_keys
            if key.column.table.name == rows.table and _tracked(table)
        }
        named = {*rows.followers} - {"attachment.subject"}  # which is the id of a row of any table
        wanting += sorted(hanging ^ named) if rows.same else []
        wanting += [f"{rows.table}.{name}" for name in _columns(rows.same) if name not in metadata.tables[rows.table].c]
    assert wanting == []


def _columns(same: str) -> list[str]:
    return [] if ":" in same else same.split()


def test_whoever_merges_may_do_what_the_modules_say_of_their_rows(registry: Registry, all_tables: dict[str, list[str]]) -> None:
    """A right that is missing would show on a server only, on the day of a merge."""
    rules = [access for manifest in registry.manifests for access in manifest.access if access.right == "people.merge"]
    changed = {(table, column) for access in rules for table, columns in access.changes.items() for column in columns.split()}
    removed = {table for access in rules for table in access.removes.split()}
    wanting = []
    for rows in (belonging.rows for belonging in registry.person_rows() if not belonging.rows.stays):
        wanted = {(rows.table, rows.column), *(tuple(follower.split(".")) for follower in rows.followers)}
        wanting += sorted(wanted - changed)
        wanting += [(rows.table, "removes")] if rows.same and rows.table not in removed else []
    assert wanting == []
