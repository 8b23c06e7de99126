"""People taken back by the thousand: their keys are looked at once, and the search of a file forgets them together."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict
from db.history import TAKE_BACK, TakenBack, take_back
from db.models.person import ContactPoint, Person
from db.sqlite import search_leaving
from tests.db.support import count, found, last_change_set, person, rename
from tests.support import MakePerson

on_server = pytest.mark.server_only("is about keys, which a file keeps as they are")
in_file = pytest.mark.sqlite_only("is about the text indexes of a file")
TO_PEOPLE = """SELECT k.confdeltype, k.condeferrable, k.conrelid::regclass::text, k.conname FROM pg_constraint k
    WHERE k.contype = 'f' AND k.confrelid = 'core.person'::regclass AND k.connamespace = 'core'::regnamespace"""


def undo(database: Database, actor: Actor, change_set: UUID) -> TakenBack:
    with database.write(actor, TAKE_BACK) as session:
        return take_back(session, change_set)


def bring(database: Database, actor: Actor, *families: str) -> UUID:
    """People with an address each, made in one step."""
    with database.write(actor, "import_people") as session:
        for family in families:
            session.add(person(family, id=(key := new_id())))
            session.flush()
            session.add(ContactPoint(person_id=key, kind="email", value=f"{family}@x.example", normal=f"{family}@x.example"))
    return last_change_set(database)


def test_an_address_handed_over_to_somebody_new_is_handed_back(database: Database, actor: Actor, make_person: MakePerson) -> None:
    old = make_person("Åberg", email="mia@x.example")
    with database.write(actor, "split_person") as session:
        session.add(person("Öberg", id=(new := new_id())))
        session.flush()
        session.scalars(select(ContactPoint)).one().person_id = new
    step = last_change_set(database)
    done = undo(database, actor, step)
    assert (done.undone, done.kept) == (2, ())
    assert [count(database, Person), found(database, "mia@x")] == [1, ["Åberg, Mia"]]
    assert undo(database, actor, last_change_set(database)).undone == 2
    with database.read() as session:
        assert session.scalars(select(ContactPoint.person_id)).one() == new != old


def test_nobody_goes_while_anything_refers_to_them(database: Database, actor: Actor, make_person: MakePerson) -> None:
    make_person("Åberg", email="mia@x.example")
    with pytest.raises((IntegrityError, Conflict)), database.write(actor, "remove_person") as session:
        session.delete(session.scalars(select(Person)).one())
    assert found(database, "mia@x") == ["Åberg, Mia"]


@on_server
def test_an_upgrade_renews_the_keys_of_an_older_database(address: str, database: Database) -> None:
    with database.engine.writer.begin() as connection:
        for _action, _waits, table, name in connection.exec_driver_sql(TO_PEOPLE).all():
            key = f"FOREIGN KEY ({name.removeprefix(f'fk_{table}_')}) REFERENCES core.person (id)"
            connection.exec_driver_sql(f"ALTER TABLE core.{table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {key} DEFERRABLE")
        assert {row[0] for row in connection.exec_driver_sql(TO_PEOPLE)} == {"a"}
        connection.exec_driver_sql("UPDATE core.schema_version_core SET version_num = 'core_0018'")
        connection.exec_driver_sql("DROP INDEX core.ix_contact_block_ends_at")  # which a later revision makes
    database.close()
    Database(address).close()
    renewed = Database(address)
    with renewed.read() as session:
        keys = session.execute(text(TO_PEOPLE)).all()
    renewed.close()
    assert len(keys) > 15 and {(action, waits) for action, waits, *_key in keys} == {("r", True)}


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to the text indexes about emptying and merging; few records are many."""
    said: list[str] = []
    emptied, merged = search_leaving.empty, search_leaving._merge_from

    def empty(raw: Any) -> None:
        said.append("emptied")
        emptied(raw)

    def merge_from(raw: Any, percent: int) -> None:
        said.append(f"merged from {percent}")
        merged(raw, percent)

    monkeypatch.setattr(search_leaving, "empty", empty)
    monkeypatch.setattr(search_leaving, "_merge_from", merge_from)
    monkeypatch.setattr(search_leaving, "MANY", 3)
    return said


def merges(database: Database) -> set[int]:
    """From how many percent on the text indexes merge by themselves."""
    with database.read() as session:
        asked = [f"SELECT v FROM {table}_config WHERE k = 'deletemerge'" for table in search_leaving.TEXTS]
        return {session.scalar(text(one)) or 0 for one in asked}


@in_file
def test_where_nearly_all_go_the_rest_is_put_in_anew(
    database: Database, actor: Actor, make_person: MakePerson, statements: list[str]
) -> None:
    stays = make_person("Åberg", email="mia@stays.example")
    brought = bring(database, actor, *(f"Ärlig{place:02}" for place in range(20)))
    assert undo(database, actor, brought).undone == 40
    assert statements == ["emptied"]
    assert (found(database, "mia@stays"), found(database, "åberg")) == (["Åberg, Mia"], ["Åberg, Mia"])
    assert found(database, "ärlig") == [] == found(database, "x.example")
    taken = last_change_set(database)
    rename(database, actor, stays, "Ärlig")
    assert (found(database, "ärlig"), found(database, "åberg")) == (["Ärlig, Mia"], [])
    assert undo(database, actor, taken).undone == 40
    assert len(found(database, "ärlig", 30)) == 21


@in_file
def test_where_many_go_the_text_indexes_rest_from_merging_until_it_is_done(
    database: Database, actor: Actor, make_person: MakePerson, statements: list[str]
) -> None:
    for place in range(6):
        make_person(f"Åberg{place}", email=f"mia{place}@stays.example")
    brought = bring(database, actor, *(f"Ärlig{place}" for place in range(6)))
    assert undo(database, actor, brought).undone == 12
    assert statements == ["merged from 0", f"merged from {search_leaving.MERGED}"]
    assert merges(database) == {search_leaving.MERGED}
    assert len(found(database, "åberg")) == 6 == len(found(database, "@stays"))
    assert found(database, "ärlig") == [] == found(database, "x.example")


@in_file
def test_entries_nobody_can_read_again_stay(
    address: Path, database: Database, actor: Actor, make_person: MakePerson, statements: list[str]
) -> None:
    brought = bring(database, actor, *(f"Ärlig{place}" for place in range(20)))
    with database.engine.writer.begin() as connection:
        entry = "INSERT INTO search_entry (kind, ref, title, detail, sort) VALUES ('of_another_module', x'01', 'Ship', '', x'01')"
        connection.exec_driver_sql(entry)
    assert undo(database, actor, brought).undone == 40
    assert "emptied" not in statements
    with database.read() as session:
        assert session.execute(text("SELECT title FROM search_entry")).scalars().all() == ["Ship"]
