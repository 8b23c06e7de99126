"""What an administrator does with a server from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from db.errors import Unavailable
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found
from desktop import cli
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.servers import OWNER, Server

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def dsn(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """An empty database, as an administrator names it; the password lies where libpq looks for it."""
    made = server.fresh("cmd")
    monkeypatch.setenv("PGPASSWORD", server.password)
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    yield f"postgresql://{OWNER}@127.0.0.1:{server.port}/{made.rpartition('/')[2]}"
    server.drop(made)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`kontinuum server …`; answers how it ended and what it said."""

    def ran(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["server", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return ran


def test_a_server_is_set_up_once_and_again_changes_nothing(run: Run, dsn: str) -> None:
    code, out, _err = run("init", "--dsn", dsn)
    assert code == 0 and "set up" in out and "user add" in out
    with psycopg.connect(dsn) as connection:
        before = connection.execute("SELECT md5(string_agg(c::text, '|' ORDER BY c.oid)) FROM pg_class c").fetchone()
    assert run("init", "--dsn", dsn)[0] == 0
    with psycopg.connect(dsn) as connection:
        again = connection.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'core'::regnamespace").fetchone()
    assert before is not None and again is not None and again[0] > 30
    assert run("upgrade", "--dsn", dsn) == (0, f"{_name(dsn)}: up to date\n", "")


def test_users_come_change_and_go(run: Run, dsn: str, server: Server) -> None:
    run("init", "--dsn", dsn)
    code, out, _err = run("user", "add", "eva.mo", "--role", "caller", "--name", "Eva Ek", "--generate", "--json", "--dsn", dsn)
    password = json.loads(out)["password"]
    assert code == 0 and len(password) >= 20
    own = server.dsn(dsn.rpartition("/")[2], user="eva.mo", password=password)
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT name, roles FROM core.user_account").fetchall() == [("Eva Ek", ["caller"])]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM core.policy")
    assert run("user", "roles", "eva.mo", "--role", "manager", "--dsn", dsn)[0] == 0
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT count(*) FROM core.policy").fetchone() == (0,)
    assert run("check", "--dsn", dsn)[0] == 0
    assert run("user", "remove", "eva.mo", "--dsn", dsn)[0] == 0
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own)
    code, _out, err = run("user", "roles", "nobody", "--role", "office", "--dsn", dsn)
    assert code == 2 and "There is no user called nobody" in err
    with psycopg.connect(dsn) as connection:
        verbs = connection.execute("SELECT verb, actor_name FROM core.change_set ORDER BY number").fetchall()
    assert verbs == [("add_user", OWNER), ("change_user", OWNER), ("change_user", OWNER)]


def test_a_login_of_two_offices_is_the_other_ones_still(run: Run, dsn: str, server: Server) -> None:
    """Neither letting somebody in here nor shutting them out here is felt there."""
    other = server.fresh("cmd")
    there = dsn.rpartition("/")[0] + "/" + other.rpartition("/")[2]
    for each in (dsn, there):
        run("init", "--dsn", each)
    user = ("user", "add", "eva.mo", "--role", "office", "--generate", "--json", "--dsn")
    password = json.loads(run(*user, dsn)[1])["password"]
    assert "password" not in json.loads(run(*user, there)[1])
    code, out, _err = run("user", "remove", "eva.mo", "--dsn", there)
    assert code == 0 and "of use elsewhere" in out
    with psycopg.connect(server.dsn(dsn.rpartition("/")[2], user="eva.mo", password=password)) as connection:
        assert connection.execute("SELECT count(*) FROM core.person").fetchone() == (0,)
    assert "of use elsewhere" not in run("user", "remove", "eva.mo", "--dsn", dsn)[1]
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'eva.mo'").fetchone() == (0,)
    server.drop(other)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_letter_is_refused(run: Run, dsn: str, encoding: str) -> None:
    narrow = dsn.rpartition("/")[2] + "_narrow"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {narrow} ENCODING '{encoding}' TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'")
        code, _out, err = run("init", "--dsn", dsn.rpartition("/")[0] + "/" + narrow)
        connection.execute(f"DROP DATABASE {narrow} WITH (FORCE)")
    assert code == 2 and encoding in err and "UTF8" in err


@pytest.mark.parametrize("address", ["postgresql://kim:a/b@127.0.0.1/office", "postgresql://kim@127.0.0.1/office?sslpassword=a"])
def test_no_password_stands_in_an_address_however_it_is_written(run: Run, address: str) -> None:
    code, _out, err = run("check", "--dsn", address)
    assert code == 2 and "password stands in the address" in err


