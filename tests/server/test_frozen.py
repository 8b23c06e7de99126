"""A desk that stands still in the middle of a step, holding locks: the others go on, and it learns that its step was not saved."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database, take
from db.models.person import Person
from db.postgresql.roles import LIMITS
from db.replaying import carry_out
from desktop.modules.phones import queue, rounds
from desktop.modules.phones.calls import Draft, save_call
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.standing import Desk
from tests.server.pair import until
from tests.server.steps import NOW, ZONE
from tests.servers import Server
from tests.support import MakePerson

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="another way of standing still")
MOST_OTHERS_WAIT = 30  # seconds
SOON = "options=-c%20idle_in_transaction_session_timeout%3D2s"  # the product waits longer; nothing else is different

EDITS = """
from uuid import UUID
from db.actor import Actor
from db.database import Database, take
from db.errors import Unavailable
from db.models.person import Person
desk = Database({address!r})
try:
    with desk.write(Actor(UUID(int=1), "Frozen"), "edit_person") as session:
        take(session, Person, UUID({subject!r}), 1).given = "Frozen"
        session.flush()
        print("holds", flush=True)
        input()
    print("saved")
except Unavailable as error:
    print(type(error).__name__, error)
"""
CLAIMS = """
from uuid import UUID
from db.database import Database
from db.errors import Unavailable
from desktop.modules.phones import queue
from tests.server.steps import NOW, ZONE
desk = Database({address!r})
try:
    with desk.upkeep() as session:
        print(queue.pop_next(session, UUID({subject!r}), queue.Desk(UUID(int=2), UUID(int=3), "Frozen"), now=NOW, zone=ZONE), flush=True)
        input()
    print("saved")
except Unavailable as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def address(server: Server, empty_on_server: str) -> Iterator[str]:
    """A new, empty database on the server."""
    made = server.fresh("frozen", empty_on_server)
    yield server.dsn(made.rpartition("/")[2], user="tester")
    server.drop(made)


