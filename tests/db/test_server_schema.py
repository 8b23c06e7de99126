"""A server's tables are made once, brought up to date whole or not at all, and belong to whom they did."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from db.actor import Actor
from db.database import Database
from db.errors import Unavailable
from db.history import TAKE_BACK, take_back
from db.models.person import Person
from db.schema import CORE_PART, Part, blamed, stored
from servers import Server
from tests.db.support import count, last_change_set, person
from tests.db.test_schema import FIRST, SECOND


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    """The address of a database without anything in it."""
    made = server.fresh("bare")
    yield made
    server.drop(made)


def part(folder: Path, **revisions: str) -> Part:
    """A module's line of revisions."""
    folder.mkdir(exist_ok=True)
    for name, source in revisions.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    return Part("extra", folder)


def test_programs_that_open_a_new_database_together_make_it_once(empty: str) -> None:
    def make(_program: int) -> None:
        Database(empty).close()

    with ThreadPoolExecutor(4) as programs:
        list(programs.map(make, range(4)))
    opened = Database(empty)
    with opened.read() as session:
        assert stored(session.connection(), CORE_PART) == CORE_PART.newest()
    opened.close()


def test_a_modules_tables_are_added_guarded_and_taken_back_with_the_rest(empty: str, tmp_path: Path, actor: Actor) -> None:
    Database(empty).close()
    opened = Database(empty, parts=[part(tmp_path / "extra", extra_0001_first=FIRST)])
    with opened.write(actor, "add") as session:
        session.add(made := person("Åberg"))
        session.flush()
        own = session.info["change_set"]
        session.execute(
            text("INSERT INTO extra VALUES (gen_random_uuid(), 1, :own, :own, :person, 'word')"), {"own": own, "person": made.id}
        )
    with opened.write(actor, TAKE_BACK) as session:
        assert take_back(session, last_change_set(opened)).undone == 2
    assert count(opened, Person) == 0
    opened.close()


def test_a_revision_that_fails_leaves_everything_as_it_was(empty: str, tmp_path: Path, actor: Actor) -> None:
    extra = part(tmp_path / "extra", extra_0001_first=FIRST)
    Database(empty, parts=[extra]).close()
    part(tmp_path / "extra", extra_0002_more=SECOND % "op.execute('SELECT nonsense')")
    with pytest.raises(ProgrammingError, match="nonsense") as caught:
        Database(empty, parts=[extra])
    assert blamed(caught.value) == "extra"
    (tmp_path / "extra" / "extra_0002_more.py").unlink()
    opened = Database(empty, parts=[extra])
    with opened.write(actor, "add") as session:
        session.add(person("Åberg"))  # the guards stand again
    with opened.read() as session:
        columns = session.execute(text("SELECT * FROM extra")).keys()
    assert "length" not in columns and count(opened, Person) == 1
    opened.close()


def test_who_may_not_make_tables_does_without_those_of_a_new_module(empty: str, tmp_path: Path) -> None:
    Database(empty).close()
    with pytest.raises(Unavailable, match="older version of Kontinuum") as caught:
        Database(empty, parts=[part(tmp_path / "extra", extra_0001_first=FIRST)], upgrades=False)
    assert blamed(caught.value) == "extra"
    Database(empty, upgrades=False).close()


def test_tables_made_by_an_administrator_belong_to_the_owner_of_the_others(server: Server, empty: str, tmp_path: Path) -> None:
    name = empty.rpartition("/")[2]
    with server.connect(name) as connection:
        connection.execute("CREATE ROLE keeper NOLOGIN")
        connection.execute(f"CREATE ROLE helper LOGIN PASSWORD '{server.password}' IN ROLE keeper")
        connection.execute(f'GRANT CREATE ON DATABASE "{name}" TO keeper')
        try:
            connection.execute("CREATE SCHEMA core AUTHORIZATION keeper")
            Database(server.dsn(name, user="helper"), parts=[part(tmp_path / "extra", extra_0001_first=FIRST)]).close()
            owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'core'").fetchall()
            assert owners == [("keeper",)]
        finally:
            connection.execute("DROP OWNED BY helper, keeper CASCADE")
            connection.execute("DROP ROLE helper, keeper")
