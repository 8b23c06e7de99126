"""What happens when one window changes many people at once, and when it puts back a single line of the history.

A change of many does what was looked at: whoever was changed meanwhile is left as the colleague left them, and told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.row_changes import RowChange, row_changes
from desktop.people import contacts, editing, roles
from desktop.people.bulk import kinds, running
from desktop.people.contacts import ContactForm
from desktop.people.editing import PersonForm
from desktop.people.listing import chosen
from desktop.people.roles import RoleForm
from desktop.people.tasks import TaskForm
from tests.faults.clashes import ME, NOW, TODAY, Clash, Office, Step, case
from tests.support import put_line_back

LAW, PHONE = RoleForm("student", "Law"), ContactForm("phone", "0701740605")
ADDRESS = ContactForm("address", street="Testgatan 1", city="Luleo")
NAMED = PersonForm(given="Mia", family="Theirs", language="fi")


def _of_two(office: Office, change: kinds.Bulk, person: UUID, other: UUID, theirs: Step) -> Clash:
    """Looked at for both, and changed for the one the colleague did not touch."""
    with office.mine.read() as reading:
        plan = running.plan(reading, chosen([person, other]), change)
    assert plan.people == 2

    def mine(session: Session) -> None:
        done = running.carry_out(session, plan, "", lambda _done, _total: None)
        assert (done.people, done.overtaken, len(done.names)) == (1, 1, 1), "it is told who was left out"

    return Clash(mine, theirs, "both")


def _bulk(office: Office, change: kinds.Bulk, give: Callable[[Session, UUID], UUID], theirs: Callable[[UUID], Step]) -> Clash:
    """Both are given the same row first; `theirs` changes the first one's."""
    person, other = office.person("Åberg"), office.person("Öberg")
    row: UUID = office.do(lambda s: give(s, person))
    office.do(lambda s: give(s, other))
    return _of_two(office, change, person, other, theirs(row))


def _gives(role: RoleForm) -> Callable[[Session, UUID], UUID]:
    return lambda s, person: roles.add_role(s, person, role)


def _edits_role(form: RoleForm) -> Callable[[UUID], Step]:
    return lambda role: lambda s: roles.edit_role(s, role, s.get_one(Role, role).version, form)


def _has(form: ContactForm) -> Callable[[Session, UUID], UUID]:
    return lambda s, person: contacts.add_contact(s, person, form, country="SE")


def _edits_contact(form: ContactForm) -> Callable[[UUID], Step]:
    return lambda point: lambda s: contacts.edit_contact(s, point, s.get_one(ContactPoint, point).version, form, country="SE")


def _edits_person(person: UUID) -> Step:
    return lambda s: editing.edit_person(s, person, s.get_one(Person, person).version, NAMED, today=TODAY)


@case("bulk_language")
def _(office: Office) -> Clash:
    person, other = office.person("Åberg"), office.person("Öberg")
    return _of_two(office, kinds.set_language("sv"), person, other, _edits_person(person))


@case("bulk_hold")
def _(office: Office) -> Clash:
    return _bulk(office, kinds.hold("phone", "dead_number"), _has(PHONE), _edits_contact(replace(PHONE, value="0701740606")))


@case("bulk_town")
def _(office: Office) -> Clash:
    return _bulk(office, kinds.rename_town("Luleo", "Luleå"), _has(ADDRESS), _edits_contact(replace(ADDRESS, city="Kiruna")))


@case("bulk_town street")
def _(office: Office) -> Clash:
    """Though the town is as it was: the row is not the one that was looked at."""
    return _bulk(office, kinds.rename_town("Luleo", "Luleå"), _has(ADDRESS), _edits_contact(replace(ADDRESS, street="Gata 2")))


@case("bulk_programme")
def _(office: Office) -> Clash:
    return _bulk(office, kinds.rename_programme("Law", "Laws"), _gives(LAW), _edits_role(replace(LAW, programme="Physics")))


@case("bulk_end_role")
def _(office: Office) -> Clash:
    return _bulk(office, kinds.end_role("student", TODAY), _gives(LAW), _edits_role(replace(LAW, ends=TODAY.replace(year=2030))))


@case("bulk_begin_role")
def _(office: Office) -> Clash:
    """The colleague began it for one of them."""
    person, other = office.person("Åberg"), office.person("Öberg")
    return _of_two(office, kinds.begin_role(LAW), person, other, lambda s: roles.add_role(s, person, LAW))


@case("bulk_task")
def _(office: Office) -> Clash:
    """The colleague took one of them out of the lists."""
    person, other = office.person("Åberg"), office.person("Öberg")
    theirs: Step = lambda s: editing.retire(s, person, s.get_one(Person, person).version, now=NOW)
    return _of_two(office, kinds.add_task(TaskForm("Ring", NOW), ME.id), person, other, theirs)


def _line(office: Office, step: Step) -> RowChange:
    """What this window shows of the last step."""
    office.do(step)
    with office.mine.read() as reading:
        [line] = row_changes(reading, office.made[-1], ["person", "role", "contact_point"]).rows
    return line


@case("put_back")
def _(office: Office) -> Clash:
    person = office.person()
    line = _line(office, lambda s: editing.edit_person(s, person, 1, PersonForm(given="Mia", family="Slip"), today=TODAY))
    return Clash(lambda s: put_line_back(s, line, "family"), _edits_person(person), "rule")


@case("put_back other")
def _(office: Office) -> Clash:
    """The colleague changed something else of the same person."""
    person = office.person()
    line = _line(office, lambda s: editing.edit_person(s, person, 1, replace(NAMED, note="Slip"), today=TODAY))
    return Clash(lambda s: put_line_back(s, line, "note"), _renames(person), "both", frozenset({"note"}))


def _renames(person: UUID) -> Step:
    form = replace(NAMED, note="Slip", preferred="Majsan")
    return lambda s: editing.edit_person(s, person, s.get_one(Person, person).version, form, today=TODAY)


@case("put_back made")
def _(office: Office) -> Clash:
    """A role that was added is taken out, but not one the colleague wrote something into."""
    person = office.person()
    line = _line(office, lambda s: roles.add_role(s, person, LAW))
    return Clash(lambda s: put_line_back(s, line), _edits_role(replace(LAW, programme="Physics"))(line.row_id), "rule")


@case("put_back twice")
def _(office: Office) -> Clash:
    person = office.person()
    role: UUID = office.do(lambda s: roles.add_role(s, person, LAW))
    line = _line(office, lambda s: roles.remove_role(s, role, 1))
    return Clash(lambda s: put_line_back(s, line), lambda s: put_line_back(s, line), "rule")
