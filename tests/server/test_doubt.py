"""Every save has a sure answer: whatever breaks while it is stored, it is there once, and told as what it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.changes import Moved
from db.database import Database
from db.errors import AlreadySaved, Conflict, InDoubt, Unreachable
from db.history import history
from db.models.history import ChangeSet
from db.models.person import Person
from db.replaying import carry_out
from db.sorting import name_key
from db.texts import Msgid
from desktop.core.clock import FixedClock
from desktop.core.tasks import Tasks
from desktop.people.card import person_card
from desktop.people.contacts import InteractionForm, add_interaction
from tests.server.proxy import Proxy
from tests.servers import Server
from tests.support import MakePerson

pytestmark = pytest.mark.server_only("is about the way to a server")


@pytest.fixture
def desk(database: Database, line: Proxy) -> Iterator[Database]:
    """A desk at the far end of the line."""
    opened = Database(line.address(str(database.address)), parts=database.parts[1:])
    yield opened
    opened.close()


def add(session: Session) -> str:
    session.add(Person(family="Åberg", given="Mia", name_key=name_key("Åberg", "Mia")))
    session.flush()
    return "added"


def stored(database: Database, change_set: UUID) -> tuple[int, int]:
    """How many steps of this id there are, and how many people of it."""
    with database.read() as session:
        steps = session.scalar(select(func.count()).select_from(ChangeSet).where(ChangeSet.id == change_set))
        people = session.scalar(select(func.count()).select_from(Person).where(Person.made_in == change_set))
        return steps or 0, people or 0


def breaking(line: Proxy, word: bytes, back: bool, silently: bool) -> Callable[[bytes], bytes | None]:
    """Break the line once, at the first message with `word` in it or, going `back`, at the answer to it."""
    once = threading.Event()

    def to_server(data: bytes) -> bytes | None:
        if word in data and not once.is_set():
            once.set()
            if not back:
                line.silent = silently
                return b"" if silently else None
            line.to_desk = to_desk
        return data

    def to_desk(data: bytes) -> bytes | None:
        line.to_desk = lambda passed: passed
        line.silent = silently
        return b"" if silently else None

    line.to_server = to_server
    return to_server


POINTS = (b"kontinuum_open", b"INSERT INTO person", b"kontinuum_search", b"kontinuum_close", b"COMMIT")


@pytest.mark.parametrize("back", [False, True], ids=["asking", "answering"])
@pytest.mark.parametrize("word", POINTS, ids=lambda word: word.decode().replace(" ", "_"))
def test_a_line_that_breaks_anywhere_in_a_save_leaves_it_there_once(
    database: Database, desk: Database, line: Proxy, actor: Actor, word: bytes, back: bool, rounds: Callable[..., int]
) -> None:
    for _round in range(rounds(5, 50)):
        own, tries = new_id(), list[int]()
        breaking(line, word, back, silently=False)
        told: list[Moved] = []
        stop = desk.listen(told.append)
        answer = carry_out(desk, actor, "create_person", add, own, wait=lambda number, tries=tries: not tries.append(number))  # type: ignore[misc, func-returns-value]
        stop()
        assert (answer, stored(database, own)) == ("added", (1, 1))
        assert tries == [1], "the line was broken once"
        assert [moved.areas for moved in told] in ([frozenset({"person"})], [frozenset({"person", "search_entry"})])


@pytest.mark.parametrize("back", [False, True], ids=["asking", "answering"])
def test_a_line_that_breaks_in_a_save_of_one_journey_leaves_it_there_once(
    database: Database, desk: Database, line: Proxy, actor: Actor, make_person: MakePerson, back: bool
) -> None:
    """Everything goes in one message, so what broke with it may be stored or not."""
    who, own, tries = make_person("Åberg"), new_id(), list[int]()
    form = InteractionForm("call", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    breaking(line, b"INSERT INTO interaction", back, silently=False)
    work = partial(add_interaction, person_id=who, form=form, actor=actor)
    carry_out(desk, actor, "add_interaction", work, own, wait=lambda number: not tries.append(number))
    assert tries == [1], "the line was broken once"
    with database.read() as session:
        (step,) = history(session, about=who, limit=1)
        assert (step.id, step.details, len(person_card(session, who).timeline)) == (own, {"name": "Åberg, Mia"}, 1)


def test_a_save_that_is_given_up_in_doubt_says_so_and_one_before_it_says_that_nothing_is_saved(
    desk: Database, database: Database, line: Proxy, actor: Actor
) -> None:
    for word, kind in ((b"kontinuum_close", InDoubt), (b"INSERT INTO person", Unreachable)):
        own = new_id()
        breaking(line, word, back=False, silently=False)
        with pytest.raises(Unreachable) as caught:
            carry_out(desk, actor, "create_person", add, own, wait=lambda _number: False)
        assert type(caught.value) is kind
        assert stored(database, own) == (0, 0)


def test_a_replay_waits_for_a_first_try_that_is_still_under_way(
    database: Database, desk: Database, line: Proxy, actor: Actor, server: Server
) -> None:
    """The first try holds its step open on the server while the second asks for it."""
    own, asked, go = new_id(), threading.Event(), threading.Event()

    def slow(session: Session) -> str:
        answer = add(session)
        asked.set()
        go.wait(30)
        return answer

    first = threading.Thread(
        target=carry_out, args=(database, actor, "create_person", slow, own), kwargs={"wait": lambda _n: False}
    )
    first.start()
    asked.wait(30)
    outcome: list[str] = []

    def again() -> None:
        try:
            with desk.write(actor, "create_person", change_set=own) as session:
                add(session)
        except AlreadySaved:
            outcome.append("stored already")

    second = threading.Thread(target=again)
    second.start()
    with server.connect(str(database.address).rpartition("/")[2]) as admin:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not (admin.execute(waiting).fetchone() or (0,))[0]:
            pass
    go.set()
    first.join()
    second.join()
    assert (outcome, stored(database, own)) == (["stored already"], (1, 1))


def test_a_replay_that_meets_a_colleagues_change_is_a_conflict_and_nothing_is_stored(
    database: Database, desk: Database, line: Proxy, actor: Actor
) -> None:
    own = new_id()

    def clash(_session: Session) -> None:
        raise Conflict(Msgid("Changed meanwhile."))

    works = iter((add, clash))
    breaking(line, b"COMMIT", back=False, silently=False)
    with pytest.raises(Conflict):
        carry_out(desk, actor, "create_person", lambda session: next(works)(session), own, wait=lambda _number: True)
    assert stored(database, own) == (0, 0)


def test_a_server_killed_under_writers_keeps_what_it_said_it_has_and_nothing_twice(
    actor: Actor, rounds: Callable[..., int]
) -> None:
    own_server = Server.start(safe=True)
    try:
        database = Database(own_server.fresh("killed"))
        made: list[UUID] = []
        over, pause = threading.Event(), threading.Event()

        def work() -> None:
            desk = Database(database.address)
            while not over.is_set():
                own = new_id()
                carry_out(desk, actor, "create_person", add, own, wait=lambda number: not pause.wait(0.05) and number < 1200)
                made.append(own)
            desk.close()

        writers = [threading.Thread(target=work) for _ in range(4)]
        for writer in writers:
            writer.start()
        for _round in range(rounds(3, 30)):
            enough = len(made) + 40
            while len(made) < enough:
                pause.wait(0.01)
            own_server.kill()
            own_server.begin()
        over.set()
        for writer in writers:
            writer.join()
        with database.read() as session:
            people = session.scalars(select(Person.made_in)).all()
        assert sorted(people) == sorted(made)
        database.close()
    finally:
        own_server.remove()


def test_an_ended_wait_for_the_second_server_is_told_as_not_confirmed(actor: Actor) -> None:
    own_server = Server.start(safe=True, settings={"synchronous_commit": "on"})
    try:
        database = Database(own_server.fresh("second"))
        told: list[Moved] = []
        database.listen(told.append)
        with own_server.connect() as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            admin.execute("SELECT pg_reload_conf()")
            own = new_id()
            saving = threading.Thread(
                target=carry_out, args=(database, actor, "create_person", add, own), kwargs={"wait": lambda _n: False}
            )
            saving.start()
            waits = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            while (found := admin.execute(waits).fetchone()) is None:
                pass
            assert not told, "nothing is saved while the second server is waited for"
            admin.execute("SELECT pg_cancel_backend(%s)", found)
            saving.join()
            assert [(moved.change_set, moved.confirmed) for moved in told] == [(own, False)]
            admin.execute("ALTER SYSTEM RESET synchronous_standby_names")
            admin.execute("SELECT pg_reload_conf()")
            while admin.execute("SHOW synchronous_standby_names").fetchone() != ("",):
                pass
        carry_out(database, actor, "create_person", add, new_id(), wait=lambda _n: False)
        assert told[-1].confirmed
        database.close()
    finally:
        own_server.remove()


class Answers(QObject):
    """Who asked for a save, and what was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.failed: list[Exception] = []

    def ask(self, tasks: Tasks) -> None:
        tasks.write(self, add, self.done.append, self.failed.append, verb="create_person")


