"""What each login can really do is what the manifests say, for every object there is, and a forgotten rule shows (T15)."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from db.access import without_rule
from db.postgresql import check, guards
from db.postgresql.catalogue import Tables, tables_of
from db.postgresql.check import Holding
from db.postgresql.connection import make_engine
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import INTERNAL, found
from desktop.core.registry import Registry
from desktop.core.rights import ROLES
from desktop.rights_page import PAGE, page_of
from tests.server.attempts import Catalogue, Tally, try_everything
from tests.server.conftest import Office, login_of


@pytest.fixture(scope="session")
def tables(founded: Office) -> Tables:
    """The tables of schema core."""
    engine = make_engine(founded.admin, read_only=True)
    with engine.connect() as connection:
        found = tables_of(connection)
    engine.dispose()
    return found


@pytest.fixture
def administrators(office: Office) -> Iterator[psycopg.Connection]:
    """A transaction of the administrator's that is taken back: for mistakes of theirs."""
    with psycopg.connect(office.admin, options="-c search_path=core") as connection:
        yield connection
        connection.rollback()


def expected(office: Office, tables: Tables, role: str) -> frozenset[Holding]:
    """Column by column, without the database and the schema."""
    found = set()
    for holding in check.expected(office.names, office.plan.matrix(tables)[role]):
        if holding.kind == "table" and not holding.column:
            found |= {
                Holding("table", holding.name, holding.privilege, c) for c in tables[holding.name.partition(".")[2]].columns
            }
        elif holding.kind in ("table", "routine"):
            found.add(holding)
    return frozenset(found)


def tried(office: Office, role: str) -> Tally:
    """Everything tried as the user with this role."""
    with psycopg.connect(office.admin) as connection:
        catalogue = Catalogue.of(connection)
    with office.sql(role) as own:
        return try_everything(own, catalogue)


def differences(office: Office) -> list[str]:
    """What `kontinuum server check` finds."""
    engine = make_engine(office.admin, read_only=True)
    try:
        with engine.connect() as connection:
            matrix = office.plan.matrix(tables_of(connection))
            told = [str(difference) for difference in check.differences(connection, office.names, matrix)]
            return told + guards.differences(connection)
    finally:
        engine.dispose()


@pytest.mark.parametrize("role", ROLES)
def test_a_login_gets_exactly_what_the_matrix_says(office: Office, tables: Tables, role: str) -> None:
    before = office.hashes()
    tally = tried(office, role)
    wanted = expected(office, tables, role)
    assert (tally.allowed - wanted, wanted - tally.allowed, tally.surprises) == (set(), set(), [])
    assert office.hashes() == before
    assert tally.tried > 1000
    print(f"{login_of(role)}: {tally.tried} tried, {len(tally.allowed)} allowed as the matrix says, 0 surprises")


def test_the_server_says_the_same_of_itself(office: Office) -> None:
    assert differences(office) == []


def test_nobody_may_delete_or_change_a_whole_table(office: Office, tables: Tables) -> None:
    for role, grants in office.plan.matrix(tables).items():
        assert not [g for g in grants if g.privilege == "UPDATE" and not g.column], role
    with office.sql() as admin:
        rows = admin.execute(
            "SELECT c.relname, g.rolname, p FROM pg_class c, pg_roles g, unnest('{DELETE,TRUNCATE,UPDATE,TRIGGER}'::text[]) p "
            "WHERE c.relnamespace = 'core'::regnamespace AND c.relkind = 'r' AND g.rolname = ANY (%s) "
            "AND has_table_privilege(g.oid, c.oid, p)",
            [[login_of(role) for role in ROLES]],
        ).fetchall()
    assert rows == []


def test_every_table_has_a_rule(office: Office, tables: Tables) -> None:
    assert without_rule(tables, office.plan.accesses, INTERNAL) == frozenset()


