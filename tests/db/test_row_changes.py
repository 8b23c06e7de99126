"""What a step did to single rows can be read: made, changed from what to what, removed; numbers stay masked."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.history import TAKE_BACK, take_back
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.row_changes import RowChange, RowChanges, row_changes
from tests.db.support import last_change_set, person, rename
from tests.support import MakePerson

AREAS = ("person", "contact_point", "role", "identifier", "task")


def read(database: Database, change_set: UUID, areas: tuple[str, ...] = AREAS, limit: int = 100) -> RowChanges:
    with database.read() as session:
        return row_changes(session, change_set, areas, limit=limit)


def only(found: RowChanges) -> RowChange:
    assert len(found.rows) == 1
    return found.rows[0]


def test_a_change_is_told_with_what_was_before_and_after_it_however_often_it_was_changed_since(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    first, second = rename(database, actor, key, "Berg"), rename(database, actor, key, "Öberg")
    for change_set, before, after in ((first, "Åberg", "Berg"), (second, "Berg", "Öberg")):
        line = only(read(database, change_set))
        assert (line.area, line.row_id, line.operation, line.person_id) == ("person", key, "changed", key)
        assert (line.before["family"], line.after["family"]) == (before, after)
        assert set(line.moved) == {"family", "name_key", "version", "changed_in"}
    assert read(database, first).people == {key: "Öberg, Mia"}


def test_what_was_made_is_told_as_it_was_then_also_after_it_was_taken_back(database: Database, actor: Actor) -> None:
    with database.write(actor, "create_person") as session:
        made = person("Åberg")
        session.add(made)
        session.flush()
        session.add(Role(person_id=made.id, kind="student"))
        key = made.id
    own = last_change_set(database)
    assert read(database, own).counts == (("person", "made", 1), ("role", "made", 1))
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, own)
    found = read(database, own)
    assert found.counts == (("person", "made", 1), ("role", "made", 1)) and found.total == 2
    assert [(line.operation, line.person_id, line.before) for line in found.rows] == [("made", key, {})] * 2
    assert found.rows[0].after["family"] == "Åberg"
    gone = read(database, last_change_set(database))
    assert gone.counts == (("person", "removed", 1), ("role", "removed", 1))


def test_what_was_made_is_told_without_what_came_later(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    made = last_change_set(database)
    rename(database, actor, key, "Berg")
    assert only(read(database, made)).after["family"] == "Åberg"


def test_what_was_removed_is_told(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", email="mia@x.example")
    with database.write(actor, "remove_contact") as session:
        session.delete(session.scalars(select(ContactPoint)).one())
    line = only(read(database, last_change_set(database)))
    assert (line.area, line.operation, line.person_id, line.after) == ("contact_point", "removed", key, {})
    assert line.before["value"] == "mia@x.example"


def test_numbers_stay_masked(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "add_identifier") as session:
        session.add(Identifier(person_id=key, kind="personnummer", value="196408233234"))
    added = only(read(database, last_change_set(database))).after
    with database.write(actor, "remove_identifier") as session:
        session.delete(session.scalars(select(Identifier)).one())
    shown = [added, only(read(database, last_change_set(database))).before]
    assert [image["value"] for image in shown] == ["19640823-••••"] * 2


def test_only_the_tables_asked_for_are_told_and_only_so_many_rows(database: Database, actor: Actor) -> None:
    with database.write(actor, "import_people") as session:
        for number in range(7):
            made = person(f"Åberg {number}")
            session.add(made)
            session.flush()
            session.add(Role(person_id=made.id, kind="student"))
    own = last_change_set(database)
    assert read(database, own, ("role",)).counts == (("role", "made", 7),)
    found = read(database, own, limit=9)
    assert [line.area for line in found.rows] == ["person"] * 7 + ["role"] * 2
    assert found.total == 14
    assert read(database, own, ("setting", "no_such_table")).rows == ()


def test_empty_and_missing_are_the_same_to_a_reader(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "edit_person") as session:
        session.get_one(Person, key).note = "x"
    line = only(read(database, last_change_set(database)))
    assert "note" in line.moved and "birth_date" not in line.moved
