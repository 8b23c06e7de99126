"""What happens to people, and to the program's own records, when two windows change them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import add_user, change_user
from db.history import take_back
from db.models.account import UserAccount
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.models.task import Task
from db.settings import change_setting
from desktop.people import contacts, editing, roles, tasks
from desktop.people.contacts import ContactForm, InteractionForm
from desktop.people.duplicates import verdicts as duplicates
from desktop.people.editing import PersonForm
from desktop.people.imports import storing as importing
from desktop.people.imports.incoming import IncomingPerson
from desktop.people.merging.apart import take_apart
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, read_plan
from desktop.people.merging.since import read_separation
from desktop.people.roles import IdentifierForm, RoleForm
from desktop.people.segments import storing as segments
from desktop.people.segments.compiling import Asking
from desktop.people.segments.definition import Group
from desktop.people.segments.fields import Asked
from desktop.people.segments.storing import SegmentForm
from tests.faults.clashes import COLLEAGUE, ME, NOW, TODAY, Clash, Office, Step, adding, case, to_a_person
from tests.faults.office import world

WORLD = world()

# People


def named(family: str) -> PersonForm:
    return PersonForm(given="Mia", family=family)


def _edits(person: UUID, version: int) -> Step:
    return lambda s: editing.edit_person(s, person, version, named("Theirs"), today=TODAY)


@case("edit_person")
def _(office: Office) -> Clash:
    person = office.person()
    version = office.version(Person, person)
    return Clash(lambda s: editing.edit_person(s, person, version, named("Mine"), today=TODAY), _edits(person, version))


@case("retire_person")
def _(office: Office) -> Clash:
    person = office.person()
    version = office.version(Person, person)
    return Clash(lambda s: editing.retire(s, person, version, now=NOW), _edits(person, version))


@case("restore_person")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.retire(s, person, office.version(Person, person), now=NOW))
    version = office.version(Person, person)
    return Clash(lambda s: editing.restore(s, person, version), _edits(person, version))


@case("retire_people")
def _(office: Office) -> Clash:
    person = office.person()
    everybody = select(Person.id)
    theirs = _edits(person, office.version(Person, person))
    return Clash(lambda s: editing.retire_people(s, everybody, now=NOW), theirs, "both", frozenset({"retired_at"}))


@case("restore_people")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.retire_people(s, select(Person.id), now=NOW))
    theirs = _edits(person, office.version(Person, person))
    return Clash(lambda s: editing.retire_people(s, select(Person.id), now=None), theirs, "both", frozenset({"retired_at"}))


@case("import_people")
def _(office: Office) -> Clash:
    """A row that was compared before the colleague saved is left out, and counted."""
    row = IncomingPerson(2, "Mia", "Åberg", emails=(("mia@uni.example", "mia@uni.example"),), language="sv", city="Luleå")

    def bring(row: IncomingPerson) -> Step:
        return lambda s: importing.import_people(s, [row], source="list.csv", faulty=0, report=lambda _done, _of: None)

    office.do(bring(row))
    person, version = office.only(Person)
    form = PersonForm(given="Mia", family="Åberg", language="fi", note="asks for Finnish")
    moved = [row._replace(city="Kiruna")]
    with office.mine.read() as reading:
        shown = importing.plan_import(reading, moved, lambda _done, _of: None)

    def mine(session: Session) -> None:
        counts = importing.import_people(session, moved, source="list.csv", faulty=0, report=lambda _done, _of: None, shown=shown)
        assert (counts.overtaken, counts.changed, counts.same) == (1, 0, 0), "it is told that somebody was left out"

    theirs: Step = lambda s: editing.edit_person(s, person, version, form, today=TODAY)
    return Clash(mine, theirs, "both")


PHONE = ContactForm("phone", "0701740605")


def _contact(office: Office) -> tuple[UUID, int, Step]:
    person = office.person()
    contact = office.do(lambda s: contacts.add_contact(s, person, PHONE, country="SE"))
    version = office.version(ContactPoint, contact)
    theirs = replace(PHONE, value="0701740606")
    return contact, version, lambda s: contacts.edit_contact(s, contact, version, theirs, country="SE")


@case("edit_contact")
def _(office: Office) -> Clash:
    contact, version, theirs = _contact(office)
    return Clash(lambda s: contacts.edit_contact(s, contact, version, replace(PHONE, label="home"), country="SE"), theirs)


@case("remove_contact")
def _(office: Office) -> Clash:
    contact, version, theirs = _contact(office)
    return Clash(lambda s: contacts.remove_contact(s, contact, version), theirs)


@case("hold_contact")
def _(office: Office) -> Clash:
    contact, version, theirs = _contact(office)
    return Clash(lambda s: contacts.hold_contact(s, contact, version, "bounced"), theirs)


def _role(office: Office) -> tuple[UUID, int, Step]:
    person = office.person()
    role = office.do(lambda s: roles.add_role(s, person, RoleForm("admitted", "Nursing")))
    version = office.version(Role, role)
    return role, version, lambda s: roles.edit_role(s, role, version, RoleForm("admitted", "Physics"))


@case("edit_role")
def _(office: Office) -> Clash:
    role, version, theirs = _role(office)
    return Clash(lambda s: roles.edit_role(s, role, version, RoleForm("admitted", "Law")), theirs)


@case("end_role")
def _(office: Office) -> Clash:
    role, version, theirs = _role(office)
    return Clash(lambda s: roles.end_role(s, role, version, TODAY), theirs)


@case("remove_role")
def _(office: Office) -> Clash:
    role, version, theirs = _role(office)
    return Clash(lambda s: roles.remove_role(s, role, version), theirs)


@case("remove_identifier")
def _(office: Office) -> Clash:
    person = office.person()
    number = office.do(lambda s: roles.add_identifier(s, person, IdentifierForm("registry_id", "abc-1"), today=TODAY))
    version = office.version(Identifier, number)
    return Clash(lambda s: roles.remove_identifier(s, number, version), lambda s: roles.remove_identifier(s, number, version))


@case("duplicate_again")
def _(office: Office) -> Clash:
    one, other = office.person(), office.person()
    said = office.do(lambda s: duplicates.not_a_duplicate(s, one, other, 100, ""))
    return Clash(lambda s: duplicates.ask_again(s, said, 1), lambda s: duplicates.ask_again(s, said, 1))


@case("keep_apart")
def _(office: Office) -> Clash:
    person = office.person()
    return Clash(lambda s: duplicates.keep_apart(s, person), lambda s: duplicates.keep_apart(s, person), "rule")


@case("let_compare")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: duplicates.keep_apart(s, person))
    return Clash(lambda s: duplicates.let_compare(s, person), lambda s: duplicates.let_compare(s, person), "rule")


@case("merge_people")
def _(office: Office) -> Clash:
    one, other = office.person(), office.person()
    seen = office.do(lambda s: read_plan(s, one, other, WORLD)).mark

    def merge(stays: UUID, goes: UUID) -> Step:
        return lambda s: merge_people(s, stays, goes, Choice(), seen, WORLD, today=TODAY, now=NOW)

    return Clash(merge(one, other), merge(one, other), "rule")


@case("unmerge_people")
def _(office: Office) -> Clash:
    one, other = office.person(), office.person()
    office.do(lambda s: merge_people(s, one, other, Choice(), read_plan(s, one, other, WORLD).mark, WORLD, today=TODAY, now=NOW))
    seen = office.do(lambda s: read_separation(s, other, WORLD)).mark
    return Clash(lambda s: take_apart(s, other, (), seen, WORLD), lambda s: take_apart(s, other, (), seen, WORLD), "rule")


@case("finish_task")
def _(office: Office) -> Clash:
    task = office.do(lambda s: tasks.add_task(s, tasks.TaskForm("Send a brochure", NOW)))
    version = office.version(Task, task)
    return Clash(
        lambda s: tasks.finish_task(s, task, version, now=NOW),
        lambda s: tasks.finish_task(s, task, version, now=NOW - timedelta(1)),
    )


adding("create_person", lambda _office: 2 * (lambda s: editing.create_person(s, named("Åberg"), today=TODAY),))  # type: ignore[arg-type]


adding(
    "add_contact", to_a_person(lambda s, p, n: contacts.add_contact(s, p, replace(PHONE, value=f"070174060{n}"), country="SE"))
)
adding("add_role", to_a_person(lambda s, p, n: roles.add_role(s, p, RoleForm("admitted", f"Programme {n}"))))
adding(
    "add_identifier",
    to_a_person(lambda s, p, n: roles.add_identifier(s, p, IdentifierForm("registry_id", f"a-{n}"), today=TODAY)),
)
adding(
    "add_interaction",
    to_a_person(lambda s, p, n: contacts.add_interaction(s, p, InteractionForm("note", NOW, text=f"{n}"), actor=ME)),
)


def _two_judgements(office: Office) -> tuple[Step, Step]:
    """Of one person with two others."""
    one, other, third = office.person(), office.person(), office.person()
    return (lambda s: duplicates.not_a_duplicate(s, one, other, 100, "")), (
        lambda s: duplicates.not_a_duplicate(s, third, one, 100, "")
    )


adding("not_a_duplicate", _two_judgements)
adding("add_task", to_a_person(lambda s, p, n: tasks.add_task(s, tasks.TaskForm(f"Call {n}", NOW, person_id=p))))


# Segments

ASKING = Asking({}, Asked(TODAY, UTC), {})


def _form(title: str) -> SegmentForm:
    return SegmentForm(title, Group(), shared=True)


def _two_segments(_office: Office) -> tuple[Step, Step]:
    return (lambda s: segments.make_segment(s, _form("Mine"), ASKING, actor=ME)), (
        lambda s: segments.make_segment(s, _form("Theirs"), ASKING, actor=COLLEAGUE)
    )


adding("make_segment", _two_segments)


def _segment(office: Office) -> tuple[UUID, Step]:
    """A segment, and the colleague's change of it."""
    made: UUID = office.do(lambda s: segments.make_segment(s, _form("Before"), ASKING, actor=ME))
    return made, lambda s: segments.change_segment(s, made, 1, _form("Theirs"), ASKING, actor=COLLEAGUE)


