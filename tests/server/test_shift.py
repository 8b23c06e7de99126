"""A shift of twenty desks, each under its own login: calls, searches and edits side by side; nothing is lost, nobody meets an error."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from bench.desk_work import DeskWork
from bench.desks import Shift, lines, missing, prepare
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.interaction import Interaction
from desktop.modules.phones import queue
from desktop.modules.phones.tables import Call, CallClaim
from tests.servers import Server

DESKS, PEOPLE = 20, 1500
Prepared = tuple[str, list[tuple[str, Actor]], UUID]


@pytest.fixture(scope="module")
def prepared(server: Server) -> Iterator[Prepared]:
    """A server set up as the administrator does, with a user for each desk and a round of calls to everybody."""
    address = server.fresh("shift")
    yield address, *prepare(address, DESKS, PEOPLE)
    server.drop(address)


def test_a_shift_of_many_desks_loses_nothing_and_shows_no_error(prepared: Prepared, rounds: Callable[..., int]) -> None:
    address, desks, round_id = prepared
    turns = rounds(12, 200)

    def work(number: int) -> DeskWork:
        database = Database(desks[number][0])
        desk = DeskWork(database, desks[number][1], round_id, number)
        for _turn in range(turns):
            desk.turn()
        database.close()
        return desk

    with ThreadPoolExecutor(DESKS) as threads:
        done = list(threads.map(work, range(DESKS)))  # raises what any of them met
    total = Shift()
    for desk in done:
        total.add(Shift(desk.stored, desk.seconds, desk.conflicts))
    print("\n" + "\n".join(lines(total)))
    assert len(total.stored) == len(set(total.stored)) > DESKS * turns / 2
    assert missing(address, total.stored) == set()
    admin = Database(address)
    with admin.read() as session:
        called = session.scalars(select(Call.made_in)).all()
        assert len(called) == len(session.scalars(select(Interaction.id).where(Interaction.kind == "call")).all())
        entries = Counter(session.scalars(select(Call.entry_id)))
        assert max(entries.values()) == 1, "nobody was called by two desks"
        assert session.scalars(select(CallClaim.entry_id)).all() == [], "whoever was called is in nobody's hands"
    admin.close()
    assert set(called) <= set(total.stored), "every call was told as saved, once"


def test_the_next_person_is_found_without_looking_at_the_whole_list(prepared: Prepared) -> None:
    address, _desks, round_id = prepared
    database = Database(address)
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine.writer, "before_cursor_execute", lambda _c, _r, text, values, *_: asked.append((text, values)))
    with database.upkeep() as session:
        found = queue.pop_next(session, round_id, queue.Desk(new_id(), new_id(), "X"), now=datetime.now(UTC), zone=UTC)
    assert found is not None
    (ready,) = [question for question in asked if "SKIP LOCKED" in question[0] and "call_entry.position" in question[0]]
    with database.engine.writer.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {ready[0]}", ready[1]).scalar_one()
    database.close()
    plan = json.loads(plan) if isinstance(plan, str) else plan

    def looked_at(node: dict[str, Any]) -> int:
        here = int(node["Actual Rows"] * node["Actual Loops"])
        return max([here, *map(looked_at, node.get("Plans", []))])

    assert looked_at(plan[0]["Plan"]) < PEOPLE / 4
