"""Background work comes back in the window's thread, or not at all; nothing here waits for milliseconds."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.actor import Actor
from db.changes import Moved
from db.database import Database
from db.errors import RuleBroken
from db.models.history import ChangeSet
from db.models.setting import StoredSetting
from db.settings import read_settings, write_setting
from db.texts import Msgid
from desktop.core.changes import Changes
from desktop.core.clock import FixedClock
from desktop.core.tasks import Tasks
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.core.worker import WorkerEnded

Report = Callable[[int, int], None]


@pytest.fixture
def tasks(qtbot: QtBot, empty_database: Database, user: Actor, standing_clock: FixedClock) -> Iterator[Tasks]:
    tasks = Tasks(empty_database, user, standing_clock)
    yield tasks
    tasks.close()


class Owner(QObject):
    """Asks, and notes what it is told and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Any] = []
        self.errors: list[Exception] = []
        self.progress: list[tuple[int, int]] = []
        self.threads: set[threading.Thread] = set()

    def done(self, answer: Any) -> None:
        self.answers.append(answer)
        self.threads.add(threading.current_thread())

    def failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.threads.add(threading.current_thread())

    def told(self, done: int, total: int) -> None:
        self.progress.append((done, total))


def one(session: Session) -> Any:
    return session.scalar(text("SELECT 1")), threading.current_thread() is threading.main_thread()


def broken(session: Session) -> None:
    raise ZeroDivisionError


def double(number: int, report: Report) -> int:
    report(number, number)
    return number * 2


def break_a_rule(days: int, report: Report) -> None:
    raise RuleBroken(Msgid("{days} days are too many."), Msgid("Choose fewer."), field="days", days=days)


def raise_what_does_not_travel(_argument: object, report: Report) -> None:
    class LocalError(Exception):
        pass

    raise LocalError("from the depth")


def die(_argument: object, report: Report) -> None:
    os._exit(1)


def never_end(_argument: object, report: Report) -> None:
    report(1, 10)
    threading.Event().wait()


def test_a_read_runs_elsewhere_and_answers_here(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained):
        tasks.read(owner, one, owner.done, owner.failed)
        assert not tasks.idle()
    assert owner.answers == [(1, False)]
    assert owner.threads == {threading.main_thread()}
    assert tasks.idle()


def test_a_failing_read_is_told(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained):
        tasks.read(owner, broken, owner.done, owner.failed)
    assert [type(error) for error in owner.errors] == [ZeroDivisionError]
    assert owner.answers == []


def test_only_the_latest_answer_of_a_slot_arrives(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained):
        for number in range(5):
            tasks.read(owner, lambda session, number=number: number, owner.done, owner.failed)
        tasks.read(owner, lambda session: "other", owner.done, owner.failed, slot="other")
    assert sorted(owner.answers, key=str) == [4, "other"]


def test_nobody_is_called_who_is_gone(qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained):
        tasks.read(owner, one, owner.done, owner.failed)
        tasks.read(owner, broken, owner.done, owner.failed, slot="other")
        shiboken6.delete(owner)
    assert (owner.answers, owner.errors) == ([], [])
    assert "nobody waits" in caplog.text
    caplog.clear()


def test_a_write_is_saved_under_its_verb(qtbot: QtBot, tasks: Tasks, empty_database: Database) -> None:
    owner = Owner()
    work = partial(write_setting, key="core.x", value=1)
    with qtbot.waitSignal(tasks.drained):
        tasks.write(owner, work, owner.done, owner.failed, verb="change_setting", details={"setting": "core.x"})
    assert (owner.answers, owner.errors) == ([None], [])
    with empty_database.read() as session:
        assert session.scalars(select(ChangeSet.verb)).all() == ["change_setting"]


def test_no_write_is_dropped_and_they_keep_their_order(qtbot: QtBot, tasks: Tasks, empty_database: Database) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained):
        for number in range(20):
            tasks.write(owner, partial(write_setting, key="core.x", value=number), owner.done, owner.failed, verb="v")
    assert len(owner.answers) == 20
    with empty_database.read() as session:
        assert read_settings(session, None) == {"core.x": 19}
        assert session.scalar(select(StoredSetting.version)) == 20


def test_a_failing_write_saves_nothing(qtbot: QtBot, tasks: Tasks, empty_database: Database) -> None:
    owner = Owner()

    def half(session: Session) -> None:
        write_setting(session, "core.x", 1)
        raise ZeroDivisionError

    with qtbot.waitSignal(tasks.drained):
        tasks.write(owner, half, owner.done, owner.failed, verb="v")
    assert [type(error) for error in owner.errors] == [ZeroDivisionError]
    with empty_database.read() as session:
        assert read_settings(session, None) == {}


def test_closing_finishes_what_was_to_be_written(tasks: Tasks, empty_database: Database) -> None:
    owner = Owner()
    for number in range(10):
        tasks.write(owner, partial(write_setting, key=f"core.{number}", value=1), owner.done, owner.failed, verb="v")
    tasks.close()
    with empty_database.read() as session:
        assert len(read_settings(session, None)) == 10
    with pytest.raises(RuntimeError):
        tasks.read(owner, one, owner.done, owner.failed)