def test_a_user_who_needs_no_password_is_let_in_without_one(run: Run, dsn: str) -> None:
    run("init", "--dsn", dsn)
    code, out, _err = run("user", "add", "by.ticket", "--role", "caller", "--no-password", "--dsn", dsn)
    assert code == 0 and "without a password" in out
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT rolpassword, rolcanlogin FROM pg_authid WHERE rolname = 'by.ticket'").fetchone()
    assert found == (None, True)
    assert run("user", "remove", "by.ticket", "--dsn", dsn)[0] == 0


def test_a_user_of_the_database_who_lost_the_login_is_let_in_again(run: Run, dsn: str) -> None:
    """Nothing about the user changes then, and the step counts all the same."""
    run("init", "--dsn", dsn)
    run("user", "add", "eva.mo", "--role", "caller", "--generate", "--dsn", dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute('DROP OWNED BY "eva.mo"')
        connection.execute('DROP ROLE "eva.mo"')
    assert run("user", "add", "eva.mo", "--role", "caller", "--generate", "--dsn", dsn)[0] == 0
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'eva.mo'").fetchone() == (1,)
    assert run("user", "remove", "eva.mo", "--dsn", dsn)[0] == 0


def test_a_check_finds_what_was_granted_by_hand(run: Run, dsn: str) -> None:
    run("init", "--dsn", dsn)
    run("user", "add", "reception", "--role", "caller", "--generate", "--dsn", dsn)
    run("user", "add", "vaxel-2", "--role", "caller", "--generate", "--dsn", dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("GRANT UPDATE ON core.person TO reception")
        connection.execute("CREATE TABLE core.forgotten (id int)")
        connection.execute("ALTER ROLE reception CREATEDB")
    code, out, _err = run("check", "--json", "--dsn", dsn)
    said = json.loads(out)
    assert code == 1
    assert any("UPDATE on table core.person" in line and line.startswith("reception") for line in said["differences"])
    assert any("core.forgotten" in line for line in said["differences"])
    advice = " ".join(said["advice"])
    for words in (
        "reception sounds like a shared login",
        "vaxel-2 sounds like a shared login",
        "reception may make databases",
        "core.person may be changed as a whole",
        "ssl",
    ):
        assert words in advice


def test_a_guard_that_was_switched_off_is_said(run: Run, dsn: str) -> None:
    run("init", "--dsn", dsn)
    with psycopg.connect(dsn) as connection:
        connection.execute("ALTER TABLE core.person DISABLE TRIGGER USER")
    code, out, _err = run("check", "--dsn", dsn)
    assert code == 1 and "DIFFERS  trigger kontinuum_changed on core.person was changed or switched off" in out
    assert run("upgrade", "--dsn", dsn)[0] == run("check", "--dsn", dsn)[0] == 0


def test_the_statements_can_be_read_first_and_do_the_same(run: Run, dsn: str, server: Server) -> None:
    code, out, _err = run("export-sql", "--dsn", dsn)
    assert code == 0 and "CREATE TABLE" in out and "REVOKE ALL ON DATABASE" in out
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'core'").fetchone() == (0,)
        connection.rollback()
        connection.autocommit = True
        connection.execute(out.encode())
    assert run("check", "--dsn", dsn)[0] == 0


@pytest.mark.parametrize(
    "place", ["postgresql://postgres:secret@{}", "host=x password=secret dbname=y", "postgresql://{}?password=secret"]
)
def test_a_password_on_the_command_line_is_refused(run: Run, dsn: str, place: str) -> None:
    code, out, err = run("init", "--dsn", place.format(dsn.partition("@")[2]))
    assert (code, out) == (2, "") and "other programs can read it" in err and "secret" not in err


def test_another_programs_database_is_left_alone(run: Run, dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE public.invoices (id int)")
    code, _out, err = run("init", "--dsn", dsn)
    assert code == 2 and "public.invoices" in err
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'core'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("upgrade",), "holds no Kontinuum database yet"),
        (("check",), "holds no Kontinuum database yet"),
        (("user", "add", "eva", "--role", "office", "--generate"), "holds no Kontinuum database yet"),
    ],
)
def test_an_empty_database_is_named_as_such(run: Run, dsn: str, words: tuple[str, ...], said: str) -> None:
    code, _out, err = run(*words, "--dsn", dsn)
    assert code == 2 and said in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "add", "Eva Ek", "--role", "office", "--generate"), "cannot be a sign-in name"),
        (("user", "add", 'eva"; DROP ROLE x; --', "--role", "office", "--generate"), "cannot be a sign-in name"),
        (("user", "add", "eva", "--role", "boss", "--generate"), "There is no role called boss"),
        (("user", "add", "eva", "--role", "office"), "needs a password"),
        (("user", "add", OWNER, "--role", "office", "--generate"), "is a superuser"),
    ],
)
def test_odd_users_are_refused_in_words(run: Run, dsn: str, words: tuple[str, ...], said: str) -> None:
    run("init", "--dsn", dsn)
    code, _out, err = run(*words, "--dsn", dsn)
    assert code == 2 and said in err and err.count("\n") == 1


