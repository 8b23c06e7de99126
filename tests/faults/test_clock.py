"""The clock set back while people work, the nights of summer time, leap days, week 53 and the turn of the year (T24)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.history import history, take_back
from db.models.person import Person
from db.models.task import Task
from desktop.assembly import new_registry, parts_of
from desktop.core.clock import FixedClock
from desktop.core.registry import Registry
from desktop.core.texts import Texts
from desktop.people.editing import PersonForm, create_person
from desktop.people.words import when as when_in_words
from desktop.shell.day import end_of_today, when

STOCKHOLM, HELSINKI = ZoneInfo("Europe/Stockholm"), ZoneInfo("Europe/Helsinki")
ZONES = [STOCKHOLM, HELSINKI]
NOON = datetime(2027, 6, 14, 12, tzinfo=UTC)
BACK = timedelta(hours=2)
ODD_DAYS = [
    date(2027, 3, 28),  # 23 hours long
    date(2027, 10, 31),  # 25 hours long
    date(2026, 12, 31),  # in week 53
    date(2027, 1, 1),  # still in week 53
    date(2027, 1, 3),
    date(2028, 2, 28),
    date(2028, 2, 29),
    date(2027, 2, 28),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ODD_DAYS)
def test_today_begins_and_ends_at_the_offices_midnight(day: date, zone: ZoneInfo) -> None:
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    clock, tick = FixedClock(begins, zone), timedelta(microseconds=1)
    for moment in (begins, begins + (ends - begins) / 2, ends - tick):
        clock.move(moment)
        assert clock.today() == day
        assert end_of_today(clock) == ends
        assert [when(due, clock) for due in (begins - tick, begins, ends - tick, ends)] == ["overdue", "today", "today", "later"]
    clock.move(ends)
    assert clock.today() == day + timedelta(days=1)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("language", ["en", "sv", "fi"])
def test_each_hour_of_the_long_night_is_shown_and_the_order_is_the_true_one(zone: ZoneInfo, language: str) -> None:
    texts = Texts(language, zone=zone)
    hours = [datetime(2027, 10, 30, 22, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(8)]
    shown = [texts.moment(hour) for hour in hours]
    assert len(set(shown)) == 6  # one hour comes twice on the wall
    assert sorted(hours) == hours
    assert {texts.day(hour) for hour in hours} == {texts.day(date(2027, 10, 31))}


@pytest.mark.parametrize("language", ["en", "sv", "fi"])
@pytest.mark.parametrize("day", ODD_DAYS)
def test_odd_days_are_said_as_they_are(day: date, language: str) -> None:
    texts = Texts(language, zone=STOCKHOLM)
    assert str(day.year) in texts.day(day) and str(day.day) in texts.day(day)
    assert texts.weekday(day)
    assert str(day.year) in texts.month(day)  # the year of the month, not of the week


def test_what_lies_ahead_after_the_clock_was_set_back_is_not_said_to_be_past() -> None:
    clock = FixedClock(NOON - BACK, STOCKHOLM)
    texts = Texts("en", zone=STOCKHOLM, now=clock.now)
    assert texts.ago(NOON) == "in 2 hours"
    assert when_in_words(NOON, texts, clock.today())


# The database


class Office:
    """A database whose clock is ours."""

    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.actor = Actor(new_id(), "Tester", frozenset({"office"}))
        self.database = Database(path, parts=parts_of(new_registry(FixedClock(NOON, UTC))), now=lambda: self.now)

    def add(self, family: str) -> object:
        with self.database.write(self.actor, "create_person") as session:
            return create_person(session, PersonForm(family=family, given="Mia"), today=self.now.date())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "Office.kontinuum")


def test_history_keeps_the_order_of_the_work_when_the_clock_goes_back(office: Office) -> None:
    for family, hours in (("First", 0), ("Second", -2), ("Third", -26), ("Fourth", 1)):
        office.now = NOON + timedelta(hours=hours)
        office.add(family)
    with office.database.read() as session:
        lines = history(session)
        names = [session.scalar(select(Person.family).where(Person.made_in == line.id)) for line in lines]
    assert names == ["Fourth", "Third", "Second", "First"]
    assert lines[0].at > lines[1].at < lines[2].at  # as the clock had it
    office.database.close()


def test_what_came_before_a_clock_set_back_is_touched_since_and_stays(office: Office) -> None:
    person = office.add("First")
    with office.database.read() as session:
        made = history(session)[0].id
    office.now = NOON - BACK
    with office.database.write(office.actor, "edit_person") as session:
        session.get_one(Person, person).note = "later, whatever the clock says"
    with office.database.write(office.actor, "take_back") as session:
        taken = take_back(session, made)
    assert taken.kept
    office.now = NOON
    with office.database.read() as session:
        assert session.get(Person, person) is not None
    office.database.close()


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_comes_back_as_it_went_in_whichever_hour_of_the_long_night_it_was(office: Office, zone: ZoneInfo) -> None:
    hour = 2 if zone is STOCKHOLM else 3
    both = [datetime(2027, 10, 31, hour, 30, tzinfo=zone, fold=fold) for fold in (1, 0)]
    with office.database.write(office.actor, "add_task") as session:
        session.add_all([Task(title=str(moment.fold), due=moment) for moment in both])
    with office.database.read() as session:
        found = session.execute(select(Task.title, Task.due).order_by(Task.due)).all()
    assert [title for title, _due in found] == ["0", "1"]
    assert found[1][1] - found[0][1] == timedelta(hours=1)
    office.database.close()


def test_somebody_born_on_a_leap_day_is_kept_and_shown_so(office: Office) -> None:
    form = PersonForm(family="Leap", given="Mia", birth_date=date(2004, 2, 29))
    with office.database.write(office.actor, "create_person") as session:
        person = create_person(session, form, today=date(2027, 2, 28))
    with office.database.read() as session:
        assert session.get_one(Person, person).birth_date == date(2004, 2, 29)
    assert Texts("sv").day(date(2004, 2, 29)) == "2004-02-29"
    office.database.close()


# The program


def test_faults_of_before_the_clock_was_set_back_do_not_count(registry: Registry, clock: FixedClock) -> None:
    module = next(module for module in registry.modules if not module.always_on)
    for _fault in range(2):
        registry.fault(module.key)
    clock.move(clock.now() - BACK)
    registry.fault(module.key)
    assert module.running
    for _fault in range(2):
        registry.fault(module.key)
    assert not module.running


def test_my_day_follows_midnight_forwards_and_back(clock: FixedClock) -> None:
    assert when(clock.now(), clock) == "today"
    due = clock.now()
    clock.move(clock.now() + timedelta(days=1))
    assert when(due, clock) == "overdue"
    clock.move(clock.now() - timedelta(days=2))
    assert when(due, clock) == "later"
