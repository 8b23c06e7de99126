"""Making rounds from people, filters and imports, and the scripts they speak."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from db.database import Database
from db.errors import RuleBroken
from db.models.person import Person
from db.models.role import Role
from desktop.modules.phones import preview, rounds, script
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.script import Answer, Step
from desktop.modules.phones.tables import CallEntry
from desktop.modules.phones.tests.conftest import ANNA, NOW, Made, add_person

MakeRound = Callable[..., Made]


def test_a_filter_is_frozen_as_the_people_it_finds_now(base: Database, make_round: MakeRound) -> None:
    make_round("Bb", "Aa")
    everybody = select(Person.id).order_by(Person.name_key)
    with base.write(ANNA, "create_call_round") as session:
        made = rounds.create_round(session, RoundForm("All"), everybody, now=NOW)
    with base.write(ANNA, "test") as session:
        add_person(session, "Cc", "+46701740690")
    with base.read() as session:
        names = session.scalars(
            select(Person.family).join(CallEntry).where(CallEntry.round_id == made.round_id).order_by(CallEntry.position)
        ).all()
    assert (made.added, names) == (2, ["Aa", "Bb"])


def test_a_later_import_adds_only_the_new_people(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa", "Bb")
    with base.write(ANNA, "import_people", details={}) as session:
        late = add_person(session, "Late", "+46701740690")
        session.add(Role(person_id=made.people["Aa"], kind="admitted", programme="Nursing"))
        change_set = session.info["change_set"]
    with base.write(ANNA, "add_to_call_round") as session:
        found = rounds.people_of_change_set(change_set)
        first = rounds.add_people(session, made.round_id, found, now=NOW)
        again = rounds.add_people(session, made.round_id, found, now=NOW)
    assert (first.added, first.already, again.added, again.already) == (1, 1, 0, 2)
    with base.read() as session:
        last = session.scalars(select(CallEntry.person_id).order_by(CallEntry.position.desc())).first()
    assert last == late


def test_a_closed_round_takes_nobody(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    with base.write(ANNA, "close_call_round") as session:
        rounds.set_state(session, made.round_id, 1, "closed")
    with pytest.raises(RuleBroken, match="closed"), base.write(ANNA, "add_to_call_round") as session:
        rounds.add_people(session, made.round_id, made.people.values(), now=NOW)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (RoundForm("  "), "title"),
        (RoundForm("x" * 201), "title"),
        (RoundForm("x", opens=600, closes=600), "opens"),
        (RoundForm("x", max_tries=0), "max_tries"),
        (RoundForm("x", scripts={"sv": (Step("a", "Hej", (Answer("Ja", "nowhere"),)),)}), "script"),
    ],
)
def test_a_round_that_cannot_work_is_refused(base: Database, form: RoundForm, field: str) -> None:
    with pytest.raises(RuleBroken) as told, base.write(ANNA, "create_call_round") as session:
        rounds.create_round(session, form, (), now=NOW)
    assert told.value.field == field


def test_programmes_without_a_caller_are_seen(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa", "Bb")
    with base.write(ANNA, "test") as session:
        nurse = add_person(session, "Nn", "+46701740690", programme="Nursing")
        rounds.add_people(session, made.round_id, [nurse], now=NOW)
        caller = add_person(session, "Caller", programme="")
        session.add(Role(person_id=caller, kind="caller", programme="Civil engineering"))
    with base.read() as session:
        found = rounds.coverage(session, made.round_id, today=NOW.date())
    assert [(c.programme, c.waiting, c.callers) for c in found] == [("Civil engineering", 2, 1), ("Nursing", 1, 0)]


def test_the_script_speaks_the_persons_language_and_knows_their_name(base: Database, make_round: MakeRound) -> None:
    hello = (Step("hello", "Hei {given}, {programme}! {unknown}"),)
    made = make_round("Aa", form=RoundForm("x", scripts={"fi": hello, "sv": (Step("hello", "Hej {given}"),)}))
    with base.write(ANNA, "test") as session:
        session.get_one(Person, made.people["Aa"]).language = "fi"
    with base.read() as session:
        entry = session.scalars(select(CallEntry.id)).one()
        data = preview.console_data(session, entry, caller="Anna", today=NOW.date(), now=NOW)
    assert (data.spoken, data.scripts["fi"][0].text) == ("fi", "Hei Alma, Civil engineering! {unknown}")
    assert [number.shown for number in data.numbers] == ["070-174 06 30"]


def test_a_script_survives_being_written_and_read(base: Database) -> None:
    steps = (
        Step("hello", "Hi!\nIs this a good moment?", (Answer("Yes", "place"), Answer("No", "end", "reached_cannot_talk"))),
        Step("place", "Will you come?", (Answer("Yes"), Answer("2 of us", "end"))),
        Step("close", "Bye", next="end"),
        Step("more", "More"),
    )
    assert script.parse(script.written(steps)) == steps
    assert script.parse("") == ()
    assert script.follow(steps, 0, 0) == 1
    assert script.follow(steps, 0, 1) is None
    assert script.follow(steps, 1, 0) == 2
    assert script.follow(steps, 2) is None
    assert script.follow(steps, 3) is None


@pytest.mark.parametrize("text", ["hello\n# a\nb", "# a\n", "# a\nx\n# a\ny", "# a\nx\n1. y -> z", "# a\nx\n1. y\nmore"])
def test_a_script_that_leads_nowhere_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(RuleBroken) as told:
        script.parse(text)
    assert told.value.field == "script"
