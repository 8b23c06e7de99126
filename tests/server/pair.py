"""Two servers of which the second confirms each save and takes over when the first is gone, and desks that work meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import Person
from db.replaying import carry_out
from db.sorting import name_key
from desktop.core.tasks import LONGEST_PAUSE
from tests.servers import Server

SECOND = "standby"
SECONDS = 120.0  # until a test gives up; nothing is measured by it


def until(true: Callable[[], object], what: str) -> None:
    """Wait for what must come about."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"waited for {what}"
        time.sleep(0.01)


def ask(server: Server, statement: str) -> object:
    """The first value of an answer."""
    with server.connect() as connection:
        return (connection.execute(statement).fetchone() or (None,))[0]


@dataclass
class Pair:
    """`first` writes and waits for `second`; `former` were overtaken."""

    first: Server
    second: Server
    former: list[Server] = field(default_factory=list)

    @classmethod
    def start(cls) -> Pair:
        """Both running; every commit from now on waits for the second."""
        first = Server.start(settings={"synchronous_commit": "on"})
        made = cls(first, first)
        made.add_second()
        return made

    def add_second(self) -> None:
        """A new copy of the one that writes, which waits for it from now on."""
        self.second = Server.copy_of(self.first, name=SECOND)
        self.wait_for(SECOND)
        until(lambda: ask(self.first, "SELECT sync_state FROM pg_stat_replication") == "sync", "the copy to confirm")

    def wait_for(self, name: str) -> None:
        """Whom the first server waits for at each commit; "" for nobody."""
        with self.first.connect() as admin:
            admin.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
            admin.execute("SELECT pg_reload_conf()")
        until(lambda: ask(self.first, "SHOW synchronous_standby_names") == name, "the setting")

    def waiting(self) -> list[int]:
        """The sessions whose commit waits for the second server."""
        with self.first.connect() as admin:
            return [pid for (pid,) in admin.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")]

    def take_over(self) -> float:
        """The first loses power, the second takes over; the moment from which on it writes."""
        self.first.kill()
        self.second.promote()
        self.former.append(self.first)
        self.first = self.second
        return time.monotonic()

    def address(self, database: str, *servers: Server) -> str:
        """Both, in an order, as desks are told; they look for the one that writes."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers or (self.first, self.second))
        return f"postgresql://postgres:{self.first.password}@{hosts}/{database}"

    def remove(self) -> None:
        """All of it goes."""
        for server in {id(server): server for server in (*self.former, self.first, self.second)}.values():
            server.remove()


@contextmanager
def paired() -> Iterator[Pair]:
    """Two servers for the length of a block."""
    made = Pair.start()
    try:
        yield made
    finally:
        made.remove()


def add(session: Session) -> UUID:
    """Somebody new."""
    made = Person(id=new_id(), family="Åberg", given="Mia", name_key=name_key("Åberg", "Mia"))
    session.add(made)
    session.flush()
    return made.id


class Worker:
    """A desk that saves one after the other, whatever becomes of its server, as the window's writing lane does."""

    def __init__(self, address: str, actor: Actor) -> None:
        self.acknowledged: list[tuple[UUID, float]] = []
        self._over = threading.Event()
        self._address, self._actor = address, actor
        own = ThreadPoolExecutor(1)
        self._ended = own.submit(self._run)
        own.shutdown(wait=False)

    def stop(self) -> None:
        """After the save that is under way."""
        self._over.set()
        self._ended.result(SECONDS)

    def first_after(self, moment: float) -> float | None:
        """When it had saved something begun or in doubt before that moment, or later."""
        return next((when for _own, when in self.acknowledged if when > moment), None)

    def _run(self) -> None:
        desk = Database(self._address)
        while not self._over.is_set():
            own = new_id()
            carry_out(desk, self._actor, "create_person", add, own, wait=self._wait)
            self.acknowledged.append((own, time.monotonic()))
        desk.close()

    def _wait(self, tries: int) -> bool:
        time.sleep(min(0.1 * 2 ** min(tries, 10), LONGEST_PAUSE))
        return tries * LONGEST_PAUSE < SECONDS