@case("change_segment")
def _(office: Office) -> Clash:
    made, theirs = _segment(office)
    return Clash(lambda s: segments.change_segment(s, made, 1, _form("Mine"), ASKING, actor=ME), theirs)


@case("retire_segment")
def _(office: Office) -> Clash:
    made, theirs = _segment(office)
    return Clash(lambda s: segments.retire_segment(s, made, 1, actor=ME, now=NOW), theirs)


@case("freeze_segment")
def _(office: Office) -> Clash:
    made, theirs = _segment(office)

    def mine(session: Session) -> object:
        asking = replace(ASKING, segments=segments.usable_segments(session, ME.id))
        return segments.freeze_segment(session, made, "Today", asking, actor=ME, now=NOW)

    return Clash(mine, theirs, "both")


# The program itself


@case("change_setting")
def _(office: Office) -> Clash:
    name = "core.office_name"
    office.do(lambda s: change_setting(s, name, None, "Before"))
    return Clash(lambda s: change_setting(s, name, "Before", "Mine"), lambda s: change_setting(s, name, "Before", "Theirs"))


@case("change_setting first")
def _(_office: Office) -> Clash:
    name = "core.modules"
    return Clash(
        lambda s: change_setting(s, name, None, {"phones": False}), lambda s: change_setting(s, name, None, {"policies": False})
    )


@case("change_user")
def _(office: Office) -> Clash:
    user = office.do(lambda s: add_user(s, "boss", "Boss", frozenset({"administrator"})))
    version = office.version(UserAccount, user)

    def change(name: str) -> Step:
        return lambda s: change_user(s, user, version, name=name, roles=frozenset({"administrator"}), active=True)

    return Clash(change("Mine"), change("Theirs"))


@case("add_user")
def _(_office: Office) -> Clash:
    mine, theirs = ((lambda s, name=name: add_user(s, "caller", name, frozenset())) for name in ("Mine", "Theirs"))
    return Clash(mine, theirs, "rule")


@case("take_back")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.edit_person(s, person, office.version(Person, person), named("Slip"), today=TODAY))
    slip, version = office.made[-1], office.version(Person, person)
    return Clash(lambda s: take_back(s, slip), _edits(person, version), "both")


@case("take_back twice")
def _(office: Office) -> Clash:
    person = office.person()
    office.do(lambda s: editing.edit_person(s, person, office.version(Person, person), named("Slip"), today=TODAY))
    slip = office.made[-1]
    return Clash(lambda s: take_back(s, slip), lambda s: take_back(s, slip), "rule")
