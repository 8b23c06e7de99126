"""One line of a step can be put back alone: a value, a row that was removed, a row that was added."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from db.access import Writable, writable
from db.actor import Actor
from db.database import Database
from db.errors import RuleBroken
from db.history import TAKE_BACK, history, take_back
from db.models.consent import ContactBlock
from db.models.history import ChangeSet
from db.models.merge import MergedPerson
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.models.task import Task
from db.models.unit import Unit
from db.putting_back import NOT_YOURS, ONE_VALUE, PUT_BACK, why_not
from db.row_changes import RowChange, row_changes
from db.sorting import name_key
from desktop.core.records import by_table
from desktop.people.manifest import MANIFEST
from desktop.people.organisation.units import UnitForm, add_unit, change_unit
from desktop.people.recorded import RECORDS
from tests.db.support import count, found, last_change_set, rename
from tests.support import MakePerson, put_line_back

AREAS = ("person", "contact_point", "role", "identifier", "task", "contact_block", "unit", "unit_programme", "post")
WORDS = by_table(RECORDS)
EVERYTHING = writable(MANIFEST.access, [right.key for right in MANIFEST.rights])


def lines(database: Database, change_set: UUID) -> list[RowChange]:
    with database.read() as session:
        return list(row_changes(session, change_set, AREAS).rows)


def put(database: Database, actor: Actor, line: RowChange, column: str = "") -> None:
    with database.write(actor, PUT_BACK) as session:
        put_line_back(session, line, column)


def reason(line: RowChange, column: str = "", may: Writable = EVERYTHING) -> str | None:
    return why_not(line, column, WORDS[line.area].back, may)


def edit(database: Database, actor: Actor, key: UUID, **values: object) -> UUID:
    with database.write(actor, "edit_person", about=[key]) as session:
        row = session.get_one(Person, key)
        for name, value in values.items():
            setattr(row, name, value)
    return last_change_set(database)


def test_one_value_goes_back_and_the_others_stay(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    then = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
    [line] = lines(database, edit(database, actor, key, note="New", language="fi", birth_date=date(2001, 2, 3), retired_at=then))
    for column in ("birth_date", "retired_at", "language"):
        put(database, actor, line, column)
    with database.read() as session:
        row = session.get_one(Person, key)
        assert (row.note, row.language, row.birth_date, row.retired_at) == ("New", "", None, None)
        newest = history(session, about=key)[0]
    assert (newest.verb, newest.details["column"], newest.takes_back) == (PUT_BACK, "language", None)


def test_a_value_goes_back_although_another_one_was_changed_since(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    key = make_person("Åberg", language="sv")
    [line] = lines(database, edit(database, actor, key, language="fi"))
    edit(database, actor, key, note="later")
    put(database, actor, line, "language")
    with database.read() as session:
        row = session.get_one(Person, key)
        assert (row.note, row.language) == ("later", "sv")


def test_a_value_changed_again_since_stays(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", language="sv")
    [line] = lines(database, edit(database, actor, key, language="fi"))
    edit(database, actor, key, language="en")
    with pytest.raises(RuleBroken, match="changed again since"):
        put(database, actor, line, "language")
    with database.read() as session:
        assert session.get_one(Person, key).language == "en"


def test_a_name_goes_back_with_its_place_in_the_alphabet(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    [line] = lines(database, rename(database, actor, key, "Berg"))
    put(database, actor, line, "family")
    with database.read() as session:
        assert session.get_one(Person, key).name_key == name_key("Åberg", "Mia")
    assert found(database, "åberg") == ["Åberg, Mia"]


def test_what_was_removed_comes_back_alone(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", email="mia@x.example", phone="+46701740605")
    with database.write(actor, "remove_contact") as session:
        for point in session.scalars(select(ContactPoint)):
            session.delete(point)
    email = next(line for line in lines(database, last_change_set(database)) if line.before["kind"] == "email")
    put(database, actor, email)
    assert count(database, ContactPoint) == 1 and found(database, "mia@x.example") == ["Åberg, Mia"]
    with pytest.raises(RuleBroken, match="there again"):
        put(database, actor, email)
    assert email.person_id == key


def test_what_was_added_goes_alone_unless_it_was_changed(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "add_role") as session:
        session.add_all([Role(person_id=key, kind="student", starts=date(2026, 9, 1)), Role(person_id=key, kind="mentor")])
    student, mentor = sorted(lines(database, last_change_set(database)), key=lambda line: line.after["kind"] == "mentor")
    put(database, actor, student)
    with database.write(actor, "edit_role") as session:
        session.scalars(select(Role)).one().programme = "Law"
    with pytest.raises(RuleBroken, match="changed again since"):
        put(database, actor, mentor)
    assert count(database, Role) == 1


def test_putting_back_can_be_taken_back(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg", language="sv")
    [line] = lines(database, edit(database, actor, key, language="fi"))
    put(database, actor, line, "language")
    with database.write(actor, TAKE_BACK) as session:
        take_back(session, last_change_set(database))
    with database.read() as session:
        assert session.get_one(Person, key).language == "fi"


def test_what_means_nothing_alone_says_why_it_stays(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    [made] = lines(database, last_change_set(database))
    assert "comes and goes with all that is theirs" in str(reason(made)) == str(reason(made, "family"))
    [line] = lines(database, rename(database, actor, key, "Berg"))
    assert reason(line, "family") is None
    assert (reason(line, "note"), reason(line, "version"), reason(line)) == (ONE_VALUE,) * 3
    with database.write(actor, "add_task") as session:
        session.add(Task(title="Call", due=datetime(2026, 1, 1, tzinfo=UTC)))
    [task] = lines(database, last_change_set(database))
    assert "finished, not removed" in str(reason(task))
    steps = count(database, ChangeSet)
    assert steps == 3


def test_what_ones_roles_do_not_write_is_not_offered(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    [line] = lines(database, rename(database, actor, key, "Berg"))
    with database.write(actor, "add_role") as session:
        session.add(Role(person_id=key, kind="student"))
    [added] = lines(database, last_change_set(database))
    with database.write(actor, "remove_role") as session:
        session.delete(session.scalars(select(Role)).one())
    [removed] = lines(database, last_change_set(database))
    nothing, half = Writable(), Writable(changes={"person": frozenset({"family", "given"})})  # but not what they sort by
    assert {reason(line, "family", may) for may in (nothing, half)} == {NOT_YOURS}
    assert (reason(added, "", nothing), reason(removed, "", nothing)) == (NOT_YOURS, NOT_YOURS)
    assert (reason(added), reason(removed)) == (None, None)
    seen = RowChange(removed.area, removed.row_id, "removed", {"kind": "student"}, {})
    assert reason(seen) == NOT_YOURS, "a row of which one sees only a part would come back without the rest"


def test_a_number_is_taken_away_again_but_not_written_anew(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key = make_person("Åberg")
    with database.write(actor, "add_identifier") as session:
        session.add(Identifier(person_id=key, kind="personnummer", value="196408233234"))
    [added] = lines(database, last_change_set(database))
    assert reason(added) is None
    put(database, actor, added)
    assert count(database, Identifier) == 0
    [gone] = lines(database, last_change_set(database))
    assert "never shown in full" in str(reason(gone))


def test_a_stop_of_contact_comes_back_alone(database: Database, actor: Actor, make_person: MakePerson) -> None:
    key, now = make_person("Åberg"), datetime(2026, 1, 1, tzinfo=UTC)
    with database.write(actor, "stop_contact") as session:
        session.add(ContactBlock(person_id=key, channel="phone", since=now, reason="Asked us to"))
    with database.write(actor, "lift_stop") as session:
        session.delete(session.scalars(select(ContactBlock)).one())
    [lifted] = lines(database, last_change_set(database))
    put(database, actor, lifted)
    with database.read() as session:
        stop = session.scalars(select(ContactBlock)).one()
        assert (stop.person_id, stop.since, stop.reason) == (key, now, "Asked us to")
        assert history(session, about=key)[0].verb == PUT_BACK


def test_a_row_does_not_come_back_to_a_record_that_only_leads_on(
    database: Database, actor: Actor, make_person: MakePerson
) -> None:
    stays, goes = make_person("Åberg"), make_person("Berg")
    with database.write(actor, "add_role") as session:
        session.add(Role(person_id=goes, kind="student"))
    with database.write(actor, "remove_role") as session:
        session.delete(session.scalars(select(Role)).one())
    [removed] = lines(database, last_change_set(database))
    with database.write(actor, "merge_people") as session:
        session.add(MergedPerson(person_id=goes, into_id=stays, moved={}, reason=""))
    with pytest.raises(RuleBroken, match="merged into that of Åberg"):
        put(database, actor, removed)
    assert count(database, Role) == 0


def test_units_go_back_only_where_the_tree_still_holds(database: Database, actor: Actor) -> None:
    with database.write(actor, "add_unit") as session:
        above = add_unit(session, UnitForm("HUM", "faculty", name_en="Arts"))
        below = add_unit(session, UnitForm("HIST", "department", name_en="History", parent_id=above))
    added = {line.after["code"]: line for line in lines(database, last_change_set(database))}
    with pytest.raises(RuleBroken, match="belong to this unit"):
        put(database, actor, added["HUM"])
    put(database, actor, added["HIST"])
    [gone] = lines(database, last_change_set(database))
    put(database, actor, added["HUM"])
    with pytest.raises(RuleBroken, match="no longer there"):
        put(database, actor, gone)
    assert count(database, Unit) == 0 and below


def test_a_code_somebody_else_has_taken_is_not_given_back(database: Database, actor: Actor) -> None:
    with database.write(actor, "add_unit") as session:
        unit = add_unit(session, UnitForm("HUM", "faculty", name_en="Arts"))
    with database.write(actor, "change_unit") as session:
        change_unit(session, unit, 1, UnitForm("ARTS", "faculty", name_en="Arts", ends=date(2027, 1, 1)))
    [line] = lines(database, last_change_set(database))
    with database.write(actor, "add_unit") as session:
        add_unit(session, UnitForm("hum", "faculty", name_en="Humanities"))
    with pytest.raises(RuleBroken, match="already a unit with the code HUM"):
        put(database, actor, line, "code")
    put(database, actor, line, "ends")
    with database.read() as session:
        row = session.get_one(Unit, unit)
        assert (row.code, row.ends) == ("ARTS", None)
