"""A copy answers for lists, never with less than the desk was told; where it cannot, the server does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import Database
from db.errors import Astray, RuleBroken, Unavailable
from db.models.person import Person
from db.postgresql import replica
from db.postgresql.engine import PostgresqlEngine, identity_of
from db.postgresql.replica import address_of_copy
from db.postgresql.trying import try_copy
from db.texts import Msgid
from tests.server.conftest import Office
from tests.server.pair import add, until
from tests.servers import Server


@pytest.fixture(scope="module")
def follower(server: Server) -> Iterator[Server]:
    """A copy of the server; it follows and confirms nothing."""
    copy = Server.copy_of(server)
    yield copy
    copy.remove()


@pytest.fixture
def copy(follower: Server) -> Iterator[Server]:
    """The same, replaying."""
    yield follower
    with follower.connect() as admin:
        admin.execute("SELECT pg_wal_replay_resume()")


@pytest.fixture
def desk(office: Office, copy: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The office's own desk, which may read lists from the copy and does not leave it alone after a fault."""
    monkeypatch.setattr(replica, "REST", 0.0)
    with closing(Database(office.address("office"), parts=office.plan.parts, copies=f"127.0.0.1:{copy.port}")) as opened:
        yield opened


def whence(session: Session) -> tuple[bool, int]:
    """Whether a copy answers, and how many people it knows."""
    from_copy: bool = session.scalars(text("SELECT pg_is_in_recovery()")).one()
    return from_copy, session.scalar(select(func.count()).select_from(Person)) or 0


def save(desk: Database, actor: Actor) -> None:
    with desk.write(actor, "create_person") as session:
        add(session)


