"""A save over a line that is cut, held up, silent or slow, or to a server that starts anew: told in time, and there once (T5)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import Person
from db.replaying import carry_out
from db.sorting import name_key
from tests.server.proxy import Proxy
from tests.servers import Server

pytestmark = pytest.mark.server_only("is about the way to a server")

POINTS = (b"kontinuum_open", b"INSERT INTO person", b"kontinuum_search", b"kontinuum_close", b"COMMIT")
TOLD_WITHIN = 10.0  # seconds until somebody at a desk is told that the server does not answer
HELD_UP = 3.0  # seconds
MODEM = 8_000  # bytes a second: 64 kbit/s
MOST = 60.0  # seconds a save may take in all, with the line whole again


def add(session: Session) -> str:
    session.add(Person(family="Åberg", given="Mia", name_key=name_key("Åberg", "Mia")))
    session.flush()
    return "added"


class Desk:
    """A desk at the end of a line of its own, which saves once, in a thread, while the line goes wrong at `point`."""

    def __init__(self, database: Database, line: Proxy, point: bytes) -> None:
        self.line, self.point, self.own = line, point, new_id()
        self.database = Database(line.address(str(database.address)), parts=database.parts[1:])
        self._answers: list[str] = []
        self._broken = threading.Event()
        self._there: list[bool] = []
        self.database.watch(self._there.append)
        self.database.follow()

    def save(self, actor: Actor, fault: Callable[[Proxy], None], *, back: bool) -> None:
        """Begin to save; `fault` befalls the line at the first message with the point in it or, going `back`, at its answer."""

        def break_once(data: bytes) -> bytes:
            if not self._broken.is_set():
                self._broken.set()
                fault(self.line)
            return data

        def to_server(data: bytes) -> bytes:
            if self.point not in data:
                return data
            if back:
                self.line.to_desk = break_once
                return data
            return break_once(data)

        def work() -> None:
            wait = threading.Event()
            found = carry_out(
                self.database, actor, "create_person", add, self.own, wait=lambda number: not wait.wait(0.1) and number < 600
            )
            self._answers.append(found)

        self.line.to_server = to_server
        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        assert self._broken.wait(MOST), f"{self.point!r} was never said"

    def missed(self) -> None:
        """Wait until the desk is told that the server does not answer, and the save is still without an answer."""
        self._until(lambda: False in self._there, "the server to be missed", TOLD_WITHIN)
        assert self._answers == []

    def saved(self) -> None:
        """Wait until the save was answered."""
        self._thread.join(MOST)
        assert self._answers == ["added"], f"a save whose line broke at {self.point!r} has no answer"

    def _until(self, true: Callable[[], bool], what: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, what
            time.sleep(0.01)


@contextmanager
def desks(database: Database, port: int) -> Iterator[list[Desk]]:
    """One for each point of a save, each with its own line."""
    with ExitStack() as leaving:
        found = []
        for point in POINTS:
            line = Proxy(port)
            leaving.callback(line.close)
            found.append(Desk(database, line, point))
            leaving.callback(found[-1].database.close)
        yield found


def all_there_once(database: Database, wanted: list[Desk]) -> None:
    """Each desk's save, and nothing else."""
    with database.read() as session:
        stored = session.scalars(select(Person.made_in)).all()
    assert sorted(stored) == sorted(desk.own for desk in wanted)


def hold_up(line: Proxy) -> None:
    """Everything waits for a while."""
    line.delay = HELD_UP
    threading.Timer(HELD_UP, lambda: setattr(line, "delay", 0.0)).start()


def silence(line: Proxy) -> None:
    """Nothing passes any more, and nobody says so: a cable that was pulled."""
    line.silent = True


def throttle(line: Proxy) -> None:
    """As over an old telephone line."""
    line.rate = MODEM


SIDES = pytest.mark.parametrize("back", [False, True], ids=["asking", "answering"])


@SIDES
@pytest.mark.parametrize("fault", [Proxy.cut, hold_up, throttle], ids=["cut", "held up", "slow"])
def test_a_save_over_a_bad_line_is_there_once(
    database: Database, server: Server, actor: Actor, fault: Callable[[Proxy], None], back: bool, rounds: Callable[..., int]
) -> None:
    made: list[Desk] = []
    for _round in range(rounds(1, 20)):
        with desks(database, server.port) as those:
            for desk in those:
                desk.save(actor, fault, back=back)
            for desk in those:
                desk.saved()
        made += those
    all_there_once(database, made)


@SIDES
def test_a_line_that_falls_silent_is_missed_in_time_and_the_save_is_there_once(
    database: Database, server: Server, actor: Actor, back: bool, rounds: Callable[..., int]
) -> None:
    made: list[Desk] = []
    for _round in range(rounds(1, 20)):
        with desks(database, server.port) as those:
            for desk in those:
                desk.save(actor, silence, back=back)
            for desk in those:
                desk.missed()
                desk.line.silent = False
                desk.line.cut()
            for desk in those:
                desk.saved()
        made += those
    all_there_once(database, made)


@SIDES
def test_a_save_to_a_server_that_starts_anew_is_there_once(actor: Actor, back: bool, rounds: Callable[..., int]) -> None:
    own = Server.start(safe=True)
    try:
        database = Database(own.fresh("restarted"))
        made: list[Desk] = []
        for _round in range(rounds(1, 20)):
            with desks(database, own.port) as those:
                for desk in those:
                    desk.save(actor, lambda _line: own.restart(), back=back)
                    desk.saved()
            made += those
        all_there_once(database, made)
        database.close()
    finally:
        own.remove()
