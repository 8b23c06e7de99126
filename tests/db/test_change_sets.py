"""A write scope is one named step: all of it or nothing, with the image of every row as it was."""
# ruff: noqa: PT012 - what must fail here is the end of a write scope

from __future__ import annotations

import json
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.database import Database, about, describe, own_change_set, stamps, take
from db.errors import Conflict, RuleBroken
from db.history import find_change_set, history
from db.models.account import UserAccount
from db.models.history import ChangeSet, OpenChangeSet, RowImage
from db.models.person import ContactPoint, Person
from db.sorting import name_key
from tests.db.support import count, family_of, images, last_change_set, person, rename, version_of
from tests.support import HOSTILE, MakePerson


def test_a_step_that_fails_leaves_nothing(database: Database, actor: Actor) -> None:
    with pytest.raises(ZeroDivisionError), database.write(actor, "create_person") as session:
        session.add(person("Åberg"))
        session.flush()
        raise ZeroDivisionError
    assert (count(database, Person), count(database, ChangeSet), count(database, OpenChangeSet)) == (0, 0, 0)


def test_a_broken_rule_of_the_database_takes_the_whole_step_with_it(database: Database, actor: Actor) -> None:
    with pytest.raises((IntegrityError, Conflict)), database.write(actor, "create_person") as session:
        session.add(person("Åberg"))
        session.flush()
        session.add(ContactPoint(person_id=new_id(), kind="email"))
    assert count(database, Person) == 0


def test_after_a_failed_step_the_next_one_works(database: Database, actor: Actor) -> None:
    with pytest.raises(ZeroDivisionError), database.write(actor, "create_person"):
        raise ZeroDivisionError
    with database.write(actor, "create_person") as session:
        session.add(person("Åberg"))
    assert count(database, Person) == 1


def test_a_step_that_changes_nothing_leaves_no_history_and_tells_nobody_of_rows(database: Database, actor: Actor) -> None:
    moved: list[Moved] = []
    database.listen(moved.append)
    with database.write(actor, "edit_person") as session:
        session.scalars(select(Person)).all()
    assert count(database, ChangeSet) == 0
    assert [m for m in moved if m.areas] == []


def test_the_step_is_kept_with_actor_verb_details_and_records(database: Database, actor: Actor, make_person: MakePerson) -> None:
    first, second = make_person("Åberg"), make_person("Öberg")
    with database.write(actor, "merge_people", about=[first], details={"a": 1}) as session:
        session.get_one(Person, first).note = "x"
        about(session, second)
        describe(session, b="två")
    with database.read() as session:
        line = history(session)[0]
        assert (line.actor, line.verb, line.details) == ("Tester", "merge_people", {"a": 1, "b": "två"})
        assert history(session, about=first)[0] == history(session, about=second)[0] == line


def test_listeners_hear_tables_records_and_the_change_set_after_the_commit(database: Database, actor: Actor) -> None:
    heard: list[tuple[Moved, int]] = []
    stop = database.listen(lambda moved: heard.append((moved, count(database, Person))))
    key = new_id()
    with database.write(actor, "create_person", about=[key]) as session:
        session.add(person("Åberg", id=key))
    stop()
    rename(database, actor, key, "Öberg")
    moved, people = heard[0]
    assert "person" in moved.areas and moved.ids == {key} and moved.change_set is not None and people == 1
    assert len(heard) == 1


def test_a_doubtful_save_is_answered_by_the_change_set(database: Database, actor: Actor) -> None:
    own, other = new_id(), new_id()
    with database.write(actor, "create_person", change_set=own) as session:
        session.add(person("Åberg"))
        assert own_change_set(session) == own
    assert database.saved(own) and not database.saved(other)


def test_trying_a_saved_step_again_saves_it_once(database: Database, actor: Actor) -> None:
    own = new_id()
    with database.write(actor, "create_person", change_set=own) as session:
        session.add(person("Åberg"))
    with (
        pytest.raises(Exception, match="(?i)unique|saved already|same moment"),
        database.write(actor, "create_person", change_set=own) as session,
    ):
        session.add(person("Åberg"))
    assert count(database, Person) == 1


