"""How often a step goes to the server and back: what needs no answer of its own goes with what is said next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.models.history import ChangeSet
from db.models.interaction import Interaction
from db.models.person import Person
from db.postgresql import connection
from db.postgresql.journeys import Connection
from desktop.core.contacting.recording import Contact, record_past
from desktop.modules.phones import queue, rounds
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.standing import Desk
from desktop.people.card import person_card
from desktop.people.contacts import InteractionForm, add_interaction
from tests.db.support import person
from tests.server.proxy import Proxy
from tests.support import MakePerson

pytestmark = pytest.mark.server_only("is about the way to a server")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Counter:
    """Counts how often the desk speaks after the server did, and keeps what it said."""

    def __init__(self, line: Proxy) -> None:
        self.journeys, self.said = 0, b""
        self._speaking = False
        line.to_server, line.to_desk = self._up, self._down

    def _up(self, data: bytes) -> bytes:
        self.journeys += not self._speaking
        self._speaking = True
        self.said += data
        return data

    def _down(self, data: bytes) -> bytes:
        self._speaking = False
        return data


@pytest.fixture
def desk(database: Database, line: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A desk at the far end of the line; however slow the machine, it does not ask whether the line is still there."""
    monkeypatch.setattr(connection, "TRUSTED", inf)
    opened = Database(line.address(str(database.address)), parts=database.parts[1:])
    yield opened
    opened.close()


@pytest.fixture
def somebody(desk: Database, actor: Actor) -> UUID:
    """A person of the register."""
    made = person("Åberg")
    with desk.write(actor, "create_person") as session:
        session.add(made)
        session.flush()
        return made.id


def log(desk: Database, actor: Actor, who: UUID, words: str = "Rings again") -> UUID:
    """A call on the timeline; the step's id."""
    own = new_id()
    with desk.write(actor, "add_interaction", about=[who], change_set=own) as session:
        add_interaction(session, who, InteractionForm("call", NOW, "out", text=words), actor=actor)
    return own


def lines(database: Database, change_set: UUID) -> int:
    """How many lines of the timeline a step made."""
    with database.read() as session:
        counted = select(func.count()).select_from(Interaction).where(Interaction.made_in == change_set)
        return session.scalar(counted) or 0


def said(database: Database, change_set: UUID) -> dict[str, object] | None:
    """What fills the words of a step in the history; None when it is not stored."""
    with database.read() as session:
        return session.scalar(select(ChangeSet.details).where(ChangeSet.id == change_set))


def give_up(session: Session) -> None:
    """Take back to a savepoint what was done since."""
    with session.begin_nested():
        session.execute(text("SELECT :two"), {"two": 2})
        raise ZeroDivisionError


def raw_of(session: Session) -> Connection:
    """The connection a step uses."""
    found = session.connection().connection.driver_connection
    assert isinstance(found, Connection)
    return found


def test_a_logged_call_goes_to_the_server_once(desk: Database, line: Proxy, actor: Actor, somebody: UUID) -> None:
    """The line, the history with whom it is about, and the commit."""
    log(desk, actor, somebody)
    counter = Counter(line)
    own = log(desk, actor, somebody)
    assert counter.journeys == 1
    assert (lines(desk, own), said(desk, own)) == (1, {"name": "Åberg, Mia"})


def test_a_card_takes_two_journeys(desk: Database, line: Proxy, somebody: UUID) -> None:
    """All of its questions, which begin the moment, and the end of it; it held ten before they were asked together."""
    for _time in range(2):
        counter = Counter(line)
        with desk.read() as session:
            assert person_card(session, somebody).family == "Åberg"
    assert counter.journeys == 2


def test_the_next_person_is_claimed_in_four_journeys(desk: Database, line: Proxy, actor: Actor, make_person: MakePerson) -> None:
    """What the desk must know first, who is next, the claim, the commit."""
    people = [make_person(f"Berg {number}", phone="+46701740605") for number in range(2)]
    with desk.write(actor, "create_call_round") as session:
        round_id = rounds.create_round(session, RoundForm("Calls"), people, now=NOW).round_id
    for name in ("First", "Second"):
        counter = Counter(line)
        with desk.upkeep(quiet=True) as session:
            assert queue.pop_next(session, round_id, Desk(new_id(), actor.id, name), now=NOW, zone=UTC) is not None
    assert counter.journeys == 4


def test_answers_come_in_the_order_of_the_questions(desk: Database) -> None:
    """Also where one of them was prepared before and the others come along with their own preparing."""
    with desk.upkeep(quiet=True) as session:
        raw = raw_of(session)
        assert raw.ask(("SELECT $1::int", [2])) == [[(2,)]]
        asked = (("SELECT $1::int + 1", [0]), ("SELECT $1::int", [2]), ("SELECT $1::text WHERE false", ["x"]))
        assert raw.ask(*asked) == [[(1,)], [(2,)], []]


def test_what_is_written_about_people_stands_in_no_statement(desk: Database, line: Proxy, actor: Actor, somebody: UUID) -> None:
    """Values go beside the statements, so that the server's log and its list of sessions can show the statements alone."""
    counter = Counter(line)
    log(desk, actor, somebody, "Weeps")
    texts = [part.partition(b"\0")[2].partition(b"\0")[0] for part in counter.said.split(b"P\0\0")[1:]]
    assert any(b"INSERT INTO interaction" in text for text in texts) and any(b"kontinuum_close" in text for text in texts)
    assert not any(b"Weeps" in text or "Åberg".encode() in text for text in texts)
    assert b"Weeps" in counter.said


