"""A demo database is full of life: every table has rows, some things are due today, and it can be read like any other."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.database import Database
from db.history import TAKE_BACK, history, take_back
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.post import Post, PostHolding
from db.models.role import Role
from db.models.task import Task
from db.search import search
from desktop.assembly import Ground
from desktop.core.clock import FixedClock
from desktop.people import listing
from desktop.people.demo_data import ADMITTED_PROFILE, VERB, fill, make_demo
from desktop.people.demo_doubles import TWICE
from desktop.people.demo_list import write_admitted_csv
from desktop.people.duplicates.scan import bring_up_to_date
from desktop.people.duplicates.verdicts import PairFilter, pairs_query
from desktop.people.imports.mapping.profiles import StoredProfile, profiles_for
from desktop.people.imports.mapping.recognising import looks_like
from desktop.people.imports.rows import read_people
from desktop.people.imports.storing import plan_import
from desktop.people.listing import PeopleFilter


class Stopped(Exception):
    """What a user who cancels raises."""


def quiet(done: int, total: int) -> None:
    """Nobody watches."""


def test_every_view_of_a_demo_has_something_to_show(database: Database, actor: Actor, clock: FixedClock) -> None:
    steps: list[tuple[int, int]] = []
    people = make_demo(database, actor, 300, clock.now(), lambda done, total: steps.append((done, total)))
    assert (len(set(people)), steps[-1]) == (300, (300, 300))
    with database.read() as session:
        for table in (Person, ContactPoint, Identifier, Role, Interaction, Task, Post, PostHolding):
            assert session.scalar(select(func.count()).select_from(table)), table
        assert session.scalar(select(func.count()).where(Interaction.at > clock.now() - timedelta(days=30)))
        assert session.scalar(select(func.count()).where(Interaction.at < clock.now() - timedelta(days=365)))
        due = [moment.astimezone(clock.zone).date() for moment in session.scalars(select(Task.due).where(Task.done_at.is_(None)))]
        assert min(due) < clock.today() < max(due)
        assert due.count(clock.today()) >= 3
        assert listing.count(session, PeopleFilter(roles=("admitted",), today=clock.today()))
        assert listing.count(session, PeopleFilter(on_hold=True))
        rows = listing.page(session, PeopleFilter(today=clock.today()))
        assert sum(bool(row.roles) for row in rows) > 80
        assert search(session, rows[0].family)
        assert [line.verb for line in history(session)] == [VERB]


def test_the_first_address_of_somebody_is_one_in_use(database: Database, actor: Actor, clock: FixedClock) -> None:
    make_demo(database, actor, 300, clock.now(), quiet)
    with database.read() as session:
        former = select(ContactPoint.person_id).where(ContactPoint.position == 0, ContactPoint.valid_to.is_not(None))
        for person in session.scalars(former):
            points = select(ContactPoint).where(ContactPoint.person_id == person, ContactPoint.position == 1)
            assert all(point.valid_to is not None for point in session.scalars(points) if point.kind == "phone")


def test_the_admitted_list_meets_some_of_the_demo_people(
    database: Database, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    make_demo(database, actor, 400, clock.now(), quiet)
    write_admitted_csv(tmp_path / "antagna.csv", 80, today=clock.today())
    file = read_people(tmp_path / "antagna.csv", "SE", quiet, today=clock.today())
    with database.read() as session:
        verdicts = [plan.verdict for plan in plan_import(session, file.rows, quiet)]
    assert Counter(verdicts) == {"new": 67, "changed": 8, "clash": 1, "several": 1}


def test_the_admitted_list_is_known_by_a_profile_of_the_demo(
    database: Database, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    make_demo(database, actor, 40, clock.now(), quiet)
    write_admitted_csv(tmp_path / "antagna.csv", 80, today=clock.today())
    file = read_people(tmp_path / "antagna.csv", "SE", quiet, today=clock.today())
    with database.read() as session:
        found = looks_like(file.header, profiles_for(session, actor.id))
    assert isinstance(found, StoredProfile) and found.name == ADMITTED_PROFILE
    again = read_people(tmp_path / "antagna.csv", "SE", quiet, today=clock.today(), follow=found.mapping)
    assert (len(again.rows), again.ignored) == (77, ())


def test_a_stopped_demo_leaves_nothing(database: Database, actor: Actor, clock: FixedClock) -> None:
    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        make_demo(database, actor, 10, clock.now(), stop)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_a_demo_can_be_taken_back(database: Database, actor: Actor, clock: FixedClock) -> None:
    make_demo(database, actor, 50, clock.now(), quiet)
    with database.read() as session:
        change_set = history(session)[0].id
    with database.write(actor, TAKE_BACK) as session:
        assert take_back(session, change_set).kept == ()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0


def test_the_modules_add_to_the_demo(ground: Ground) -> None:
    people = fill(ground.context, 120)
    with ground.context.database.read() as session:
        verbs = {line.verb for line in history(session)}
    assert len(people) == 120
    assert verbs > {VERB}


def test_five_people_of_a_demo_are_written_down_twice(database: Database, actor: Actor, clock: FixedClock) -> None:
    people = make_demo(database, actor, 40, clock.now(), quiet)
    with database.read() as session:
        bring_up_to_date(session, database, now=clock.now())
    twice = {(people[number], people[second]) for second, (number, _change) in TWICE.items()}
    with database.read() as session:
        assert twice <= {(pair.first_id, pair.second_id) for pair in session.execute(pairs_query(PairFilter()))}