def test_who_may_make_no_roles_sets_nothing_up(run: Run, dsn: str, server: Server) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("DROP ROLE IF EXISTS plain")
        connection.execute(f"CREATE ROLE plain LOGIN PASSWORD '{server.password}'")
    code, _out, err = run("init", "--dsn", dsn.replace(f"//{OWNER}@", "//plain@"))
    assert code == 2 and "may not make roles" in err


def test_an_administrator_who_is_no_superuser_sets_up_a_database_of_theirs(run: Run, dsn: str, server: Server) -> None:
    name = dsn.rpartition("/")[2]
    with psycopg.connect(dsn) as connection:
        connection.execute("DROP ROLE IF EXISTS dba")
        connection.execute(f"CREATE ROLE dba LOGIN CREATEROLE PASSWORD '{server.password}'")
        connection.execute(f"ALTER DATABASE {name} OWNER TO dba")
    own = f"postgresql://dba@127.0.0.1:{server.port}/{name}"
    assert run("init", "--dsn", own)[0] == 0
    assert run("user", "add", "ulla", "--role", "office", "--generate", "--dsn", own)[0] == 0
    code, out, _err = run("check", "--dsn", own)
    assert code == 0, out


def _name(dsn: str) -> str:
    return f"{dsn.rpartition('/')[2]} (127.0.0.1)"


@pytest.mark.parametrize("after", [1, 40, 200, 500, 700])
def test_a_set_up_that_is_cut_short_leaves_nothing(dsn: str, server: Server, after: int) -> None:
    """All of it is one transaction, the roles too."""
    told = 0

    def cut(_statement: str) -> None:
        nonlocal told
        told += 1
        if told == after:
            raise KeyboardInterrupt

    plan = plan_of(new_registry(SystemClock(office_zone())))
    with pytest.raises(KeyboardInterrupt):
        found(PostgresqlEngine(dsn), plan, heard=cut)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname IN ('core', 'audit')").fetchone() == (0,)
        own = f"{dsn.rpartition('/')[2]}_"
        assert connection.execute("SELECT count(*) FROM pg_roles WHERE starts_with(rolname, %s)", [own]).fetchone() == (0,)


def test_bringing_up_to_date_mends_what_was_granted_by_hand(run: Run, dsn: str) -> None:
    run("init", "--dsn", dsn)
    caller = f'"{dsn.rpartition("/")[2]}_caller"'
    with psycopg.connect(dsn) as connection:
        connection.execute(f"GRANT UPDATE, DELETE ON core.person TO {caller}")
        connection.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA core TO PUBLIC")
        connection.execute("GRANT ALL ON SCHEMA core TO PUBLIC")
        connection.execute(f"ALTER DATABASE {dsn.rpartition('/')[2]} SET search_path = public")
    assert run("check", "--dsn", dsn)[0] == 1
    assert run("upgrade", "--dsn", dsn)[0] == 0
    assert run("check", "--dsn", dsn)[0] == 0


def test_a_password_is_asked_for_when_libpq_knows_none(dsn: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD")
    asked: list[str] = []

    def answer(name: str) -> str:
        asked.append(name)
        return server.password

    address = administrator.address_of(dsn, answer)
    assert asked == [_name(dsn)]
    psycopg.connect(address).close()
    with pytest.raises(Unavailable, match="the password is wrong") as refused:
        administrator.address_of(dsn, lambda _name: "not the one")
    assert "not the one" not in str(refused.value)
    with pytest.raises(Unavailable):
        administrator.address_of(dsn, None)
