"""The rules for people on a real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import Database
from db.errors import Conflict, RuleBroken, Unavailable
from db.history import TAKE_BACK, history, take_back
from db.models.merge import MergedPerson
from db.models.person import Person
from db.search import search
from desktop.people import listing
from desktop.people.card import person_card, timeline
from desktop.people.contacts import (
    ContactForm,
    InteractionForm,
    add_contact,
    add_interaction,
    edit_contact,
    hold_contact,
    remove_contact,
)
from desktop.people.editing import PersonForm, create_person, edit_person, restore, retire, retire_people
from desktop.people.listing import PeopleFilter
from desktop.people.roles import (
    IdentifierForm,
    RoleForm,
    add_identifier,
    add_role,
    edit_role,
    end_role,
    remove_identifier,
    remove_role,
)
from desktop.people.tasks import TaskForm, add_task, finish_task
from tests.support import HOSTILE, MakePerson

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
Do = Callable[..., Any]


@pytest.fixture
def do(database: Database, actor: Actor) -> Do:
    """Runs one service in a write scope of its own."""

    def run(service: Callable[..., Any], *values: Any, **named: Any) -> Any:
        with database.write(actor, "edit_person") as session:
            return service(session, *values, **named)

    return run


def see(database: Database, person_id: UUID) -> Any:
    with database.read() as session:
        return person_card(session, person_id)


def names(database: Database, **wanted: Any) -> list[str]:
    """Who fits, by the list's page, having asked the count, the plain ids and the names with their number as well."""
    filter = PeopleFilter(today=TODAY, **wanted)
    with database.read() as session:
        rows = listing.page(session, filter)
        assert listing.count(session, filter) == len(rows) == len(session.execute(listing.people_ids(filter)).all())
        shown = [(row.id, row.title) for row in rows]
        for asked in (filter, replace(filter, today=None)) if not filter.roles else (filter,):
            assert listing.counted_names(session, asked) == (len(rows), shown)
            assert listing.counted_names(session, asked, 1, 2) == (len(rows), shown[1:3])
        return [title for _id, title in shown]


# Making and changing somebody


