"""A server put back to a base backup erases again whom the backup brought back, by a list kept apart from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import psycopg
import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.erasing.holds import hold_person, lift_hold
from db.models.person import ContactPoint, Person
from db.protected.people import ProtectionForm, protect
from db.sorting import name_key
from desktop import cli
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.people.erasing.erase import Order, World, erase_person
from desktop.people.erasing.protected import erase_protected
from tests.server.conftest import Office
from tests.servers import OWNER, Server

NOW, ACTOR = datetime(2026, 11, 23, 9, 30, tzinfo=UTC), Actor(new_id(), "DBA")
CASE = ("--case", "Dnr 17", "--yes")
Run = Callable[..., tuple[int, str, str]]


class Restored(NamedTuple):
    """The office as it is, and as its backup has it; and whom it erased since, one of them protected, and who stays."""

    now: str
    backup: str
    gone: tuple[UUID, UUID, UUID]
    stays: UUID


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, server: Server) -> Run:
    """`kontinuum server …`; answers how it ended and what it said. The password lies where libpq looks for it."""
    monkeypatch.setenv("PGPASSWORD", server.password)

    def ran(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = cli.main(["server", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return ran


@pytest.fixture(scope="module")
def restored(server: Server) -> Iterator[Restored]:
    """Base backup first, then erasing; the backup is started as a server of its own that writes."""
    office = Office.founded(server, "again")
    database = Database(office.admin, parts=office.plan.parts)
    world = World(new_registry(SystemClock(office_zone())).fates(), "Anonymised")
    first, second, hidden, stays = (_added(database, name) for name in NAMES)
    with database.write(ACTOR, "hold_person", [first]) as session:
        hold = hold_person(session, first, "A case in court", None, actor=ACTOR, now=NOW, today=NOW.date())
    with database.write(ACTOR, "hold_person", [hidden]) as session:
        hidden_hold = hold_person(session, hidden, "A case in court", None, actor=ACTOR, now=NOW, today=NOW.date())
    protect(database, ACTOR, hidden, ProtectionForm("secrecy", "Decision 1"), now=NOW)
    copy = Server.copy_of(server)
    try:
        copy.promote()
        with database.write(ACTOR, "lift_hold", [first]) as session:
            lift_hold(session, hold, 1)
        with psycopg.connect(office.admin, autocommit=True) as admin:
            admin.execute("DELETE FROM protected.kept WHERE row_id = %s", [hidden_hold])
        erase_person(database, ACTOR, Order(first, "erase", "Dnr 1"), world)
        erase_person(database, ACTOR, Order(second, "anonymise", "Dnr 2"), world)
        erase_protected(database, ACTOR, hidden, "Dnr 3", world)
        now, backup = (f"postgresql://{OWNER}@127.0.0.1:{one.port}/{office.names.database}" for one in (server, copy))
        yield Restored(now, backup, (first, second, hidden), stays)
    finally:
        database.close()
        office.close()
        copy.remove()


NAMES = ("Återkomstsson", "Nummersson", "Skyddsson", "Kvarsson")


def _added(database: Database, name: str) -> UUID:
    own = new_id()
    with database.write(ACTOR, "create_person", [own], {"name": name}) as session:
        session.add(Person(id=own, family=name, given="Eva", name_key=name_key(name, "Eva")))
        session.flush()
        session.add(ContactPoint(person_id=own, kind="email", value=f"eva@{name}.example"))
    return own


def named(address: str) -> set[str]:
    """Whose names are in any table of the office."""
    with psycopg.connect(address) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('core', 'protected', 'audit')"
        ).fetchall()
        text = "".join(repr(admin.execute(f'SELECT t::text FROM {schema}."{name}" t').fetchall()) for schema, name in tables)
    return {name for name in NAMES if name in text}


def test_a_restored_server_erases_again_whoever_came_back(restored: Restored, run: Run, tmp_path: Path) -> None:
    place = tmp_path / "safe" / "erased.txt"
    assert named(restored.now) == {NAMES[3]} and named(restored.backup) == {*NAMES}
    code, out, err = run("erased", "--list", str(place), "--dsn", restored.now, "--json")
    assert code == 0, err
    lines = place.read_text().splitlines()
    assert json.loads(out)["erased"] == 3
    assert {UUID(line.split()[0]): line.split()[1] for line in lines} == dict(
        zip(restored.gone, ("erase", "anonymise", "erase"), strict=True)
    )
    command = ("erase-again", "--list", str(place), "--dsn", restored.backup, "--json")
    assert "--yes" in run(*command, "--case", "Dnr 17")[2]
    assert named(restored.backup) == {*NAMES}
    code, out, err = run(*command, *CASE)
    assert (code, err, json.loads(out)) == (0, "", {"erased_again": 3})
    assert named(restored.backup) == {NAMES[3]}
    with psycopg.connect(restored.backup) as admin:
        before = admin.execute("SELECT count(*), max(number) FROM core.change_set").fetchone()
        assert admin.execute("SELECT count(*) FROM core.erased_person").fetchone() == (3,)
        assert admin.execute("SELECT reason FROM protected.event WHERE act = 'erased'").fetchall() == [("Dnr 17",)]
        assert json.loads(run(*command, *CASE)[1]) == {"erased_again": 0}
        assert admin.execute("SELECT count(*), max(number) FROM core.change_set").fetchone() == before


def test_a_list_grows_and_nothing_is_done_by_what_is_none(restored: Restored, run: Run, tmp_path: Path) -> None:
    place, earlier = tmp_path / "erased.txt", new_id()
    place.write_text(f"{earlier} erase\n")
    assert run("erased", "--list", str(place), "--dsn", restored.now)[0] == 0
    assert {UUID(line.split()[0]) for line in place.read_text().splitlines()} == {earlier, *restored.gone}
    before = named(restored.now)
    for other in ("Eva Kvarsson\n", f"{restored.stays} keep\n", f"{restored.stays}\n", "eva@kvarsson erase\n", "å\n"):
        place.write_text(other, encoding="utf-8")
        for command in (("erased",), ("erase-again", *CASE)):
            code, _out, err = run(*command, "--list", str(place), "--dsn", restored.now)
            assert code and "is no list of people who were erased" in err
        assert place.read_text(encoding="utf-8") == other and named(restored.now) == before
    code, _out, err = run("erase-again", *CASE, "--list", str(tmp_path / "none.txt"), "--dsn", restored.now)
    assert code and "can be neither read nor written" in err
