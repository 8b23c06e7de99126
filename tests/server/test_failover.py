"""A second server takes over from one that died: nothing acknowledged is lost, nothing is there twice, desks come back by themselves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.database import Database
from db.errors import Unreachable
from db.models.person import Person
from db.replaying import carry_out
from tests.server.pair import Pair, Worker, add, paired, until

DESKS = 20
PATIENT = 15.0  # seconds after which a desk shall work again


@pytest.fixture
def pair() -> Iterator[Pair]:
    with paired() as made:
        yield made


def name_of(address: str) -> str:
    return address.rpartition("/")[2]


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_nothing_is_lost_or_doubled_when_the_second_server_takes_over(
    pair: Pair, actor: Actor, rounds: Callable[..., int]
) -> None:
    name = name_of(pair.first.fresh("office"))
    Database(pair.first.dsn(name)).close()
    outages: list[float] = []
    acknowledged: list[UUID] = []
    times = rounds(3, 50)
    for number in range(times):
        workers = [Worker(pair.address(name), actor) for _desk in range(DESKS)]
        try:
            until(lambda workers=workers: all(worker.acknowledged for worker in workers), "every desk to have saved")  # type: ignore[misc]
            writes_since = pair.take_over()
            until(lambda workers=workers, at=writes_since: all(w.first_after(at) for w in workers), "every desk to save again")  # type: ignore[misc]
        finally:
            for worker in workers:
                worker.stop()
        outages += [(worker.first_after(writes_since) or 0) - writes_since for worker in workers]
        acknowledged += [own for worker in workers for own, _when in worker.acknowledged]
        if number + 1 < times:
            pair.add_second()
    opened = Database(pair.first.dsn(name))
    with opened.read() as session:
        stored = session.scalars(select(Person.made_in)).all()
    opened.close()
    lost, twice = set(acknowledged) - set(stored), len(stored) - len(set(stored))
    quick = sum(outage <= PATIENT for outage in outages) / len(outages)
    print(
        f"\n{times} failovers under {DESKS} desks: {len(acknowledged)} acknowledged, {len(lost)} lost, {twice} doubled; saved again "
        f"{sorted(outages)[len(outages) // 2]:.1f} s (median), {max(outages):.1f} s (longest) after the promotion, {quick:.0%} in {PATIENT:.0f} s"
    )
    assert (lost, twice, sorted(stored)) == (set(), 0, sorted(acknowledged))
    assert quick >= 0.95, f"only {quick:.0%} of the desks saved again within {PATIENT:.0f} s"


@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "dead"])
def test_nothing_is_told_as_saved_while_the_second_server_is_silent(
    pair: Pair, actor: Actor, rounds: Callable[..., int], frozen: bool
) -> None:
    name = name_of(pair.first.fresh("office"))
    Database(pair.first.dsn(name)).close()
    for _round in range(rounds(1, 10)):
        (pair.second.freeze if frozen else pair.second.kill)()
        worker = Worker(pair.first.dsn(name), actor)
        until(pair.waiting, "the save to wait")
        assert not worker.acknowledged
        (pair.second.thaw if frozen else pair.second.begin)()
        until(lambda worker=worker: worker.acknowledged, "the save")  # type: ignore[misc]
        worker.stop()


def test_saves_of_many_desks_are_confirmed_side_by_side(pair: Pair, actor: Actor) -> None:
    """None waits for another's confirmation: what desks tell each other of a save is no part of it."""
    name = name_of(pair.first.fresh("office"))
    Database(pair.first.dsn(name)).close()
    pair.second.freeze()
    workers = [Worker(pair.first.dsn(name), actor) for _desk in range(3)]
    until(lambda: len(pair.waiting()) == 3, "all three to wait for the second server")
    pair.second.thaw()
    for worker in workers:
        worker.stop()


def test_a_save_whose_wait_was_broken_off_is_told_only_when_the_second_server_has_it(pair: Pair, actor: Actor) -> None:
    """The session that waits is ended: its step is stored here, and nobody knows. The replay finds it, and waits in its turn."""
    database = Database(pair.first.fresh("office"))
    pair.second.freeze()
    worker = Worker(str(database.address), actor)
    until(pair.waiting, "the save to wait")
    broken = pair.waiting()
    with pair.first.connect() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", broken)
    until(lambda: set(pair.waiting()) - set(broken), "the replay to wait")
    assert not worker.acknowledged
    assert people(database) == 1, "it is stored here"
    pair.second.thaw()
    until(lambda: worker.acknowledged, "the save")
    worker.stop()
    assert people(database) == len(worker.acknowledged)
    database.close()


def test_a_replay_whose_wait_is_cancelled_is_told_as_not_confirmed(pair: Pair, actor: Actor) -> None:
    database = Database(pair.first.fresh("office"))
    told: list[Moved] = []
    database.listen(told.append)
    pair.second.freeze()
    own, ended = new_id(), list[int]()

    def step(end: str) -> None:
        until(lambda: set(pair.waiting()) - set(ended), "the save to wait")
        assert not told
        ended.extend(pair.waiting())
        with pair.first.connect() as admin:
            admin.execute(f"SELECT {end}(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")

    saving = threading.Thread(
        target=carry_out, args=(database, actor, "create_person", add, own), kwargs={"wait": lambda _n: True}
    )
    saving.start()
    step("pg_terminate_backend")
    step("pg_cancel_backend")
    saving.join()
    pair.second.thaw()
    assert [(moved.change_set, moved.confirmed) for moved in told] == [(own, False)]
    database.close()


def test_no_desk_that_saw_the_new_server_writes_to_the_old_one_when_it_comes_back(
    pair: Pair, actor: Actor, rounds: Callable[..., int], tmp_path: Path
) -> None:
    """The old one stands first in the list of hosts, runs, and takes itself for the writer: nobody fenced it off."""
    name, seen = name_of(pair.first.fresh("office")), tmp_path / "timelines.json"
    Database(pair.first.dsn(name)).close()
    for number in range(rounds(1, 5)):
        old, new = pair.first, pair.second
        desk = Database(pair.address(name, old, new), seen=seen)
        carry_out(desk, actor, "create_person", add, new_id(), wait=lambda _n: False)
        pair.take_over()
        pair.wait_for("")
        carry_out(desk, actor, "create_person", add, new_id(), wait=lambda tries: tries < 20)
        assert list(json.loads(seen.read_text()).values()) == [2 + number], "the desk remembers the new line of history"
        old.begin()  # as writer, on its own
        with old.connect() as admin:
            admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
            admin.execute("SELECT pg_reload_conf()")
        new.restart()  # every connection to it breaks
        carry_out(desk, actor, "create_person", add, new_id(), wait=lambda tries: tries < 20)
        desk.close()
        later = Database(pair.address(name, old, new), seen=seen)  # the program is started again
        carry_out(later, actor, "create_person", add, new_id(), wait=lambda _n: False)
        new.stop()
        with pytest.raises(
            Unreachable, match="replaced by another one and is out of date"
        ):  # the first try finds its connection lost
            carry_out(later, actor, "create_person", add, new_id(), wait=lambda tries: tries < 3)
        with pytest.raises(Unreachable, match="replaced by another one"):
            people(later)
        later.close()
        with pytest.raises(Unreachable, match="replaced by another one"):
            Database(old.dsn(name), seen=seen)
        unaware = Database(old.dsn(name))
        assert people(unaware) == 1 + 4 * number
        unaware.close()
        old.stop()
        new.begin()
        aware = Database(new.dsn(name))
        assert people(aware) == 4 * (number + 1)
        aware.close()
        pair.add_second()