def hold(copy: Server) -> None:
    with copy.connect() as admin:
        admin.execute("SELECT pg_wal_replay_pause()")
        until(lambda: admin.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",), "the copy to pause")


def test_lists_come_from_the_copy_and_show_what_was_just_saved(desk: Database, actor: Actor) -> None:
    until(lambda: desk.answer(whence)[0], "the copy to answer")
    for _round in range(5):
        before = desk.answer(whence)[1]
        save(desk, actor)
        assert desk.answer(whence)[1] == before + 1
        until(lambda: desk.answer(whence) == (True, before + 1), "the copy to follow")  # noqa: B023 - asked at once
    with desk.read() as session:
        assert not whence(session)[0]  # single records are read where they are changed
    assert desk.replica is not None and desk.replica.standing == "even"


def test_a_copy_that_stays_behind_is_not_asked_until_it_has_what_was_saved(desk: Database, copy: Server, actor: Actor) -> None:
    until(lambda: desk.answer(whence)[0], "the copy to answer")
    hold(copy)
    before = desk.answer(whence)
    assert before[0]  # nothing was saved since: what it shows is all there is
    save(desk, actor)
    assert desk.answer(whence) == (False, before[1] + 1)
    assert desk.replica is not None and desk.replica.standing == "behind" and desk.replica.as_of is not None
    with copy.connect() as admin:
        admin.execute("SELECT pg_wal_replay_resume()")
    until(lambda: desk.answer(whence) == (True, before[1] + 1), "the copy to answer again")


def test_what_a_colleague_saved_is_wanted_of_the_copy_once_the_desk_heard_of_it(
    desk: Database, office: Office, copy: Server, actor: Actor
) -> None:
    heard: list[object] = []
    desk.listen(heard.append)
    desk.follow()
    until(lambda: desk.answer(whence)[0], "the copy to answer")
    hold(copy)
    before = desk.answer(whence)
    colleague = office.database("office")
    save(colleague, actor)
    until(lambda: heard, "the desk to hear of it")
    assert desk.answer(whence) == (False, before[1] + 1)


def test_lists_come_from_the_server_while_no_copy_answers(desk: Database, copy: Server) -> None:
    until(lambda: desk.answer(whence)[0], "the copy to answer")
    copy.stop()
    assert not desk.answer(whence)[0]
    assert desk.replica is not None and desk.replica.standing == "away"
    copy.begin()
    until(lambda: desk.answer(whence)[0], "the copy to answer again")


def test_a_copy_that_cannot_be_used_is_left_alone_for_a_while(
    desk: Database, copy: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    until(lambda: desk.answer(whence)[0], "the copy to answer")
    copy.stop()
    monkeypatch.setattr(replica, "REST", 1e6)
    assert not desk.answer(whence)[0]
    copy.begin()
    assert not desk.answer(whence)[0]


def test_a_fault_of_the_work_itself_is_not_taken_for_the_copys(desk: Database) -> None:
    until(lambda: desk.answer(whence)[0], "the copy to answer")

    def refuse(_session: Session) -> None:
        raise RuleBroken(Msgid("no"))

    with pytest.raises(RuleBroken):
        desk.answer(refuse)
    assert desk.replica is not None and desk.replica.standing == "even"


def test_the_end_of_a_page_of_the_servers_log_holds_nobody_up(desk: Database, server: Server, actor: Actor) -> None:
    until(lambda: desk.answer(whence)[0], "the copy to answer")
    save(desk, actor)
    with server.connect() as admin:
        admin.execute("SELECT pg_switch_wal()")
    assert desk.engine.replica is not None
    desk.engine.replica.moved()
    until(lambda: desk.answer(whence)[0], "the copy to answer at the end of a page")


@pytest.mark.parametrize("role", ["caller", "manager"])
def test_the_copy_gives_each_role_the_rows_the_server_gives(
    role: str, office: Office, copy: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "REST", 0.0)
    with closing(Database(office.address(role), parts=office.plan.parts, copies=f"127.0.0.1:{copy.port}")) as desk:
        until(lambda: desk.answer(whence)[0], "the copy to answer")
        with desk.read() as session:
            assert desk.answer(whence)[1] == whence(session)[1]


def test_only_a_copy_of_this_database_is_taken(office: Office, server: Server, copy: Server) -> None:
    engine = office.database("office").engine
    assert isinstance(engine, PostgresqlEngine)
    home, own = identity_of(engine), office.address("office")
    try_copy(own, f"127.0.0.1:{copy.port}", home)
    with pytest.raises(Unavailable, match="follows no other server"):
        try_copy(own, f"127.0.0.1:{server.port}", home)
    with pytest.raises(Astray, match="Another database answers"):
        try_copy(own, f"127.0.0.1:{copy.port}", type(home)("another", home.cluster))
    with pytest.raises(RuleBroken, match="ends with a port that cannot be") as slip:
        try_copy(own, "copy:99999", home)
    assert slip.value.field == "copy"


def test_a_promoted_copy_is_no_longer_asked(server: Server, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "REST", 0.0)
    own = Server.copy_of(server)
    try:
        with closing(Database(office.address("office"), parts=office.plan.parts, copies=f"127.0.0.1:{own.port}")) as desk:
            until(lambda: desk.answer(whence)[0], "the copy to answer")
            own.promote()
            assert not desk.answer(whence)[0]
            save(desk, Actor(office.accounts["office"], "Office"))
            assert not desk.answer(whence)[0]
    finally:
        own.remove()


def test_the_copys_address_holds_no_password_and_no_host_of_the_server() -> None:
    made = address_of_copy(
        "postgresql://eva@db1.example.org:5433/office?sslmode=verify-full", "db2.example.org, db3.example.org:5999"
    )
    assert made.count("db1") == 0
    for part in ("host=db2.example.org,db3.example.org", "port=5432,5999", "user=eva", "dbname=office", "sslmode=verify-full"):
        assert part in made
    assert "target_session_attrs=standby" in made
    with pytest.raises(RuleBroken, match="name of the copy is missing"):
        address_of_copy("postgresql://eva@db1.example.org/office", " , ")
