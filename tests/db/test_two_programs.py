"""Two windows on one database: writers take turns, and nobody overwrites the other unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.actor import Actor
from db.changes import Moved
from db.database import Database, take
from db.errors import Conflict
from db.models.person import Person
from tests.db.support import count, family_of, found, person, rename
from tests.support import MakePerson


@pytest.fixture
def other(database: Database, address: Path | str) -> Iterator[Database]:
    """A second program on the same database."""
    opened = Database(address, parts=database.parts[1:])
    yield opened
    opened.close()


def test_what_one_saves_the_other_sees_and_finds(
    database: Database, other: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    assert found(other, "åberg") == ["Åberg, Mia"]
    rename(other, actor, key, "Öberg")
    assert (family_of(database, key), found(database, "öberg")) == ("Öberg", ["Öberg, Mia"])


def test_what_one_saves_the_other_hears_of_once_and_what_it_saves_itself_as_its_own(
    database: Database, other: Database, actor: Actor, make_person: MakePerson
) -> None:
    told: list[Moved] = []
    heard = threading.Semaphore(0)
    other.listen(lambda moved: (told.append(moved), heard.release()))
    other.follow()
    theirs = make_person("Åberg")
    assert heard.acquire(timeout=30)
    rename(other, actor, theirs, "Öberg")
    assert heard.acquire(timeout=30)
    make_person("Ek", phone="+46701740605")
    assert heard.acquire(timeout=30)
    assert [(sorted(moved.areas), moved.by_others) for moved in told] == [
        (["person"], True),
        (["person"], False),
        (["contact_point", "person"], True),
    ]


def test_a_form_read_before_the_others_change_is_a_conflict(
    database: Database, other: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg")
    with database.read() as session:
        version = session.get_one(Person, key).version
    rename(other, actor, key, "Öberg")
    with pytest.raises(Conflict), database.write(actor, "edit_person") as session:
        take(session, Person, key, version)
    assert family_of(database, key) == "Öberg"


@pytest.mark.sqlite_only("on a server, writers of different rows need not wait for each other")
def test_the_second_writer_waits_for_the_first(database: Database, other: Database, actor: Actor) -> None:
    inside, done = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait(10)
        with other.write(actor, "create_person") as session:
            session.add(person("Second"))
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    with database.write(actor, "create_person") as session:
        session.add(person("First"))
        session.flush()
        inside.set()
        assert not done.wait(0.3), "the second writer must not get in before the first is done"
    thread.join(10)
    assert done.is_set() and count(database, Person) == 2


def test_threads_of_one_program_write_one_after_the_other(database: Database, actor: Actor) -> None:
    def add(number: int) -> None:
        with database.write(actor, "create_person") as session:
            session.add(person(f"P{number}"))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert count(database, Person) == 8


def test_readers_go_on_while_somebody_writes(database: Database, other: Database, actor: Actor, make_person: MakePerson) -> None:
    make_person("Åberg")
    with database.write(actor, "create_person") as session:
        session.add(person("Öberg"))
        session.flush()
        assert count(other, Person) == count(database, Person) == 1
    assert count(other, Person) == 2
