"""Many people are changed in one step that was looked at before: who, from what to what, who is left out and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.history import TAKE_BACK, history, take_back
from db.models.history import ChangeSet
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.task import Task
from desktop.people.bulk import kinds, running
from desktop.people.bulk.kinds import Bulk
from desktop.people.bulk.running import Outcome, Plan, carry_out, plan
from desktop.people.imports.reading import Cancelled
from desktop.people.listing import PeopleFilter, people_ids
from desktop.people.roles import RoleForm
from desktop.people.tasks import TaskForm
from tests.support import MakePerson

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 23)
Look = Callable[[Bulk], Plan]
Do = Callable[[Plan], Outcome]


def silent(_done: int, _total: int) -> None:
    """Progress nobody looks at."""


@pytest.fixture
def look(database: Database) -> Look:
    """The look ahead at a change of everybody."""

    def run(change: Bulk) -> Plan:
        with database.read() as session:
            return plan(session, people_ids(PeopleFilter()), change)

    return run


@pytest.fixture
def do(database: Database, actor: Actor) -> Do:
    """The step itself."""

    def run(found: Plan) -> Outcome:
        with database.write(actor, found.change.verb) as session:
            return carry_out(session, found, "tidying up", silent)

    return run


def all_of(database: Database, column: Any) -> list[Any]:
    with database.read() as session:
        return sorted(session.scalars(select(column)).all(), key=str)


def undo_last(database: Database, actor: Actor) -> int:
    with database.read() as session:
        last = history(session, limit=1)[0].id
    with database.write(actor, TAKE_BACK) as session:
        done = take_back(session, last)
    assert done.kept == ()
    return done.undone


def test_a_language_is_set_in_one_step_and_goes_back_in_one(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    for family, language in (("Åberg", "sv"), ("Berg", "fi"), ("Ceder", "")):
        make_person(family, language=language)
    found = look(kinds.set_language("fi"))
    assert (found.people, [(e.name, e.before, e.after) for e in found.examples]) == (
        2, [("Ceder, Mia", "", "fi"), ("Åberg, Mia", "sv", "fi")],
    )  # fmt: skip
    assert [(left.reason, left.count, left.names) for left in found.left_out] == [
        ("Has this language already", 1, ("Berg, Mia",))
    ]
    assert do(found) == Outcome(2, 0, ())
    assert all_of(database, Person.language) == ["fi"] * 3
    with database.read() as session:
        newest = history(session, limit=1)[0]
        assert (newest.verb, newest.details) == ("bulk_language", {"count": 2, "reason": "tidying up"})
    assert undo_last(database, actor) == 2
    assert all_of(database, Person.language) == ["", "fi", "sv"]


def test_whom_a_colleague_changed_meanwhile_is_left_as_the_colleague_left_them(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    mine, theirs = make_person("Åberg"), make_person("Berg")
    found = look(kinds.set_language("fi"))
    with database.write(actor, "edit_person") as session:
        session.get_one(Person, theirs).note = "x"
    make_person("Newcomer")
    assert do(found) == Outcome(1, 1, ("Berg, Mia",))
    with database.read() as session:
        assert session.get_one(Person, mine).language == "fi"
        assert session.get_one(Person, theirs).language == ""
        assert session.scalars(select(Person.language).where(Person.family == "Newcomer")).one() == "", "the filter is frozen"


def test_it_goes_in_portions_and_nothing_stays_when_it_is_stopped(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PORTION", 2)
    for number in range(5):
        make_person(f"Berg {number}")
    found, told = look(kinds.set_language("fi")), list[tuple[int, int]]()

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 4:
            raise Cancelled

    with database.read() as session:
        steps = session.scalar(select(func.count()).select_from(ChangeSet))
    with pytest.raises(Cancelled), database.write(actor, "bulk_language") as session:
        carry_out(session, found, "", stop)
    assert told == [(0, 5), (2, 5), (4, 5)]
    assert all_of(database, Person.language) == [""] * 5
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(ChangeSet)) == steps


def test_holds_are_put_on_and_taken_off_by_kind(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    make_person("Åberg", email="a@b.example", phone="+46701740605")
    make_person("Berg", phone="+46701740606")
    found = look(kinds.hold("email", "bounced"))
    assert [(left.reason, left.names) for left in found.left_out] == [("Has none of this kind", ("Berg, Mia",))]
    do(found)
    assert all_of(database, ContactPoint.hold) == ["", "", "bounced"]
    again = look(kinds.hold("email", "bounced"))
    assert again.targets == () and [left.reason for left in again.left_out] == ["Has none of this kind", "Has it so already"]
    released = look(kinds.hold("email", ""))
    assert [(e.before, e.after) for e in released.examples] == [("bounced", "")]
    do(released)
    assert all_of(database, ContactPoint.hold) == [""] * 3


def test_a_town_is_written_anew_however_it_stood_there(database: Database, make_person: MakePerson, look: Look, do: Do) -> None:
    make_person("Åberg", city="lulea")
    make_person("Berg", city="Boden")
    found = look(kinds.rename_town("Lulea", "Luleå"))
    assert [(e.name, e.before, e.after) for e in found.examples] == [("Åberg, Mia", "lulea", "Luleå")]
    assert [(left.reason, left.count) for left in found.left_out] == [("Has no address there", 1)]
    do(found)
    with database.read() as session:
        rows = session.execute(select(ContactPoint.city, ContactPoint.city_key).order_by(ContactPoint.city)).all()
    assert [tuple(row) for row in rows] == [("Boden", "boden"), ("Luleå", "lulea")]


def add_role(database: Database, actor: Actor, person_id: UUID, **values: Any) -> None:
    with database.write(actor, "add_role") as session:
        session.add(Role(person_id=person_id, **values))


def test_roles_end_on_a_day_unless_they_end_before_or_begin_after(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    people = {name: make_person(name) for name in ("Holds", "Over", "Later", "None")}
    add_role(database, actor, people["Holds"], kind="student", starts=date(2025, 9, 1))
    add_role(database, actor, people["Over"], kind="student", ends=date(2025, 9, 1))
    add_role(database, actor, people["Later"], kind="student", starts=date(2027, 9, 1))
    found = look(kinds.end_role("student", DAY))
    assert [e.name for e in found.examples] == ["Holds, Mia"]
    assert [(left.reason, left.names) for left in found.left_out] == [
        ("Has no such role that lasts longer", ("None, Mia", "Over, Mia")),
        ("The role begins after that day", ("Later, Mia",)),
    ]
    do(found)
    with database.read() as session:
        assert session.scalars(select(Role.ends).where(Role.person_id == people["Holds"])).one() == DAY
        assert session.scalars(select(Role.ends).where(Role.person_id == people["Later"])).one() is None


def test_a_role_begins_for_whoever_does_not_hold_it(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    has, lacks = make_person("Has"), make_person("Lacks")
    add_role(database, actor, has, kind="mentor", programme="Law", starts=date(2025, 1, 1))
    found = look(kinds.begin_role(RoleForm("mentor", " Law ", "HT 2026", DAY)))
    assert (found.people, [left.names for left in found.left_out]) == (1, [("Has, Mia",)])
    gone = look(kinds.begin_role(RoleForm("mentor", "Law", "", DAY)))
    do(found)
    with database.read() as session:
        role = session.scalars(select(Role).where(Role.person_id == lacks)).one()
        assert (role.kind, role.programme, role.term, role.starts, role.ends) == ("mentor", "Law", "2026-autumn", DAY, None)
    assert do(gone) == Outcome(0, 1, ("Lacks, Mia",)), "who got it meanwhile gets no second one"
    assert undo_last(database, actor) == 1
    assert look(kinds.begin_role(RoleForm("mentor", "Law", "", DAY))).people == 1


def test_a_programme_is_renamed_in_every_role_that_has_it(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    key = make_person("Åberg")
    make_person("Berg")
    for kind, programme in (("student", "Ecnomics"), ("alumnus", "Ecnomics"), ("staff", "Law")):
        add_role(database, actor, key, kind=kind, programme=programme)
    found = look(kinds.rename_programme("Ecnomics", "Economics"))
    assert (found.people, len(found.targets), found.left_out[0].names) == (1, 2, ("Berg, Mia",))
    do(found)
    assert all_of(database, Role.programme) == ["Economics", "Economics", "Law"]


def test_a_task_is_planned_about_each_but_the_dead(
    database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do
) -> None:
    alive, dead = make_person("Alive"), make_person("Dead")
    with database.write(actor, "edit_person") as session:
        session.get_one(Person, dead).deceased_on = DAY
    found = look(kinds.add_task(TaskForm("Ring", NOW), actor.id))
    assert [left.reason for left in found.left_out] == ["Has died"]
    do(found)
    with database.read() as session:
        task = session.scalars(select(Task)).one()
        assert (task.person_id, task.title, task.user_id, task.due, task.module) == (alive, "Ring", actor.id, NOW, "people")


def test_people_are_retired_in_one_step(database: Database, actor: Actor, make_person: MakePerson, look: Look, do: Do) -> None:
    make_person("Åberg")
    make_person("Berg")
    assert do(look(kinds.retire(NOW))).people == 2
    assert all_of(database, Person.retired_at) == [NOW, NOW]
    assert undo_last(database, actor) == 2 and all_of(database, Person.retired_at) == [None, None]


def test_what_cannot_be_is_refused_with_its_field() -> None:
    makers: dict[str, Callable[[], Bulk]] = {
        "new_town": lambda: kinds.rename_town("Lulea", " "),
        "town": lambda: kinds.rename_town("", "Luleå"),
        "programme": lambda: kinds.rename_programme("", "x"),
        "role": lambda: kinds.end_role("", DAY),
        "ends": lambda: kinds.end_role("student", None),
        "kind": lambda: kinds.begin_role(RoleForm("")),
        "task": lambda: kinds.add_task(TaskForm(" ", NOW), None),
    }
    for field, make in makers.items():
        with pytest.raises(RuleBroken) as caught:
            make()
        assert caught.value.field == field