def test_what_a_write_moved_is_told_in_the_windows_thread(qtbot: QtBot, tasks: Tasks, empty_database: Database) -> None:
    owner, changes = Owner(), Changes(empty_database)
    heard: list[tuple[Moved, bool]] = []
    changes.changed.connect(lambda moved: heard.append((moved, threading.current_thread() is threading.main_thread())))
    about = UUID(int=7)
    tasks.write(owner, partial(write_setting, key="core.x", value=1), owner.done, owner.failed, verb="v", about=[about])
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0][0].areas == {"setting"}
    assert heard[0][0].ids == {about}
    assert heard[0][1]


def test_a_listener_that_is_gone_does_not_spoil_a_write(qtbot: QtBot, tasks: Tasks, empty_database: Database) -> None:
    owner, changes = Owner(), Changes(empty_database)
    shiboken6.delete(changes)
    with qtbot.waitSignal(tasks.drained):
        tasks.write(owner, partial(write_setting, key="core.x", value=1), owner.done, owner.failed, verb="v")
    assert (owner.answers, owner.errors) == ([None], [])


def test_the_process_computes_and_reports(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained, timeout=20_000):
        for number in (1, 2, 3):
            tasks.compute(double, number, owner.told, owner.done, owner.failed, owner=owner, title=Msgid("Doubling"))
    assert owner.answers == [2, 4, 6]
    assert owner.progress == [(1, 1), (2, 2), (3, 3)]
    assert [(job.state, job.title) for job in tasks.jobs] == [("done", "Doubling")] * 3
    assert owner.threads == {threading.main_thread()}


def test_errors_come_back_whole_from_the_process(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained, timeout=20_000):
        tasks.compute(break_a_rule, 9, owner.told, owner.done, owner.failed, owner=owner)
        tasks.compute(raise_what_does_not_travel, 0, owner.told, owner.done, owner.failed, owner=owner)
        tasks.compute(double, lambda: 0, owner.told, owner.done, owner.failed, owner=owner)  # does not pickle
    rule, odd, unsent = owner.errors
    assert isinstance(rule, RuleBroken)
    assert (rule.field, rule.what, rule.values) == ("days", "{days} days are too many.", {"days": 9})
    assert isinstance(rule.what, Msgid)
    assert "from the depth" in str(odd)
    assert "pickle" in str(unsent).lower()
    assert tasks.jobs == ()


def test_a_process_that_dies_is_an_error_and_the_next_job_gets_a_fresh_one(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    with qtbot.waitSignal(tasks.drained, timeout=20_000):
        tasks.compute(die, None, owner.told, owner.done, owner.failed, owner=owner)
        tasks.compute(double, 4, owner.told, owner.done, owner.failed, owner=owner)
    assert [type(error) for error in owner.errors] == [WorkerEnded]
    assert owner.answers == [8]


def test_cancelling_ends_running_and_waiting_jobs_without_a_word(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    title = Msgid("Endless")
    running = tasks.compute(never_end, None, owner.told, owner.done, owner.failed, owner=owner, title=title)
    waiting = tasks.compute(never_end, None, owner.told, owner.done, owner.failed, owner=owner, title=title)
    tasks.compute(double, 4, owner.told, owner.done, owner.failed, owner=owner, title=title)
    qtbot.waitUntil(lambda: owner.progress == [(1, 10)], timeout=20_000)
    with qtbot.waitSignal(tasks.drained, timeout=20_000):
        waiting()
        running()
    assert (owner.answers, owner.errors) == ([8], [])
    assert [job.state for job in tasks.jobs] == ["cancelled", "cancelled", "done"]
    tasks.forget_ended_jobs()
    assert tasks.jobs == ()


def test_closing_ends_an_endless_job(qtbot: QtBot, tasks: Tasks) -> None:
    owner = Owner()
    tasks.compute(never_end, None, owner.told, owner.done, owner.failed, owner=owner)
    qtbot.waitUntil(lambda: bool(owner.progress), timeout=20_000)
    tasks.close()
    assert owner.answers == []


def test_tasks_at_once_keep_the_same_promises(at_once: ImmediateTasks, empty_database: Database) -> None:
    owner = Owner()
    at_once.read(owner, one, owner.done, owner.failed)
    at_once.write(owner, partial(write_setting, key="core.x", value=1), owner.done, owner.failed, verb="v")
    at_once.compute(double, 2, owner.told, owner.done, owner.failed, owner=owner, title=Msgid("Doubling"))
    assert owner.answers == [(1, True), None, 4]
    assert [job.state for job in at_once.jobs] == ["done"]
    at_once.breaks = ZeroDivisionError()
    at_once.read(owner, one, owner.done, owner.failed)
    assert owner.errors == [at_once.breaks]