@contextmanager
def frozen(program: str, database: Database, subject: UUID) -> Iterator[tuple[str, Callable[[], str]]]:
    """A desk stopped where `program` waits: what it said until then, and how to thaw it, which gives what it says at the end."""
    desk = subprocess.Popen(
        [sys.executable, "-c", program.format(address=f"{database.address}?{SOON}", subject=str(subject))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert desk.stdin is not None and desk.stdout is not None

    def thaw() -> str:
        os.kill(desk.pid, signal.SIGCONT)
        return desk.communicate("\n", timeout=60)[0].strip()

    try:
        said = desk.stdout.readline().strip()
        os.kill(desk.pid, signal.SIGSTOP)
        yield said, thaw
    finally:
        desk.kill()
        desk.communicate()


def rename(person: UUID, session: Session) -> None:
    take(session, Person, person, 1).given = "Other"


def test_others_save_what_a_frozen_desk_holds_and_it_learns_that_it_did_not(
    database: Database, actor: Actor, make_person: MakePerson, rounds: Callable[..., int]
) -> None:
    for _round in range(rounds(1, 20)):
        person = make_person("Åberg", "Mia")
        with frozen(EDITS, database, person) as (said, thaw):
            assert said == "holds"
            carry_out(database, actor, "edit_person", partial(rename, person), new_id(), wait=lambda tries: tries < 20)
            assert thaw().startswith("Unreachable The connection to")
        with database.read() as session:
            row = session.get_one(Person, person)
            assert (row.given, row.version) == ("Other", 2)


def test_the_limits_let_others_on_in_time_whatever_program_holds_the_lock(database: Database) -> None:
    def limit(name: str) -> int:
        with database.engine.writer.connect() as connection:
            asked = f"SELECT setting::int / 1000 FROM pg_settings WHERE name = '{name}'"
            return int(connection.exec_driver_sql(asked).scalar_one())

    assert 0 < limit("idle_in_transaction_session_timeout") < MOST_OTHERS_WAIT
    assert 0 < limit("lock_timeout") < MOST_OTHERS_WAIT  # and then it is tried again
    assert int(LIMITS["idle_in_transaction_session_timeout"].removesuffix("s")) <= MOST_OTHERS_WAIT  # psql and others


def test_callers_go_on_while_a_desk_is_frozen_over_its_next_person(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    people = [make_person(f"Berg {number}", phone="+46701740605") for number in range(2)]
    with database.write(actor, "create_call_round") as session:
        round_id = rounds.create_round(session, RoundForm("Calls"), people, now=NOW).round_id
    first, second = (Desk(new_id(), new_id(), name) for name in ("First", "Second"))

    def pop(desk: Desk) -> UUID | None:
        with database.upkeep() as session:
            return queue.pop_next(session, round_id, desk, now=NOW, zone=ZONE)

    with frozen(CLAIMS, database, round_id) as (held, thaw):
        other = pop(first)
        assert other is not None and str(other) != held, "passed over at once"
        assert pop(second) is None
        with database.engine.writer.connect() as connection:  # the wait for the lock ends with the frozen desk's session
            connection.exec_driver_sql("SELECT FROM call_entry WHERE id = %s FOR UPDATE", (held,))
            connection.rollback()
        assert str(pop(second)) == held, "nobody holds the person any more"
        assert thaw().startswith(("Unreachable", "InDoubt"))


def test_a_call_is_logged_while_another_desk_looks_at_the_same_person(
    server: Server, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    """That desk looked before the claim was there; neither may wait for the other in a ring."""
    people, desk = [make_person("Berg", phone="+46701740605")], Desk(new_id(), actor.id, "First")
    with database.write(actor, "create_call_round") as session:
        round_id = rounds.create_round(session, RoundForm("Calls"), people, now=NOW).round_id
    with database.upkeep() as session:
        entry = queue.pop_next(session, round_id, desk, now=NOW, zone=ZONE)
    assert entry is not None

    def log() -> None:
        with database.write(actor, "log_call") as session:
            draft = Draft(round_id, "no_answer", NOW, NOW)
            save_call(session, entry, 1, draft, actor=actor, now=NOW, zone=ZONE)

    waiting = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    with server.connect(str(database.address).rpartition("/")[2]) as other, ThreadPoolExecutor(1) as threads:
        other.execute("BEGIN")
        other.execute("SELECT FROM core.call_entry WHERE id = %s FOR NO KEY UPDATE", (entry,))
        logged = threads.submit(log)
        until(lambda: other.execute(waiting).fetchone() is not None, "the save to wait for the entry")
        claimed = other.execute(
            "INSERT INTO core.call_claim VALUES (%s, %s, %s, 'Second', %s) ON CONFLICT DO NOTHING",
            (entry, new_id(), new_id(), NOW),
        )
        assert claimed.rowcount == 0, "somebody else's already"
        other.execute("ROLLBACK")
        logged.result(10)


def test_a_save_waits_for_a_record_that_an_import_holds_for_long(
    server: Server, database: Database, actor: Actor, make_person: MakePerson
) -> None:
    """It is tried again, as the window does, until the other one is done; no error is shown meanwhile."""
    person, tries = make_person("Åberg", "Mia"), list[int]()
    hasty = Database(f"{database.address}?options=-c%20lock_timeout%3D100ms", parts=database.parts[1:])

    with server.connect(str(database.address).rpartition("/")[2]) as importing:
        importing.execute("BEGIN")
        importing.execute("SELECT FROM core.person FOR NO KEY UPDATE")

        def wait(number: int) -> bool:
            tries.append(number)
            if number == 3:
                importing.execute("ROLLBACK")
            return number < 50

        carry_out(hasty, actor, "edit_person", partial(rename, person), new_id(), wait=wait)
    hasty.close()
    assert tries == [1, 2, 3]
    with database.read() as session:
        assert session.get_one(Person, person).given == "Other"
