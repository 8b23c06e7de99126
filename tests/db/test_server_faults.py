"""What can go wrong between a desk and its server, each told in one sentence with a way on, and never quoting anybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.changes import Moved
from db.database import Database
from db.errors import Conflict, Denied, RuleBroken, Unavailable
from db.models.person import Person
from db.models.post import Post
from db.models.setting import StoredSetting
from db.settings import write_setting
from tests.db.support import count, family_of, person, rename
from tests.servers import Server
from tests.support import MakePerson

pytestmark = pytest.mark.server_only("is about losing a server")
ATTEMPTS = 500  # at twenty milliseconds each


@pytest.fixture
def administrator(server: Server, database: Database) -> Iterator[psycopg.Connection]:
    """Somebody else on the same database, who may do anything."""
    with server.connect(str(database.address).rpartition("/")[2]) as connection:
        yield connection


def cut(administrator: psycopg.Connection) -> None:
    """End all other connections to the database."""
    administrator.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


WRONG = {
    "host=127.0.0.1 port=1 dbname=office": "No server answers",
    "host=nosuch.invalid dbname=office": "no computer called",
    "{server} dbname=nosuch": "There is no database nosuch",
    "{server} dbname=postgres user=nosuch": "does not know this user, or the password is wrong",
    "{server} dbname=postgres password=wrong": "does not know this user, or the password is wrong",
    "{server} dbname=postgres sslmode=require": "does not encrypt",
    "{server} dbname=postgres target_session_attrs=standby": "follows no other server",
    "service=nosuch": "no database service of that name",
    "postgresql://[": "not the address of a server",
    "nonsense": "not the address of a server",
}


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address_is_told_in_words(server: Server, address: str) -> None:
    known = f"host=127.0.0.1 port={server.port} user=postgres password={server.password}"
    with pytest.raises(Unavailable, match=WRONG[address]) as caught:
        Database(address.format(server=known))
    assert server.password not in str(caught.value)


def test_an_empty_database_is_made_only_where_that_is_asked_for(server: Server) -> None:
    address = server.fresh("bare")
    with pytest.raises(Unavailable, match="holds no Kontinuum database yet"):
        Database(address, upgrades=False)
    Database(address).close()
    Database(address, upgrades=False).close()
    server.drop(address)


def test_a_database_of_another_program_is_left_alone(server: Server) -> None:
    address = server.fresh("foreign")
    with server.connect(address.rpartition("/")[2]) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TABLE core.theirs (id int)")
    with pytest.raises(Unavailable, match="not a Kontinuum database"):
        Database(address)
    server.drop(address)


def test_a_reader_whose_connection_was_lost_while_resting_notices_nothing(
    database: Database, administrator: psycopg.Connection, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")
    assert family_of(database, kept) == "Åberg"
    cut(administrator)
    assert family_of(database, kept) == "Åberg"


def test_a_connection_lost_while_reading_is_told_and_the_next_reading_succeeds(
    database: Database, administrator: psycopg.Connection, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")

    def read() -> None:
        with database.read() as session:
            session.get(Person, kept)
            cut(administrator)
            session.refresh(session.get_one(Person, kept))

    with pytest.raises(Unavailable, match="was lost"):
        read()
    assert family_of(database, kept) == "Åberg"


def test_a_connection_lost_before_saving_saves_nothing_and_the_next_step_succeeds(
    database: Database, administrator: psycopg.Connection, actor: Actor, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")

    def save() -> None:
        with database.write(actor, "edit_person") as session:
            cut(administrator)
            session.get_one(Person, kept).family = "Öberg"

    with pytest.raises(Unavailable, match="Nothing was saved"):
        save()
    rename(database, actor, kept, "Ek")
    assert family_of(database, kept) == "Ek"


def test_a_connection_lost_while_committing_leaves_a_doubt_that_is_settled_by_the_change_set(
    database: Database, administrator: psycopg.Connection, actor: Actor
) -> None:
    own = new_id()

    def save() -> None:
        with database.write(actor, "create_person", change_set=own) as session:
            session.add(person("Åberg"))
            session.flush()
            session.info["areas"].clear()  # the index would ask the server once more
            cut(administrator)

    with pytest.raises(Unavailable, match="not certain whether this was saved"):
        save()
    assert not database.saved(own)
    assert count(database, Person) == 0


def test_what_is_twice_is_refused_without_quoting_it(database: Database, actor: Actor) -> None:
    def save() -> None:
        with database.write(actor, "add") as session:
            session.add_all([Post(title="Secret A", title_key="secret"), Post(title="Secret B", title_key="secret")])
            with pytest.raises(IntegrityError, match="uq_post_title_key") as caught:
                session.flush()
            assert "ecret" not in str(caught.value) and "ecret" not in str(caught.value.orig)
            raise caught.value

    with pytest.raises(Conflict, match="Somebody else wrote the same"):
        save()


@pytest.mark.parametrize("many", [False, True])
def test_a_text_no_server_can_hold_is_refused_in_words(database: Database, actor: Actor, many: bool) -> None:
    def save() -> None:
        with database.write(actor, "add") as session:
            if many:
                insert_rows(session, Post, ("id", "title", "title_key"), [(new_id(), "a\x00b", "ab")])
            else:
                session.add(Post(title="a\x00b", title_key="ab"))

    with pytest.raises(RuleBroken, match="cannot be stored"):
        save()


def test_a_rule_no_table_keeps_holds_across_desks(database: Database, actor: Actor) -> None:
    other = Database(database.address, parts=database.parts[1:])
    looked = threading.Event()

    def second() -> None:
        with other.write(actor, "change_setting") as session:
            looked.set()
            write_setting(session, "core.zone", "Europe/Helsinki")

    with database.write(actor, "change_setting") as session:
        write_setting(session, "core.zone", "Europe/Stockholm")
        thread = threading.Thread(target=second)
        thread.start()
        assert looked.wait(20)
    thread.join(20)
    other.close()
    with database.read() as session:
        assert session.scalars(select(StoredSetting.value).where(StoredSetting.key == "core.zone")).all() == ["Europe/Helsinki"]


def test_what_a_login_may_not_do_is_denied_in_words(server: Server, database: Database) -> None:
    name = str(database.address).rpartition("/")[2]
    with server.connect(name) as connection:
        connection.execute(f"CREATE ROLE guest LOGIN PASSWORD '{server.password}'")
        connection.execute("GRANT USAGE ON SCHEMA core TO guest")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA core TO guest")
        try:
            opened = Database(server.dsn(name, user="guest"), parts=database.parts[1:])
            with (
                pytest.raises(Denied, match="may not do this"),
                opened.write(Actor(new_id(), "Guest"), "create_person") as session,
            ):
                session.add(person("Åberg"))
            opened.close()
        finally:
            connection.execute("DROP OWNED BY guest")
            connection.execute("DROP ROLE guest")


def test_a_server_that_only_follows_another_takes_no_writer(
    database: Database, administrator: psycopg.Connection, actor: Actor, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")
    name = administrator.info.dbname
    administrator.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    following = Database(database.address, parts=database.parts[1:])
    with pytest.raises(Unavailable, match="can only be read just now"):
        rename(following, actor, kept, "Ek")
    assert family_of(following, kept) == "Åberg"
    following.close()


def test_a_row_somebody_else_holds_is_not_waited_for_without_end(
    database: Database, administrator: psycopg.Connection, actor: Actor, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")
    hasty = Database(f"{database.address}?options=-c%20lock_timeout%3D50ms", parts=database.parts[1:])
    with administrator.transaction():
        administrator.execute("SELECT FROM core.person FOR UPDATE")
        with pytest.raises(Unavailable, match="Somebody else is writing the same"):
            rename(hasty, actor, kept, "Ek")
    hasty.close()
    rename(database, actor, kept, "Ek")


def test_a_program_older_than_the_tables_saves_nothing(
    database: Database, administrator: psycopg.Connection, actor: Actor, make_person: MakePerson
) -> None:
    kept = make_person("Åberg")
    administrator.execute("UPDATE core.schema_version_core SET version_num = 'core_9999'")
    with pytest.raises(Unavailable, match="newer version"):
        rename(database, actor, kept, "Ek")
    assert family_of(database, kept) == "Åberg"
    with pytest.raises(Unavailable, match="newer version"):
        Database(database.address)


def test_a_server_has_no_path(database: Database) -> None:
    with pytest.raises(Unavailable, match="on a server, not in a file"):
        _ = database.path


def test_a_step_its_standby_never_confirmed_is_not_told_as_safe(
    database: Database, administrator: psycopg.Connection, actor: Actor
) -> None:
    heard: list[Moved] = []
    waiting = Database(f"{database.address}?options=-c%20synchronous_commit%3Don", parts=database.parts[1:])
    waiting.listen(heard.append)

    def save() -> None:
        with waiting.write(actor, "create_person") as session:
            session.add(person("Åberg"))

    administrator.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    administrator.execute("SELECT pg_reload_conf()")
    try:
        for _ in range(ATTEMPTS):  # the server takes up its settings when it comes to it, and waits for nobody until then
            thread = threading.Thread(target=save)
            thread.start()
            while thread.is_alive():  # the wait ends for a cancelled statement, and the step is stored here all the same
                administrator.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
                thread.join(0.02)
            if not heard[-1].confirmed:
                break
    finally:
        administrator.execute("ALTER SYSTEM RESET synchronous_standby_names")
        administrator.execute("SELECT pg_reload_conf()")
    waiting.close()
    assert heard.pop().confirmed is False
    assert all(moved.confirmed for moved in heard)
    assert count(database, Person) == len(heard) + 1
