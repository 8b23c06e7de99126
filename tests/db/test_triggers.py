"""The file itself refuses changes that no step of the program made."""
# ruff: noqa: PT012 - what must fail here is the end of a write scope

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlcipher3 import dbapi2

from db.actor import Actor
from db.base import new_id
from db.database import Database, own_change_set
from db.models.person import Person
from db.sqlite.triggers import catalogue
from tests.db.support import count, family_of, foreign, person, version_of
from tests.support import MakePerson

COLUMNS = "id, version, made_in, changed_in, given, family, preferred, former, salutation, language, name_key, note"


@pytest.fixture
def stranger(database: Database, make_person: MakePerson) -> Iterator[dbapi2.Connection]:
    """Another program on a file that holds one person."""
    make_person("Åberg")
    with foreign(database.path) as connection:
        yield connection


@pytest.mark.sqlite_only("on a server, other programs are kept out by grants and tried with SQL of their own")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE person SET note = 'x'",
        "UPDATE person SET note = 'x', version = version + 1",
        "UPDATE person SET note = 'x', version = version + 1, changed_in = x'00'",
        "UPDATE person SET note = 'x', version = version + 1, changed_in = NULL",
        "DELETE FROM person",
        "INSERT OR REPLACE INTO person SELECT * FROM person",
        f"INSERT INTO person ({COLUMNS}) SELECT x'01', 1, made_in, made_in, 'a', 'b', '', '', '', '', name_key, '' FROM person",
        f"INSERT INTO person ({COLUMNS}) SELECT x'01', 1, NULL, NULL, 'a', 'b', '', '', '', '', name_key, '' FROM person",
        "INSERT INTO open_change_set (id) VALUES (x'00')",
        "INSERT INTO open_change_set (id) VALUES (NULL)",
    ],
)
def test_another_program_cannot_change_what_is_kept(database: Database, stranger: dbapi2.Connection, statement: str) -> None:
    with pytest.raises(dbapi2.Error):
        stranger.execute(statement)
    assert stranger.execute("SELECT family, version FROM person").fetchall() == [("Åberg", 1)]
    assert stranger.execute("SELECT count(*) FROM open_change_set").fetchone() == (0,)


@pytest.mark.sqlite_only("another program reads the file")
def test_another_program_may_read(stranger: dbapi2.Connection) -> None:
    assert stranger.execute("SELECT family FROM person").fetchall() == [("Åberg",)]


@pytest.mark.sqlite_only("reads the file's own catalogue")
def test_every_table_with_change_sets_is_guarded(database: Database) -> None:
    with database.engine.reader.connect() as connection:
        kept = [table.name for table in catalogue(connection) if table.tracked]
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'").scalars())
    assert {"person", "contact_point", "role", "task", "user_account", "setting"} <= set(kept)
    for table in kept:
        assert {f"kontinuum_{table}_{rule}" for rule in ("made", "rules", "changed", "removal", "removed")} <= names


@pytest.mark.parametrize(
    "values",
    [
        {"note": "x"},
        {"note": "x", "version": 2},
        {"note": "x", "version": 7, "changed_in": "own"},
        {"note": "x", "version": 1, "changed_in": "own"},
        {"version": 2, "changed_in": "own", "made_in": "own"},
        {"version": 2, "changed_in": "other"},
        {"version": 2, "changed_in": "own", "id": "other"},
    ],
)
def test_a_bulk_change_against_the_rules_is_refused_and_nothing_is_saved(
    database: Database, actor: Actor, make_person: MakePerson, values: dict[str, object]
) -> None:
    key = make_person("Åberg")
    with pytest.raises(IntegrityError), database.write(actor, "edit_person") as session:
        ids = {"own": own_change_set(session), "other": new_id()}
        session.execute(update(Person).values({k: ids.get(v, v) if isinstance(v, str) else v for k, v in values.items()}))
    assert version_of(database, key) == 1 and family_of(database, key) == "Åberg"


def test_a_row_that_names_another_change_set_is_refused(database: Database, actor: Actor) -> None:
    with pytest.raises(IntegrityError), database.write(actor, "create_person") as session:
        foreign_id = new_id()
        row = {"id": new_id(), "version": 1, "made_in": foreign_id, "changed_in": foreign_id, "family": "Å", "name_key": b"{"}
        session.execute(insert(Person), [row])
    assert count(database, Person) == 0


def test_made_in_set_by_hand_is_overruled_for_new_rows(database: Database, actor: Actor) -> None:
    with database.write(actor, "create_person") as session:
        row = person("Åberg", made_in=new_id())
        session.add(row)
        session.flush()
        assert row.made_in == own_change_set(session)
