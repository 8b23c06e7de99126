"""What somebody with a login and psql tries beyond their rights: refused, and nothing is left of it (T15)."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from db.actor import Actor
from db.postgresql.roles import CONNECTIONS
from desktop.people import editing
from desktop.people.editing import PersonForm
from tests.server.conftest import PASSWORD, Office, login_of
from tests.server.steps import TODAY

# Each by the words it is refused with; {} is the database.
REFUSED = {
    "become the owner": 'SET ROLE "{}_owner"',
    "become the administrator": "SET ROLE postgres",
    "become a manager": 'SET ROLE "{}_manager"',
    "be another login": "SET SESSION AUTHORIZATION 'the.manager'",
    "make oneself a manager": "GRANT \"{}_manager\" TO CURRENT_USER",
    "make oneself a superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "make oneself a maker of roles": "ALTER ROLE CURRENT_USER CREATEROLE",
    "make a login": "CREATE ROLE mine LOGIN",
    "change a colleague's password": "ALTER ROLE \"the.manager\" PASSWORD 'x'",
    "make triggers sleep": "SET session_replication_role = replica",
    "switch history off": "ALTER TABLE core.person DISABLE TRIGGER ALL",
    "forge a change set": "INSERT INTO core.change_set (id, at, actor_id, actor_name, verb) "
    "VALUES (gen_random_uuid(), now(), gen_random_uuid(), 'x', 'x')",
    "rewrite a change set": "UPDATE core.change_set SET actor_name = 'somebody else'",
    "remove a change set": "DELETE FROM core.change_set",
    "open a change set by hand": "INSERT INTO core.open_change_set (tx, id) VALUES (pg_current_xact_id(), gen_random_uuid())",
    "forge an image": "INSERT INTO core.row_image (change_set, table_name, row_id, operation, before) "
    "VALUES (gen_random_uuid(), 'person', gen_random_uuid(), 'u', '{{}}')",
    "read images": "SELECT before FROM core.row_image",
    "empty the history": "TRUNCATE core.row_image",
    "write into the log": "INSERT INTO audit.entry (act) VALUES ('look')",
    "read the log": "SELECT * FROM audit.entry",
    "ask who looked": "SELECT core.who_looked('-infinity')",
    "read numbers": "SELECT value FROM core.identifier",
    "read numbers by a condition": "SELECT count(*) FROM core.identifier WHERE value LIKE '19%'",
    "read a plan over numbers": "EXPLAIN ANALYZE SELECT 1 FROM core.identifier WHERE value >= 'a'",
    "read numbers by order": "SELECT id FROM core.identifier ORDER BY value",
    "add a number to learn whether it is there": "INSERT INTO core.identifier (person_id, kind, value, issuer, id, version, made_in, "
    "changed_in) VALUES (gen_random_uuid(), 'hetu', 'x', '', gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid())",
    "reveal without asking": "SELECT core.reveal_numbers(gen_random_uuid())",
    "enter the donors": "CREATE TABLE donors.mine (x int)",
    "enter the protected": "SELECT * FROM protected.anything",
    "hang a trigger of ours on one's own table": "CREATE TABLE core.mine (x int)",
    "make a temporary table": "CREATE TEMP TABLE mine (x int)",
    "make a temporary view": "CREATE TEMP VIEW mine AS SELECT 1",
    "make a table anywhere": "CREATE TABLE public.mine (x int)",
    "make a schema": "CREATE SCHEMA mine",
    "make a function": "CREATE FUNCTION core.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make an operator of one's own": "CREATE OPERATOR core.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "make an extension": "CREATE EXTENSION file_fdw",
    "make a foreign server": "CREATE SERVER mine FOREIGN DATA WRAPPER mine",
    "publish": "CREATE PUBLICATION mine FOR ALL TABLES",
    "watch for changes of tables": "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION core.kontinuum_refuse()",
    "run a program": "COPY core.person TO PROGRAM 'cat'",
    "run a program with nothing": "COPY (SELECT 1) TO PROGRAM 'cat'",
    "write a file": "COPY (SELECT 1) TO '/tmp/mine'",
    "read a file": "COPY core.interaction FROM '/etc/passwd'",
    "read a file by a function": "SELECT pg_read_file('/etc/passwd')",
    "list a folder": "SELECT pg_ls_dir('/')",
    "make a large object": "SELECT lo_from_bytea(0, 'x')",
    "make an empty large object": "SELECT lo_create(0)",
    "import a large object": "SELECT lo_import('/etc/passwd')",
    "copy out a large object": "SELECT lo_export(1, '/tmp/mine')",
    "copy out a table one may not read": "COPY core.identifier TO STDOUT",
    "lock everybody out": "LOCK TABLE core.person IN ACCESS EXCLUSIVE MODE",
    "let nobody change": "LOCK TABLE core.call_entry IN EXCLUSIVE MODE",
    "let nobody write": "LOCK TABLE core.contact_point IN SHARE MODE",
    "end a colleague's session": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "change the server's settings": "ALTER SYSTEM SET log_statement = 'all'",
    "reload the server": "SELECT pg_reload_conf()",
    "change the database": "ALTER DATABASE \"{}\" SET search_path = 'mine'",
    "change others' limits": "ALTER ROLE ALL SET statement_timeout = 1",
    "read passwords": "SELECT * FROM pg_authid",
    "read samples of tables": "SELECT * FROM pg_statistic",
    "pass over row rules": "ALTER ROLE CURRENT_USER BYPASSRLS",
    "make the tables one's own": "REASSIGN OWNED BY \"{}_owner\" TO CURRENT_USER",
    "drop what the owner has": 'DROP OWNED BY "{}_owner"',
    "make others read by default": "ALTER DEFAULT PRIVILEGES FOR ROLE \"{}_owner\" GRANT ALL ON TABLES TO PUBLIC",
    "empty the search": "SELECT core.kontinuum_search_forget()",
    "call a trigger's function": "SELECT core.kontinuum_changed()",
    "make an entry of one's own findable": "INSERT INTO core.search_entry (kind, ref, title, detail, sort) "
    "VALUES ('person', gen_random_uuid(), 'x', '', '')",
    "remove somebody": "SELECT core.remove_person(id, version) FROM core.person",
    "remove a call": "SELECT core.remove_call(id, version) FROM core.call",
    "make oneself another user": "UPDATE core.user_account SET login = session_user WHERE login = 'the.manager'",
    "change a setting of the office": "INSERT INTO core.setting (key, value, id, version, made_in, changed_in) "
    "VALUES ('core.zone', '\"x\"', gen_random_uuid(), 1, gen_random_uuid(), gen_random_uuid())",
    "keep a draft in another's name": "INSERT INTO core.draft VALUES (gen_random_uuid(), 'p', '{{}}', '{{}}', now())",
    "claim in another's name": "INSERT INTO core.call_claim VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'x', now())",
    "replicate": "SELECT pg_create_physical_replication_slot('mine')",
    "decode the log": "SELECT pg_create_logical_replication_slot('mine', 'test_decoding')",
    "prepare a transaction that stays": "PREPARE TRANSACTION 'mine'",
}  # fmt: skip
NO_SUCH = (errors.UndefinedTable, errors.UndefinedObject, errors.UndefinedFunction, errors.InvalidSchemaName)


@pytest.mark.parametrize("role", ["caller", "quality_analyst"])
def test_an_attack_is_refused_and_leaves_nothing(office: Office, role: str) -> None:
    before = office.hashes()
    connection = office.sql(role)
    for name, text in REFUSED.items():
        statement = text.format(office.names.database)
        try:
            with connection.transaction(force_rollback=False):
                connection.execute(statement)
        except errors.InsufficientPrivilege:
            continue
        except NO_SUCH as error:  # the name was looked for in a schema that cannot be entered, or does not exist
            assert "mine" in statement or "anything" in statement, (name, error)
            continue
        except errors.ObjectNotInPrerequisiteState as error:
            assert "slot" in statement or "PREPARE" in statement, (name, error)
            continue
        except errors.ActiveSqlTransaction:
            assert statement.startswith(("ALTER SYSTEM", "PREPARE")), name
            continue
        pytest.fail(f"{role} could {name}: {statement}")
    assert office.hashes() == before
    print(f"{login_of(role)}: {len(REFUSED)} attacks refused")


def test_the_history_cannot_be_signed_for_somebody_else(office: Office) -> None:
    own = office.sql("caller")
    with own.transaction():
        own.execute("SELECT core.kontinuum_open(gen_random_uuid(), 'core_9999')")
        own.execute(
            "SELECT core.kontinuum_close('edit_person', '{}', %s, 'Manager', '{}')", [office.accounts["manager"]]
        )  # fmt: skip
    with office.sql() as admin:
        last = admin.execute("SELECT actor_id, actor_name, login FROM core.change_set ORDER BY number DESC LIMIT 1").fetchone()
    assert last == (office.accounts["caller"], "Caller", login_of("caller"))


def _together(connection: psycopg.Connection, *steps: tuple[str, list[object]]) -> None:
    with connection.transaction():
        for statement, values in steps:
            connection.execute(statement, values)


OPEN: tuple[str, list[object]] = ("SELECT core.kontinuum_open(gen_random_uuid(), 'core_9999')", [])
ADD = (
    "INSERT INTO core.person (id, given, family, preferred, former, salutation, language, name_key, note, version, made_in, "
    "changed_in) VALUES (gen_random_uuid(), 'Eva', 'Falk', '', '', '', '', '', '', 1, %s, %s)"
)


def test_a_change_set_that_is_not_closed_cannot_be_kept(office: Office) -> None:
    own, before = office.sql("caller"), office.hashes()
    with pytest.raises(errors.IntegrityError):
        _together(own, OPEN)
    assert office.hashes() == before


def test_rows_name_no_change_set_but_the_open_one(office: Office) -> None:
    own, before = office.sql("office"), office.hashes()
    with office.sql() as admin:
        former = admin.execute("SELECT id FROM core.change_set LIMIT 1").fetchone()[0]  # type: ignore[index]
    with pytest.raises(errors.IntegrityError):
        _together(own, (ADD, [former, former]))
    with pytest.raises(errors.IntegrityError):
        _together(own, OPEN, (ADD, [former, former]))
    assert office.hashes() == before


def test_the_open_change_set_of_a_colleague_is_of_no_use(office: Office) -> None:
    """It is known by its transaction, which nobody shares."""
    first, second, before = office.sql("office"), office.sql("office"), office.hashes()
    shared = uuid4()
    first.execute("BEGIN")
    first.execute("SELECT core.kontinuum_open(%s, 'core_9999')", [shared])
    with pytest.raises(errors.IntegrityError):
        _together(second, (ADD, [shared, shared]))
    first.execute("ROLLBACK")
    assert office.hashes() == before


def test_a_setting_of_the_session_opens_nothing(office: Office) -> None:
    """Who acts is the login alone; settings of the session are the user's own to make."""
    own = office.sql("caller")
    own.execute("SET kontinuum.actor = 'the.manager'")
    own.execute("SET search_path = pg_temp, public, core")
    assert own.execute("SELECT core.kontinuum_own_id()").fetchone() == (office.accounts["caller"],)
    assert own.execute("SHOW row_security").fetchone() == ("on",)
    own.execute("SET row_security = off")
    with pytest.raises(errors.InsufficientPrivilege):
        own.execute("SELECT * FROM core.draft")