@pytest.fixture
def tasks(desk: Database, actor: Actor, clock: FixedClock, qtbot: QtBot) -> Iterator[Tasks]:
    """The lanes of a window at the far end of the line."""
    made = Tasks(desk, actor, clock)
    yield made
    made.close()


def test_saves_asked_while_the_server_is_away_wait_in_order_and_are_stored_once_when_it_is_back(
    database: Database, line: Proxy, tasks: Tasks, qtbot: QtBot
) -> None:
    own = Answers()
    own.ask(tasks)
    qtbot.waitUntil(lambda: own.done == ["added"])
    line.shut = True
    line.cut()
    own.ask(tasks)
    own.ask(tasks)
    with qtbot.assertNotEmitted(tasks.drained, wait=500):
        pass
    assert (own.done, own.failed, tasks.saving) == (["added"], [], 2)
    line.shut = False
    qtbot.waitUntil(lambda: len(own.done) == 3, timeout=30_000)
    assert (own.failed, tasks.saving) == ([], 0)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 3


def test_closing_the_window_waits_for_no_server_that_is_away_and_says_what_is_not_saved(
    database: Database, line: Proxy, tasks: Tasks, qtbot: QtBot
) -> None:
    own = Answers()
    line.shut = True
    line.cut()
    own.ask(tasks)
    tasks.close()
    qtbot.waitUntil(lambda: bool(own.failed))
    assert isinstance(own.failed[0], Unreachable) and own.done == []
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 0
