"""Phone duty when the clock is set back, in the nights when summer time begins and ends, and at the turn of the year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.database import Database
from db.errors import RuleBroken
from db.models.interaction import Interaction
from desktop.modules.phones import calls, queue
from desktop.modules.phones.calls import Draft
from desktop.modules.phones.rules import LEASE, UNDO_SECONDS, other_half_day, within_hours
from desktop.modules.phones.standing import Desk
from desktop.modules.phones.tables import Call, CallEntry
from desktop.modules.phones.tests.conftest import ANNA, BO, NOW, ZONE, Made, desk_of
from desktop.modules.phones.when import parse_when

HELSINKI = ZoneInfo("Europe/Helsinki")
BACK = timedelta(hours=2)
MakeRound = Callable[..., Made]


def pop(base: Database, made: Made, desk: Desk, now: datetime) -> object:
    with base.upkeep() as session:
        return queue.pop_next(session, made.round_id, desk, now=now, zone=ZONE)


def test_a_lease_ends_although_the_clock_was_set_back(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    assert pop(base, made, desk_of(ANNA), NOW) is not None
    assert pop(base, made, desk_of(BO), NOW - BACK) is not None


def test_a_clock_put_right_by_a_minute_costs_nobody_their_person(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    assert pop(base, made, desk_of(ANNA), NOW) is not None
    assert pop(base, made, desk_of(BO), NOW - timedelta(minutes=1)) is None
    assert pop(base, made, desk_of(BO), NOW + LEASE) is not None


def save(base: Database, made: Made, started: datetime, ended: datetime, now: datetime) -> calls.Saved:
    with base.write(ANNA, "log_call") as session:
        entry = session.scalars(select(CallEntry).where(CallEntry.round_id == made.round_id)).one()
        draft = Draft(made.round_id, "no_answer", started, ended)
        return calls.save_call(session, entry.id, entry.version, draft, actor=ANNA, now=now, zone=ZONE)


def test_no_call_is_shorter_than_nothing(base: Database, make_round: MakeRound) -> None:
    save(base, make_round("Aa"), NOW, NOW - BACK, NOW - BACK)
    with base.read() as session:
        call = session.scalars(select(Call)).one()
        assert call.ended >= call.started
        assert session.scalars(select(Interaction.seconds)).all() == [0]


def test_the_half_minute_for_taking_back_does_not_become_two_hours(base: Database, make_round: MakeRound) -> None:
    saved = save(base, make_round("Aa"), NOW, NOW, NOW)
    with pytest.raises(RuleBroken), base.write(ANNA, "take_back") as session:
        calls.take_back_call(session, saved, desk_of(ANNA), now=NOW - BACK)
    with base.write(ANNA, "take_back") as session:
        calls.take_back_call(session, saved, desk_of(ANNA), now=NOW - timedelta(seconds=UNDO_SECONDS - 1))


NIGHTS = [  # the zone, the hour before the change, what is typed, and the moment that means
    (ZONE, "2027-03-28 00:30", "1:30", "2027-03-28 23:30"),
    (ZONE, "2027-03-27 23:30", "2:30", "2027-03-28 01:30"),  # there is no half past two in this night
    (HELSINKI, "2027-03-27 23:30", "3:30", "2027-03-28 01:30"),
    (ZONE, "2027-10-30 23:30", "2:30", "2027-10-31 00:30"),  # the first of the two
    (ZONE, "2027-10-31 00:45", "2:30", "2027-10-31 01:30"),  # the second: the first is past
    (HELSINKI, "2027-10-31 00:45", "3:30", "2027-10-31 01:30"),
    (ZONE, "2027-10-31 01:45", "2:30", "2027-11-01 01:30"),  # both are past
    (ZONE, "2027-10-30 20:00", "tomorrow 10", "2027-10-31 09:00"),
    (ZONE, "2027-03-27 20:00", "imorgon 10", "2027-03-28 08:00"),
    (ZONE, "2027-10-31 00:30", "+60", "2027-10-31 01:30"),  # an hour is an hour
    (ZONE, "2027-12-31 22:59", "0:15", "2027-12-31 23:15"),
    (HELSINKI, "2026-12-31 21:30", "tomorrow", "2027-01-01 08:00"),
    (ZONE, "2028-02-28 12:00", "tomorrow 9", "2028-02-29 08:00"),
    (ZONE, "2028-02-28 12:00", "29.2. 9", "2028-02-29 08:00"),
    (ZONE, "2027-01-02 12:00", "mon 9", "2027-01-04 08:00"),  # from week 53 into week 1
]


@pytest.mark.parametrize(("zone", "now", "typed", "meant"), NIGHTS)
def test_a_callback_is_at_an_hour_that_exists_and_is_still_to_come(zone: ZoneInfo, now: str, typed: str, meant: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = parse_when(typed, moment, zone)
    assert found is not None and found > moment
    assert found.astimezone(UTC) == datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert (
        found.astimezone(UTC).astimezone(zone).time() == found.astimezone(zone).time()
    )  # shown as it will be shown when it is due


@pytest.mark.parametrize("typed", ["29.2. 10", "29.2.2027", "2027-02-30", "0001-01-01 0", "9999-12-32", "31.4. 9"])
def test_a_day_that_does_not_come_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_when(typed, NOW, ZONE)


@pytest.mark.parametrize("zone", [ZONE, HELSINKI])
@pytest.mark.parametrize("day", [date(2027, 3, 27), date(2027, 10, 30), date(2027, 12, 31), date(2028, 2, 28), date(2027, 1, 3)])
def test_the_other_half_of_the_next_day_is_nine_or_one_by_the_clock_on_the_wall(zone: ZoneInfo, day: date) -> None:
    for hour, expected in ((10, time(13)), (15, time(9))):
        now = datetime.combine(day, time(hour), zone).astimezone(UTC)
        again = other_half_day(now, zone).astimezone(UTC).astimezone(zone)
        assert (again.date(), again.time()) == (day + timedelta(days=1), expected)
        assert within_hours(again, zone, 9 * 60, 20 * 60)


def test_a_promise_is_due_at_its_moment_in_the_night_the_hour_comes_twice(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round("Aa"), desk_of(ANNA)
    first, second = (datetime(2027, 10, 31, 2, 30, tzinfo=ZONE, fold=fold).astimezone(UTC) for fold in (0, 1))
    with base.write(ANNA, "test") as session:
        entry = session.scalars(select(CallEntry)).one()
        entry.state, entry.callback_at, entry.callback_user = "callback", second, ANNA.id
    with base.read() as session:
        found = [queue.queue_counts(session, made.round_id, desk, now=at, zone=ZONE) for at in (first, second)]
    assert [(one.callbacks_later, one.callbacks_mine) for one in found] == [(1, 0), (0, 1)]
    assert found[0].callbacks_today == 1
