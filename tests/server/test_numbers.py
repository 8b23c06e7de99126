"""Identity numbers on a server: nobody reads them, guesses them or learns that one is there without leaving a line in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import select

from db.actor import Actor
from db.database import Database
from db.errors import Denied, RuleBroken
from db.identity_numbers import SECRET_KINDS, luhn_digit
from db.looks import LookFilter, looks, reveal
from db.models.person import Identifier, Person
from db.numbers import holders
from db.search import search
from desktop.assembly import Ground
from desktop.core.rights import ROLES
from desktop.people import editing
from desktop.people.card import person_card
from desktop.people.editing import PersonForm
from desktop.people.imports import storing as importing
from desktop.people.roles import IdentifierForm, add_identifier, remove_identifier
from tests.server.conftest import Office, login_of
from tests.server.steps import NOW, TODAY

Desk = Callable[[str], Ground]


def personnummer(serial: int) -> str:
    """A number that fits all rules: of somebody born on 1 February 1900."""
    digits = f"000201{serial:03}"
    return f"19{digits}{luhn_digit(digits)}"


PRESENT, ABSENT = personnummer(238), personnummer(239)


@pytest.fixture
def person(office: Office) -> Iterator[UUID]:
    """Somebody with the number `PRESENT`, for one test."""
    database, actor = office.database("office"), Actor(office.accounts["office"], "Office")
    with database.write(actor, "create_person") as session:
        made = editing.create_person(session, PersonForm("Åke", f"Nummer {uuid4().hex[:6]}"), today=TODAY)
        number = add_identifier(session, made, IdentifierForm("personnummer", PRESENT), today=TODAY)
    yield made
    with database.read() as session:
        there = session.scalar(select(Identifier.version).where(Identifier.id == number))
    if there is not None:
        with database.write(actor, "remove_identifier") as session:
            remove_identifier(session, number, there)


def compared(office: Office) -> list[tuple[str, int]]:
    """Who compared how many numbers, the newest first."""
    with office.sql("administrator") as own:
        return own.execute(
            "SELECT login::text, amount FROM core.who_looked('-infinity') WHERE act = 'compare' ORDER BY number DESC"
        ).fetchall()


def ask(own: psycopg.Connection, numbers: list[str]) -> UUID:
    """The first step."""
    found = own.execute("SELECT core.ask_to_compare(%s)", [numbers]).fetchone()
    assert found is not None
    return found[0]  # type: ignore[no-any-return]


def answer(own: psycopg.Connection, ticket: UUID, numbers: list[str]) -> list[tuple[str, UUID]]:
    """The second."""
    return own.execute("SELECT value, person_id FROM core.compare_numbers(%s, %s)", [ticket, numbers]).fetchall()


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reads_the_column(office: Office, person: UUID, role: str) -> None:
    own = office.sql(role)
    for statement in (
        "SELECT value FROM core.identifier", "SELECT i FROM core.identifier i", "SELECT id FROM core.identifier ORDER BY value",
        "SELECT 1 FROM core.identifier WHERE value = 'x'", "EXPLAIN ANALYZE SELECT 1 FROM core.identifier WHERE value >= 'a'",
        "SELECT min(value) FROM core.identifier", "COPY core.identifier (value) TO STDOUT",
        "UPDATE core.identifier SET value = value", "SELECT before FROM core.row_image",
        "INSERT INTO core.identifier (id, value) VALUES (gen_random_uuid(), 'x') RETURNING value",
    ):  # fmt: skip
        with pytest.raises(errors.InsufficientPrivilege):
            own.execute(statement)
    stats = (
        "SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'identifier' AND attname = 'value'"
    )
    assert own.execute(stats).fetchall() == []


def test_who_has_the_same_number_is_told_without_the_number(office: Office, person: UUID) -> None:
    own = office.sql("office")
    told = own.execute("SELECT person_id, alike FROM core.numbers_alike(ARRAY[%s])", [person]).fetchall()
    told += own.execute("SELECT person_id, alike FROM core.people_sharing_numbers(ARRAY[%s])", [person]).fetchall()
    assert [who for who, _alike in told] == [person, person]
    told += own.execute("SELECT person_id, alike FROM core.shared_numbers()").fetchall()
    assert PRESENT not in repr(told)


# What might tell whether a number is there; {} is the number. None of it asks for good first.
ORACLES = tuple(
    text.replace("{id}", str(UUID(int=7)))
    for text in (
        "SELECT * FROM core.people_with_number(ARRAY['{}'])",
        "SELECT core.compare_numbers(gen_random_uuid(), ARRAY['{}'])",
        "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT * FROM core.people_with_number(ARRAY['{}'])",
        "EXPLAIN SELECT 1 FROM core.identifier WHERE value = '{}'",
        "SELECT count(*) FROM core.identifier WHERE value = '{}'",
        "SELECT * FROM core.people_called('''{}'':*')",
        "SELECT count(*) FROM core.search_entry WHERE parts LIKE '%{}%' OR words @@ '''{}'''::tsquery",
        "SELECT count(*) FROM core.change_set WHERE details::text LIKE '%{}%'",
        "SELECT count(*) FROM pg_stats WHERE most_common_vals::text LIKE '%{}%'",
        "SELECT count(*) FROM pg_stat_activity WHERE usename <> session_user AND query LIKE '%{}%'",
        "INSERT INTO core.identifier (id, person_id, kind, value, issuer, version, made_in, changed_in) SELECT '{id}', "
        "'{id}', 'personnummer', '{}', '', 1, '{id}', '{id}'",
        "INSERT INTO core.identifier (id, kind, value) VALUES ('{id}', 'personnummer', '{}') ON CONFLICT DO NOTHING",
    )
)


def outcome(own: psycopg.Connection, statement: str) -> object:
    """All that can be seen of it: rows, or the error with every part of its text."""
    try:
        with own.transaction(force_rollback=True):
            return own.execute(statement).fetchall()
    except psycopg.Error as error:
        said = error.diag
        return error.sqlstate, said.message_primary, said.message_detail, said.message_hint, said.constraint_name


@pytest.mark.parametrize("role", ROLES)
def test_whether_a_number_is_there_makes_no_difference(office: Office, person: UUID, role: str) -> None:
    own, before = office.sql(role), office.hashes()
    for text in ORACLES:
        there, missing = (repr(outcome(own, text.replace("{}", number))) for number in (PRESENT, ABSENT))
        assert there.replace(PRESENT, "#") == missing.replace(ABSENT, "#"), text
    assert office.hashes() == before


def test_the_test_above_sees_a_leak(office: Office, person: UUID) -> None:
    """Each hole is opened once, and must be told from none."""
    holes = (
        "CREATE UNIQUE INDEX hole ON core.identifier (value, kind)",
        f"GRANT SELECT (value) ON core.identifier TO {office.names.bundle('office')}",
        f"CREATE OR REPLACE FUNCTION core.people_with_number(numbers text[]) RETURNS TABLE (kind text, value text, issuer text, "
        f"person_id uuid) LANGUAGE sql SECURITY DEFINER AS $$ SELECT kind, value, issuer, person_id FROM core.identifier "
        f"WHERE value = ANY(numbers) AND kind IN ('{next(iter(SECRET_KINDS))}', 'personnummer') $$",
    )
    for hole in holes:
        with psycopg.connect(office.admin, options="-c search_path=core") as admin:
            admin.execute(hole)
            admin.execute(f'SET LOCAL ROLE "{login_of("office")}"')
            differ = []
            for text in ORACLES:
                seen = [repr(outcome(admin, text.replace("{}", number))).replace(number, "#") for number in (PRESENT, ABSENT)]
                differ.append(seen[0] != seen[1])
            admin.rollback()
        assert any(differ), hole


def test_comparing_is_logged_before_it_is_answered(office: Office, person: UUID) -> None:
    own, before = office.sql("office"), compared(office)
    own.execute("BEGIN")
    ticket = ask(own, [PRESENT])
    with pytest.raises(errors.InsufficientPrivilege, match="not yet for good"):
        answer(own, ticket, [PRESENT])
    own.execute("ROLLBACK")
    with pytest.raises(errors.InsufficientPrivilege):
        answer(own, ticket, [PRESENT])
    assert compared(office) == before
    assert answer(own, ask(own, [ABSENT, PRESENT]), [ABSENT, PRESENT]) == [(PRESENT, person)]
    assert compared(office) == [(login_of("office"), 2), *before]


def test_a_question_about_one_number_answers_about_no_other(office: Office, person: UUID) -> None:
    own, other = office.sql("office"), office.sql("administrator")
    ticket = ask(own, [ABSENT])
    for numbers in ([PRESENT], [ABSENT, PRESENT], [], [f"{ABSENT}\n{PRESENT}"]):
        with pytest.raises(errors.InsufficientPrivilege, match="other numbers"):
            answer(own, ticket, numbers)
    with pytest.raises(errors.InsufficientPrivilege, match="not asked for"):
        answer(other, ticket, [ABSENT])
    with office.sql() as admin:
        kept = admin.execute("SELECT details::text FROM audit.entry WHERE id = %s", [ticket]).fetchone()
    assert kept is not None and ABSENT not in kept[0]
    assert ask(own, [ABSENT]) != ticket


def test_the_office_finds_by_a_whole_number_and_leaves_a_line(office: Office, person: UUID) -> None:
    database, before = office.database("office"), compared(office)
    with database.read() as session:
        session.scalar(select(Person.id).limit(1))  # a reader's moment is older than the question
        for typed in (PRESENT, f"{PRESENT[:8]}-{PRESENT[8:]}"):
            assert [hit.id for hit in search(session, typed, identifiers=True)] == [person]
        assert search(session, ABSENT, identifiers=True) == []
        assert search(session, PRESENT) == []
    assert compared(office) == [(login_of("office"), 1)] * 3 + before
    with pytest.raises(Denied), office.database("caller").read() as session:
        search(session, PRESENT, identifiers=True)


def test_a_number_that_is_taken_is_refused_and_named(office: Office, person: UUID) -> None:
    database, actor = office.database("office"), Actor(office.accounts["office"], "Office")
    with database.write(actor, "create_person") as session:
        other = editing.create_person(session, PersonForm("Eva", "Annan"), today=TODAY)
    with pytest.raises(RuleBroken, match="already has this number"), database.write(actor, "add_identifier") as session:
        add_identifier(session, other, IdentifierForm("personnummer", PRESENT), today=TODAY)


def test_an_import_knows_people_by_their_numbers(office: Office, person: UUID, desk: Desk, tmp_path: Path) -> None:
    ground, before = desk("office"), compared(office)
    with ground.context.database.read() as session:
        name = session.get_one(Person, person).family
    path = tmp_path / "list.csv"
    path.write_text(f"Personnummer;Förnamn;Efternamn;E-post\n{PRESENT};Åke;{name};ake@uni.example\n", encoding="utf-8")
    done = importing.import_file(ground.context, path, False)
    assert (done["new"], done["changed"], done["same"]) == (0, 1, 0)
    assert compared(office) == [(login_of("office"), 1), *before]
    path.write_text(f"Personnummer;Förnamn;Efternamn;E-post\n{ABSENT};Åke;{name};ake@uni.example\n", encoding="utf-8")
    dry = importing.import_file(ground.context, path, True)
    assert (dry["new"], dry["changed"], dry["same"]) == (1, 0, 0)  # with another number it is somebody else


def test_numbers_of_registers_are_found_without_a_line(office: Office) -> None:
    database, actor, number = office.database("office"), Actor(office.accounts["office"], "Office"), f"q{uuid4().hex[:10]}"
    before = compared(office)
    with database.write(actor, "create_person") as session:
        made = editing.create_person(session, PersonForm("Olle", "Register"), today=TODAY)
        add_identifier(session, made, IdentifierForm("registry_id", number, "register"), today=TODAY)
        assert [holder.person_id for holder in holders(session, [("registry_id", number)])] == [made]
    assert compared(office) == before


def test_who_looked_is_read_by_person_user_and_time_a_page_at_a_time(office: Office, person: UUID) -> None:
    own, actor = office.database("office"), Actor(office.accounts["office"], "Office")
    with own.read() as session:
        number = person_card(session, person).identifiers[0].id
    for place in range(3):
        assert reveal(own, actor, person, f"  She asked {place}  ", now=NOW) == {number: PRESENT}
    with pytest.raises(RuleBroken, match="why"):
        reveal(own, actor, person, " x ", now=NOW)
    manager = office.database("manager")
    with manager.read() as session:
        wanted = LookFilter(people=(person,))
        found = looks(session, wanted, limit=2)
        found += looks(session, wanted, before=found[-1].number, limit=2)
        assert [line.reason for line in found] == ["She asked 2", "She asked 1", "She asked 0"]
        assert {(line.user, line.person_id, bool(line.person), bool(line.address)) for line in found} == {
            ("Office", person, True, True)
        }
        assert looks(session, LookFilter(user=office.accounts["manager"], people=(person,))) == []
        assert len(looks(session, LookFilter(user=office.accounts["office"], people=(person,)))) == 3
        assert looks(session, LookFilter(since=found[0].at, people=(person,))) == found[:1]
        assert looks(session, LookFilter(people=())) == []


def _read_looks(database: Database) -> None:
    with database.read() as session:
        looks(session, LookFilter())


@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("manager", "administrator")])
def test_others_do_not_see_who_looked(office: Office, role: str) -> None:
    with pytest.raises(Denied):
        _read_looks(office.database(role))
