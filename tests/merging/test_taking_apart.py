"""A merge is undone weeks later: both records as they were, and what was written since on the side it is of."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db.actor import Actor
from db.base import metadata
from db.database import Database
from db.errors import Conflict, RuleBroken
from db.history import TAKE_BACK, history, take_back
from db.merged import survivor_of
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.models.task import Task
from desktop.assembly import Ground
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.people.contacts import InteractionForm, add_interaction, hold_contact, remove_contact
from desktop.people.demo_data import fill
from desktop.people.editing import PersonForm, edit_person
from desktop.people.merging.apart import take_apart
from desktop.people.merging.plan import Choice, older_first
from desktop.people.merging.since import Separation, read_separation
from desktop.people.roles import RoleForm, edit_role
from tests.merging.test_merging import TODAY, Office
from tests.support import MakePerson

BESIDE = ("version", "made_in", "changed_in")  # what says when a row was written, not what it says
HISTORY = frozenset({"change_set", "change_about", "row_image", "open_change_set", "look", "search_entry", "suspected_pair"})


@pytest.fixture
def office(context: ModuleContext, database: Database, actor: Actor, clock: FixedClock) -> Office:
    return Office(context, database, actor, clock)


def separation(office: Office, person: UUID) -> Separation:
    with office.database.read() as session:
        return read_separation(session, person, office.world)


def apart(office: Office, person: UUID, *goes: UUID | str, defaults: bool = True) -> UUID:
    """Take a record out again; with `defaults` each line goes where it is suggested, `goes` besides. Gives the change set."""
    seen = separation(office, person)
    chosen = {*goes, *(line.key for line in seen.lines if line.goes and defaults)}
    with office.database.write(office.actor, "unmerge_people") as session:
        take_apart(session, person, chosen, seen.mark, office.world)
        step: UUID = session.info["change_set"]
    return step


def everything(database: Database) -> dict[str, Counter[str]]:
    """Every row of every kept table, without when it was written."""
    found = {}
    with database.read() as session:
        for name, table in metadata.tables.items():
            if name not in HISTORY and {*BESIDE} <= {*table.c.keys()}:
                columns = [column for column in table.c if column.name not in BESIDE]
                found[name] = Counter(repr(tuple(row)) for row in session.execute(select(*columns)))
    return found


def differences(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> dict[str, Any]:
    return {name: (before[name] - after[name], after[name] - before[name]) for name in before if before[name] != after[name]}


def test_both_are_as_they_were(office: Office, make_person: MakePerson) -> None:
    stays = make_person("Åberg", "M", phone="+46701740605", email="mia@a.example")
    goes = make_person("Öberg", "Mia", phone="+46701740605", email="mia@b.example")
    office.in_round(goes, stays, state="done", why="reached_yes")
    before = everything(office.database)
    office.merge(stays, goes)
    merged = everything(office.database)
    assert differences(before, merged)
    apart(office, goes)
    assert differences(before, everything(office.database)) == {}


def test_a_row_that_was_changed_goes_back_with_what_was_written(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(phone="+46701740605"), make_person(phone="+46701740606")
    office.merge(stays, goes)
    with office.database.write(office.actor, "hold_contact") as session:
        point = session.scalars(select(ContactPoint).where(ContactPoint.normal == "+46701740606")).one()
        hold_contact(session, point.id, point.version, "wrong_number")
        changed = point.id
    lines = separation(office, goes).lines
    assert [(line.key, line.what, line.goes, line.by) for line in lines] == [(changed, "changed", True, "Tester")]
    assert "+46701740606" in lines[0].text
    apart(office, goes)
    with office.database.read() as session:
        point = session.get_one(ContactPoint, changed)
        assert (point.person_id, point.hold, point.position) == (goes, "wrong_number", 0)
    assert office.values(stays) == ["+46701740605"]


def test_a_row_that_was_changed_stays_where_it_is_said_to_be(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person(phone="+46701740606")
    office.merge(stays, goes)
    with office.database.write(office.actor, "hold_contact") as session:
        point = session.scalars(select(ContactPoint)).one()
        hold_contact(session, point.id, point.version, "wrong_number")
    apart(office, goes, defaults=False)
    assert (office.values(stays), office.values(goes)) == (["+46701740606"], [])


def test_what_was_added_stays_unless_it_is_said_to_be_of_the_other(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person()
    office.merge(stays, goes)
    office.contact(stays, "phone", "070-174 06 05")
    other = office.contact(stays, "email", "mia@b.example")
    assert [(line.what, line.goes) for line in separation(office, goes).lines] == [("added", False), ("added", False)]
    apart(office, goes, other)
    assert (office.values(stays), office.values(goes)) == (["+46701740605"], ["mia@b.example"])


def test_a_field_that_was_changed_follows_where_its_value_came_from(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg", "Mia"), make_person("Öberg", "Mia", language="fi")
    office.merge(stays, goes, Choice({"family": "goes"}))
    edit(office, stays, PersonForm("Mia", "Österberg", former="Åberg", language="fi", note="Reads here"))
    keys = {line.key: line.goes for line in separation(office, goes).lines}
    assert keys == {"family": True, "note": False}
    apart(office, goes)
    with office.database.read() as session:
        one, other = session.get_one(Person, stays), session.get_one(Person, goes)
        assert (one.family, one.language, one.former, one.note) == ("Åberg", "", "", "Reads here")
        assert (other.family, other.language, other.former, other.note) == ("Österberg", "fi", "", "")
        assert one.name_key < other.name_key


def test_a_field_that_was_changed_may_stay(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person("Åberg"), make_person("Öberg")
    office.merge(stays, goes, Choice({"family": "goes"}))
    edit(office, stays, PersonForm("Mia", "Österberg"))
    apart(office, goes, defaults=False)
    with office.database.read() as session:
        assert (session.get_one(Person, stays).family, session.get_one(Person, goes).family) == ("Österberg", "Öberg")


def test_what_was_removed_since_stays_removed(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person(phone="+46701740606")
    office.merge(stays, goes)
    with office.database.write(office.actor, "remove_contact") as session:
        point = session.scalars(select(ContactPoint)).one()
        remove_contact(session, point.id, point.version)
    assert separation(office, goes).removed == 1
    apart(office, goes)
    assert office.values(goes) == []


def test_it_is_the_taking_back_of_the_merge_and_can_be_taken_back_itself(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(phone="+46701740605"), make_person(phone="+46701740606")
    step = office.merge(stays, goes)
    merged = everything(office.database)
    undone = apart(office, goes)
    with office.database.read() as session:
        line = next(line for line in history(session, about=stays) if line.id == step)
        assert line.taken_back
        assert survivor_of(session, goes) == goes
    with pytest.raises(RuleBroken, match="already taken back"), office.database.write(office.actor, TAKE_BACK) as session:
        take_back(session, step)
    with office.database.write(office.actor, TAKE_BACK) as session:
        take_back(session, undone)
    assert differences(merged, everything(office.database)) == {}
    with office.database.read() as session:
        assert survivor_of(session, goes) == stays
    apart(office, goes)
    assert office.values(goes) == ["+46701740606"]


def test_what_is_not_merged_is_not_taken_apart(office: Office, make_person: MakePerson) -> None:
    first, second, third = (make_person() for _ in range(3))
    with pytest.raises(RuleBroken, match="not merged"):
        separation(office, first)
    office.merge(second, third)
    office.merge(first, second)
    with pytest.raises(RuleBroken, match="itself merged"):
        separation(office, third)
    apart(office, second)
    apart(office, third)


def test_a_third_record_that_was_merged_since_stays(office: Office, make_person: MakePerson) -> None:
    stays, goes, third = make_person(), make_person(phone="+46701740606"), make_person(email="mia@c.example")
    office.merge(stays, goes)
    office.merge(stays, third)
    apart(office, goes)
    assert (office.values(stays), office.values(goes)) == (["mia@c.example"], ["+46701740606"])
    apart(office, third)
    assert (office.values(stays), office.values(third)) == ([], ["mia@c.example"])


def test_what_nobody_saw_is_not_taken_apart(office: Office, make_person: MakePerson) -> None:
    stays, goes = make_person(), make_person(phone="+46701740606")
    office.merge(stays, goes)
    seen = separation(office, goes)
    office.contact(stays, "phone", "070-174 06 05")
    with pytest.raises(Conflict), office.database.write(office.actor, "unmerge_people") as session:
        take_apart(session, goes, (), seen.mark, office.world)


def edit(office: Office, person: UUID, form: PersonForm) -> None:
    with office.database.write(office.actor, "edit_person") as session:
        edit_person(session, person, session.get_one(Person, person).version, form, today=TODAY)


# Random pairs of people full of life


@pytest.fixture
def full(ground: Ground, office: Office) -> list[UUID]:
    """Demo people with rows of every module, and rounds that many of them are in."""
    people = fill(ground.context, 40)
    rng = Random(7)
    for _round in range(3):
        office.in_round(*rng.sample(people, 15), state="callback", callback_at=office.clock.now(), why="")
    return people


def random_choice(office: Office, rng: Random, stays: UUID, goes: UUID) -> Choice:
    plan = office.plan(stays, goes)
    lines = [line.id for card in (plan.stays, plan.goes) for line in (*card.contacts, *card.roles)]
    replaced = frozenset(rng.choice((clash.stays.id, clash.goes.id)) for clash in plan.clashes)
    sides = {pair.key: rng.choice(("stays", "goes")) for pair in plan.fields}
    left = frozenset(rng.sample(lines, len(lines) // 4)) if rng.random() < 0.5 else frozenset()
    return Choice(sides, left, replaced, "")  # type: ignore[arg-type]


def test_any_pair_merged_and_taken_apart_leaves_every_table_as_it_was(office: Office, full: list[UUID]) -> None:
    rng = Random(11)
    before = everything(office.database)
    for _pair in range(6):
        stays, goes = older_first(*rng.sample(full, 2))
        if rng.random() < 0.3:
            stays, goes = goes, stays
        office.merge(stays, goes, random_choice(office, rng, stays, goes))
        if rng.random() < 0.5:
            apart(office, goes)
        else:
            with office.database.read() as session:
                step = history(session, about=goes, limit=1)[0].id
            with office.database.write(office.actor, TAKE_BACK) as session:
                take_back(session, step)
        assert differences(before, everything(office.database)) == {}, (stays, goes)


def test_merged_edited_and_taken_apart_each_row_is_there_once(office: Office, full: list[UUID]) -> None:
    rng = Random(13)
    for _pair in range(4):
        stays, goes = older_first(*rng.sample(full, 2))
        before = everything(office.database)
        office.merge(stays, goes, random_choice(office, rng, stays, goes))
        written = edit_at_random(office, rng, stays)
        seen = separation(office, goes)
        assert written <= {line.key for line in seen.lines}
        chosen = [line.key for line in seen.lines if rng.random() < 0.5]
        apart(office, goes, *chosen, defaults=False)
        after = everything(office.database)
        with office.database.read() as session:
            for line in (line for line in seen.lines if isinstance(line.key, UUID)):
                owner = owner_of(session, line.key)
                assert owner == (goes if line.key in chosen else stays), line
        for name in before:  # nothing is lost and nothing twice
            grown = sum(after[name].values()) - sum(before[name].values())
            assert grown == {"interaction": 1, "task": 1}.get(name, 0), name
            assert max(after[name].values(), default=1) == 1


def edit_at_random(office: Office, rng: Random, person: UUID) -> set[UUID | str]:
    """Change a row of each kind and add some; gives what was written."""
    written: set[UUID | str] = set()
    now = office.clock.now() + timedelta(days=14)
    with office.database.write(office.actor, "edit") as session:
        written.add(add_interaction(session, person, InteractionForm("note", now, text="Came by"), actor=office.actor))
        task = Task(title="Send it", person_id=person, due=now)
        session.add(task)
        session.flush()
        written.add(task.id)
        points = session.scalars(select(ContactPoint).where(ContactPoint.person_id == person)).all()
        for point in rng.sample(points, len(points) // 2):
            hold_contact(session, point.id, point.version, "" if point.hold else "bounced")
        roles = session.scalars(select(Role).where(Role.person_id == person)).all()
        for role in rng.sample(roles, len(roles) // 2):
            edit_role(
                session, role.id, role.version, RoleForm(role.kind, f"{role.programme} X", role.term, role.starts, role.ends)
            )
        for line in session.scalars(select(Interaction).where(Interaction.person_id == person).limit(2)):
            line.text = f"{line.text}!"
    edit(office, person, PersonForm("Mia", f"Nyberg {rng.random()}"))
    return written | {"family"}


def owner_of(session: Any, row: UUID) -> UUID | None:
    for table in (ContactPoint, Interaction, Task, Role):
        found = session.get(table, row)
        if found is not None:
            owner: UUID = found.person_id
            return owner
    bare = session.connection().dialect.name == "sqlite"
    found = session.execute(text("SELECT person_id FROM call_entry WHERE id = :id"), {"id": row.bytes if bare else row}).scalar()
    return UUID(bytes=bytes(found)) if bare else found
