"""Units stand in a tree that always fits; programmes belong to one unit; posts are held for a time and handed over."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import history, take_back
from db.models.role import Role
from db.models.task import Task
from desktop.core.clock import FixedClock
from desktop.core.texts import Texts
from desktop.people import listing
from desktop.people.editing import PersonForm, create_person
from desktop.people.listing import PeopleFilter
from desktop.people.organisation import posts, units
from desktop.people.organisation.handover import Matter, gather
from desktop.people.organisation.reports import render_handover
from desktop.people.organisation.units import UnitForm
from desktop.people.roles import RoleForm, add_role
from desktop.people.tasks import TaskForm, add_task

DAY = date(2026, 11, 23)
Write = Callable[..., Any]


@pytest.fixture
def write(database: Database, actor: Actor) -> Write:
    def run(service: Callable[..., Any], *values: Any, **named: Any) -> Any:
        with database.write(actor, "test") as session:
            return service(session, *values, **named)

    return run


def grown(write: Write) -> dict[str, UUID]:
    """A university with two faculties and a department in the first."""
    top = write(units.add_unit, UnitForm("NU", "university", name_sv="Norrvik"))
    faculties = [write(units.add_unit, UnitForm(code, "faculty", name_fi=code, parent_id=top)) for code in ("HUM", "TEK")]
    department = write(units.add_unit, UnitForm("DAT", "department", name_en="Computing", parent_id=faculties[0]))
    return {"NU": top, "HUM": faculties[0], "TEK": faculties[1], "DAT": department}


def place(write: Write, database: Database, unit_id: UUID, *programmes: str) -> None:
    """As the page does: knowing where every programme is now."""
    with database.read() as session:
        seen = {programme: unit.id for unit in units.units(session) for programme in unit.programmes}
    write(units.place_programmes, unit_id, programmes, seen=seen)


def person(write: Write, family: str, *programmes: str) -> UUID:
    person_id: UUID = write(create_person, PersonForm(given="Anna", family=family), today=DAY)
    for programme in programmes:
        write(add_role, person_id, RoleForm("student", programme))
    return person_id


def row(database: Database, unit_id: UUID) -> units.UnitRow:
    with database.read() as session:
        return next(unit for unit in units.units(session) if unit.id == unit_id)


def test_people_of_a_faculty_are_those_of_everything_below_it(database: Database, write: Write) -> None:
    own = grown(write)
    place(write, database, own["HUM"], "Law")
    place(write, database, own["DAT"], "Data Science", "Software")
    place(write, database, own["TEK"], "Forestry")
    lawyer, both = person(write, "Ek", "Law"), person(write, "Al", "Data Science", "Forestry")
    forester, nobody = person(write, "Bok", "Forestry"), person(write, "Gran", "Music")
    with database.read() as session:
        found = {key: set(session.scalars(listing.people_ids(PeopleFilter(unit=id)))) for key, id in own.items()}
    assert found == {"NU": {lawyer, both, forester}, "HUM": {lawyer, both}, "TEK": {both, forester}, "DAT": {both}}
    assert nobody not in found["NU"]


def test_a_programme_belongs_to_one_unit_and_those_of_none_are_told_with_their_people(database: Database, write: Write) -> None:
    own = grown(write)
    for family in ("Ek", "Al"):
        person(write, family, "Law")
    person(write, "Bok", "Music", "Forestry")
    with database.read() as session:
        assert units.unplaced(session) == [("Law", 2), ("Forestry", 1), ("Music", 1)]
    place(write, database, own["HUM"], "Law", "Music")
    place(write, database, own["TEK"], "Law")
    assert row(database, own["HUM"]).programmes == ("Music",)
    assert row(database, own["TEK"]).programmes == ("Law",)
    with database.read() as session:
        assert units.unplaced(session) == [("Forestry", 1)]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (UnitForm("", "faculty", name_sv="X"), "code"),
        (UnitForm("nu", "university", name_sv="X"), "code"),
        (UnitForm("X", "faculty", name_sv=" "), "name_sv"),
        (UnitForm("X", "", name_sv="X"), "level"),
        (UnitForm("X", "faculty", name_sv="X", starts=DAY, ends=date(2020, 1, 1)), "ends"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_at_its_field(write: Write, form: UnitForm, field: str) -> None:
    grown(write)
    with pytest.raises(RuleBroken) as refused:
        write(units.add_unit, form)
    assert refused.value.field == field


def test_the_tree_keeps_its_levels_from_above_and_from_below(database: Database, write: Write) -> None:
    own = grown(write)
    with pytest.raises(RuleBroken) as refused:
        write(units.add_unit, UnitForm("X", "faculty", name_sv="X", parent_id=own["DAT"]))
    assert refused.value.field == "parent"
    with pytest.raises(RuleBroken) as refused:
        write(units.change_unit, own["HUM"], 1, UnitForm("HUM", "department", name_sv="H", parent_id=own["NU"]))
    assert refused.value.field == "level"
    with pytest.raises(RuleBroken):
        write(units.change_unit, own["NU"], 1, UnitForm("NU", "university", name_sv="N", parent_id=own["NU"]))
    assert row(database, own["HUM"]).form.level == "faculty"


def test_a_unit_does_not_outlive_the_one_above(database: Database, write: Write) -> None:
    own = grown(write)
    with pytest.raises(RuleBroken) as refused:
        write(units.change_unit, own["HUM"], 1, UnitForm("HUM", "faculty", name_sv="H", parent_id=own["NU"], ends=DAY))
    assert refused.value.field == "ends"
    ended = UnitForm("DAT", "department", name_en="Computing", parent_id=own["HUM"], ends=DAY)
    write(units.change_unit, own["DAT"], 1, ended)
    write(units.change_unit, own["HUM"], 1, UnitForm("HUM", "faculty", name_sv="H", parent_id=own["NU"], ends=DAY))
    assert row(database, own["HUM"]).there(DAY) and not row(database, own["HUM"]).there(date(2026, 11, 24))
    with pytest.raises(RuleBroken):
        write(units.add_unit, UnitForm("NEW", "department", name_sv="X", parent_id=own["HUM"]))


def test_two_desks_that_change_one_unit_do_not_overwrite_each_other(database: Database, write: Write) -> None:
    own = grown(write)
    write(units.change_unit, own["TEK"], 1, UnitForm("TEK", "faculty", name_sv="Teknik", parent_id=own["NU"]))
    with pytest.raises(Conflict):
        write(units.change_unit, own["TEK"], 1, UnitForm("TEK", "faculty", name_sv="Annat", parent_id=own["NU"]))
    assert row(database, own["TEK"]).form.name_sv == "Teknik"


def test_only_an_empty_unit_is_removed_and_it_comes_back(database: Database, actor: Actor, write: Write) -> None:
    own = grown(write)
    with pytest.raises(RuleBroken):
        write(units.remove_unit, own["HUM"], 1)
    write(posts.add_post, "Dean", own["TEK"])
    with pytest.raises(RuleBroken):
        write(units.remove_unit, own["TEK"], 1)
    write(units.remove_unit, own["DAT"], 1)
    with database.read() as session:
        assert own["DAT"] not in {unit.id for unit in units.units(session)}
        last = history(session)[0].id
    write(take_back, change_set=last)
    assert row(database, own["DAT"]).form.code == "DAT"


def test_a_post_passes_to_the_next_holder_with_its_tasks(database: Database, write: Write, clock: FixedClock) -> None:
    first, second = person(write, "Ek"), person(write, "Al")
    post = write(posts.add_post, "Dean", None)
    write(posts.give_post, "dean", first, date(2025, 1, 1))
    write(add_task, TaskForm("Call the minister", clock.now(), person_id=first, post_id=post))
    write(posts.give_post, "Dean", second, DAY, replacing=True)
    with database.read() as session:
        held = [(holder.person_id, holder.ends) for holder in posts.history(session, post)]
        assert held == [(second, None), (first, date(2026, 11, 22))]
        assert [holder.person_id for holder in posts.posts(session, date(2026, 11, 22))[0].holders] == [first]
        assert [holder.person_id for holder in posts.posts(session, DAY)[0].holders] == [second]
        assert (posts.posts_held(session, first, DAY), posts.posts_held(session, second, DAY)) == ([], [post])
        assert posts.posts(session, DAY)[0].tasks == 1
        assert session.scalar(select(Task.post_id)) == post


def test_a_time_in_a_post_ends_on_the_day_that_is_said(database: Database, write: Write) -> None:
    holder = person(write, "Ek")
    post = write(posts.add_post, "Dean", None)
    holding = write(posts.give_post, "Dean", holder, DAY)
    with pytest.raises(RuleBroken):
        write(posts.end_holding, holding, 1, date(2026, 1, 1))
    write(posts.end_holding, holding, 1, date(2026, 12, 31))
    with pytest.raises(Conflict):
        write(posts.end_holding, holding, 1, None)
    with database.read() as session:
        assert posts.history(session, post)[0].ends == date(2026, 12, 31)


def test_two_posts_never_have_one_title(write: Write) -> None:
    write(posts.add_post, "Dean", None)
    other = write(posts.add_post, "Chair", None)
    for refused in (lambda: write(posts.add_post, " DEAN ", None), lambda: write(posts.change_post, other, 1, "dean", None)):
        with pytest.raises(RuleBroken) as told:
            refused()
        assert told.value.field == "title"


def test_the_hand_over_list_holds_what_is_open_and_what_modules_keep(database: Database, write: Write, clock: FixedClock) -> None:
    texts = Texts("sv")
    own, holder = grown(write), person(write, "Ek")
    post = write(posts.add_post, "Dean", own["HUM"])
    write(posts.give_post, "Dean", holder, date(2025, 1, 1))
    write(add_task, TaskForm("Call the minister", clock.now(), person_id=holder, post_id=post))

    def kept(_session: Any, post_id: UUID, _day: date, _texts: Texts) -> list[Matter]:
        return [Matter("Alumni policy", "in force", DAY)] if post_id == post else []

    with database.read() as session:
        found = gather(session, post, DAY, texts, [("Policies", kept), ("Nothing here", lambda *_all: [])])
        with pytest.raises(Conflict):
            gather(session, uuid4(), DAY, texts, [])
    assert (found.unit, [task.title for task in found.tasks], found.tasks[0].person) == ("HUM", ["Call the minister"], "Anna Ek")
    assert [title for title, _matters in found.matters] == ["Policies"]
    shown = "".join(page.extract_text() for page in PdfReader(io.BytesIO(render_handover(found, texts))).pages)
    for text in ("Dean", "HUM", "Call the minister", "Alumni policy", "in force", "Anna Ek"):
        assert text in shown


def test_a_role_still_says_the_programme_after_the_unit_is_gone(database: Database, write: Write) -> None:
    own = grown(write)
    student = person(write, "Ek", "Data Science")
    place(write, database, own["DAT"], "Data Science")
    place(write, database, own["DAT"])
    write(units.remove_unit, own["DAT"], row(database, own["DAT"]).version)
    with database.read() as session:
        assert session.scalar(select(Role.programme).where(Role.person_id == student)) == "Data Science"
