"""The history a server keeps by itself: nobody writes it, changes it, or leaves it open."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.history import TAKE_BACK, take_back
from db.models.history import ChangeSet
from db.models.person import ContactPoint, Person
from tests.db.support import family_of, last_change_set, rename, version_of
from tests.servers import Server
from tests.support import MakePerson

pytestmark = pytest.mark.server_only("is about functions of the server")
OPEN = "SELECT core.kontinuum_open(%s, 'core_9999')"
CLOSE = "SELECT core.kontinuum_close('by_hand', NULL, %s, 'Somebody', '{}')"


@pytest.fixture
def hand(server: Server, database: Database) -> Iterator[psycopg.Connection]:
    """Somebody who writes statements by hand."""
    with psycopg.connect(str(database.address)) as connection:
        yield connection
        connection.rollback()


CHANGES = {
    "a row without a change set": "INSERT INTO core.role (id, version, made_in, changed_in, person_id, kind, programme, term, source) "
    "SELECT gen_random_uuid(), 1, made_in, changed_in, id, 'student', '', '', '' FROM core.person",
    "a change without a change set": "UPDATE core.person SET family = 'x', version = version + 1",
    "a removal without a change set": "DELETE FROM core.contact_point",
    "emptying a table": "TRUNCATE core.contact_point",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_nothing_is_written_outside_a_change_set(hand: psycopg.Connection, make_person: MakePerson, statement: str) -> None:
    make_person("Åberg", email="a@b.example")
    with pytest.raises(psycopg.IntegrityError):
        hand.execute(statement)


@pytest.mark.parametrize("named", [("{own}", "gen_random_uuid()"), ("gen_random_uuid()", "{own}"), ("gen_random_uuid()",) * 2])
def test_a_new_row_names_the_open_change_set_twice(
    hand: psycopg.Connection, make_person: MakePerson, named: tuple[str, str]
) -> None:
    """As the one that made it and as the one that changed it last."""
    make_person("Åberg")
    own = new_id()
    hand.execute(OPEN, (own,))
    made_in, changed_in = (each.format(own=f"'{own}'::uuid") for each in named)
    with pytest.raises(psycopg.IntegrityError, match="must name the open change set"):
        hand.execute(
            "INSERT INTO core.role (id, version, made_in, changed_in, person_id, kind, programme, term, source) "
            f"SELECT gen_random_uuid(), 1, {made_in}, {changed_in}, id, 'student', '', '', '' FROM core.person"
        )


@pytest.mark.parametrize(
    "change", ["version = version + 2, changed_in = {own}", "version = version + 1, changed_in = gen_random_uuid()",
               "version = version + 1, changed_in = {own}, made_in = {own}", "version = version + 1, changed_in = {own}, id = {own}"],
)  # fmt: skip
def test_a_change_raises_the_version_by_one_and_names_its_change_set(
    hand: psycopg.Connection, make_person: MakePerson, change: str
) -> None:
    make_person("Åberg")
    own = new_id()
    hand.execute(OPEN, (own,))
    with pytest.raises(psycopg.IntegrityError):
        hand.execute("UPDATE core.person SET family = 'x', " + change.format(own=f"'{own}'"))


def test_a_change_set_that_is_not_closed_is_not_committed(
    hand: psycopg.Connection, database: Database, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")
    own = new_id()
    hand.execute(OPEN, (own,))
    hand.execute("UPDATE core.person SET family = 'x', version = version + 1, changed_in = %s", (own,))
    with pytest.raises(psycopg.IntegrityError, match="must be closed"):
        hand.commit()
    assert family_of(database, kept) == "Åberg"


def test_nothing_more_is_written_once_it_is_closed(hand: psycopg.Connection, make_person: MakePerson) -> None:
    make_person("Åberg")
    own = new_id()
    hand.execute(OPEN, (own,))
    hand.execute(CLOSE, (new_id(),))
    with pytest.raises(psycopg.IntegrityError):
        hand.execute("UPDATE core.person SET family = 'x', version = version + 1, changed_in = %s", (own,))


def test_the_history_holds_the_login_and_the_servers_clock(
    database: Database, hand: psycopg.Connection, make_person: MakePerson
) -> None:
    make_person("Åberg")
    row = hand.execute(
        "SELECT login, now() - at < interval '1 minute', tx < pg_current_xact_id() FROM core.change_set"
    ).fetchone()
    assert row == ("tester", True, True)


def test_other_desks_hear_that_something_was_saved_and_not_what(
    hand: psycopg.Connection, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    hand.execute("LISTEN kontinuum")
    hand.commit()
    make_person("Åberg")
    told = next(hand.notifies(timeout=20, stop_after=1))
    assert told.payload == ""


def test_texts_are_sorted_as_in_a_file_whatever_the_servers_alphabet(database: Database, make_person: MakePerson) -> None:
    names = ["Zetterberg", "aberg", "Åberg", "Öberg", "Ärlig", "_x", "Berg"]
    for name in names:
        make_person(name)
    with database.read() as session:
        assert list(session.scalars(select(Person.family).order_by(Person.family))) == sorted(names)


def test_what_somebody_touched_since_is_kept_with_what_hangs_on_it(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    touched = make_person("Åberg", email="a@b.example")
    made = last_change_set(database)
    rename(database, actor, touched, "Öberg")
    with database.write(actor, TAKE_BACK) as session:
        done = take_back(session, made)
    assert (done.undone, done.change_set) == (0, None)
    assert {table for table, _row in done.kept} == {"person", "contact_point"}
    with database.read() as session:
        assert session.scalar(select(ContactPoint.value)) == "a@b.example"
        assert session.scalar(select(ChangeSet.id).where(ChangeSet.takes_back.is_not(None))) is None


def test_what_was_taken_back_is_marked_by_the_server_alone(database: Database, actor: Actor, make_person: MakePerson) -> None:
    kept = make_person("Åberg")
    renamed = rename(database, actor, kept, "Öberg")
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, renamed)
    assert (family_of(database, kept), version_of(database, kept)) == ("Åberg", 3)
    with database.read() as session:
        assert session.scalar(select(ChangeSet.takes_back).order_by(ChangeSet.number.desc()).limit(1)) == renamed