def test_drafts_of_others_are_not_there(office: Office) -> None:
    with office.sql() as admin:
        admin.execute("INSERT INTO core.draft VALUES (%s, 'page', '{}', '{\"secret\": 1}', now())", [office.accounts["manager"]])
        try:
            own = office.sql("caller")
            assert own.execute("SELECT * FROM core.draft").fetchall() == []
            assert own.execute("SELECT core.remove_draft(%s, 'page', '{}')", [office.accounts["manager"]]).fetchall() == []
            assert own.execute("UPDATE core.draft SET state = 'x'").rowcount == 0
            plan = "\n".join(row[0] for row in own.execute("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM core.draft"))
            assert "secret" not in plan
            assert admin.execute("SELECT count(*) FROM core.draft").fetchone() == (1,)
        finally:
            admin.execute("DELETE FROM core.draft")


def test_a_message_to_everybody_carries_no_word(office: Office) -> None:
    """Anybody may listen and anybody may forge, so it is a hint that says nothing at all."""
    listening, desk = office.sql("quality_analyst"), office.database("office")
    listening.execute("LISTEN kontinuum")
    with desk.write(Actor(office.accounts["office"], "Office"), "create_person") as session:
        editing.create_person(session, PersonForm("Mia", "Åberg"), today=TODAY)
    assert [heard.payload for heard in listening.notifies(timeout=20, stop_after=1)] == [""]


def test_what_colleagues_are_doing_is_not_shown(office: Office) -> None:
    busy, curious = office.sql("manager"), office.sql("caller")
    busy.execute("SELECT 'a secret' AS x")
    shown = curious.execute("SELECT query FROM pg_stat_activity WHERE usename = %s", [login_of("manager")]).fetchall()
    assert shown == [("<insufficient privilege>",)]


def test_a_login_has_limits(office: Office) -> None:
    limits = dict(
        office.sql("caller").execute(
            "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout')"
        ).fetchall()
    )  # fmt: skip
    assert limits == {"statement_timeout": "300000", "idle_in_transaction_session_timeout": "30000", "lock_timeout": "5000"}
    opened = [psycopg.connect(office.address("fundraiser")) for _number in range(CONNECTIONS)]
    with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
        psycopg.connect(office.address("fundraiser"))
    for connection in opened:
        connection.close()


def test_no_password_stands_in_the_log_of_the_server(office: Office) -> None:
    assert PASSWORD not in office.server.log()
    with office.sql() as admin:
        kinds = admin.execute("SELECT DISTINCT left(rolpassword, 14) FROM pg_authid WHERE rolname LIKE 'the.%'").fetchall()
    assert kinds == [("SCRAM-SHA-256$",)]
