"""A server knows how full its tables are as soon as a big step is saved, and does not count for small ones."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import Database
from db.history import TAKE_BACK, take_back
from db.models.person import Person
from db.postgresql.functions import MANY
from db.sorting import name_key
from tests.db.support import last_change_set
from tests.support import MakePerson

pytestmark = pytest.mark.server_only("is about what a server knows of its tables")
NEVER = -1  # what the server says of a table it did not count yet


@pytest.fixture
def hand(database: Database) -> Iterator[psycopg.Connection]:
    """Who looks at what the server knows; its own housekeeping rests, which would come to the same later."""
    with psycopg.connect(str(database.address), autocommit=True, options="-c search_path=core") as connection:
        for table in ("person", "search_entry", "row_image"):
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        yield connection


def known(hand: psycopg.Connection, table: str) -> int:
    row = hand.execute("SELECT reltuples::int FROM pg_class WHERE oid = %s::regclass", (table,)).fetchone()
    assert row is not None
    return int(row[0])


def bring(database: Database, actor: Actor, people: int) -> None:
    with database.write(actor, "import_people") as session:
        rows = [(new_id(), "Åberg", f"Mia {n}", name_key("Åberg", f"Mia {n}")) for n in range(people)]
        insert_rows(session, Person, ("id", "family", "given", "name_key"), rows)


def test_after_a_big_import_the_server_knows_what_its_tables_hold(
    database: Database, actor: Actor, hand: psycopg.Connection
) -> None:
    bring(database, actor, MANY)
    assert known(hand, "person") == known(hand, "search_entry") == MANY


def test_after_taking_it_back_too(database: Database, actor: Actor, hand: psycopg.Connection) -> None:
    bring(database, actor, MANY)
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, last_change_set(database))
    assert known(hand, "person") == 0 and known(hand, "row_image") == MANY


def test_a_small_step_counts_nothing(database: Database, actor: Actor, hand: psycopg.Connection, make_person: MakePerson) -> None:
    make_person()
    bring(database, actor, 20)
    assert known(hand, "person") == known(hand, "search_entry") == NEVER


@pytest.mark.parametrize("areas", ["nobodys", "pg_class", "person person", '"; DROP TABLE person; --', ""])
def test_whatever_a_desk_says_it_moved_its_step_is_closed(database: Database, hand: psycopg.Connection, areas: str) -> None:
    with hand.transaction():
        hand.execute("SELECT kontinuum_open(%s, 'core_9999')", (new_id(),))
        hand.execute("SELECT kontinuum_close('by_hand', NULL, %s, 'Somebody', '{}', %s, %s)", (new_id(), areas, MANY))
    assert known(hand, "person") == NEVER
