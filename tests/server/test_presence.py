"""Who has a record open, on a server: under one's own name alone, and only where one may see the record oneself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from psycopg import errors

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import Person
from db.presence import Present, keep_presence, others_at
from db.sorting import name_key
from tests.server.conftest import Office

ELSEWHERE = Actor(new_id(), "Somebody else", frozenset())  # what a desk says of itself counts for nothing


@pytest.fixture
def record(office: Office) -> Iterator[UUID]:
    """A person; whatever was said of who has it open is gone afterwards."""
    own, database = new_id(), Database(office.admin, parts=office.plan.parts)
    with database.write(ELSEWHERE, "create_person", [own]) as session:
        session.add(Person(id=own, family="Åberg", given="Mia", name_key=name_key("Åberg", "Mia")))
    database.close()
    yield own
    with office.sql() as admin:
        admin.execute("DELETE FROM core.presence")


def _open(database: Database, token: UUID, record: UUID, page: str = "people.record") -> None:
    with database.upkeep(quiet=True) as session:
        keep_presence(session, token, {record: page}, actor=ELSEWHERE, now=database._now())


def _seen(office: Office, role: str, record: UUID) -> list[Present]:
    database = office.database(role)
    with database.read() as session:
        me = Actor(office.accounts[role], role, frozenset())
        return others_at(session, new_id(), [record], actor=me, now=database._now())


def test_the_name_is_that_of_the_login_whatever_the_program_says(office: Office, record: UUID) -> None:
    _open(office.database("office"), new_id(), record)
    assert _seen(office, "caller", record) == [Present(record, "Office", own=False)]
    assert _seen(office, "office", record) == [Present(record, "Office", own=True)], "one's own second window"


def test_nobody_moves_the_windows_of_others(office: Office, record: UUID) -> None:
    token = new_id()
    _open(office.database("office"), token, record)
    _open(office.database("caller"), token, new_id())  # closes everything else of a window of that name
    _open(office.database("caller"), token, record)
    assert _seen(office, "manager", record) == [Present(record, "Caller", own=False), Present(record, "Office", own=False)]
    caller = office.sql("caller")
    for statement in (
        "DELETE FROM core.presence",
        "UPDATE core.presence SET until = now()",
        "INSERT INTO core.presence VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'p', 'x', now())",
        "SELECT core.remove_presence(gen_random_uuid(), gen_random_uuid(), gen_random_uuid())",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            caller.execute(statement)


def test_who_may_not_see_the_record_does_not_see_who_is_there(office: Office, record: UUID) -> None:
    _open(office.database("office"), new_id(), record)
    policy = new_id()
    _open(office.database("office"), new_id(), policy, "policies.record")  # there is none of that id
    with pytest.raises(errors.InsufficientPrivilege):
        office.sql("quality_analyst").execute("SELECT * FROM core.presence")
    assert _seen(office, "alumni_officer", record) == [], "who sees policies sees nothing of people"
    assert [_seen(office, role, policy) for role in ("caller", "alumni_officer", "office")] == [[], [], []]


def test_a_person_one_may_not_see_is_not_betrayed_by_who_is_there(office: Office, record: UUID) -> None:
    _open(office.database("office"), new_id(), record)
    curious = office.sql("caller")
    with office.sql() as admin, _hidden(admin, record):
        assert curious.execute("SELECT * FROM core.presence").fetchall() == []
        assert curious.execute("SELECT count(*) FROM core.presence WHERE ref = %s", [record]).fetchone() == (0,)
    assert len(curious.execute("SELECT * FROM core.presence").fetchall()) == 1


@contextmanager
def _hidden(admin: psycopg.Connection, record: UUID) -> Iterator[None]:
    """Nobody but the owner sees this person inside."""
    admin.execute("CREATE POLICY everybody ON core.person USING (true)")
    admin.execute(f"CREATE POLICY but_one ON core.person AS RESTRICTIVE USING (id <> '{record}')")
    admin.execute("ALTER TABLE core.person ENABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        admin.execute("ALTER TABLE core.person DISABLE ROW LEVEL SECURITY")
        admin.execute("DROP POLICY but_one ON core.person")
        admin.execute("DROP POLICY everybody ON core.person")


def test_a_window_cannot_fill_the_table(office: Office) -> None:
    refs = [new_id() for _number in range(201)]
    with pytest.raises(errors.IntegrityConstraintViolation):
        office.sql("caller").execute("SELECT core.kontinuum_present(gen_random_uuid(), '{}', %s)", [refs])
