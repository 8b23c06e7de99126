"""A shift of twenty desks, each under its own login: calls, searches and edits side by side; nothing is lost, nobody meets an error."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql
from sqlalchemy import select

from bench.desk_work import DeskWork
from bench.desks import Shift, lines, missing, prepare
from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.interaction import Interaction
from db.postgresql.connection import run
from desktop.modules.phones.next_up import ready_statement
from desktop.modules.phones.standing import CALL, times
from desktop.modules.phones.tables import Call, CallClaim
from tests.servers import Server

DESKS, PEOPLE = 20, 1500
TURNS = 12, 200  # of a desk; under torture
Prepared = tuple[str, list[tuple[str, Actor]], UUID]


@pytest.fixture(scope="module")
def prepared(server: Server, rounds: Callable[..., int]) -> Iterator[Prepared]:
    """A server set up as the administrator does, with a user for each desk and a round of calls to more than they can make."""
    address = server.fresh("shift")
    yield address, *prepare(address, DESKS, max(PEOPLE, DESKS * rounds(*TURNS)))
    server.drop(address)


def test_a_shift_of_many_desks_loses_nothing_and_shows_no_error(prepared: Prepared, rounds: Callable[..., int]) -> None:
    address, desks, round_id = prepared
    turns = rounds(*TURNS)

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


@pytest.mark.parametrize("planned", ["force_custom_plan", "force_generic_plan"])
def test_the_next_person_is_found_without_looking_at_the_whole_list(prepared: Prepared, server: Server, planned: str) -> None:
    """Whether the server plans for the values asked about or, as it may after some times, for any."""
    address, _desks, round_id = prepared
    asked = {"round": round_id, "token": new_id(), **times(datetime.now(UTC))._asdict()}
    database = Database(address)
    with database.engine.writer.begin() as connection:
        question = ready_statement(CALL, own=False).compiled(connection.dialect)
        values = ", ".join(sql.Literal(str(value)).as_string() for value in question.parameters(asked))
        connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = {planned}")
        run(connection, f"PREPARE next_up AS {question.sql}")
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE next_up ({values})").scalar_one()
        connection.exec_driver_sql("DEALLOCATE next_up")
        listed = connection.exec_driver_sql("SELECT count(*) FROM call_entry").scalar_one()
    database.close()
    assert plan[0]["Plan"]["Actual Rows"] == 1

    def looked_at(node: dict[str, Any]) -> int:
        here = int(node["Actual Rows"] * node["Actual Loops"])
        return max([here, *map(looked_at, node.get("Plans", []))])

    assert looked_at(plan[0]["Plan"]) < listed / 4
