"""Moving a file to a server: everything arrives as it was, once, and can be gone on with; the file is only read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from typing import Any

import psycopg
import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import func, select

from db import encryption, keys
from db.accounts import sign_in
from db.base import new_id
from db.database import Database
from db.errors import Denied, RuleBroken, Stopped
from db.history import TAKE_BACK, history, take_back
from db.looks import LookFilter, looks, reveal
from db.models.history import ChangeSet
from db.models.person import Person
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import Plan
from db.postgresql.moving import Moved, look, move
from db.search import search
from db.sorting import name_key
from db.texts import _
from desktop import cli
from desktop.assembly import assemble, new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.people.demo_data import fill
from tests.servers import OWNER, Server

PEOPLE = 60
RENAMED, LATER = "rename", "O'Brien \\ Åberg\tÖ"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, qapp: QApplication) -> Path:
    """A file with invented people, what the modules add to them, an attachment, a change, a removal and one taken back."""
    path = tmp_path_factory.mktemp("move") / "Åsa.kontinuum"
    registry = new_registry(SystemClock(office_zone()))
    database = open_database(path, registry)
    ground = assemble(database, registry, login="eva.ek", make_tasks=ImmediateTasks, language="en")
    context = ground.context
    people = fill(context, PEOPLE)
    with database.write(context.actor, RENAMED) as session:
        person = session.get(Person, people[0])
        assert person is not None
        person.family, person.deceased_on = LATER, None
    gone = new_id()
    with database.write(context.actor, "create_person") as session:
        session.add(Person(id=gone, family="Gone", given="Soon", name_key=name_key("Gone", "Soon")))
    with database.write(context.actor, "remove_person") as session:
        session.delete(session.get(Person, gone))
    with database.write(context.actor, RENAMED) as session:
        other = session.get(Person, people[1])
        assert other is not None
        other.given = "Mistake"
    with database.read() as session:
        last = history(session, limit=1)[0].id
    with database.write(context.actor, TAKE_BACK) as session:
        take_back(session, last)
    reveal(database, context.actor, people[1], "Asked for in the file", now=context.clock.now())
    ground.close()
    return path


def _moved(path: Path, address: str, plan: Plan, **more: Any) -> Moved:
    return move(path, PostgresqlEngine(address), plan, **more)


def _dump(path: Path | str, plan: Plan) -> dict[str, Any]:
    """What a program sees: people, history with numbers, users, found names."""
    database = Database(path, parts=plan.parts)
    try:
        with database.read() as session:
            steps = select(ChangeSet.number, ChangeSet.id, ChangeSet.at, ChangeSet.actor_name, ChangeSet.verb, ChangeSet.details)
            people = select(
                Person.id, Person.version, Person.family, Person.given, Person.made_in, Person.changed_in, Person.birth_date
            )
            return {
                "steps": session.execute(steps.order_by(ChangeSet.number)).all(),
                "people": session.execute(people.order_by(Person.id)).all(),
                "found": {hit.id for hit in search(session, "åberg", 50)},
                "looks": [(line.at, line.user, line.person_id, line.reason) for line in looks(session, LookFilter())],
            }
    finally:
        database.close()


def test_everything_arrives_as_it_was_and_the_file_stays_as_it_is(filled: Path, empty: str, plan: Plan) -> None:
    before = sha256(filled.read_bytes()).digest()
    told: list[tuple[int, int]] = []
    moved = _moved(filled, empty, plan, report=lambda done, of: told.append((done, of)))
    assert sha256(filled.read_bytes()).digest() == before
    assert told[-1][0] == told[-1][1] == 2 * moved.rows
    assert [done for done, _of in told] == sorted(done for done, _of in told)
    here, there = _dump(filled, plan), _dump(empty, plan)
    assert here == there
    assert len(there["people"]) > PEOPLE // 2 and there["found"] and len(there["looks"]) == 1
    assert {"call_entry", "policy", "row_image", "user_account"} <= {n for n, t in moved.tables.items() if t.rows}
    with psycopg.connect(empty) as connection:  # what watches over the rows does so again
        off = "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'core'::regnamespace"
        assert connection.execute(f"{off} AND t.tgenabled <> 'O'").fetchone() == (0,)
        counted = "SELECT reltuples::int FROM pg_class WHERE oid = 'core.person'::regclass"  # the server knows how full it is
        assert connection.execute(counted).fetchone() == (len(there["people"]),)


def test_a_step_made_in_the_file_is_taken_back_on_the_server(filled: Path, empty: str, plan: Plan) -> None:
    _moved(filled, empty, plan)
    database = Database(empty, parts=plan.parts)
    try:
        with database.read() as session:
            actor = administrator.acting(session.connection())
            change = session.scalars(select(ChangeSet).where(ChangeSet.verb == RENAMED).order_by(ChangeSet.number)).first()
            assert change is not None
            most = session.scalar(select(func.max(ChangeSet.number)))
            renamed = session.scalars(select(Person).where(Person.changed_in == change.id)).one()
        with database.write(actor, TAKE_BACK) as session:
            taken = take_back(session, change.id)
        assert (taken.undone, taken.kept) == (1, ())
        with database.read() as session:
            person = session.get(Person, renamed.id)
            assert person is not None and person.family != LATER
            assert person.version == renamed.version + 1
            assert session.scalar(select(func.max(ChangeSet.number))) == most + 1
    finally:
        database.close()


def test_a_killed_move_leaves_nothing_and_is_begun_again(filled: Path, empty: str, plan: Plan) -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom db.postgresql.engine import PostgresqlEngine\n"
        "from db.postgresql.moving import move\nfrom desktop.assembly import new_registry\n"
        "from desktop.core.clock import SystemClock, office_zone\nfrom desktop.server_plan import plan_of\n"
        "def report(done, of):\n    if done > of * float(sys.argv[3]):\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "move(Path(sys.argv[1]), PostgresqlEngine(sys.argv[2]), plan_of(new_registry(SystemClock(office_zone()))), report)\n"
    )
    for part in ("0.2", "0.7"):
        ended = subprocess.run([sys.executable, "-c", program, str(filled), empty, part], check=False, env={**os.environ})
        assert ended.returncode == -signal.SIGKILL
        with psycopg.connect(empty) as connection:
            assert connection.execute("SELECT count(*) FROM core.person").fetchone() == (0,)
    _moved(filled, empty, plan)
    assert _dump(filled, plan) == _dump(empty, plan)


def test_a_move_that_is_stopped_leaves_nothing(filled: Path, empty: str, plan: Plan) -> None:
    def stop(done: int, of: int) -> None:
        if done > of // 3:
            raise Stopped(_("Stopped."))

    with pytest.raises(Stopped):
        _moved(filled, empty, plan, report=stop)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM core.change_set").fetchone() == (0,)


def test_a_server_in_use_takes_no_file(filled: Path, empty: str, plan: Plan) -> None:
    database = Database(empty, parts=plan.parts)
    sign_in(database, "somebody.else", make=True)
    database.close()
    with pytest.raises(RuleBroken, match="already in use"):
        _moved(filled, empty, plan)
    with pytest.raises(RuleBroken, match="already in use"):
        look(filled, PostgresqlEngine(empty), plan)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM core.person").fetchone() == (0,)


def test_a_move_whose_end_nobody_saw_is_only_compared(filled: Path, empty: str, plan: Plan) -> None:
    sent = _moved(filled, empty, plan)
    with psycopg.connect(empty) as connection:
        connection.execute("DELETE FROM core.draft")  # goes without a step: no sign of work
    assert look(filled, PostgresqlEngine(empty), plan).before
    told: list[tuple[int, int]] = []
    again = _moved(filled, empty, plan, report=lambda done, of: told.append((done, of)))
    assert again.before and again.tables["person"] == sent.tables["person"] and told[-1][0] == told[-1][1]
    assert _dump(filled, plan) == _dump(empty, plan)


def test_a_file_is_not_moved_over_what_was_done_on_the_server_since(filled: Path, empty: str, plan: Plan) -> None:
    _moved(filled, empty, plan)
    with psycopg.connect(empty) as connection:  # past the guards: as a fault would change it
        connection.execute("ALTER TABLE core.person DISABLE TRIGGER USER")
        connection.execute("UPDATE core.person SET given = given || '!'")
    with pytest.raises(RuleBroken, match="people have worked with it since"):
        _moved(filled, empty, plan)
    database = Database(empty, parts=plan.parts)
    with database.read() as session:
        actor = administrator.acting(session.connection())
    with database.write(actor, RENAMED) as session:
        session.add(Person(family="New", given="Here", name_key=name_key("New", "Here")))
    database.close()
    with pytest.raises(RuleBroken, match="people have worked with it since"):
        look(filled, PostgresqlEngine(empty), plan)


def test_what_would_be_moved_is_counted_before(filled: Path, empty: str, plan: Plan) -> None:
    seen = look(filled, PostgresqlEngine(empty), plan)
    assert not seen.before and seen.users == {"eva.ek": ("administrator",)}
    assert seen.tables == {name: table.rows for name, table in _moved(filled, empty, plan).tables.items()}


def test_a_login_that_does_not_own_the_database_moves_nothing(filled: Path, empty: str, plan: Plan, server: Server) -> None:
    name = empty.rpartition("/")[2]
    with server.connect() as connection:
        connection.execute(f"CREATE ROLE mover LOGIN CREATEROLE PASSWORD '{server.password}'")
        connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO mover')
    try:
        with pytest.raises(Denied, match="mover may not move a file"):
            look(filled, PostgresqlEngine(server.dsn(name, user="mover")), plan)
    finally:
        with server.connect() as connection:
            connection.execute("DROP OWNED BY mover")
            connection.execute("DROP ROLE mover")


def test_a_value_lost_on_the_way_is_noticed(filled: Path, empty: str, plan: Plan) -> None:
    """A trigger of somebody else's changes what is stored."""
    with psycopg.connect(empty) as connection:
        connection.execute(
            "CREATE FUNCTION core.spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.given := 'Eve'; RETURN NEW; END $$"
        )
        connection.execute("CREATE TRIGGER spoil BEFORE INSERT ON core.person FOR EACH ROW EXECUTE FUNCTION core.spoil()")
    with pytest.raises(Exception, match="differs from the file: person"):
        _moved(filled, empty, plan)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM core.person").fetchone() == (0,)


