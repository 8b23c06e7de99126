"""Who else has a record open: said by leases beside the history, and heard of by other programs."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.accounts import sign_in
from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.database import Database
from db.models.history import ChangeSet
from db.models.presence import Presence
from db.presence import LEASE, Present, keep_presence, others_at
from desktop.core.clock import FixedClock
from tests.support import MakePerson

PAGE = "people.record"


@pytest.fixture
def me(database: Database) -> Actor:
    """Who signed in: on a server nobody can say that they are somebody else."""
    return sign_in(database, "tester", make=True)


@pytest.fixture
def other(database: Database, address: Path | str) -> Iterator[Database]:
    """A second window on the same database."""
    opened = Database(address, parts=database.parts[1:])
    yield opened
    opened.close()


def _open(database: Database, token: UUID, refs: list[UUID], me: Actor, clock: FixedClock) -> None:
    with database.upkeep(quiet=True) as session:
        keep_presence(session, token, dict.fromkeys(refs, PAGE), actor=me, now=clock.now())


def _seen(database: Database, token: UUID, refs: list[UUID], me: Actor, clock: FixedClock) -> list[Present]:
    with database.read() as session:
        return others_at(session, token, refs, actor=me, now=clock.now())


def test_another_window_is_seen_while_it_has_the_record_open(
    database: Database, other: Database, me: Actor, clock: FixedClock, make_person: MakePerson
) -> None:
    record, second, here, there = make_person(), make_person("Ek"), new_id(), new_id()
    _open(other, there, [record, second], me, clock)
    assert _seen(database, here, [record], me, clock) == [Present(record, "tester", own=True)]
    assert _seen(database, there, [record], me, clock) == [], "a window is not somebody else to itself"
    _open(other, there, [second], me, clock)
    assert _seen(database, here, [record, second], me, clock) == [Present(second, "tester", own=True)]
    _open(other, there, [], me, clock)
    assert _seen(database, here, [record, second], me, clock) == []


def test_saying_it_again_keeps_it_and_leaves_no_history(
    database: Database, me: Actor, clock: FixedClock, make_person: MakePerson
) -> None:
    record, there = make_person(), new_id()

    def kept() -> tuple[int, int | None]:
        with database.read() as session:
            return len(session.scalars(select(Presence)).all()), session.scalar(select(func.count()).select_from(ChangeSet))

    _open(database, there, [record], me, clock)
    before = kept()
    _open(database, there, [record], me, clock)
    assert kept() == before == (1, before[1])


@pytest.mark.sqlite_only("a server goes by its own clock")
@pytest.mark.parametrize("jump", [timedelta(seconds=LEASE), timedelta(hours=-2)], ids=["run out", "the clock was set back"])
def test_a_window_that_says_nothing_more_is_forgotten(
    database: Database, me: Actor, clock: FixedClock, make_person: MakePerson, jump: timedelta
) -> None:
    record, here, there = make_person(), new_id(), new_id()
    _open(database, there, [record], me, clock)
    clock.move(clock.now() + jump)
    _open(database, here, [record], me, clock)
    with database.read() as session:
        assert session.scalars(select(Presence.token)).all() == [here]


def _told(database: Database) -> queue.Queue[Moved]:
    heard: queue.Queue[Moved] = queue.Queue()
    database.listen(heard.put)
    database.follow()
    return heard


def test_coming_and_going_is_heard_of_by_others_and_going_on_is_not(
    database: Database, other: Database, me: Actor, clock: FixedClock, make_person: MakePerson
) -> None:
    record, there = make_person(), new_id()
    heard, own = _told(database), _told(other)
    for records in ([record], [], [record], [], [record]):  # who only begins to listen may miss one
        _open(other, there, records, me, clock)
        with suppress(queue.Empty):
            assert heard.get(timeout=5) == Moved(frozenset({"presence"}), by_others=True)
            if records:
                break
    _open(other, there, [record], me, clock)
    _open(other, there, [], me, clock)
    assert heard.get(timeout=30) == Moved(frozenset({"presence"}), by_others=True)
    make_person("Last")
    assert heard.get(timeout=30).areas == own.get(timeout=30).areas == {"person"}, "the beat between was silent, and so to itself"
    assert heard.empty() and own.empty()
