"""One line of a step can be put back alone: a value, a row that was removed, a row that was added."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.history import TAKE_BACK, history, take_back
from db.models.history import ChangeSet
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.task import Task
from db.putting_back import PUT_BACK, can_put_back, put_back
from db.row_changes import RowChange, row_changes
from db.sorting import name_key
from tests.db.support import count, found, last_change_set, rename
from tests.support import MakePerson

AREAS = ("person", "contact_point", "role", "identifier", "task")


def lines(database: Database, change_set: UUID) -> list[RowChange]:
    with database.read() as session:
        return list(row_changes(session, change_set, AREAS).rows)


def put(database: Database, actor: Actor, line: RowChange, column: str = "") -> None:
    with database.write(actor, PUT_BACK) as session:
        put_back(session, line, column)


def edit(database: Database, actor: Actor, key: UUID, **values: object) -> UUID:
    with database.write(actor, "edit_person", about=[key]) as session:
        row = session.get_one(Person, key)
        for name, value in values.items():
            setattr(row, name, value)
    return last_change_set(database)


def test_one_value_goes_back_and_the_others_stay(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    then = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    [line] = lines(database, edit(database, actor, key, note="New", language="fi", birth_date=date(2001, 2, 3), retired_at=then))
    for column in ("birth_date", "retired_at", "language"):
        put(database, actor, line, column)
    with database.read() as session:
        row = session.get_one(Person, key)
        assert (row.note, row.language, row.birth_date, row.retired_at) == ("New", "", None, None)
        newest = history(session, about=key)[0]
    assert (newest.verb, newest.details["column"], newest.takes_back) == (PUT_BACK, "language", None)


def test_a_value_goes_back_although_another_one_was_changed_since(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg", language="sv")
    [line] = lines(database, edit(database, actor, key, language="fi"))
    edit(database, actor, key, note="later")
    put(database, actor, line, "language")
    with database.read() as session:
        row = session.get_one(Person, key)
        assert (row.note, row.language) == ("later", "sv")


def test_a_value_changed_again_since_stays(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", language="sv")
    [line] = lines(database, edit(database, actor, key, language="fi"))
    edit(database, actor, key, language="en")
    with pytest.raises(RuleBroken, match="changed again since"):
        put(database, actor, line, "language")
    with database.read() as session:
        assert session.get_one(Person, key).language == "en"


def test_a_name_goes_back_with_its_place_in_the_alphabet(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    [line] = lines(database, rename(database, actor, key, "Berg"))
    put(database, actor, line, "family")
    with database.read() as session:
        assert session.get_one(Person, key).name_key == name_key("Åberg", "Mia")
    assert found(database, "åberg") == ["Åberg, Mia"]


def test_what_was_removed_comes_back_alone(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", email="mia@x.example", phone="+46701740605")
    with database.write(actor, "remove_contact") as session:
        for point in session.scalars(select(ContactPoint)):
            session.delete(point)
    email = next(line for line in lines(database, last_change_set(database)) if line.before["kind"] == "email")
    put(database, actor, email)
    assert count(database, ContactPoint) == 1 and found(database, "mia@x.example") == ["Åberg, Mia"]
    with pytest.raises(RuleBroken, match="there again"):
        put(database, actor, email)
    assert email.person_id == key


def test_what_was_added_goes_alone_unless_it_was_changed(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "add_role") as session:
        session.add_all([Role(person_id=key, kind="student", starts=date(2026, 9, 1)), Role(person_id=key, kind="mentor")])
    student, mentor = sorted(lines(database, last_change_set(database)), key=lambda line: line.after["kind"] == "mentor")
    put(database, actor, student)
    with database.write(actor, "edit_role") as session:
        session.scalars(select(Role)).one().programme = "Law"
    with pytest.raises(RuleBroken, match="changed again since"):
        put(database, actor, mentor)
    assert count(database, Role) == 1


def test_putting_back_can_be_taken_back(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", language="sv")
    [line] = lines(database, edit(database, actor, key, language="fi"))
    put(database, actor, line, "language")
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, last_change_set(database))
    with database.read() as session:
        assert session.get_one(Person, key).language == "fi"


def test_only_what_means_something_alone_is_offered(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    [made] = lines(database, last_change_set(database))
    assert not can_put_back(made) and not can_put_back(made, "family")
    [line] = lines(database, rename(database, actor, key, "Berg"))
    assert can_put_back(line, "family") and not can_put_back(line, "note") and not can_put_back(line, "version")
    assert not can_put_back(line)
    with database.write(actor, "add_task") as session:
        session.add(Task(title="Call", due=datetime(2026, 1, 1, tzinfo=UTC)))
    [task] = lines(database, last_change_set(database))
    assert not can_put_back(task)
    steps = count(database, ChangeSet)
    assert steps == 3
