"""Who is called next, why nobody is, and that two callers never meet over one person."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from db.database import Database
from db.errors import Conflict
from db.models.person import ContactPoint, Person
from desktop.modules.phones import queue
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.rules import LEASE, within_hours
from desktop.modules.phones.standing import Desk
from desktop.modules.phones.tables import CallEntry
from desktop.modules.phones.tests.conftest import ANNA, BO, NOW, PART, ZONE, Made, add_person, desk_of

MakeRound = Callable[..., Made]


def pop(base: Database, made: Made, desk: Desk, now: datetime = NOW) -> str | None:
    """The family name of whoever comes next."""
    with base.upkeep() as session:
        entry = queue.pop_next(session, made.round_id, desk, now=now, zone=ZONE)
        if entry is None:
            return None
        return session.scalar(select(Person.family).join(CallEntry).where(CallEntry.id == entry))


def counts(base: Database, made: Made, desk: Desk, now: datetime = NOW) -> queue.QueueCounts:
    with base.read() as session:
        return queue.queue_counts(session, made.round_id, desk, now=now, zone=ZONE)


def promise(base: Database, made: Made, family: str, at: datetime, user: UUID | None) -> None:
    with base.write(ANNA, "test") as session:
        entry = session.scalars(select(CallEntry).where(CallEntry.person_id == made.people[family])).one()
        entry.state, entry.callback_at, entry.callback_user = "callback", at, user


def test_people_come_in_the_order_of_the_list_and_stay_until_given_back(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round("Aa", "Bb"), desk_of(ANNA)
    assert pop(base, made, desk) == "Aa"
    assert pop(base, made, desk) == "Aa"
    with base.upkeep() as session:
        queue.give_back(session, desk.token)
    assert pop(base, made, desk_of(BO)) == "Aa"


def test_two_callers_get_two_people_and_the_third_is_told_why_there_is_none(base: Database, make_round: MakeRound) -> None:
    made, third = make_round("Aa", "Bb"), desk_of(BO)
    assert {pop(base, made, desk_of(ANNA)), pop(base, made, desk_of(BO))} == {"Aa", "Bb"}
    assert pop(base, made, third) is None
    found = counts(base, made, third)
    assert (found.claimed, found.due) == (2, 0)
    [(words, values)] = queue.why_empty(found)
    assert (words.many, values) == ("{count} people are in colleagues' hands.", {"count": 2})  # type: ignore[union-attr]


def test_a_crash_gives_the_person_back_when_the_lease_is_over(base: Database, make_round: MakeRound) -> None:
    made, crashed = make_round("Aa"), desk_of(ANNA)
    assert pop(base, made, crashed) == "Aa"
    assert pop(base, made, desk_of(BO), NOW + LEASE - timedelta(seconds=1)) is None
    assert pop(base, made, desk_of(BO), NOW + LEASE) == "Aa"


def test_a_renewed_lease_holds_on(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round("Aa"), desk_of(ANNA)
    pop(base, made, desk)
    with base.upkeep() as session:
        queue.renew(session, desk.token, now=NOW + timedelta(minutes=8))
    assert pop(base, made, desk_of(BO), NOW + timedelta(minutes=12)) is None


def test_many_desks_with_their_own_connections_never_share_a_person(
    base: Database, address: Path | str, make_round: MakeRound
) -> None:
    made = make_round(*(f"P{n:02}" for n in range(24)))
    got: list[str | None] = []
    start = threading.Barrier(4)

    def work() -> None:
        own = Database(address, parts=[PART], now=lambda: NOW)
        start.wait()
        got.extend(pop(own, made, desk_of(ANNA)) for _n in range(6))
        own.close()

    threads = [threading.Thread(target=work) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name or "" for name in got) == sorted(made.people)


def test_my_callbacks_come_first_then_anyones_then_the_ready(base: Database, make_round: MakeRound) -> None:
    made = make_round("Ready", "Any", "Mine", "Bos", "Later")
    promise(base, made, "Any", NOW - timedelta(minutes=30), None)
    promise(base, made, "Mine", NOW - timedelta(minutes=1), ANNA.id)
    promise(base, made, "Bos", NOW - timedelta(minutes=1), BO.id)
    promise(base, made, "Later", NOW + timedelta(hours=1), ANNA.id)
    assert [pop(base, made, desk_of(ANNA)) for _n in range(4)] == ["Mine", "Any", "Ready", None]
    found = counts(base, made, desk_of(ANNA))
    assert (found.callbacks_other, found.callbacks_later, found.callbacks_today) == (1, 1, 1)
    assert found.next_at == NOW + timedelta(hours=1)


def test_a_promise_nobody_keeps_falls_to_anyone(base: Database, make_round: MakeRound) -> None:
    made = make_round("Bos")
    promise(base, made, "Bos", NOW, BO.id)
    assert pop(base, made, desk_of(ANNA), NOW + timedelta(minutes=119)) is None
    assert pop(base, made, desk_of(ANNA), NOW + timedelta(hours=2)) == "Bos"


def test_people_of_the_callers_own_programme_come_before_the_others(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    with base.write(ANNA, "test") as session:
        nurse = add_person(session, "Nn", "+46701740699", programme="Nursing")
        session.add(CallEntry(round_id=made.round_id, person_id=nurse, position=9, ready_at=NOW))
    assert pop(base, made, desk_of(BO, programme="Nursing")) == "Nn"
    assert pop(base, made, desk_of(BO, programme="Nursing")) == "Aa"


def test_the_queue_says_who_is_blocked_and_a_new_number_unblocks_by_itself(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round(Held=("+46701740638",), None_=(), Dead=("+46701740639",)), desk_of(ANNA)
    with base.write(ANNA, "test") as session:
        session.scalars(select(ContactPoint).where(ContactPoint.person_id == made.people["Held"])).one().hold = "wrong_number"
        session.get_one(Person, made.people["Dead"]).deceased_on = NOW.date()
    assert counts(base, made, desk).blocked == {"no_number": 1, "held": 1, "deceased": 1}
    assert pop(base, made, desk) is None
    with base.write(ANNA, "test") as session:
        session.add(ContactPoint(person_id=made.people["None_"], kind="phone", value="1", normal="+46701740640"))
    assert pop(base, made, desk) == "None_"


def test_outside_the_hours_only_promises_are_kept(base: Database, make_round: MakeRound) -> None:
    made = make_round("Ready", "Promised", form=RoundForm("Evening", opens=17 * 60, closes=20 * 60))
    promise(base, made, "Promised", NOW, None)
    assert not within_hours(NOW, ZONE, 17 * 60, 20 * 60)
    assert [pop(base, made, desk_of(ANNA)) for _n in range(2)] == ["Promised", None]
    assert queue.why_empty(counts(base, made, desk_of(ANNA)))[0][0] == "Calls are not made at this hour."
    evening = NOW + timedelta(hours=8)
    assert [pop(base, made, desk_of(ANNA), evening) for _n in range(2)] == ["Promised", "Ready"]


def test_a_chosen_callback_is_claimed_unless_a_colleague_calls_them(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round("Aa", "Bb"), desk_of(ANNA)
    pop(base, made, desk_of(BO))
    with base.read() as session:
        first = session.scalars(select(CallEntry).where(CallEntry.person_id == made.people["Aa"])).one().id
        second = session.scalars(select(CallEntry).where(CallEntry.person_id == made.people["Bb"])).one().id
    with base.upkeep() as session:
        queue.claim(session, second, desk, now=NOW)
    with pytest.raises(Conflict, match="Bo Ringström"), base.upkeep() as session:
        queue.claim(session, first, desk, now=NOW)
    assert pop(base, made, desk) == "Bb"
