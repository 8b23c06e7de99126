"""On a server the history shows each login what it may see, and nothing else: by table, by column and by row."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.errors import Denied
from db.history import TAKE_BACK, rehearse
from db.identity_numbers import luhn_digit
from db.models.consent import ContactBlock
from db.models.history import ChangeSet
from db.models.person import Identifier
from db.models.unit import Unit
from db.putting_back import PUT_BACK
from db.row_changes import RowChanges, row_changes
from desktop.core.contacting import decisions
from desktop.core.contacting.decisions import BlockForm, Moment
from desktop.people import editing, roles, tasks
from desktop.people.editing import PersonForm
from desktop.people.organisation import units
from desktop.people.organisation.units import UnitForm
from desktop.people.roles import IdentifierForm
from desktop.people.tasks import TaskForm
from tests.server.conftest import Office, login_of
from tests.server.steps import NOW
from tests.support import put_line_back

AREAS = ("person", "identifier", "task", "call_round")
SHOWN = "19640823-••••"
_people = count(300)


def new_number() -> str:
    """Another number of the same birth date."""
    nine = f"640823{next(_people)}"
    return f"19{nine}{luhn_digit(nine)}"


@pytest.fixture
def done(office: Office) -> UUID:
    """A step of the office: somebody with a number and a task, changed and their number removed in the next one."""
    database, author = office.database("office"), Actor(office.accounts["office"], "Office")
    with database.write(author, "create_person") as session:
        who = editing.create_person(session, PersonForm("Ida", "Felsteg", note="delicate"), today=date(2027, 6, 14))
        roles.add_identifier(session, who, IdentifierForm("personnummer", new_number()), today=date(2027, 6, 14))
        tasks.add_task(session, TaskForm("Ring Ida", NOW, person_id=who))
    return last(database)


def last(database: Database) -> UUID:
    with database.read() as session:
        found = session.scalars(select(ChangeSet.id).order_by(ChangeSet.number.desc()).limit(1)).one()
    return found


def read(database: Database, change_set: UUID) -> RowChanges:
    with database.read() as session:
        return row_changes(session, change_set, AREAS)


def test_numbers_are_masked_by_the_server_before_they_travel(office: Office, done: UUID) -> None:
    for role in ("office", "manager"):
        with office.sql(role) as own:
            rows = own.execute("SELECT became::text FROM kontinuum_row_changes(%s, %s, 10)", [done, list(AREAS)]).fetchall()
        told = " ".join(row[0] for row in rows if row[0])
        assert SHOWN in told and "196408233" not in told, role
    found = read(office.database("office"), done)
    assert {(row.area, row.operation) for row in found.rows} == {("person", "made"), ("identifier", "made"), ("task", "made")}
    assert next(row for row in found.rows if row.area == "identifier").after["value"] == SHOWN


def test_the_number_stays_masked_when_the_row_is_gone(office: Office, done: UUID) -> None:
    database, author = office.database("office"), Actor(office.accounts["office"], "Office")
    number = next(row.row_id for row in read(database, done).rows if row.area == "identifier")
    with database.write(author, "remove_identifier") as session:
        version = session.scalars(select(Identifier.version).where(Identifier.id == number)).one()
        roles.remove_identifier(session, number, version)
    [gone] = read(database, last(database)).rows
    assert (gone.operation, gone.before["value"]) == ("removed", SHOWN)


def test_who_may_not_see_the_history_is_refused(office: Office, done: UUID) -> None:
    with office.sql("caller") as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
        own.execute("SELECT * FROM kontinuum_row_changes(%s, %s, 10)", [done, list(AREAS)])
    for name in ("kontinuum_shown(NULL, NULL, false)", "kontinuum_seen('person')", "kontinuum_masked('', '')"):
        with office.sql("office") as own, pytest.raises(psycopg.errors.InsufficientPrivilege):
            own.execute(f"SELECT {name}")


def test_columns_and_rows_are_those_the_login_reads_itself(office: Office, done: UUID) -> None:
    """A login whose only roles read names of people, and of tasks those of another module, sees no more in the history."""
    login = login_of("alumni_officer")
    with office.sql() as admin:
        admin.execute("CREATE ROLE curious")  # what the login may anyhow stays as it is when this one goes
        admin.execute("GRANT EXECUTE ON FUNCTION kontinuum_row_changes TO curious")
        admin.execute("GRANT SELECT ON row_image, change_set TO curious")
        admin.execute(f'GRANT curious TO "{login}"')
        try:
            with office.sql("alumni_officer") as own:
                rows = own.execute(
                    "SELECT area, ref, became::text FROM kontinuum_row_changes(%s, %s, 10)", [done, list(AREAS)]
                ).fetchall()
        finally:
            admin.execute("DROP OWNED BY curious")
            admin.execute("DROP ROLE curious")
    told = {area: text for area, ref, text in rows if ref is not None}
    assert "task" not in {area for area, _ref, _text in rows}, "not even how many there are"
    assert "Felsteg" in told["person"] and "delicate" not in told["person"] and "birth_date" not in told["person"]
    assert "identifier" not in told


def test_only_who_may_takes_a_look_ahead_at_what_others_did(office: Office, done: UUID) -> None:
    before = office.hashes()
    caller = office.database("caller")
    with pytest.raises(Denied), caller.write(Actor(office.accounts["caller"], "Caller"), TAKE_BACK) as session:
        rehearse(session, done)
    manager = office.database("manager")
    with manager.write(Actor(office.accounts["manager"], "Manager"), TAKE_BACK) as session:
        assert rehearse(session, done).undone == 3
    assert office.hashes() == before


def test_single_lines_are_put_back_with_the_ordinary_rights_of_whoever_does_it(office: Office) -> None:
    """A role, a number that was added, a stop that was lifted, a unit's code: each with no more than its page would need."""
    database, author = office.database("office"), Actor(office.accounts["office"], "Office")
    when = Moment(NOW, ZoneInfo("Europe/Helsinki"))
    with database.write(author, "create_person") as session:
        who = editing.create_person(session, PersonForm("Ida", "Felsteg"), today=date(2027, 6, 14))
        roles.add_identifier(session, who, IdentifierForm("personnummer", new_number()), today=date(2027, 6, 14))
        stop = decisions.stop_contact(session, who, BlockForm("phone", "Asked us to"), actor=author, when=when)
        unit = units.add_unit(session, UnitForm(f"U{next(_people)}", "faculty", name_en="Arts"))
    number = next(row for row in read(database, last(database)).rows if row.area == "identifier")
    with database.write(author, "lift_stop") as session:
        decisions.lift_stop(session, stop, 1)
        units.change_unit(session, unit, 1, UnitForm("WRONG", "faculty", name_en="Arts"))
    with database.read() as session:
        lifted, moved = row_changes(session, last(database), ("contact_block", "unit")).rows
    with database.write(author, PUT_BACK) as session:
        put_line_back(session, number)
        put_line_back(session, lifted)
        put_line_back(session, moved, "code")
    with database.read() as session:
        assert session.scalars(select(Identifier.id).where(Identifier.person_id == who)).all() == []
        assert session.get_one(ContactBlock, stop).reason == "Asked us to"
        assert session.get_one(Unit, unit).code != "WRONG"
    manager = office.database("manager")
    with pytest.raises(Denied), manager.write(Actor(office.accounts["manager"], "Manager"), PUT_BACK) as session:
        put_line_back(session, row_changes(session, last(database), ("contact_block",)).rows[0])
