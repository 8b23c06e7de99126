"""Rows of somebody protected are changed where they are kept, with versions, and come back with their history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Conflict, RuleBroken, Unavailable
from db.history import TAKE_BACK, HistoryLine, history, take_back
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.protected.editing import RowEdit, edit_protected
from db.protected.people import ProtectionForm, end_protection, protect, protected_people
from db.protected.showing import HiddenPerson, protected_events, show_protected
from desktop.core.clock import FixedClock
from desktop.people.contacts import ContactForm
from desktop.people.editing import PersonForm
from desktop.people.protecting import rows
from desktop.people.protecting.rows import HiddenStep
from desktop.people.roles import IdentifierForm, RoleForm, add_identifier, add_role
from tests.db.support import found
from tests.support import MakePerson

FORM = ProtectionForm("secrecy", "Decision 17/2026")
NUMBER, OTHER = "190002012383", "190002012391"
MARKS = ("Nyström", "070174", "Hemgatan", "Kiruna", "viskade", OTHER)


class Office:
    """Somebody protected, and the officer who changes what is known of them."""

    def __init__(self, database: Database, actor: Actor, clock: FixedClock, person: UUID) -> None:
        self.database, self.actor, self.clock, self.person = database, actor, clock, person

    def show(self) -> HiddenPerson:
        (shown,) = show_protected(self.database, self.actor, self.person, "To change", now=self.clock.now())
        return shown

    def do(self, step: HiddenStep, note: str = "") -> None:
        edit_protected(
            self.database, self.actor, self.person, step.verb, step.edits, name=step.name, note=note, now=self.clock.now()
        )

    def end(self) -> None:
        end_protection(self.database, self.actor, self.person, "Over", now=self.clock.now())

    def history(self) -> list[HistoryLine]:
        with self.database.read() as session:
            return history(session, about=self.person)

    def edited(self) -> list[str]:
        with self.database.read() as session:
            return [event.reason for event in protected_events(session) if event.act == "edited"]


@pytest.fixture
def office(database: Database, actor: Actor, clock: FixedClock, make_person: MakePerson) -> Office:
    who = make_person("Hemligsson", "Zorro", phone="+46701740605", city="Luleå")
    with database.write(actor, "add_identifier", [who]) as session:
        add_identifier(session, who, IdentifierForm("interim", "19770101-T321", "Ladok"), today=clock.today())
        add_role(session, who, RoleForm("student", "Nursing", "HT 2026"))
    protect(database, actor, who, FORM, now=clock.now())
    return Office(database, actor, clock, who)


def core(database: Database) -> str:
    """Every row of every table but those of protected people, as text."""
    with database.read() as session:
        connection = session.connection()
        wanted = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'protected_%' AND sql NOT LIKE '%fts5%'"
        if connection.dialect.name == "postgresql":
            wanted = "SELECT relname FROM pg_class WHERE relnamespace = 'core'::regnamespace AND relkind = 'r'"
        names = connection.exec_driver_sql(wanted).scalars().all()
        return repr([session.execute(text(f'SELECT * FROM "{name}"')).all() for name in names])


def every_change(office: Office) -> None:
    """One step of each kind."""
    today = office.clock.today()
    names = PersonForm("Zorro", "Nyström", birth_date=date(2001, 2, 3), note="viskade")
    office.do(rows.change_person(office.show(), names, today), "asked for by the person")
    office.do(rows.add_contact(office.show(), ContactForm("address", street="Hemgatan 1", city="Kiruna"), "SE"))
    phone = next(row for row in office.show().rows["contact_point"] if row.values["kind"] == "phone")
    office.do(rows.change_contact(office.show(), phone, ContactForm("phone", "070-174 06 99", "home"), "SE"))
    office.do(rows.add_role(office.show(), RoleForm("alumnus")))
    student = next(row for row in office.show().rows["role"] if row.values["kind"] == "student")
    office.do(rows.change_role(office.show(), student, RoleForm("student", "Law", ends=date(2026, 12, 31))))
    office.do(rows.add_number(office.show(), IdentifierForm("personnummer", OTHER), today))
    town = next(row for row in office.show().rows["contact_point"] if row.values["city"] == "Luleå")
    office.do(rows.remove(office.show(), "contact_point", town), "moved long ago")


def test_every_kind_of_row_is_changed_and_shown_as_it_is_now(office: Office) -> None:
    every_change(office)
    shown = office.show()
    assert (shown.title, shown.birth_date, dict(shown.more)["note"]) == ("Nyström, Zorro", date(2001, 2, 3), "viskade")
    assert sorted(shown.contacts) == [("address", "", "Hemgatan 1, Kiruna"), ("phone", "home", "070-174 06 99")]
    assert sorted(shown.roles) == [("alumnus", "", ""), ("student", "Law", "")]
    assert [kind for kind, _issuer, _value in shown.numbers] == ["interim", "personnummer"]
    assert shown.rows["identifier"][0].day("valid_to") == office.clock.today()  # the real number took its place
    assert sorted(row.version for table in shown.rows.values() for row in table) == [1, 1, 1, 2, 2, 2, 2]


def test_nothing_of_it_stands_outside_and_the_record_of_what_was_done_says_no_value(office: Office) -> None:
    before = core(office.database)
    every_change(office)
    assert core(office.database) == before
    assert not [mark for mark in (*MARKS, "Hemligsson", str(office.person), office.person.hex.upper()) if mark in before]
    assert office.edited()[::-1] == [
        "edit_person asked for by the person", "add_contact", "edit_contact", "add_role", "edit_role", "add_identifier",
        "remove_contact moved long ago",
    ]  # fmt: skip


def test_it_comes_back_with_its_history_and_can_be_taken_back_then(office: Office) -> None:
    former = office.history()
    every_change(office)
    office.end()
    steps = office.history()
    assert [line.verb for line in steps][:7] == [
        "remove_contact", "add_identifier", "edit_role", "add_role", "edit_contact", "add_contact", "edit_person"]  # fmt: skip
    assert steps[7:] and former == []
    assert {line.details["name"] for line in steps[:7]} == {"Nyström, Zorro"}  # type: ignore[index]
    assert found(office.database, "nyström") == ["Nyström, Zorro"] and found(office.database, "hemligsson") == []
    with office.database.read() as session:
        ways = session.execute(select(ContactPoint.kind, ContactPoint.normal, ContactPoint.position, ContactPoint.version))
        assert sorted(map(tuple, ways)) == [("address", "", 1, 1), ("phone", "+46701740699", 0, 2)]
        assert sorted(session.scalars(select(Role.programme))) == ["", "Law"]
        assert session.scalars(select(Identifier.valid_to).where(Identifier.kind == "interim")).one() is not None
        person = session.get_one(Person, office.person)
        assert (person.family, person.version, person.made_in == person.changed_in) == ("Nyström", 2, False)
    for step in steps[:7]:
        with office.database.write(office.actor, TAKE_BACK) as session:
            assert not take_back(session, step.id).kept
    with office.database.read() as session:
        assert session.get_one(Person, office.person).family == "Hemligsson"
        assert sorted(session.scalars(select(ContactPoint.value))) == ["", "+46701740605"]
        assert session.scalars(select(Role.programme)).all() == ["Nursing"]
        assert session.scalars(select(Identifier.kind)).all() == ["interim"]


def test_a_new_number_keeps_records_out_that_bear_it(office: Office, make_person: MakePerson) -> None:
    office.do(rows.add_number(office.show(), IdentifierForm("personnummer", OTHER), office.clock.today()))
    with office.database.write(office.actor, "import_people") as session:
        own = new_id()
        session.add(Person(id=own, family="Hemligsson", given="Z", name_key=b"x"))
        session.flush()
        session.add(Identifier(person_id=own, kind="personnummer", value=OTHER))
    with office.database.read() as session:
        assert session.get(Person, own) is None
        (line,) = protected_people(session)
    assert line.arrived == 1
    first = show_protected(office.database, office.actor, office.person, "To change", now=office.clock.now())[0]
    number = next(row for row in first.rows["identifier"] if row.values["kind"] == "personnummer")
    office.do(rows.remove(first, "identifier", number))
    office.end()


def test_a_number_that_is_there_already_is_not_written_twice(office: Office) -> None:
    office.do(rows.add_number(office.show(), IdentifierForm("personnummer", OTHER), office.clock.today()))
    with pytest.raises(RuleBroken, match="already written down"):
        rows.add_number(office.show(), IdentifierForm("personnummer", OTHER), office.clock.today())


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(office: Office) -> None:
    mine, theirs = office.show(), office.show()
    office.do(rows.change_person(theirs, PersonForm("Zorro", "Nyström"), office.clock.today()))
    stale = rows.change_person(mine, PersonForm("Zorro", "Annan"), office.clock.today())
    phone = mine.rows["contact_point"][0]
    both = replace(stale, edits=(*rows.remove(mine, "contact_point", phone).edits, *stale.edits))
    gone = rows.remove(theirs, "contact_point", replace(phone, id=new_id()))
    before = office.edited()
    for step in (stale, both, gone):
        with pytest.raises(Conflict):
            office.do(step)
    assert office.show().title == "Nyström, Zorro" and len(office.show().contacts) == 2 and office.edited() == before
    with pytest.raises(Unavailable):
        edit_protected(office.database, office.actor, new_id(), "edit_person", stale.edits, name="", now=office.clock.now())


@pytest.mark.parametrize(
    ("table", "values", "verb"),
    [
        ("person", {"retired_at": None}, "edit_person"),
        ("person", None, "edit_person"),
        ("contact_point", {"person_id": new_id()}, "edit_contact"),
        ("contact_point", {"value": "x"}, "protect_person"),
    ],
)
def test_nothing_else_may_be_changed(office: Office, table: str, values: dict[str, Any] | None, verb: str) -> None:
    row = office.show().rows[table][0]
    before = office.show()
    with pytest.raises((ValueError, IntegrityError)):
        office.do(HiddenStep(verb, "x", (RowEdit(table, row.id, row.version, values),)))
    assert office.show() == before and office.edited() == []