def test_an_encrypted_file_moves_as_a_plain_one(filled: Path, empty: str, plan: Plan, tmp_path: Path) -> None:
    path = tmp_path / "locked.kontinuum"
    copyfile(filled, path)
    encryption.encrypt(path, keys.new_key())
    before = sha256(path.read_bytes()).digest()
    _moved(path, empty, plan)
    assert sha256(path.read_bytes()).digest() == before
    assert _dump(filled, plan) == _dump(empty, plan)


def test_the_command_moves_and_its_users_can_be_let_in(
    filled: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, plan: Plan
) -> None:
    address = server.fresh("moved")
    monkeypatch.setenv("PGPASSWORD", server.password)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    dsn = f"postgresql://{OWNER}@127.0.0.1:{server.port}/{address.rpartition('/')[2]}"
    assert cli.main(["server", "move", str(filled), "--dsn", dsn]) == 2
    assert "holds no Kontinuum database yet" in capsys.readouterr().err
    assert cli.main(["server", "init", "--dsn", dsn]) == 0
    assert cli.main(["server", "move", str(filled), "--dsn", dsn]) == 0
    assert "none differs" in capsys.readouterr().out
    assert cli.main(["server", "move", str(filled), "--dsn", dsn]) == 0
    assert "were there already and compared, none differs" in capsys.readouterr().out
    assert cli.main(["server", "check", "--dsn", dsn]) == 0
    assert cli.main(["server", "user", "add", "eva.ek", "--role", "office", "--generate", "--json", "--dsn", dsn]) == 0
    password = json.loads(capsys.readouterr().out.splitlines()[-1])["password"]
    assert cli.main(["server", "move", str(filled), "--dsn", dsn]) == 2
    assert "people have worked with it since" in capsys.readouterr().err
    database = Database(server.dsn(address.rpartition("/")[2], user="eva.ek", password=password), parts=plan.parts)
    try:
        own = sign_in(database, "eva.ek", make=False)
        with database.read() as session:
            assert own.id in session.scalars(select(ChangeSet.actor_id)).all()  # the one who worked with the file
            step = session.scalars(select(ChangeSet.id).where(ChangeSet.verb == RENAMED).order_by(ChangeSet.number)).first()
        assert step is not None
        with database.write(own, TAKE_BACK) as session:  # under the own login, which is allowed one's own steps only
            assert take_back(session, step).undone == 1
    finally:
        database.close()
        server.drop(address)