def test_rows_carry_the_change_sets_that_made_and_changed_them(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    made = last_change_set(database)
    changed = rename(database, actor, key, "Öberg")
    with database.read() as session:
        row = session.get_one(Person, key)
        assert (row.made_in, row.changed_in, row.version) == (made, changed, 2)


def test_the_image_is_the_row_as_it_was_with_bytes_as_hexadecimal(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg", "Mia")
    change = rename(database, actor, key, "Öberg")
    with database.read() as session:
        (image,) = images(session, key)
        before = json.loads(image.before)
    assert (image.change_set, image.table_name, image.operation) == (change, "person", "u")
    assert (before["family"], before["version"], before["birth_date"]) == ("Åberg", 1, None)
    assert before["name_key"].removeprefix("\\x").upper() == name_key("Åberg", "Mia").hex().upper()
    assert UUID(before["id"]) == key


def test_a_row_changed_twice_in_a_step_keeps_both_images_oldest_first(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    with database.write(actor, "edit_person") as session:
        row = session.get_one(Person, key)
        for note in ("one", "two"):
            row.note = note
            session.flush()
    with database.read() as session:
        assert [json.loads(image.before)["note"] for image in images(session, key)] == ["", "one"]


def test_a_removed_row_leaves_its_image(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "remove_person") as session:
        session.delete(session.get_one(Person, key))
    with database.read() as session:
        assert [(i.operation, json.loads(i.before)["family"]) for i in images(session, key)] == [("d", "Åberg")]


def test_inserts_keep_no_image(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg", email="a@b.example")
    assert count(database, RowImage) == 0


def test_a_read_scope_cannot_write(database: Database, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with pytest.raises(Exception, match="read-only|only be read"), database.read() as session:
        session.execute(update(Person).values(note="x"))
    with pytest.raises(Exception, match="read-only|only be read"), database.read() as session:
        session.get_one(Person, key).note = "x"
        session.flush()
    assert version_of(database, key) == 1


def test_a_read_scope_sees_one_moment(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.read() as session:
        assert session.scalars(select(Person.family)).one() == "Åberg"
        rename(database, actor, key, "Öberg")
        assert session.scalars(select(Person.family)).one() == "Åberg"
    assert family_of(database, key) == "Öberg"


def test_upkeep_cannot_touch_kept_rows(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with pytest.raises(IntegrityError), database.upkeep() as session:
        session.get_one(Person, key).note = "x"
        session.flush()
    with pytest.raises(IntegrityError), database.upkeep() as session:
        session.add(person("Öberg", made_in=new_id(), changed_in=new_id()))
        session.flush()
    assert count(database, Person) == 1


def test_a_version_that_is_not_the_stored_one_is_a_conflict(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "edit_person") as session:
        assert take(session, Person, key, 1).family == "Åberg"
    rename(database, actor, key, "Öberg")
    with pytest.raises(Conflict, match="Someone else changed"), database.write(actor, "edit_person") as session:
        take(session, Person, key, 1)
    with pytest.raises(Conflict, match="no longer there"), database.write(actor, "edit_person") as session:
        take(session, Person, new_id(), 1)


def test_a_row_changed_behind_the_mapper_is_a_conflict_and_nothing_is_saved(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    with pytest.raises(Conflict, match="Nothing was overwritten"), database.write(actor, "edit_person") as session:
        row = session.get_one(Person, key)
        session.execute(
            update(Person).values(note="behind", version=Person.version + 1, changed_in=own_change_set(session)),
            execution_options={"synchronize_session": False},
        )
        row.note = "mine"
        session.flush()
    assert version_of(database, key) == 1


def test_bulk_inserts_and_updates_by_the_rules_are_kept(database: Database, actor: Actor) -> None:
    with database.write(actor, "import_people") as session:
        rows = [{**stamps(session), "id": new_id(), "family": f, "given": "", "name_key": name_key(f, "")} for f in "ab"]
        session.execute(insert(Person), rows)
    with database.write(actor, "retire") as session:
        session.execute(update(Person).values(note="x", version=Person.version + 1, changed_in=own_change_set(session)))
    assert count(database, RowImage) == 2


def test_short_ids_find_their_change_set(database: Database, make_person: MakePerson) -> None:
    make_person("Åberg")
    own = last_change_set(database)
    with database.read() as session:
        assert find_change_set(session, own.hex[-8:]).id == find_change_set(session, str(own)[:13]).id == own
        for wrong in ("abc", "nothex!!", "ffffffff", ""):
            with pytest.raises(RuleBroken):
                find_change_set(session, wrong)


def test_history_pages_from_the_newest(database: Database, make_person: MakePerson) -> None:
    for family in "abcde":
        make_person(family)
    with database.read() as session:
        lines = history(session, limit=2)
        rest = history(session, before=lines[-1].number, limit=10)
    assert [line.number for line in (*lines, *rest)] == [5, 4, 3, 2, 1]


def test_values_that_look_like_code_are_kept_letter_for_letter(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    for text in HOSTILE:
        rename(database, actor, key, text)
        assert family_of(database, key) == text
    with database.read() as session:
        assert [json.loads(i.before)["family"] for i in images(session, key)] == ["Åberg", *HOSTILE[:-1]]


def test_account_roles_are_kept_as_a_list(database: Database, actor: Actor) -> None:
    with database.write(actor, "add_user") as session:
        session.add(UserAccount(login="mia", name="Mia", roles=["office", "manager"]))
    with database.read() as session:
        assert session.scalars(select(UserAccount.roles)).one() == ["office", "manager"]