def test_a_line_that_was_left_unsaid_is_there_for_whatever_is_asked_next(desk: Database, actor: Actor, somebody: UUID) -> None:
    with desk.write(actor, "add_interaction", about=[somebody]) as session:
        add_interaction(session, somebody, InteractionForm("note", NOW, text="Came by"), actor=actor)
        assert session.scalars(select(Interaction.text).where(Interaction.person_id == somebody)).all() == ["Came by"]


def test_a_line_that_is_refused_at_the_commit_leaves_nothing_and_the_desk_goes_on(
    desk: Database, actor: Actor, somebody: UUID
) -> None:
    own = new_id()
    gone = Contact("call", NOW, "out", "people", "Eva")
    with pytest.raises(Conflict), desk.write(actor, "add_interaction", change_set=own) as session:
        record_past(session, new_id(), gone)  # nobody of this id
    assert not desk.saved(own)
    assert lines(desk, log(desk, actor, somebody)) == 1


def test_a_line_that_is_refused_by_the_next_statement_leaves_nothing(desk: Database, actor: Actor, somebody: UUID) -> None:
    own = new_id()
    with desk.write(actor, "add_interaction", change_set=own) as session:
        record_past(session, new_id(), Contact("call", NOW, "out", "people", "Eva"))
        with pytest.raises(IntegrityError):
            session.scalar(select(func.count()).select_from(Person))
        session.rollback()
    assert not desk.saved(own)
    assert lines(desk, log(desk, actor, somebody)) == 1


def test_a_step_that_is_given_up_before_it_said_anything_says_nothing(
    desk: Database, line: Proxy, actor: Actor, somebody: UUID
) -> None:
    log(desk, actor, somebody)
    counter = Counter(line)
    with desk.write(actor, "edit_person"):
        pass
    with pytest.raises(ZeroDivisionError), desk.write(actor, "edit_person"):
        raise ZeroDivisionError
    assert counter.journeys == 0


def test_a_step_whose_only_statement_is_left_unsaid_is_stored_in_one_journey(
    desk: Database, line: Proxy, actor: Actor, somebody: UUID
) -> None:
    own, call = new_id(), Contact("call", NOW, "out", "people", "Eva")
    counter = Counter(line)
    with desk.write(actor, "add_interaction", about=[somebody], change_set=own) as session:
        record_past(session, somebody, call)
    assert counter.journeys == 1
    assert (desk.saved(own), lines(desk, own)) == (True, 1)


def test_statements_prepared_before_a_savepoint_was_given_up_are_prepared_again(
    desk: Database, actor: Actor, somebody: UUID
) -> None:
    """Giving one up makes the driver forget all it prepared, on the server too."""
    log(desk, actor, somebody)
    with desk.write(actor, "add_interaction", about=[somebody]) as session:
        for _time in range(7):  # until the driver has prepared something itself
            session.execute(text("SELECT :one"), {"one": 1})
        with pytest.raises(ZeroDivisionError):
            give_up(session)
        add_interaction(session, somebody, InteractionForm("note", NOW, text="After"), actor=actor)
    assert lines(desk, log(desk, actor, somebody)) == 1


def test_a_refused_statement_is_not_taken_for_prepared(desk: Database, actor: Actor) -> None:
    with desk.upkeep(quiet=True) as session:
        raw = raw_of(session)
        with pytest.raises(psycopg.errors.DivisionByZero):
            raw.ask(("SELECT 1 / $1::int", [0]))
        raw.rollback()
        with pytest.raises(psycopg.errors.UndefinedTable):
            raw.ask(("SELECT $1::int FROM nowhere", [1]))
        raw.rollback()
        assert raw.ask(("SELECT 4 / $1::int", [2])) == [[(2,)]]
        assert not any("nowhere" in statement for statement, _kinds in raw.prepared)


def test_a_value_that_cannot_be_stored_leaves_the_line_as_it_is(desk: Database, actor: Actor, somebody: UUID) -> None:
    with pytest.raises(RuleBroken, match="cannot be stored"):
        log(desk, actor, somebody, "a\0b")
    assert lines(desk, log(desk, actor, somebody)) == 1


def test_a_long_message_and_a_long_answer_do_not_wait_for_each_other(desk: Database) -> None:
    """Both are longer than what the line holds."""
    with desk.upkeep(quiet=True) as session:
        raw = raw_of(session)
        for _part in range(4):
            raw.leave("SELECT repeat($1, 200)", ["x" * 40_000])
        assert raw.ask(("SELECT length($1)", ["y" * 5_000_000])) == [[(5_000_000,)]]


def test_the_history_names_the_step_and_whom_it_was_about(desk: Database, actor: Actor, somebody: UUID) -> None:
    own = log(desk, actor, somebody)
    with desk.read() as session:
        step = session.scalars(select(ChangeSet).where(ChangeSet.id == own)).one()
        assert (step.verb, step.details, step.actor_name) == ("add_interaction", {"name": "Åberg, Mia"}, actor.name)
