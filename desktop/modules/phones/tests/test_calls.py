"""A logged call: what it changes everywhere, and that taking it back leaves nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.models.history import ChangeSet
from db.models.interaction import Interaction
from db.models.person import ContactPoint
from db.models.task import Task
from desktop.modules.phones import calls, queue
from desktop.modules.phones.calls import Draft
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import Call, CallClaim, CallEntry
from desktop.modules.phones.tests.conftest import ANNA, BO, NOW, ZONE, Made, desk_of

MakeRound = Callable[..., Made]


def draft(made: Made, outcome: str, **more: object) -> Draft:
    return Draft(made.round_id, outcome, NOW - timedelta(seconds=134), NOW, **more)  # type: ignore[arg-type]


def entry_of(base: Database, made: Made, family: str = "Aa") -> CallEntry:
    with base.read() as session:
        return session.scalars(select(CallEntry).where(CallEntry.person_id == made.people[family])).one()


def number_of(base: Database, person: UUID) -> UUID:
    with base.read() as session:
        points = select(ContactPoint.id).where(ContactPoint.person_id == person, ContactPoint.hold == "")
        return session.scalars(points.order_by(ContactPoint.position)).first() or UUID(int=0)


def save(base: Database, made: Made, what: Draft, *, now: datetime = NOW, actor: Actor = ANNA, family: str = "Aa") -> calls.Saved:
    entry = entry_of(base, made, family)
    with base.write(actor, "log_call") as session:
        return calls.save_call(session, entry.id, entry.version, what, actor=actor, now=now, zone=ZONE)


def test_a_call_that_reached_someone_is_on_the_timeline_and_done(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    save(
        base,
        made,
        draft(made, "reached_yes", note="Wonders about housing <b>", answers=(("thinks", "Yes"),), topics=("housing",)),
    )
    entry = entry_of(base, made)
    assert (entry.state, entry.attempts, entry.last_outcome, entry.done_at) == ("done", 1, "reached_yes", NOW)
    with base.read() as session:
        line = session.scalars(select(Interaction)).one()
        call = session.scalars(select(Call)).one()
        change = session.scalars(select(ChangeSet).order_by(ChangeSet.number.desc())).first()
    assert (line.kind, line.outcome, line.seconds, line.direction) == ("call", "reached_yes", 134, "out")
    assert (line.text, line.by_name, line.module) == ("Wonders about housing <b>", "Anna Anropare", "phones")
    assert (call.interaction_id, call.answers, call.topics) == (line.id, [["thinks", "Yes"]], ["housing"])
    assert change is not None and (change.verb, change.details) == ("log_call", {"name": "Aa, Alma", "outcome": "reached_yes"})


@pytest.mark.parametrize(
    ("outcome", "ready"),
    [
        ("busy", NOW + timedelta(minutes=20)),
        ("technical", NOW + timedelta(minutes=10)),
        ("voicemail_left", NOW + timedelta(days=2)),
        ("reached_thinks", NOW + timedelta(days=7)),
        ("no_answer", datetime(2027, 6, 15, 13, 0, tzinfo=ZONE)),  # called in the morning: tomorrow after lunch
    ],
)
def test_the_rule_of_the_outcome_says_when_to_try_again(
    base: Database, make_round: MakeRound, outcome: str, ready: datetime
) -> None:
    made = make_round("Aa")
    save(base, made, draft(made, outcome))
    entry = entry_of(base, made)
    assert (entry.state, entry.ready_at) == ("ready", ready)


def test_an_afternoon_without_answer_is_tried_again_in_the_morning(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    save(base, made, draft(made, "no_answer"), now=NOW + timedelta(hours=5))
    assert entry_of(base, made).ready_at == datetime(2027, 6, 15, 9, 0, tzinfo=ZONE)


def test_after_four_calls_without_answer_the_person_is_left_in_peace(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    for day in range(4):
        assert entry_of(base, made).state == "ready"
        save(base, made, draft(made, "no_answer"), now=NOW + timedelta(days=day))
    assert (entry_of(base, made).state, entry_of(base, made).why) == ("done", "tries")


def test_the_rounds_own_limit_counts_tries_of_every_kind_but_no_technical_trouble(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa", form=RoundForm("Short", max_tries=2))
    for outcome in ("busy", "technical", "voicemail_none"):
        assert entry_of(base, made).state == "ready"
        save(base, made, draft(made, outcome))
    assert (entry_of(base, made).state, entry_of(base, made).attempts) == ("done", 2)


def test_a_wrong_number_is_held_and_the_next_number_tried_until_none_is_left(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round(Aa=("+46701740638", "+46701740639")), desk_of(ANNA)
    for left in (1, 0):
        save(base, made, draft(made, "wrong_number", contact_point_id=number_of(base, made.people["Aa"])))
        with base.read() as session:
            assert session.scalar(select(func.count()).where(ContactPoint.hold == "")) == left
            found = queue.queue_counts(session, made.round_id, desk, now=NOW, zone=ZONE)
        assert (found.ready, found.blocked) == ((1, {}) if left else (0, {"held": 1}))


def test_a_callback_is_a_task_of_mine_and_ends_with_the_next_call(base: Database, make_round: MakeRound) -> None:
    made, at = make_round("Aa"), NOW + timedelta(days=1)
    save(base, made, draft(made, "callback_own", callback_at=at))
    entry = entry_of(base, made)
    with base.read() as session:
        task = session.scalars(select(Task)).one()
    assert (entry.state, entry.callback_at, entry.callback_user) == ("callback", at, ANNA.id)
    assert (task.kind, task.due, task.user_id, task.subject, task.done_at) == ("callback", at, ANNA.id, entry.id, None)
    save(base, made, draft(made, "callback_any", callback_at=at + timedelta(days=1)), now=at)
    with base.read() as session:
        both = session.scalars(select(Task).order_by(Task.due)).all()
    assert [(task.user_id, task.done_at) for task in both] == [(ANNA.id, at), (None, None)]


def test_distress_goes_to_staff_at_once(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    save(base, made, draft(made, "distress", note="Call her today"))
    with base.read() as session:
        task = session.scalars(select(Task)).one()
    assert (task.kind, task.user_id, task.due, task.note) == ("distress", None, NOW, "Call her today")
    assert (entry_of(base, made).state, entry_of(base, made).why) == ("blocked", "distress")


def test_taking_back_leaves_nothing_of_the_call_and_brings_the_person_back(base: Database, make_round: MakeRound) -> None:
    made, desk = make_round("Aa", "Bb"), desk_of(ANNA)
    before = entry_of(base, made)
    saved = save(base, made, draft(made, "wrong_number", contact_point_id=number_of(base, made.people["Aa"]), note="Slip"))
    with base.upkeep() as session:
        queue.pop_next(session, made.round_id, desk, now=NOW, zone=ZONE)
    with base.write(ANNA, "take_back") as session:
        assert calls.take_back_call(session, saved, desk, now=NOW + timedelta(seconds=29)) == before.id
    after = entry_of(base, made)
    assert (after.state, after.attempts, after.last_outcome) == (before.state, before.attempts, before.last_outcome)
    with base.read() as session:
        assert [session.scalar(select(func.count()).select_from(kind)) for kind in (Call, Interaction, Task)] == [0, 0, 0]
        assert session.scalar(select(func.count()).where(ContactPoint.hold != "")) == 0
        assert session.scalars(select(CallClaim.entry_id)).all() == [before.id]


def test_after_half_a_minute_the_history_is_the_place_to_take_back(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    saved = save(base, made, draft(made, "busy"))
    with pytest.raises(RuleBroken, match="over"), base.write(ANNA, "take_back") as session:
        calls.take_back_call(session, saved, desk_of(ANNA), now=NOW + timedelta(seconds=31))
    assert entry_of(base, made).attempts == 1


def test_a_second_console_cannot_save_over_the_first(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    old = entry_of(base, made)
    save(base, made, draft(made, "busy"))
    with pytest.raises(Conflict), base.write(BO, "log_call") as session:
        calls.save_call(session, old.id, old.version, draft(made, "busy"), actor=BO, now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("what", "field"),
    [
        ({"outcome": ""}, "outcome"),
        ({"outcome": "callback_own"}, "callback"),
        ({"outcome": "callback_own", "callback_at": NOW}, "callback"),
        ({"outcome": "wrong_number"}, "number"),
        ({"outcome": "busy", "note": "x" * 20_001}, "note"),
    ],
)
def test_what_is_missing_is_told_and_nothing_saved(
    base: Database, make_round: MakeRound, what: dict[str, object], field: str
) -> None:
    made = make_round("Aa")
    with pytest.raises(RuleBroken) as told:
        save(base, made, draft(made, **what))  # type: ignore[arg-type]
    assert told.value.field == field
    assert entry_of(base, made).attempts == 0


def test_an_anonymous_hotline_call_is_logged_without_a_person(base: Database, make_round: MakeRound) -> None:
    made = make_round(form=RoundForm("Hotline", kind="hotline"))
    with base.write(ANNA, "log_call") as session:
        calls.save_hotline_call(
            session, None, draft(made, "answered", note="Where is the library?", topics=("other",)), actor=ANNA, now=NOW
        )
    with base.read() as session:
        assert session.scalars(select(Call)).one().note == "Where is the library?"
        assert session.scalars(select(Interaction)).all() == []
