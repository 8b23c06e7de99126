"""The two fast paths store and read the same values as the mapper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice
from typing import Any
from uuid import RFC_4122, UUID

import pytest
from sqlalchemy import Integer, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from db.actor import Actor
from db.base import new_id, new_keys
from db.bulk import insert_rows
from db.database import Database, own_change_set
from db.history import TAKE_BACK, take_back
from db.models.account import UserAccount
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.setting import StoredSetting
from db.models.task import Task
from db.prepared import Prepared, limited
from db.sorting import name_key
from tests.db.support import count, found, last_change_set

AT = datetime(2026, 11, 23, 10, 30, 15, 123456, tzinfo=timezone(timedelta(hours=2)))


def test_rows_get_bookkeeping_defaults_and_types(database: Database, actor: Actor) -> None:
    keys = [new_id(), new_id()]
    with database.write(actor, "import_people") as session:
        columns = ("family", "id", "name_key", "birth_date", "retired_at")
        rows = [("Åberg", keys[0], name_key("Åberg", ""), date(2001, 2, 3), None), ("Öberg", keys[1], b"}", None, AT)]
        insert_rows(session, Person, columns, rows)
        own = own_change_set(session)
    with database.read() as session:
        one, other = (session.get_one(Person, key) for key in keys)
        assert (one.family, one.given, one.note, one.version, one.made_in, one.changed_in) == ("Åberg", "", "", 1, own, own)
        assert (one.birth_date, one.retired_at) == (date(2001, 2, 3), None)
        assert (other.birth_date, other.retired_at) == (None, AT)
    assert found(database, "åberg") == ["Åberg"]


def test_lists_and_switches_are_stored_as_the_mapper_stores_them(database: Database, actor: Actor) -> None:
    with database.write(actor, "import") as session:
        insert_rows(session, UserAccount, ("id", "login", "name", "roles"), [(new_id(), "a", "A", ["å"])])
        insert_rows(session, UserAccount.__table__, ("id", "login", "name", "active", "roles"), [(new_id(), "b", "B", False, [])])
        session.add(UserAccount(login="c", name="C", roles=["å"]))
    with database.read() as session:
        users = session.scalars(select(UserAccount).order_by(UserAccount.login)).all()
        assert [(user.roles, user.active) for user in users] == [(["å"], True), ([], False), (["å"], True)]


def test_nothing_to_insert_is_no_step_and_the_listeners_hear_of_the_table_otherwise(database: Database, actor: Actor) -> None:
    heard: list[Any] = []
    database.listen(heard.append)
    with database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family"), [])
    with database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), [(new_id(), "Å", b"{")])
    assert [moved.change_set is not None for moved in heard if "person" in moved.areas] == [True]


def test_rows_of_unequal_length_are_refused(database: Database, actor: Actor) -> None:
    with pytest.raises(ValueError), database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), [(new_id(), "Å", b"{"), (new_id(), "Ä")])
    assert count(database, Person) == 0


def test_a_bulk_insert_is_taken_back_whole(database: Database, actor: Actor) -> None:
    with database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), [(new_id(), f"F{n}", b"f") for n in range(500)])
    with database.write(actor, TAKE_BACK) as session:
        assert take_back(session, last_change_set(database)).undone == 500
    assert count(database, Person) == 0


PERSON = Prepared(
    select(Person.id, Person.family, Person.birth_date, Person.retired_at, Person.name_key)
    .where(Person.family == bindparam("family"), Person.version == 1)
    .limit(bindparam("limit"))
)


def test_a_prepared_query_gives_typed_values(database: Database, actor: Actor) -> None:
    key = new_id()
    with database.write(actor, "create") as session:
        session.add(Person(id=key, family="Åberg", name_key=b"{", birth_date=date(2001, 2, 3), retired_at=AT))
    with database.read() as session:
        connection = session.connection()
        expected = (key, "Åberg", date(2001, 2, 3), AT.astimezone(UTC), b"{")
        assert PERSON.all(connection, family="Åberg", limit=5) == [expected]
        assert PERSON.first(connection, family="Åberg", limit=1) == expected
        assert PERSON.first(connection, family="nobody", limit=1) is None


def test_a_limited_query_gives_its_rows_from_the_offset_on(database: Database, actor: Actor) -> None:
    with database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), [(new_id(), f"F{n}", b"f") for n in range(5)])
    query = select(Person.family).order_by(Person.family)
    with database.read() as session:
        assert session.scalars(limited(query, 2)).all() == ["F0", "F1"]
        assert session.scalars(limited(query, 2, bindparam("offset", type_=Integer)), {"offset": 3}).all() == ["F3", "F4"]


def add_task(database: Database, actor: Actor) -> UUID:
    names = ("id", "version", "made_in", "changed_in", "title", "kind", "module", "due", "note", "done_at")
    add = Prepared(insert(Task).values({name: bindparam(name) for name in names}))
    key = new_id()
    with database.write(actor, "add_task") as session:
        own = own_change_set(session)
        values = {"made_in": own, "changed_in": own, "version": 1, "done_at": None, "kind": "", "module": "people", "note": ""}
        add.add(session.connection(), id=key, title="Call", due=AT, **values)
    return key


def test_a_prepared_row_is_stored_with_typed_values(database: Database, actor: Actor) -> None:
    key = add_task(database, actor)
    with database.read() as session:
        task = session.get_one(Task, key)
        assert (task.title, task.due, task.done_at, task.version) == ("Call", AT, None, 1)


@pytest.mark.sqlite_only("no statement on a server says how many rows it moved before the commit")
def test_prepared_writes_store_typed_values(database: Database, actor: Actor) -> None:
    finish = Prepared(
        update(Task).where(Task.id == bindparam("task")).values(
            done_at=bindparam("at"), version=Task.version + 1, changed_in=bindparam("own")
        )
    )  # fmt: skip
    key = add_task(database, actor)
    with database.write(actor, "finish") as session:
        assert finish.run(session.connection(), task=key, at=AT, own=own_change_set(session)) == 1
        assert finish.run(session.connection(), task=new_id(), at=AT, own=own_change_set(session)) == 0
    with database.read() as session:
        task = session.get_one(Task, key)
        assert (task.title, task.due, task.done_at, task.version) == ("Call", AT, AT, 2)


def test_a_prepared_query_reads_json(database: Database, actor: Actor) -> None:
    with database.write(actor, "set") as session:
        session.add(StoredSetting(key="k", value={"a": [1, "å"]}))
    query = Prepared(select(StoredSetting.value).where(StoredSetting.key == bindparam("key")))
    with database.read() as session:
        assert query.first(session.connection(), key="k") == ({"a": [1, "å"]},)


def test_a_time_without_a_zone_is_refused(database: Database, actor: Actor) -> None:
    with pytest.raises(Exception, match="without a zone"), database.write(actor, "add") as session:
        session.add(Interaction(person_id=new_id(), kind="call", at=datetime(2026, 1, 1)))


@pytest.mark.sqlite_only("a refused statement ends the step on a server")
def test_the_check_on_new_rows_stands_again_after_a_bulk_insert_and_after_a_failed_one(database: Database, actor: Actor) -> None:
    people = [(new_id(), f"F{n}", b"f") for n in range(500)]
    forged = {"id": new_id(), "family": "X", "name_key": b"x", "version": 1, "made_in": new_id(), "changed_in": new_id()}
    with database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), people)
        with pytest.raises(IntegrityError, match="open change set"):
            session.execute(insert(Person), [forged])
        with pytest.raises(Exception, match="UNIQUE"):
            insert_rows(session, Person, ("id", "family", "name_key"), people)
        with pytest.raises(IntegrityError, match="open change set"):
            session.execute(insert(Person), [forged])
    assert count(database, Person) == 500


@pytest.mark.sqlite_only("a refused statement ends the step on a server")
def test_a_bulk_insert_that_fails_late_leaves_nothing_behind_in_a_step_that_goes_on(database: Database, actor: Actor) -> None:
    there = (new_id(), "Å", b"{")
    with database.write(actor, "import") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), [there])
        with pytest.raises(Exception, match="UNIQUE"):
            insert_rows(session, Person, ("id", "family", "name_key"), [*((new_id(), "F", b"f") for _n in range(500)), there])
        insert_rows(session, Person, ("id", "family", "name_key"), [(new_id(), "Ö", b"}")])
    with database.read() as session:
        assert session.scalars(select(Person.family).order_by(Person.name_key)).all() == ["Å", "Ö"]


def test_a_column_that_some_rows_leave_empty_keeps_what_the_others_say(database: Database, actor: Actor) -> None:
    columns = ("id", "family", "name_key", "given", "preferred", "note", "birth_date", "deceased_on")
    born = date(2001, 2, 3)
    rows = [(new_id(), "Å", b"{", "", "", "", None, None), (new_id(), "Ä", b"|", "", "Mia", "", born, None)]
    with database.write(actor, "import") as session:
        insert_rows(session, Person, columns, rows)
    with database.read() as session:
        stored = session.execute(select(*(getattr(Person, name) for name in columns)).order_by(Person.name_key)).all()
    assert [tuple(row) for row in stored] == rows


def test_what_is_the_same_in_every_row_is_said_once(database: Database, actor: Actor) -> None:
    with database.write(actor, "import") as session:
        insert_rows(
            session, Person, ("id", "family", "name_key"), [(new_id(), "Å", b"{"), (new_id(), "Ä", b"|")], note="it's “%s”"
        )
    with database.read() as session:
        assert session.scalars(select(Person.note)).all() == ["it's “%s”"] * 2


def test_bulk_keys_are_ids_of_their_moment_in_order(database: Database, actor: Actor) -> None:
    before, keys = new_id(), list(islice(new_keys(), 2500))
    ids = [UUID(bytes=bytes(key)) for key in keys]
    assert len(set(ids)) == 2500 and {(key.version, key.variant) for key in ids} == {(7, RFC_4122)}
    assert [before, *ids] == sorted([before, *ids])
    with database.write(actor, "import_people") as session:
        rows = [(key, "Å", b"{") for key in keys]
        insert_rows(session, Person, ("id", "family", "name_key"), rows)
    assert count(database, Person) == 2500


def test_rows_that_lack_a_value_are_refused(database: Database, actor: Actor) -> None:
    with pytest.raises(ValueError, match="3 values each"), database.write(actor, "import_people") as session:
        insert_rows(session, Person, ("id", "family", "name_key"), [(new_id(), "Å", b"{"), (new_id(), "Ö")])