@pytest.mark.parametrize("text", HOSTILE)
def test_every_text_is_kept_letter_for_letter(database: Database, do: Do, text: str) -> None:
    who = do(create_person, PersonForm(given=text, family=text, preferred=text, former=text, note=text), today=TODAY)
    do(add_role, who, RoleForm("student", programme=text, term=text))
    do(add_interaction, who, InteractionForm("note", NOW, text=text, title=text), actor=Actor(who, text))
    do(add_task, TaskForm(title=text, note=text, due=NOW, person_id=who))
    card = see(database, who)
    assert (card.given, card.family, card.preferred, card.former, card.note) == (text,) * 5
    assert (card.roles[0].programme, card.roles[0].term) == (text, text)
    assert (card.timeline[0].text, card.timeline[0].title, card.timeline[0].by_name) == (text,) * 3
    assert (card.tasks[0].title, card.tasks[0].note) == (text, text)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (PersonForm(given="  "), "family"),
        (PersonForm(given="Mia", birth_date=TODAY + timedelta(1)), "birth_date"),
        (PersonForm(given="Mia", deceased_on=TODAY + timedelta(1)), "deceased_on"),
        (PersonForm(given="Mia", birth_date=date(2000, 1, 2), deceased_on=date(2000, 1, 1)), "deceased_on"),
    ],
)
def test_a_person_that_cannot_be_is_refused_at_the_field(database: Database, do: Do, form: PersonForm, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        do(create_person, form, today=TODAY)
    assert broken.value.field == field
    assert names(database) == []


def test_one_name_is_enough_and_death_may_be_today(database: Database, do: Do) -> None:
    do(create_person, PersonForm(given="Mia", deceased_on=TODAY), today=TODAY)
    assert names(database) == ["Mia"]


def test_a_new_name_is_found_and_sorted_anew(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person(family="Adler")
    make_person(family="Zetterberg")
    do(edit_person, who, 1, PersonForm(family="Åberg", given="Mia"), today=TODAY)
    assert names(database) == ["Zetterberg, Mia", "Åberg, Mia"]
    with database.read() as session:
        assert [hit.id for hit in search(session, "åberg")] == [who]
        assert search(session, "adler") == []


def test_the_second_of_two_editors_meets_a_conflict(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person(family="Adler")
    do(edit_person, who, 1, PersonForm(family="Berg"), today=TODAY)
    with pytest.raises(Conflict):
        do(edit_person, who, 1, PersonForm(family="Carlsson"), today=TODAY)
    assert names(database) == ["Berg"]


def test_the_retired_leave_list_and_search_until_they_are_restored(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person(family="Adler")
    do(retire, who, 1, now=NOW)
    assert (names(database), names(database, retired=True)) == ([], ["Adler, Mia"])
    assert (names(database, retired=True, text="adl mi"), names(database, retired=True, text="berg")) == (["Adler, Mia"], [])
    with database.read() as session:
        assert search(session, "adler") == []
    with pytest.raises(RuleBroken):
        do(retire, who, 2, now=NOW)
    do(restore, who, 2)
    assert names(database) == ["Adler, Mia"]
    with pytest.raises(RuleBroken):
        do(restore, who, 3)
    with database.read() as session:
        assert [hit.id for hit in search(session, "adler")] == [who]


def test_many_are_retired_in_one_step_and_those_already_so_are_left_alone(
    database: Database, do: Do, make_person: MakePerson
) -> None:
    ids = [make_person(family=family) for family in ("Adler", "Berg", "Citron")]
    do(retire, ids[0], 1, now=NOW)
    everybody = select(Person.id)
    assert do(retire_people, everybody, now=NOW + timedelta(hours=1)) == 2
    assert see(database, ids[0]).retired_at == NOW
    assert do(retire_people, everybody, now=None) == 3
    assert names(database) == ["Adler, Mia", "Berg, Mia", "Citron, Mia"]
    with pytest.raises(Conflict):
        do(retire, ids[1], 1, now=NOW)


def test_the_history_names_the_person_whatever_of_theirs_changed(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    who = make_person(family="Adler")
    with database.write(actor, "add_role") as session:
        add_role(session, who, RoleForm("student"))
    with database.read() as session:
        line = history(session, about=who)[0]
    assert (line.verb, line.details) == ("add_role", {"name": "Adler, Mia"})
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, line.id)
    assert see(database, who).roles == ()


# Ways to reach them


def test_a_number_typed_nationally_is_found_in_any_writing(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person()
    do(add_contact, who, ContactForm("phone", " 040 123 4567 "), country="FI")
    line = see(database, who).contacts[0]
    assert (line.value, line.normal) == ("040 123 4567", "+358401234567")
    with database.read() as session:
        assert [hit.id for hit in search(session, "+358 40 1234567")] == [who]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (ContactForm("email", "nobody"), "value"),
        (ContactForm("email", ""), "value"),
        (ContactForm("phone", "12ab"), "value"),
        (ContactForm("social", " "), "value"),
        (ContactForm("address", postcode="97187"), "street"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused_at_the_field(do: Do, make_person: MakePerson, form: ContactForm, field: str) -> None:
    who = make_person()
    with pytest.raises(RuleBroken) as broken:
        do(add_contact, who, form, country="SE")
    assert broken.value.field == field


def test_the_first_way_not_on_hold_is_the_one_to_use(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person(email="first@post.example")
    do(add_contact, who, ContactForm("email", "second@post.example"), country="SE")
    first, second = see(database, who).contacts
    do(hold_contact, first.id, 1, "bounced")
    card = see(database, who)
    assert card.contacts[0].hold == "bounced"
    best = card.best("email")
    assert best is not None and best.value == "second@post.example"
    assert card.best("phone") is None
    assert names(database, on_hold=True) == ["Testesson, Mia"]
    do(hold_contact, first.id, 2, "")
    do(remove_contact, second.id, 1)
    assert names(database, on_hold=True) == []


def test_changing_a_way_checks_the_version_and_keeps_the_kind(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person(email="first@post.example")
    line = see(database, who).contacts[0]
    do(edit_contact, line.id, 1, ContactForm("phone", "New@Post.Example"), country="SE")
    assert [(c.kind, c.value, c.normal) for c in see(database, who).contacts] == [
        ("email", "New@Post.Example", "new@post.example")
    ]
    with pytest.raises(Conflict):
        do(edit_contact, line.id, 1, ContactForm("email", "x@post.example"), country="SE")
    with pytest.raises(Conflict):
        do(remove_contact, line.id, 1)


# Stages and numbers


def test_a_life_is_told_in_the_order_of_its_days(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person()
    do(add_role, who, RoleForm("alumnus", starts=date(2025, 6, 1)))
    do(add_role, who, RoleForm("student", programme="Music", term="HT 2020", starts=date(2020, 8, 31), ends=date(2025, 5, 31)))
    do(add_role, who, RoleForm("mentor"))
    roles = see(database, who).roles
    assert [role.kind for role in roles] == ["student", "alumnus", "mentor"]
    assert roles[0].term == "2020-autumn"
    assert [role.held(TODAY) for role in roles] == [False, True, True]
    with database.read() as session:
        row = listing.page(session, PeopleFilter(today=TODAY))[0]
    assert (row.role_kinds, row.programme) == (("alumnus", "mentor"), "Music")


def test_a_role_ends_after_it_starts(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person()
    role = do(add_role, who, RoleForm("student", starts=date(2020, 8, 31)))
    for service, values in (
        (end_role, (date(2020, 8, 30),)),
        (edit_role, (RoleForm("student", starts=TODAY, ends=date(2020, 1, 1)),)),
    ):
        with pytest.raises(RuleBroken) as broken:
            do(service, role, 1, *values)
        assert broken.value.field == "ends"
    do(end_role, role, 1, date(2020, 8, 31))
    assert see(database, who).roles[0].ends == date(2020, 8, 31)
    with pytest.raises(Conflict):
        do(remove_role, role, 1)
    do(remove_role, role, 2)
    assert see(database, who).roles == ()


def test_a_role_without_kind_is_refused(do: Do, make_person: MakePerson) -> None:
    with pytest.raises(RuleBroken) as broken:
        do(add_role, make_person(), RoleForm(""))
    assert broken.value.field == "kind"


def test_a_number_is_shown_masked_and_belongs_to_one_person(database: Database, do: Do, make_person: MakePerson) -> None:
    who, other = make_person(family="Adler"), make_person(family="Berg")
    number = do(add_identifier, who, IdentifierForm("personnummer", "640823-3234"), today=TODAY)
    line = see(database, who).identifiers[0]
    assert "3234" not in line.masked and line.masked.startswith("19640823")
    with pytest.raises(RuleBroken, match="Adler, Mia already has this number"):
        do(add_identifier, other, IdentifierForm("personnummer", "19640823-3234"), today=TODAY)
    with pytest.raises(RuleBroken) as broken:
        do(add_identifier, other, IdentifierForm("personnummer", "640823-3235"), today=TODAY)
    assert broken.value.field == "value" and "3235" not in str(broken.value)
    do(remove_identifier, number, 1)
    do(add_identifier, other, IdentifierForm("personnummer", "640823-3234"), today=TODAY)
    assert see(database, who).identifiers == ()


def test_a_real_number_makes_history_of_what_stood_in_for_it(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person()
    do(add_identifier, who, IdentifierForm("interim", "19640823-T321", "Ladok"), today=TODAY)
    do(add_identifier, who, IdentifierForm("registry_id", "s7654321", "student"), today=TODAY)
    do(add_identifier, who, IdentifierForm("personnummer", "640823-3234"), today=TODAY)
    assert [(line.kind, line.valid_to) for line in see(database, who).identifiers] == [
        ("registry_id", None),
        ("personnummer", None),
        ("interim", TODAY),
    ]


def test_an_interim_number_is_one_with_its_issuer(do: Do, make_person: MakePerson) -> None:
    who, other = make_person(family="Adler"), make_person(family="Berg")
    with pytest.raises(RuleBroken) as broken:
        do(add_identifier, who, IdentifierForm("interim", "19640823-T321"), today=TODAY)
    assert broken.value.field == "issuer"
    do(add_identifier, who, IdentifierForm("interim", "19640823-T321", "Ladok"), today=TODAY)
    do(add_identifier, other, IdentifierForm("interim", "19640823-T321", "Åbo Akademi"), today=TODAY)
    with pytest.raises(RuleBroken, match="already has this number"):
        do(add_identifier, other, IdentifierForm("interim", "640823T321", "LADOK"), today=TODAY)


# Timeline and tasks


def test_the_timeline_is_read_on_from_where_it_ended(database: Database, do: Do, actor: Actor, make_person: MakePerson) -> None:
    who = make_person()
    for number in range(7):
        kind = "call" if number % 2 else "note"
        do(add_interaction, who, InteractionForm(kind, NOW + timedelta(hours=number // 2), text=f"n{number}"), actor=actor)
    with database.read() as session:
        first = timeline(session, who, limit=4)
        rest = timeline(session, who, before=(first[-1].at, first[-1].id), limit=4)
        assert [line.text for line in [*first, *rest]] == [f"n{number}" for number in reversed(range(7))]
        assert [line.text for line in timeline(session, who, kinds=["call"])] == ["n5", "n3", "n1"]
    assert see(database, who).counts == {"note": 4, "call": 3}


def test_an_empty_note_is_refused(do: Do, actor: Actor, make_person: MakePerson) -> None:
    with pytest.raises(RuleBroken):
        do(add_interaction, make_person(), InteractionForm("note", NOW, text=" "), actor=actor)


def test_a_call_to_nobody_is_refused_in_words_and_leaves_nothing(database: Database, do: Do, actor: Actor) -> None:
    """On a server that is noticed as late as when the step is closed."""
    with pytest.raises(RuleBroken, match="This person is no longer there"):
        do(add_interaction, UUID(int=7), InteractionForm("call", NOW), actor=actor)
    with database.read() as session:
        assert list(history(session)) == []


def test_a_call_to_a_record_that_was_merged_is_refused_and_says_into_whose(
    database: Database, do: Do, actor: Actor, make_person: MakePerson
) -> None:
    stays, goes = make_person(family="Åberg", given="Mia"), make_person(family="Öberg")
    do(lambda session: session.add(MergedPerson(person_id=goes, into_id=stays)))
    with pytest.raises(RuleBroken, match="merged into that of Åberg, Mia"):
        do(add_interaction, goes, InteractionForm("call", NOW), actor=actor)
    assert see(database, goes).timeline == ()


@pytest.mark.parametrize(
    ("family", "given", "called"), [("Åberg", "Mia", "Åberg, Mia"), ("", "Mia", "Mia"), ("O'Neil", "", "O'Neil")]
)
def test_the_history_says_whom_a_call_was_about(
    database: Database, do: Do, actor: Actor, family: str, given: str, called: str
) -> None:
    who = do(create_person, PersonForm(given=given, family=family), today=TODAY)
    do(add_interaction, who, InteractionForm("call", NOW), actor=actor)
    with database.read() as session:
        assert history(session, about=who)[0].details == {"name": called}


def test_calls_with_two_people_in_one_step_stand_in_the_history_of_both(
    database: Database, do: Do, actor: Actor, make_person: MakePerson
) -> None:
    people = [make_person(family="Åberg", given="Mia"), make_person(family="Öberg", given="Kai")]

    def both(session: Session) -> None:
        for who in people:
            add_interaction(session, who, InteractionForm("call", NOW), actor=actor)

    do(both)
    with database.read() as session:
        steps = [history(session, about=who)[0] for who in people]
    assert [step.id for step in steps] == [steps[0].id] * 2
    assert steps[0].details == {"name": "Öberg, Kai"}


@pytest.mark.parametrize("merged_first", [True, False])
def test_one_of_two_who_takes_no_calls_stops_both(
    database: Database, do: Do, actor: Actor, make_person: MakePerson, merged_first: bool
) -> None:
    stays, goes = make_person(family="Åberg"), make_person(family="Öberg")
    do(lambda session: session.add(MergedPerson(person_id=goes, into_id=stays)))

    def both(session: Session) -> None:
        for who in (goes, stays) if merged_first else (stays, goes):
            add_interaction(session, who, InteractionForm("call", NOW), actor=actor)

    with pytest.raises(RuleBroken, match="merged into that of Åberg, Mia"):
        do(both)
    assert see(database, stays).timeline == ()


def test_a_task_is_due_until_it_is_finished(database: Database, do: Do, make_person: MakePerson) -> None:
    who = make_person()
    with pytest.raises(RuleBroken):
        do(add_task, TaskForm(title=" ", due=NOW, person_id=who))
    task = do(add_task, TaskForm(title="Answer", due=NOW, person_id=who))
    assert [line.title for line in see(database, who).tasks] == ["Answer"]
    do(finish_task, task, 1, now=NOW)
    assert see(database, who).tasks == ()
    with pytest.raises(RuleBroken):
        do(finish_task, task, 2, now=NOW)


def test_somebody_who_is_gone_is_told_as_gone(database: Database, do: Do) -> None:
    with pytest.raises(Unavailable):
        see(database, UUID(int=7))
    with pytest.raises(RuleBroken):
        do(add_role, UUID(int=7), RoleForm("student"))


# Who is in the list


def test_filters_narrow_and_combine(database: Database, do: Do, actor: Actor, make_person: MakePerson) -> None:
    a = make_person(family="Adler", city="Luleå", phone="+46701740605")
    b = make_person(family="Berg", city="LULEÅ", email="berg@post.example")
    c = make_person(family="Citron", city="Oulu", phone="+46701740606")
    do(add_role, a, RoleForm("student", programme="Music", ends=date(2026, 1, 1)))
    do(add_role, b, RoleForm("student", programme="Law"))
    do(add_interaction, a, InteractionForm("call", NOW - timedelta(days=40)), actor=actor)
    do(add_interaction, b, InteractionForm("call", NOW), actor=actor)
    do(add_interaction, c, InteractionForm("letter", NOW), actor=actor)
    assert names(database, roles=("student",)) == ["Berg, Mia"]
    assert names(database, programme="Music") == ["Adler, Mia"]
    assert names(database, had="call") == ["Adler, Mia", "Berg, Mia"]
    assert names(database, since=NOW - timedelta(days=30)) == ["Berg, Mia", "Citron, Mia"]
    assert names(database, had="call", since=NOW - timedelta(days=30)) == ["Berg, Mia"]
    assert names(database, no_phone=True) == ["Berg, Mia"]
    assert names(database, text="berg@") == ["Berg, Mia"]
    assert names(database, text="cit", had="call") == []


def test_a_town_is_the_same_however_it_is_typed(database: Database, do: Do, make_person: MakePerson) -> None:
    for family, city in (("Adler", "Luleå"), ("Berg", "LULEÅ"), ("Citron", "Oulu")):
        do(add_contact, make_person(family=family), ContactForm("address", city=city), country="SE")
    assert names(database, city=" luleå ") == ["Adler, Mia", "Berg, Mia"]
    with database.read() as session:
        assert len(listing.cities(session)) == 2


def test_the_people_of_a_change_set_are_those_it_made_changed_or_gave_something(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    a, b, _other = make_person(family="Adler"), make_person(family="Berg"), make_person(family="Citron")
    with database.write(actor, "import_people") as session:
        edit_person(session, a, 1, PersonForm(family="Adlerz"), today=TODAY)
        add_role(session, b, RoleForm("admitted"))
        create_person(session, PersonForm(family="Nilsson"), today=TODAY)
        own = session.info["change_set"]
    assert names(database, made_or_changed_in=own) == ["Adlerz", "Berg, Mia", "Nilsson"]


def test_pages_follow_each_other_in_the_alphabet_of_the_office(database: Database, make_person: MakePerson) -> None:
    for family in ("Öberg", "Zetterberg", "Ärlig", "Åberg", "adler"):
        make_person(family=family, given="")
    with database.read() as session:
        pages = [row.family for offset in (0, 2, 4, 6) for row in listing.page(session, PeopleFilter(), offset, 2)]
    assert pages == ["adler", "Zetterberg", "Åberg", "Ärlig", "Öberg"]


def test_programmes_sort_by_the_alphabet_of_the_office_whatever_the_case(
    database: Database, do: Do, make_person: MakePerson
) -> None:
    for programme in ("Öron", "arkeologi", "Ämnen", "Årsringar", "Zoologi", "Biologi"):
        do(add_role, make_person(), RoleForm("student", programme=programme))
    query = listing.people_query(PeopleFilter(today=TODAY)).subquery()
    with database.read() as session:
        found = session.scalars(select(query.c.programme).order_by(query.c.programme_sort)).all()
    assert found == ["arkeologi", "Biologi", "Zoologi", "Årsringar", "Ämnen", "Öron"]


def test_lists_hear_of_a_call_and_it_can_be_taken_back(database: Database, do: Do, actor: Actor, make_person: MakePerson) -> None:
    who, heard = make_person(), list[Any]()
    database.listen(heard.append)
    line = do(add_interaction, who, InteractionForm("call", NOW, "out", text=" Ringde ", seconds=60), actor=actor)
    (said,) = see(database, who).timeline
    assert (said.id, said.kind, said.at, said.text, said.by_name) == (line, "call", NOW, "Ringde", actor.name)
    assert [moved.areas for moved in heard] == [frozenset({"interaction"})]
    with database.write(actor, TAKE_BACK) as session:
        assert take_back(session, heard[0].change_set).undone == 1
    assert see(database, who).timeline == ()


def test_every_sort_expression_has_a_value_for_somebody_of_whom_nothing_is_known(
    database: Database, make_person: MakePerson
) -> None:
    make_person()
    query = listing.people_query(PeopleFilter(today=TODAY))
    with database.read() as session:
        row = session.execute(query).one()
    assert all(getattr(row, name) is not None for name in row._fields if name.endswith("_sort"))
