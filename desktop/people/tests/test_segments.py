"""Rules of segments: what is kept, frozen and refused, and that nothing that is missing makes a segment wider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import take_back
from db.models.history import ChangeSet
from db.models.person import Person
from db.models.segment import Segment, SegmentMember
from desktop.assembly import Ground
from desktop.core.context import ModuleContext
from desktop.people.listing import PeopleFilter, people_ids
from desktop.people.segments import storing, words
from desktop.people.segments.choices import choices_reader
from desktop.people.segments.counting import count_all
from desktop.people.segments.definition import SEGMENT, Clause, Condition, Definition, Group, Sets, from_json, to_json
from desktop.people.segments.operators import days_between
from desktop.people.segments.storing import SegmentFilter, SegmentForm
from desktop.people.segments.using import asker, count_of, fields_of, people_in
from desktop.people.terms import term_of
from tests.support import MakePerson

FINNISH = Condition("people.language", "any_of", ("fi",))
SWEDISH = Condition("people.language", "any_of", ("sv",))
MAILABLE = Condition("people.mailable", "yes")
OTHER = Actor(UUID("01a20000-0000-7000-8000-000000000009"), "Somebody else", frozenset({"office"}))
Keep = Callable[..., UUID]


@pytest.fixture
def keep(context: ModuleContext) -> Keep:
    """Keeps a segment of these conditions: `keep(FINNISH, title="Finns")`."""

    def make(*of: Condition | Group, title: str = "Some", shared: bool = True, sets: Sets | None = None) -> UUID:
        definition: Definition = sets or Group("all", of)
        with context.database.write(context.actor, "make_segment") as session:
            form = SegmentForm(title, definition, shared)
            return storing.make_segment(session, form, asker(context)(session), actor=context.actor)

    return make


def people_of(context: ModuleContext, definition: Definition) -> set[UUID]:
    with context.database.read() as session:
        return set(session.scalars(asker(context)(session).people(definition)))


def freeze(context: ModuleContext, segment: UUID, title: str = "Frozen") -> UUID:
    with context.database.write(context.actor, "freeze_segment") as session:
        asking = asker(context)(session)
        return storing.freeze_segment(session, segment, title, asking, actor=context.actor, now=context.clock.now())[0]


def test_a_living_segment_moves_with_the_register_and_a_frozen_one_stays(
    context: ModuleContext, make_person: MakePerson, keep: Keep
) -> None:
    first = make_person(language="fi")
    living = keep(FINNISH)
    frozen = freeze(context, living)
    second = make_person(language="fi")
    with context.database.read() as session:
        ask = asker(context)
        assert set(session.scalars(people_in(session, living, ask).people)) == {first, second}
        assert list(session.scalars(people_in(session, frozen, ask).people)) == [first]
        row = session.get_one(Segment, frozen)
        assert (row.kind, row.size, row.frozen_at) == ("frozen", 1, context.clock.now())
        assert row.definition == session.get_one(Segment, living).definition


def test_freezing_can_be_taken_back(context: ModuleContext, make_person: MakePerson, keep: Keep) -> None:
    make_person(language="fi")
    freeze(context, keep(FINNISH))
    with context.database.read() as session:
        step = session.scalars(select(ChangeSet.id).where(ChangeSet.verb == "freeze_segment")).one()
    with context.database.write(context.actor, "take_back") as session:
        take_back(session, step)
    with context.database.read() as session:
        assert session.scalar(select(func.count()).select_from(SegmentMember)) == 0
        assert session.scalars(select(Segment.kind)).all() == ["living"]


def test_retired_people_are_in_no_segment_unless_it_asks_for_them(
    context: ModuleContext, make_person: MakePerson, keep: Keep
) -> None:
    gone, there = make_person(language="fi"), make_person(language="fi")
    frozen = freeze(context, keep(FINNISH))
    with context.database.write(context.actor, "retire_person") as session:
        session.get_one(Person, gone).retired_at = context.clock.now()
    assert people_of(context, Group("all", (FINNISH,))) == {there}
    assert people_of(context, Group("none", (SWEDISH,))) == {there}
    assert people_of(context, Group("all", (FINNISH, Condition("people.retired", "yes")))) == {gone}
    assert people_of(context, Sets(plus=(frozen,))) == {there}


def test_who_was_left_out_is_told_with_the_segment_that_says_so(
    context: ModuleContext, make_person: MakePerson, keep: Keep
) -> None:
    in_all = make_person("Andersson", language="fi", email="a@b.example")
    not_mailable = make_person("Berg", language="fi")
    excluded = make_person("Åberg", language="fi", email="b@b.example")
    make_person("Ek", language="sv", email="c@b.example")
    finns, mailable = keep(FINNISH, title="Finns"), keep(MAILABLE, title="Mailable")
    named = keep(Condition("people.family", "begins", "å"), title="Å")
    sets = Sets(plus=(finns,), only=(mailable,), minus=(named,))
    with context.database.read() as session:
        counts = count_all(session, asker(context)(session), sets, {})
        assert counts.people is not None and counts.left_out is not None
        assert [row.id for row in session.execute(counts.people)] == [in_all]
        assert {row.id: UUID(row.why) for row in session.execute(counts.left_out)} == {not_mailable: mailable, excluded: named}
        assert (counts.whole, counts.left, counts.everybody) == (1, 2, 4)
        told = [(counts.lines[(n,)].alone, counts.lines[(n,)].so_far) for n in range(3)]
        assert told == [(3, 3), (3, 2), (1, 1)]


def test_each_line_tells_how_many_fit_alone_and_so_far(context: ModuleContext, make_person: MakePerson) -> None:
    make_person(language="fi", email="a@b.example")
    make_person(language="fi")
    make_person(language="sv", email="b@b.example")
    half = Condition("people.role", "some", "", (Clause("kind", "any_of", ()),))
    definition = Group("all", (FINNISH, half, Group("any", (MAILABLE, SWEDISH)), MAILABLE))
    with context.database.read() as session:
        counts = count_all(session, asker(context)(session), definition, {})
    told = {path: (count.alone, count.so_far) for path, count in counts.lines.items()}
    assert told == {
        (0,): (2, 2), (1,): (None, None), (2,): (2, 1), (2, 0): (2, None), (2, 1): (1, None), (3,): (2, 1),
    }  # fmt: skip
    assert (counts.whole, counts.everybody) == (1, 3)  # what is not complete is not counted yet


def test_what_asks_for_a_module_that_is_off_finds_nobody_and_says_so(
    ground: Ground, context: ModuleContext, make_person: MakePerson, keep: Keep
) -> None:
    make_person(language="fi")
    uncalled = Condition("phones.call", "none")
    segment = keep(FINNISH, uncalled, title="Uncalled")
    around = keep(Condition(SEGMENT, "any_of", (str(segment),)), title="Around")
    left = keep(sets=Sets(plus=(keep(FINNISH, title="F"),), minus=(segment,)), title="Without them")
    ground.registry.switch("phones", False)
    with context.database.read() as session:
        for one in (segment, around, left):
            with pytest.raises(RuleBroken, match=r"phones\.call"):
                people_in(session, one, asker(context))
            assert isinstance(count_of(session, one, asker(context)), RuleBroken)
        counts = count_all(session, asker(context)(session), Group("all", (FINNISH, uncalled)), {})
        assert counts.whole is None and counts.problem is not None and counts.people is None
        assert list(asker(context)(session).shortcomings(Group("all", (uncalled,)))) == ["phones.call"]
    ground.registry.switch("phones", True)
    with context.database.read() as session:
        assert count_of(session, segment, asker(context)) == 1


@pytest.mark.parametrize(
    "written",
    [
        None, [], {}, {"schema": 2, "all": []}, {"all": []}, {"schema": 1}, {"schema": 1, "some": []}, {"schema": 1, "all": {}},
        {"schema": 1, "all": [], "any": []}, {"schema": 1, "all": [{}]}, {"schema": 1, "all": [[]]}, {"schema": 1, "all": ["x"]},
        {"schema": 1, "all": [{"field": "people.age"}]}, {"schema": 1, "all": [{"field": 1, "op": "is", "value": 1}]},
        {"schema": 1, "all": [{"field": "people.age", "op": "is", "value": 1.5}]},
        {"schema": 1, "all": [{"field": "people.age", "op": "is", "value": True}]},
        {"schema": 1, "all": [{"field": "people.age", "op": "is", "value": 1, "more": 1}]},
        {"schema": 1, "all": [{"field": "people.role", "op": "some", "value": "", "where": [{"key": "kind"}]}]},
        {"schema": 1, "all": [{"field": SEGMENT, "op": "any_of", "value": ["no id"]}]},
        {"schema": 1, "plus": ["no id"], "only": [], "minus": []}, {"schema": 1, "plus": [], "minus": []},
        {"schema": 1, "all": [{"field": "people.age", "op": "is", "value": 1}] * 61},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(written: Any) -> None:
    with pytest.raises(RuleBroken, match="cannot be read"):
        from_json(written)


@pytest.mark.parametrize(
    ("op", "value", "first", "last"),
    [
        ("since", "2026-08-01", "2026-08-01", ""), ("before", "2026-08-01", "", "2026-07-31"),
        ("last", 30, "2026-10-24", "2026-11-23"), ("last", 0, "2026-11-23", "2026-11-23"), ("older", 30, "", "2026-10-23"),
        ("next", 7, "2026-11-23", "2026-11-30"), ("term", "this", "2026-07-01", "2026-12-31"),
        ("term", "last", "2026-01-01", "2026-06-30"), ("term", "next", "2027-01-01", "2027-06-30"),
        ("since_term", "this", "2026-07-01", ""), ("since_term", "last", "2026-01-01", ""),
    ],
)  # fmt: skip
def test_days_are_counted_from_today(op: str, value: Any, first: str, last: str) -> None:
    found = days_between(op, value, date(2026, 11, 23))
    assert tuple(day.isoformat() if day else "" for day in found) == (first, last)


def test_a_term_is_named_as_roles_name_it() -> None:
    days = {date(2026, 6, 30): "2026-spring", date(2026, 7, 1): "2026-autumn", date(2027, 1, 1): "2027-spring"}
    assert {day: term_of(day) for day in days} == days
    assert [term_of(date(2026, 11, 23), later) for later in (-2, -1, 0, 1, 2)] == [
        "2025-autumn", "2026-spring", "2026-autumn", "2027-spring", "2027-autumn",
    ]  # fmt: skip


def test_groups_within_groups_end_somewhere() -> None:
    deep: Group = Group("all", (FINNISH,))
    for _depth in range(6):
        deep = Group("all", (deep,))
    with pytest.raises(RuleBroken):
        from_json(to_json(deep))


def test_a_definition_comes_back_as_it_was_kept() -> None:
    where = (Clause("kind", "any_of", ("call", "visit")), Clause("when", "last", 30))
    sentence = Group("any", (Condition("people.contact", "at_least", 2, where), Group("none", (FINNISH,))))
    for definition in (sentence, Group(), Sets((new_id(),), (new_id(),), (new_id(), new_id()))):
        assert from_json(to_json(definition)) == definition


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ((Condition("people.language", "any_of", ()),), "not complete"),
        ((Condition("people.age", "at_least", ""),), "not complete"),
        ((Condition("people.age", "louder", 1),), "not complete"),
        ((Condition("people.last_contact", "since", "2026-02-30"),), "not complete"),
        ((Condition("people.role", "some", "", (Clause("kind", "any_of", ()),)),), "not complete"),
        ((FINNISH, Group("any", ())), "empty"),
    ],
)
def test_what_is_not_complete_is_not_kept(keep: Keep, of: Any, said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        keep(*of)


def test_a_segment_needs_a_title_and_sets_a_beginning(keep: Keep) -> None:
    for title in ("", "  ", "x" * 201):
        with pytest.raises(RuleBroken) as refused:
            keep(FINNISH, title=title)
        assert refused.value.field == "title"
    with pytest.raises(RuleBroken, match="Nobody is in it"):
        keep(sets=Sets(minus=(keep(FINNISH),)))


def change(context: ModuleContext, segment: UUID, form: SegmentForm, version: int = 1, actor: Actor | None = None) -> None:
    actor = actor or context.actor
    with context.database.write(actor, "change_segment") as session:
        storing.change_segment(session, segment, version, form, asker(context)(session), actor=actor)


def test_a_segment_never_asks_for_itself(context: ModuleContext, keep: Keep) -> None:
    first = keep(FINNISH, title="First")
    second = keep(Condition(SEGMENT, "any_of", (str(first),)), title="Second")
    asks = Condition(SEGMENT, "none_of", (str(second),))
    for definition in (Group("all", (asks,)), Sets(plus=(second,)), Sets(plus=(first,))):
        with pytest.raises(RuleBroken, match="asks for itself"):
            change(context, first, SegmentForm("First", definition, True))


def test_what_others_are_made_of_stays_there_for_them(context: ModuleContext, keep: Keep) -> None:
    part = keep(FINNISH, title="Part")
    keep(Condition(SEGMENT, "any_of", (str(part),)), title="Whole")
    with pytest.raises(RuleBroken, match="Whole"), context.database.write(context.actor, "retire_segment") as session:
        storing.retire_segment(session, part, 1, actor=context.actor, now=context.clock.now())
    with pytest.raises(RuleBroken, match="Whole"):
        change(context, part, SegmentForm("Part", Group("all", (FINNISH,)), shared=False))
    own = keep(SWEDISH, title="Own", shared=False)
    with pytest.raises(RuleBroken, match="yours alone"):
        keep(Condition(SEGMENT, "any_of", (str(own),)), title="Shared")


def test_a_segment_that_is_not_shared_is_its_owner_s_alone(context: ModuleContext, keep: Keep) -> None:
    own, shared = keep(FINNISH, shared=False), keep(FINNISH)
    with context.database.read() as session:
        assert storing.usable_segments(session, OTHER.id).keys() == {shared}
        assert {row.id for row in session.execute(storing.segments_query(SegmentFilter(OTHER.id)))} == {shared}
        with pytest.raises(Conflict):
            storing.stored(session, own, OTHER.id)
    with pytest.raises(Conflict):
        change(context, own, SegmentForm("Mine now", Group()), actor=OTHER)
    change(context, shared, SegmentForm("Ours", Group("all", (SWEDISH,)), shared=True), actor=OTHER)


def test_of_a_frozen_segment_only_the_name_changes(context: ModuleContext, keep: Keep) -> None:
    frozen = freeze(context, keep(FINNISH))
    change(context, frozen, SegmentForm("Another name", Group("all", (FINNISH,)), shared=True))
    with pytest.raises(RuleBroken, match="stays as it was"):
        change(context, frozen, SegmentForm("Another name", Group("all", (SWEDISH,)), shared=True), version=2)
    with pytest.raises(RuleBroken, match="stays as it was"):
        freeze(context, frozen)


def test_a_list_never_leaves_a_segment_away(database: Database) -> None:
    filter = PeopleFilter(segment=new_id())
    with pytest.raises(ValueError, match="worked out"):
        people_ids(filter)
    people_ids(replace(filter, within=select(Person.id)))


def test_a_definition_is_said_in_words(context: ModuleContext, keep: Keep) -> None:
    segment = keep(FINNISH, title="Finns")
    where = (Clause("kind", "any_of", ("call", "visit")), Clause("when", "last", 30))
    definition = Group(
        "all",
        (
            Condition("people.contact", "none", "", where),
            Group("any", (FINNISH, Condition("people.last_contact", "since", "2026-08-01"))),
            Condition("gone.field", "is", ""),
        ),
    )
    fields = fields_of(context)
    with context.database.read() as session:
        choices = choices_reader(context, fields)(session)
    say = words.Sentences(fields, choices, {segment: "Finns"}, context.texts)
    assert say.lines(definition) == [
        "· Contact: has no; Kind is Call or Visit; When in the last 30 days",
        "Any of these holds:",
        "    · Language is Finnish",
        "    · Last contact since 1 Aug 2026",
        "· gone.field (not there: its module is off, or not for you)",
    ]
    assert say.lines(Sets(plus=(segment,), minus=(new_id(),))) == [
        "Everybody in: Finns",
        "without who is in: a segment that is not there any more",
    ]
    assert say.lines(Group()) == ["Everybody"]
