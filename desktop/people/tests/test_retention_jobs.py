"""A disposal stands among the jobs: of which decision, how far it is, and the way to stop it; stopped, nobody is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.database import Database
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.retention import RetentionRule
from db.models.role import Role
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.tasks import Tasks
from desktop.people.retention import disposing, run
from desktop.people.retention.disposals import disposal
from desktop.people.retention.disposing import DECIDE, Decision, decide
from desktop.people.retention.due import DueFilter
from desktop.people.retention.rules import known_rules, rules
from desktop.people.retention.run import DisposalRun
from tests.support import MakePerson

from .test_retention import LONG_AGO, TODAY, ZONE

Start = Callable[[], tuple[DisposalRun, QObject]]


@pytest.fixture
def decided(context: ModuleContext, make_person: MakePerson, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A decision about five people, carried out two by two."""
    monkeypatch.setattr(disposing, "PORTION", 2)
    people = [make_person(f"Zqmark{number}") for number in range(5)]
    with context.database.write(context.actor, "change_retention_rule") as session:
        session.add(RetentionRule(code="people.prospects", months=24, action="erase", active=True))
        for person in people:
            session.add(Role(person_id=person, kind="prospect"))
            session.add(Interaction(person_id=person, kind="call", at=LONG_AGO))
    with context.database.write(context.actor, DECIDE) as session:
        filter = DueFilter(TODAY, ZONE, rules(session, known_rules(context)))
        return decide(session, Decision(filter, "By the plan", "Dnr 17/2026"), actor=context.actor, now=context.clock.now())


@pytest.fixture
def start(context: ModuleContext, database: Database, clock: FixedClock, decided: UUID) -> Iterator[Start]:
    """The decision being carried out with real threads."""
    tasks = Tasks(database, context.actor, clock)

    def begin() -> tuple[DisposalRun, QObject]:
        owner = QObject()
        made = DisposalRun(replace(context, tasks=tasks), owner)
        made.start(decided)
        return made, owner

    yield begin
    tasks.close()


def there(context: ModuleContext) -> int:
    with context.database.read() as session:
        return session.scalar(select(func.count()).select_from(Person)) or 0


def test_the_jobs_tell_of_which_decision_and_how_far_it_is(context: ModuleContext, decided: UUID) -> None:
    owner, told = QObject(), list[tuple[int, int]]()
    made = DisposalRun(context, owner)
    made.progressed.connect(lambda _waiting: told.append((context.tasks.jobs[-1].done, context.tasks.jobs[-1].total)))
    made.start(decided)
    job = context.tasks.jobs[-1]
    assert (job.title, job.about, job.state) == ("Disposing of people", "Dnr 17/2026", "done")
    assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_stopped_among_the_jobs_it_is_gone_on_with_where_it_was(context: ModuleContext, decided: UUID) -> None:
    owner, stopping = QObject(), list[bool]()
    made = DisposalRun(context, owner)
    made.stopping.connect(lambda: stopping.append(True))
    made.progressed.connect(lambda waiting: context.tasks.jobs[0].cancel() if waiting == 3 and not stopping else None)
    made.start(decided)
    assert context.tasks.jobs[-1].state == "cancelled" and stopping == [True] and there(context) == 3
    made.start(decided)
    assert [job.state for job in context.tasks.jobs] == ["cancelled", "done"] and there(context) == 0
    assert (context.tasks.jobs[-1].done, context.tasks.jobs[-1].total) == (5, 5)


def test_one_whose_page_goes_ends_with_its_portion(
    qtbot: QtBot, start: Start, context: ModuleContext, decided: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, waits = threading.Event(), threading.Event()

    def held_up(*given: Any, **named: Any) -> Any:
        waits.set()
        assert gate.wait(60)
        return disposing.dispose_portion(*given, **named)

    monkeypatch.setattr(run, "dispose_portion", held_up)
    made, owner = start()
    tasks = made._context.tasks
    qtbot.waitUntil(waits.is_set, timeout=30_000)
    job = tasks.jobs[-1]
    assert not job.over
    owner.deleteLater()
    qtbot.waitUntil(lambda: job.over, timeout=30_000)
    gate.set()
    qtbot.waitUntil(tasks.idle, timeout=30_000)
    assert job.state == "cancelled" and there(context) == 3
    with context.database.read() as session:
        assert disposal(session, decided).waiting == 3


def test_one_that_fails_says_so(context: ModuleContext, decided: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(run, "dispose_portion", broken)
    failed: list[Exception] = []
    owner = QObject()
    made = DisposalRun(context, owner)
    made.failed.connect(failed.append)
    made.start(decided)
    assert context.tasks.jobs[-1].state == "failed" and len(failed) == 1 and not made.busy and there(context) == 5
