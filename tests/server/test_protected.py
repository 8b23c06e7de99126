"""Somebody protected cannot be told from nobody, whatever a login without the right asks of the server (T15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors, sql

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Denied, Unavailable
from db.models.duplicate import NotADuplicate, SuspectedPair
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier, Person
from db.models.task import Task
from db.postgresql import administrator
from db.protected.editing import RowEdit, edit_protected
from db.protected.people import ProtectionForm, end_protection, protect, protected_people
from db.protected.showing import protected_events, show_protected
from db.sorting import name_key
from desktop.core.rights import ROLES
from tests.server.attempts import Catalogue
from tests.server.conftest import PASSWORD, Office, login_of
from tests.server.test_numbers import outcome, personnummer
from tests.servers import Server

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
OFFICER = "protected_officer"
OTHERS = tuple(role for role in ROLES if role != OFFICER)
NUMBER, UNUSED, PHONE = personnummer(246), personnummer(247), "+46701740611"
MARKS = ("Zorrokarl", "Qvarnsson", "viskade", PHONE, PHONE[3:], "zk@hem.example", NUMBER)


@dataclass(frozen=True)
class Guarded:
    """An office with somebody protected, and what belonged to them when anybody could see it."""

    office: Office
    person: UUID
    contact: UUID
    change_set: UUID
    handle: str
    said: str  # what the server wrote in its log meanwhile; attacks by bare SQL write there what they like


def _database(office: Office) -> Database:
    return Database(office.admin, parts=office.plan.parts)


def _fill(database: Database) -> tuple[UUID, UUID, UUID]:
    """Forty ordinary people, and one of whom something stands in every corner; the server has counted what is there."""
    actor = Actor(new_id(), "DBA")
    with database.write(actor, "import_people", details={"count": 40}) as session:
        others = [Person(family=f"Vanlig {n}", given="Eva", name_key=name_key(f"Vanlig {n}", "Eva")) for n in range(40)]
        session.add_all(others)
        session.flush()
        for n, other in enumerate(others):
            session.add(ContactPoint(person_id=other.id, kind="phone", value=f"070{n:07}", normal=f"+4670{n:07}"))
            session.add(Identifier(person_id=other.id, kind="registry_id", value=f"r{n}"))
            session.add(Interaction(person_id=other.id, kind="note", at=NOW, text=f"n {n}"))
            session.add(Task(title=f"t {n}", person_id=other.id, due=NOW))
        beside = others[0].id
    who = new_id()
    with database.write(actor, "create_person", [who], {"name": "Qvarnsson, Zorrokarl"}) as session:
        session.add(
            Person(id=who, family="Qvarnsson", given="Zorrokarl", name_key=name_key("Qvarnsson", "Zorrokarl"), note="viskade")
        )
        session.flush()
        contact = ContactPoint(person_id=who, kind="phone", value=PHONE, normal=PHONE, national="0" + PHONE[3:])
        session.add_all([contact, ContactPoint(person_id=who, kind="email", value="zk@hem.example", normal="zk@hem.example")])
        session.add(Identifier(person_id=who, kind="personnummer", value=NUMBER))
        session.add(Interaction(person_id=who, kind="note", at=NOW, text="hon viskade"))
        session.add(Task(title="Ring Qvarnsson", person_id=who, due=NOW))
        first, second = sorted((who, beside))
        session.add(NotADuplicate(first_id=first, second_id=second, score=1))
        session.flush()
        made, point = session.info["change_set"], contact.id
    with database.upkeep() as session:
        session.add(SuspectedPair(first_id=first, second_id=second, score=9, reasons="", found_at=NOW))
    return who, point, made


@pytest.fixture(scope="module")
def guarded(server: Server) -> Iterator[Guarded]:
    """One office for all tests here, which leave it as they find it."""
    office, earlier = Office.founded(server, "guarded"), len(server.log())
    database = _database(office)
    try:
        person, contact, change_set = _fill(database)
        with database.write(Actor(new_id(), "DBA"), "add_user") as session:
            administrator.let_in(session, office.names, "the.other", "Other", ["office", OFFICER], PASSWORD)
    finally:
        database.close()
    with psycopg.connect(office.admin, autocommit=True) as admin:
        admin.execute("ANALYZE")
        seen = repr(admin.execute("SELECT * FROM pg_stats WHERE schemaname = 'core'").fetchall())
        assert "Qvarnsson" in seen  # else the test of what the server noted is blind
    own = office.sql("office")
    _look(own, person)
    handle = _protect(office, person)
    yield Guarded(office, person, contact, change_set, handle, server.log()[earlier:])
    office.close()


def _look(own: psycopg.Connection, person: UUID) -> None:
    found = own.execute("SELECT core.ask_to_see(%s, 'Qvarnsson asks')", [person]).fetchone()
    assert found is not None
    own.execute("SELECT * FROM core.reveal_numbers(%s)", found)


def _protect(office: Office, person: UUID) -> str:
    form = ProtectionForm("registration", "Decision 17/2026", forwarding="Box 17")
    return protect(office.database(OFFICER), _officer(office), person, form, now=NOW)


def _officer(office: Office) -> Actor:
    return Actor(office.accounts[OFFICER], "Officer")


@pytest.fixture(autouse=True)
def let_go(guarded: Guarded) -> Iterator[None]:
    """Connections end with the test."""
    yield
    guarded.office.close()


def test_no_table_and_no_note_of_the_server_holds_anything_of_them(guarded: Guarded) -> None:
    marks = (*MARKS, str(guarded.person), guarded.person.hex, name_key("Qvarnsson", "Zorrokarl").hex())
    with guarded.office.sql() as admin:
        catalogue = Catalogue.of(admin)
        tables = [(schema, name) for schema, name, kind, _columns in catalogue.relations if kind in "rpvm" and schema == "core"]
        for schema, name in tables:
            rows = repr(admin.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, name))).fetchall())
            assert [mark for mark in marks if mark in rows] == [], name
        notes = repr(admin.execute("SELECT * FROM pg_stats WHERE schemaname = 'core'").fetchall())
        assert [mark for mark in marks if mark in notes] == []
        apart = repr(admin.execute("SELECT k::text FROM protected.kept k").fetchall())
    assert all(mark in apart for mark in ("Qvarnsson", NUMBER, "viskade"))
    assert not [mark for mark in MARKS if mark in guarded.said]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_what_is_kept(guarded: Guarded, role: str) -> None:
    own = guarded.office.sql(role)
    for table in ("person", "kept", "number", "event", "moving"):
        for statement in (
            f"SELECT count(*) FROM protected.{table}", f"EXPLAIN SELECT 1 FROM protected.{table}", f"TABLE protected.{table}",
            f"DELETE FROM protected.{table}", f"COPY protected.{table} TO STDOUT",
        ):  # fmt: skip
            with pytest.raises(errors.InsufficientPrivilege):
                own.execute(statement)
    assert own.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'protected'").fetchall() == [(0,)]
    for inner in ("kontinuum_hide(%s, %s)", "kontinuum_hold_out(%s)"):
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(f"SELECT core.{inner}", [uuid4()] * inner.count("%s"))


# What might tell somebody protected from nobody; {} is the person, {contact} a row, {set} a step, {number} an identity number.
ORACLES = (
    "SELECT count(*) FROM core.person WHERE id = '{}'",
    "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT 1 FROM core.person WHERE id = '{}'",
    "SELECT count(*) FROM core.search_entry WHERE ref = '{}'",
    "SELECT count(*) FROM core.change_about WHERE ref = '{}'",
    "SELECT count(*) FROM core.change_set WHERE id = '{set}'",
    "SELECT count(*) FROM core.row_image WHERE row_id = '{}'",
    "SELECT count(*) FROM core.suspected_pair WHERE first_id = '{}' OR second_id = '{}'",
    "SELECT count(*) FROM core.recent_use WHERE ref = '{}'",
    "SELECT * FROM core.masked_numbers('{}')",
    "SELECT * FROM core.numbers_alike(ARRAY['{}'::uuid])",
    "SELECT * FROM core.people_sharing_numbers(ARRAY['{}'::uuid])",
    "SELECT * FROM core.people_with_number(ARRAY['{number}'])",
    "SELECT count(*) FROM core.who_looked('-infinity') WHERE subject = '{}'",
    "SELECT * FROM core.people_called('''qvarnsson'':*')",
    "SELECT core.remove_contact_point('{contact}', 1)",
    "SELECT core.kontinuum_may_take_back('{set}')",
    "SELECT core.kontinuum_is_big('{set}', 1)",
    "SELECT core.kontinuum_open('{set}', 'core_9999')",
    "SELECT core.kontinuum_present('{contact}', ARRAY['people.record'], ARRAY['{}'::uuid])",
    "SELECT core.raise_protection('{}', 'secrecy', 'x x x')",
    "SELECT core.protect_person('{}', 'secrecy', 'x x x', NULL, NULL, '')",
    "SELECT core.end_protection('{}', 'x x x')",
    "SELECT core.release_protected('{}', 'x x x')",
    "SELECT core.change_protection('{}', 'secrecy', 'x', NULL, NULL, '')",
    "SELECT core.edit_protected('{}', 'edit_person', 'x', '', '[]')",
    "SELECT core.ask_protected('{}', 'x x x')",
    "SELECT core.looks_at_protected('{}')",
    "SELECT core.erase_protected('{}', '{fresh}', NULL, 'x x x')",
    "SELECT core.protected_people()",
    "SELECT core.join_protected(ARRAY['{}'::uuid])",
    "SELECT core.protected_households()",
    "SELECT core.protected_arrivals('{set}')",
    "SELECT count(*) FROM protected.person WHERE id = '{}'",
    "INSERT INTO core.interaction (id, person_id, kind, at, direction, outcome, title, text, module, by_name, version, made_in, changed_in) "
    "SELECT '{fresh}', '{}', 'note', now(), '', '', '', '', '', '', 1, '{fresh}', '{fresh}'",
    "INSERT INTO core.person (id, family, given, preferred, former, salutation, language, note, name_key, version, made_in, changed_in) "
    "SELECT '{}', 'x', 'x', '', '', '', '', '', '', 1, '{fresh}', '{fresh}'",
    "INSERT INTO core.identifier (id, person_id, kind, value, issuer, version, made_in, changed_in) "
    "SELECT '{fresh}', '{beside}', 'personnummer', '{number}', '', 1, '{fresh}', '{fresh}'",
    "INSERT INTO core.kept_apart (id, person_id, version, made_in, changed_in) SELECT '{fresh}', '{}', 1, '{fresh}', '{fresh}'",
)  # fmt: skip
STEP = "SELECT core.kontinuum_open('{fresh}', 'core_9999')"  # without which every insert is refused before anything is looked up


def _answers(own: psycopg.Connection, filled: dict[str, str]) -> Iterator[tuple[str, str]]:
    for oracle in ORACLES:
        statement = oracle.replace("{}", filled["person"])
        for name, value in filled.items():
            statement = statement.replace(f"{{{name}}}", value)
        if oracle.startswith("INSERT"):
            statement = _in_a_step(own, statement, filled)
        else:
            statement = repr(outcome(own, statement))
        for value in (filled["person"], filled["contact"], filled["set"], filled["number"]):
            statement = statement.replace(value, "#").replace(value.replace("-", ""), "#")
        yield oracle, statement


def _in_a_step(own: psycopg.Connection, statement: str, filled: dict[str, str]) -> str:
    with own.transaction(force_rollback=True):
        own.execute(STEP.replace("{fresh}", filled["fresh"]))  # type: ignore[arg-type]
        return repr(outcome(own, statement))


def _two(guarded: Guarded) -> tuple[dict[str, str], dict[str, str]]:
    """The one who is protected, and nobody."""
    with guarded.office.sql() as admin:
        row = admin.execute("SELECT id FROM core.person ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    same = {"fresh": str(uuid4()), "beside": str(row[0])}
    there = {"person": str(guarded.person), "contact": str(guarded.contact), "set": str(guarded.change_set), "number": NUMBER}
    absent = {"person": str(uuid4()), "contact": str(uuid4()), "set": str(uuid4()), "number": UNUSED}
    return there | same, absent | same


@pytest.mark.parametrize("role", OTHERS)
def test_whether_somebody_is_protected_or_nobody_makes_no_difference(guarded: Guarded, role: str) -> None:
    own, before = guarded.office.sql(role), guarded.office.hashes()
    there, absent = (dict(_answers(own, filled)) for filled in _two(guarded))
    assert there == absent
    assert guarded.office.hashes() == before


HOLES: dict[str, str] = {
    "an entry of the search that stayed": "INSERT INTO core.search_entry (kind, ref, title, detail, sort) "
    "VALUES ('person', '{person}', '', '', '')",
    "a handle row that others may refer to": "INSERT INTO protected.moving VALUES (pg_current_xact_id()); INSERT INTO core.person "
    "SELECT f.* FROM protected.kept k, json_populate_record(NULL::core.person, k.before::json) f WHERE k.table_name = 'person'",
    "a number that must be unique": "CREATE UNIQUE INDEX hole ON core.identifier (value); "
    "INSERT INTO protected.moving VALUES (pg_current_xact_id()); INSERT INTO core.identifier SELECT f.* FROM protected.kept k, "
    "json_populate_record(NULL::core.identifier, k.before::json) f WHERE k.table_name = 'identifier' AND false; "
    "INSERT INTO core.identifier SELECT f.* FROM (SELECT i FROM core.identifier i LIMIT 1) o, "
    "json_populate_record(o.i, json_build_object('id', gen_random_uuid(), 'value', '{number}')) f",
    "a step that stayed": "INSERT INTO core.change_set (id, at, actor_id, actor_name, verb) "
    "VALUES ('{set}', now(), '{person}', '', 'create_person')",
    "an open door": 'GRANT USAGE ON SCHEMA protected TO "{role}"; GRANT SELECT ON protected.person TO "{role}"',
}


@pytest.mark.parametrize("hole", HOLES)
def test_the_test_above_sees_a_leak(guarded: Guarded, hole: str) -> None:
    there, absent = _two(guarded)
    with psycopg.connect(guarded.office.admin, options="-c search_path=core") as admin:
        statement = HOLES[hole].replace("{role}", login_of("office"))
        for name, value in there.items():
            statement = statement.replace(f"{{{name}}}", value)
        admin.execute(statement)  # type: ignore[arg-type]
        admin.execute("DELETE FROM protected.moving")
        admin.execute(f'SET LOCAL ROLE "{login_of("office")}"')  # type: ignore[arg-type]
        answers = [dict(_answers(admin, filled)) for filled in (there, absent)]
        admin.rollback()
    assert answers[0] != answers[1]


def test_a_question_about_their_number_is_answered_as_about_any_other(guarded: Guarded) -> None:
    own = guarded.office.sql("office")
    for number in (NUMBER, UNUSED):
        ticket = own.execute("SELECT core.ask_to_compare(%s)", [[number]]).fetchone()
        assert ticket is not None
        assert own.execute("SELECT * FROM core.compare_numbers(%s, %s)", [ticket[0], [number]]).fetchall() == []


def test_who_looked_before_is_told_as_if_they_had_looked_at_nobody(guarded: Guarded) -> None:
    own = guarded.office.sql("manager")
    told = repr(own.execute("SELECT * FROM core.who_looked('-infinity')").fetchall())
    assert "Qvarnsson" not in told and str(guarded.person) not in told


def test_the_administrator_does_not_hold_the_right_by_themselves(guarded: Guarded) -> None:
    with pytest.raises(Denied), guarded.office.database("administrator").read() as session:
        protected_people(session)
    other = Database(guarded.office.server.dsn(guarded.office.names.database, user="the.other", password=PASSWORD))
    try:
        with other.read() as session:
            assert [line.handle for line in protected_people(session)] == [guarded.handle]
    finally:
        other.close()


def test_an_officer_sees_who_it_is_after_the_question_is_stored_for_good(guarded: Guarded) -> None:
    own = guarded.office.sql(OFFICER)
    own.execute("BEGIN")
    ticket = own.execute("SELECT core.ask_protected(%s, 'to write a letter')", [guarded.person]).fetchone()
    assert ticket is not None
    with pytest.raises(errors.InsufficientPrivilege, match="not yet for good"):
        own.execute("SELECT * FROM core.reveal_protected(%s)", ticket)
    own.execute("ROLLBACK")
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute("SELECT * FROM core.reveal_protected(%s)", ticket)
    database = guarded.office.database(OFFICER)
    reason = f"She asks {uuid4()}"
    (shown,) = show_protected(database, _officer(guarded.office), guarded.person, reason, now=NOW)
    assert shown.title == "Qvarnsson, Zorrokarl"
    with database.read() as session:
        looked = next(event for event in protected_events(session) if event.reason == reason)
    assert (looked.act, looked.handle, looked.by) == ("looked", guarded.handle, "Protected_Officer")
    for table in ("audit.entry", "protected.event", "protected.kept"):
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(f"DELETE FROM {table}")  # type: ignore[arg-type]


# What an officer may not do to what is kept, whatever they send the server.
SLIPS: dict[str, str] = {
    "a column that is none of theirs": '[{"table": "person", "row": "{}", "version": 1, "values": {"retired_at": null}}]',
    "a table that is none of theirs": '[{"table": "interaction", "row": "{}", "version": 0, "values": {"title": "x"}}]',
    "another's row": '[{"table": "role", "row": "{fresh}", "version": 0, "values": {"person_id": "{fresh}", "kind": "staff"}}]',
    "half a row": '[{"table": "contact_point", "row": "{fresh}", "version": 0, "values": {"person_id": "{}", "kind": "phone"}}]',
    "a person without a name": '[{"table": "person", "row": "{}", "version": 1, "values": {"given": "", "family": ""}}]',
    "nobody at all": '[{"table": "person", "row": "{}", "version": 1, "values": null}]',
    "a kind nobody knows": '[{"table": "contact_point", "row": "{contact}", "version": 1, "values": {"kind": "fax"}}]',
}


@pytest.mark.parametrize("slip", SLIPS)
def test_an_officer_changes_only_what_may_be_changed(guarded: Guarded, slip: str) -> None:
    edits = (
        SLIPS[slip].replace("{}", str(guarded.person)).replace("{fresh}", str(uuid4())).replace("{contact}", str(guarded.contact))
    )
    with guarded.office.sql() as admin:
        before = admin.execute("SELECT * FROM protected.kept ORDER BY number").fetchall()
    with pytest.raises(errors.IntegrityError):
        guarded.office.sql(OFFICER).execute("SELECT core.edit_protected(%s, 'edit_person', 'x', '', %s)", [guarded.person, edits])
    with guarded.office.sql() as admin:
        assert admin.execute("SELECT * FROM protected.kept ORDER BY number").fetchall() == before


@pytest.mark.parametrize("role", ["office", "administrator"])
def test_nobody_else_marks_changes_ends_or_looks(guarded: Guarded, role: str) -> None:
    database, actor = guarded.office.database(role), Actor(guarded.office.accounts[role], role)
    form = ProtectionForm("secrecy", "Decision")
    with database.read() as session:
        somebody = session.query(Person.id).limit(1).scalar()
    steps: tuple[Any, ...] = (
        lambda: protect(database, actor, somebody, form, now=NOW),
        lambda: end_protection(database, actor, guarded.person, "Over", now=NOW),
        lambda: edit_protected(database, actor, guarded.person, "edit_person", [], name="", now=NOW),
        lambda: show_protected(database, actor, guarded.person, "Because", now=NOW),
    )
    before = guarded.office.hashes()
    for step in steps:
        with pytest.raises(Denied):
            step()
    assert guarded.office.hashes() == before


def test_it_ends_and_begins_again_by_an_officer_with_search_and_history(guarded: Guarded) -> None:
    office = guarded.office
    end_protection(office.database(OFFICER), _officer(office), guarded.person, "Withdrawn", now=NOW)
    try:
        with office.sql("office") as own:
            titles = own.execute("SELECT title FROM core.search_entry WHERE ref = %s", [guarded.person]).fetchall()
            steps = own.execute("SELECT count(*) FROM core.change_about WHERE ref = %s", [guarded.person]).fetchone()
        assert titles == [("Qvarnsson, Zorrokarl",)] and steps == (1,)
    finally:
        _protect(office, guarded.person)
    with pytest.raises(Unavailable):
        end_protection(office.database(OFFICER), _officer(office), uuid4(), "Withdrawn", now=NOW)


def test_an_officer_brings_nobody_back_unseen_in_a_step_that_is_given_up(guarded: Guarded) -> None:
    own = guarded.office.sql(OFFICER)
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute("SELECT core.end_protection(%s, 'Withdrawn')", [guarded.person])
    with own.transaction(force_rollback=True):
        ticket = own.execute("SELECT core.ask_protected(%s, 'Withdrawn')", [guarded.person]).fetchone()
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute("SELECT core.release_protected(%s, 'Withdrawn')", ticket)
    kept = own.execute("SELECT core.ask_protected(%s, 'Only a look')", [guarded.person]).fetchone()
    with own.transaction(force_rollback=True):
        assert own.execute("SELECT core.release_protected(%s, 'Withdrawn')", kept).fetchone() == (True,)
    told = own.execute("SELECT act, reason FROM core.protected_events(50)").fetchall()
    assert ("looked", "Only a look") in told and ("ended", "Withdrawn") not in told[:1]


def test_an_officer_changes_a_row_under_their_own_name(guarded: Guarded) -> None:
    database, officer = guarded.office.database(OFFICER), _officer(guarded.office)
    (shown,) = show_protected(database, officer, guarded.person, "To change", now=NOW)
    row = next(row for row in shown.rows["contact_point"] if row.id == guarded.contact)
    forged = Actor(new_id(), "Somebody else")
    edit = RowEdit("contact_point", row.id, row.version, {"label": "viskade"})
    edit_protected(database, forged, guarded.person, "edit_contact", [edit], name="Qvarnsson, Zorrokarl", now=NOW)
    with database.read() as session:
        event = protected_events(session)[0]
    assert (event.act, event.by, event.reason) == ("edited", "Protected_Officer", "edit_contact")
    with guarded.office.sql() as admin:
        kept = "SELECT before::json ->> 'actor_id', before::json ->> 'login' FROM protected.kept WHERE table_name = 'change_set' "
        steps = admin.execute(kept + "ORDER BY number DESC LIMIT 1").fetchall()
    assert steps == [(str(officer.id), login_of(OFFICER))]