def test_every_rule_is_about_a_table_that_is_there(office: Office, tables: Tables) -> None:
    """A slip in a name would leave somebody without a right, quietly."""
    for access in office.plan.accesses:
        named = {name.partition(".")[0] for name in access.reads.split()}
        named |= {*access.adds.split(), *access.changes, *access.removes.split(), *(own.table for own in access.own)}
        assert named <= tables.keys(), access.right
        for table, columns in (*access.changes.items(), *((own.table, own.changes) for own in access.own)):
            assert {*columns.split()} <= {*tables[table].columns}, (access.right, table)
    with office.sql() as admin:
        there = {row[0] for row in admin.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'core'::regnamespace")}
    assert {call for access in office.plan.accesses for call in access.calls.split()} <= there


def test_a_login_without_a_role_does_not_even_get_in(office: Office) -> None:
    with office.sql() as admin:
        admin.execute("CREATE ROLE passer_by LOGIN PASSWORD 'x'")
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(office.server.dsn(office.names.database, user="passer_by", password="x"))
        finally:
            admin.execute("DROP ROLE passer_by")


# Mistakes an administrator or a module can make. Each must be seen, or the tests above are blind.
MISTAKES = {
    "a function for everybody": (
        "GRANT EXECUTE ON FUNCTION core.people_with_number(text[]) TO PUBLIC",
        "REVOKE EXECUTE ON FUNCTION core.people_with_number(text[]) FROM PUBLIC",
        Holding("routine", "core.people_with_number", "EXECUTE"),
    ),
    "a whole table to change": (
        "GRANT UPDATE ON core.person TO {caller}",
        "REVOKE UPDATE ON core.person FROM {caller}",  # takes the columns with it; they are given again below
        Holding("table", "core.person", "UPDATE", "made_in"),
    ),
    "a table to delete from": (
        "GRANT DELETE ON core.person TO {caller}",
        "REVOKE DELETE ON core.person FROM {caller}",
        Holding("table", "core.person", "DELETE"),
    ),
    "a number to read": (
        "GRANT SELECT (value) ON core.identifier TO {caller}",
        "REVOKE SELECT (value) ON core.identifier FROM {caller}",
        Holding("table", "core.identifier", "SELECT", "value"),
    ),
    "a table with no rule": (
        "CREATE TABLE core.forgotten (id uuid); GRANT SELECT ON core.forgotten TO PUBLIC",
        "DROP TABLE core.forgotten",
        Holding("table", "core.forgotten", "SELECT", "id"),
    ),
    "a view with its owner's rights": (
        "CREATE VIEW core.numbers AS SELECT value FROM core.identifier; GRANT SELECT ON core.numbers TO {caller}",
        "DROP VIEW core.numbers",
        Holding("table", "core.numbers", "SELECT", "value"),
    ),
    "a role that reads everything": (
        "GRANT pg_read_all_data TO {caller}",
        "REVOKE pg_read_all_data FROM {caller}",
        Holding("table", "core.identifier", "SELECT", "value"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_seen(office: Office, tables: Tables, mistake: str) -> None:
    make, mend, seen = (
        text.format(caller=office.names.bundle("caller")) if isinstance(text, str) else text for text in MISTAKES[mistake]
    )
    with office.sql() as admin:
        admin.execute(make)
        try:
            tally = tried(office, "caller")
            assert seen in tally.allowed - expected(office, tables, "caller")
            assert any(seen.name in line for line in differences(office))
        finally:
            admin.execute(mend)
            if mistake == "a whole table to change":
                columns = [
                    g.column for g in office.plan.matrix(tables)["caller"] if (g.privilege, g.name) == ("UPDATE", "person")
                ]
                admin.execute(f"GRANT UPDATE ({', '.join(columns)}) ON core.person TO {office.names.bundle('caller')}")
    assert differences(office) == []


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("SET ON PARAMETER session_replication_role", "SET on parameter session_replication_role"),
        ("SELECT ON core.task", "SELECT WITH GRANT OPTION on table core.task"),
    ],
)
def test_a_way_round_the_matrix_is_seen(office: Office, given: str, named: str) -> None:
    """Writing past the triggers, which keep the history, and handing on what one holds."""
    caller, option = office.names.bundle("caller"), "GRANT OPTION FOR " if "TABLE" in named.upper() else ""
    with office.sql() as admin:
        admin.execute(f"GRANT {given} TO {caller}{' WITH GRANT OPTION' if option else ''}")
        try:
            assert any(named in line for line in differences(office))
        finally:
            admin.execute(f"REVOKE {option}{given} FROM {caller}")
    assert differences(office) == []


# What somebody in a hurry does to a guard, how it is mended, and what has to be said of it.
MEDDLING = {
    "a trigger switched off": (
        "ALTER TABLE core.person DISABLE TRIGGER kontinuum_changed",
        "ALTER TABLE core.person ENABLE TRIGGER kontinuum_changed",
        "trigger kontinuum_changed on core.person was changed or switched off",
    ),
    "every trigger of a table switched off, with those of its references": (
        "ALTER TABLE core.contact_point DISABLE TRIGGER ALL",
        "ALTER TABLE core.contact_point ENABLE TRIGGER ALL",
        "constraint fk_contact_point_person_id on core.contact_point was changed or switched off",
    ),
    "the log's own guard switched off": (
        "ALTER TABLE audit.entry DISABLE TRIGGER kept",
        "ALTER TABLE audit.entry ENABLE TRIGGER kept",
        "trigger kept on audit.entry was changed or switched off",
    ),
    "a trigger of one's own": (
        "CREATE TRIGGER aside AFTER INSERT ON core.person EXECUTE FUNCTION core.kontinuum_refuse('no')",
        "DROP TRIGGER aside ON core.person",
        "trigger aside on core.person was added by somebody",
    ),
    "row rules switched off": (
        "ALTER TABLE core.task DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE core.task ENABLE ROW LEVEL SECURITY",
        "table core.task was changed or switched off",
    ),
    "a row rule that lets everybody see": (
        "CREATE POLICY everything ON core.task USING (true)",
        "DROP POLICY everything ON core.task",
        "row rule everything on core.task was added by somebody",
    ),
    "a function changed": (
        "ALTER FUNCTION core.kontinuum_changed() SET work_mem = '5MB'",
        "ALTER FUNCTION core.kontinuum_changed() RESET work_mem",
        "routine core.kontinuum_changed() was changed or switched off",
    ),
    "a rule that swallows writes": (
        "CREATE RULE swallow AS ON UPDATE TO core.person DO INSTEAD NOTHING",
        "DROP RULE swallow ON core.person",
        "rule swallow on core.person was added by somebody",
    ),
}


@pytest.mark.parametrize("deed", MEDDLING)
def test_meddling_with_a_guard_is_seen_and_setting_up_anew_does_not_make_it_right(office: Office, deed: str) -> None:
    make, mend, said = MEDDLING[deed]
    with office.sql() as admin:
        admin.execute(make)
        try:
            assert said in differences(office)
            found(PostgresqlEngine(office.admin), office.plan)
            assert said in differences(office) or differences(office) == [], "either it is mended, or it is still said"
        finally:
            if differences(office):
                admin.execute(mend)
    assert differences(office) == []


def test_a_constraint_that_went_is_missed_after_an_upgrade_too(office: Office) -> None:
    with office.sql() as admin:
        (text,) = admin.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'fk_contact_point_person_id'"
        ).fetchone() or ("",)
        admin.execute("ALTER TABLE core.contact_point DROP CONSTRAINT fk_contact_point_person_id")
        try:
            said = "constraint fk_contact_point_person_id on core.contact_point is gone"
            assert differences(office) == [said]
            found(PostgresqlEngine(office.admin), office.plan)
            assert differences(office) == [said]
        finally:
            admin.execute(
                f"ALTER TABLE core.contact_point ADD CONSTRAINT fk_contact_point_person_id "
                f"{text.replace('REFERENCES person', 'REFERENCES core.person')}"
            )
    assert differences(office) == []


def test_a_server_of_another_version_is_noted_anew(office: Office) -> None:
    """Which may write every definition otherwise, so that all of them would be called changed for ever."""
    with office.sql() as admin:
        admin.execute("UPDATE audit.guard SET sum = 'of an older one'")
    assert ["another version" in line for line in differences(office)] == [True]
    found(PostgresqlEngine(office.admin), office.plan)
    assert differences(office) == []


@pytest.mark.parametrize(
    ("given", "taken", "said"),
    [
        ("GRANT SELECT ON core.person TO passer_by", "", "passer_by may, and should not: SELECT on table core.person"),
        ("GRANT SELECT (kind) ON core.identifier TO passer_by", "", "passer_by may, and should not: SELECT on table core.identifier (kind)"),
        ("GRANT CONNECT ON DATABASE {database} TO passer_by", "", "passer_by may, and should not: CONNECT on database {database}"),
        ("GRANT USAGE ON SCHEMA audit TO passer_by", "", "passer_by may, and should not: USAGE on schema audit"),
        ("GRANT {caller} TO {office_role} WITH ADMIN OPTION", "REVOKE {caller} FROM {office_role}", "{office_role} may, and should not: ADMIN OPTION on role {caller}"),
        (
            "GRANT SELECT (id) ON core.task TO {caller} WITH GRANT OPTION",
            "REVOKE GRANT OPTION FOR SELECT (id) ON core.task FROM {caller}",
            "{caller} may, and should not: SELECT WITH GRANT OPTION on table core.task (id)",
        ),
        (
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA core GRANT SELECT ON TABLES TO passer_by",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA core REVOKE SELECT ON TABLES FROM passer_by",
            "passer_by may, and should not: SELECT on table that will be made",
        ),
    ],
)  # fmt: skip
def test_a_gift_beside_the_matrix_is_seen(office: Office, given: str, taken: str, said: str) -> None:
    """To a role that is none of ours, or to one of ours to hand on."""
    names = office.names
    words = {
        "caller": names.bundle("caller"),
        "office_role": names.bundle("office"),
        "owner": names.owner,
        "database": names.database,
    }
    with office.sql() as admin:
        admin.execute("CREATE ROLE passer_by")
        try:
            admin.execute(given.format(**words))
            assert said.format(**words) in differences(office)
        finally:
            admin.execute(taken.format(**words) or "SELECT 1")
            admin.execute("DROP OWNED BY passer_by; DROP ROLE passer_by")
    assert differences(office) == []


def test_a_table_nobody_decided_about_is_named(administrators: psycopg.Connection, office: Office, tables: Tables) -> None:
    assert without_rule([*tables, "new_table"], office.plan.accesses, INTERNAL) == {"new_table"}


def test_the_written_matrix_is_the_one_that_is_granted(registry: Registry) -> None:
    """Written anew with `python -m desktop.rights_page`."""
    assert PAGE.read_text(encoding="utf-8") == page_of(registry)
