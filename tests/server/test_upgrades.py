"""A server is brought up to date whole or not at all, whoever is killed meanwhile; older and newer programs are told what to do."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.errors import Unavailable
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import Plan, found, names_of
from db.schema import Part
from desktop.assembly import new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.server_plan import plan_of
from tests.db.test_schema import FIRST, SECOND
from tests.server.pair import until
from tests.servers import Server, binaries

PASSWORD = "Åtta tecken räcker?"
DIES = """
import os, pickle, signal, sys
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import found
address, plan, last = pickle.load(sys.stdin.buffer)
left = iter(range(last))
found(PostgresqlEngine(address), plan, heard=lambda _text: next(left, None) is None and os.kill(os.getpid(), signal.SIGKILL))
"""


@dataclass
class Upgrade:
    """A server with a database of the version before, and what the next one brings."""

    server: Server
    address: str
    old: Plan
    new: Plan
    statements: int

    def whole(self) -> str:
        """All that is in the database, and its roles, in one text."""
        dumped = subprocess.run([binaries() / "pg_dump", self.address], capture_output=True, text=True, check=True).stdout
        with self.server.connect() as admin:
            roles = admin.execute("SELECT rolname, rolconfig FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1").fetchall()
            members = admin.execute("SELECT roleid, member FROM pg_auth_members ORDER BY 1, 2").fetchall()
        chance = ("\\restrict", "\\unrestrict", "SELECT pg_catalog.setval")  # a crash may leave out a few numbers of a sequence
        kept = [line for line in dumped.splitlines() if not line.startswith(chance)]
        return "\n".join([*kept, str(roles), str(members)])

    def points(self, count: int) -> list[int]:
        """So many of its statements, the first and the last among them."""
        step = (self.statements - 1) / max(count - 1, 1)
        return sorted({round(number * step) for number in range(count)})


@pytest.fixture(scope="module")
def upgrade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgrade]:
    folder = tmp_path_factory.mktemp("revisions")
    lines = {name: folder / name for name in ("old", "new")}
    for name, place in lines.items():
        place.mkdir()
        (place / "extra_0001_first.py").write_text(FIRST, encoding="utf-8")
        if name == "new":
            (place / "extra_0002_more.py").write_text(SECOND % "pass", encoding="utf-8")
    server = Server.start()
    try:
        plan = plan_of(new_registry(SystemClock(office_zone())))
        old, new = (replace(plan, parts=[*plan.parts, Part("extra", place)]) for place in lines.values())
        address = server.fresh("office")
        found(PostgresqlEngine(address), old)
        database = Database(address, parts=old.parts)
        with database.read() as session:
            names = names_of(session.connection(), old)
        with database.write(Actor(new_id(), "DBA"), "add_user") as session:
            administrator.let_in(session, names, "eva", "Eva", ["office"], PASSWORD)
        database.close()
        statements: list[str] = []
        found(PostgresqlEngine(address), new, keep=False, heard=statements.append)
        yield Upgrade(server, address, old, new, len(statements))
    finally:
        server.remove()


def test_a_server_killed_at_any_step_of_an_upgrade_has_the_version_before(upgrade: Upgrade, rounds: Callable[..., int]) -> None:
    before = upgrade.whole()
    for point in upgrade.points(rounds(3, 40)):
        left = iter(range(point))

        def dies(_statement: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None and upgrade.server.running:
                upgrade.server.kill()

        with pytest.raises(Unavailable):
            found(PostgresqlEngine(upgrade.address), upgrade.new, heard=dies)
        upgrade.server.begin()
        assert upgrade.whole() == before, f"killed at statement {point} of {upgrade.statements}"


def test_a_program_killed_at_any_step_of_an_upgrade_leaves_the_version_before(
    upgrade: Upgrade, rounds: Callable[..., int]
) -> None:
    before = upgrade.whole()
    for point in upgrade.points(rounds(2, 20)):
        told = pickle.dumps((upgrade.address, upgrade.new, point))
        program = subprocess.run([sys.executable, "-c", DIES], input=told, cwd=Path(__file__).parents[2], check=False)
        assert program.returncode == -signal.SIGKILL

        def gone() -> bool:
            with upgrade.server.connect() as admin:
                others = "SELECT FROM pg_stat_activity WHERE datname = 'office_1' AND pid <> pg_backend_pid()"
                return admin.execute(others).fetchone() is None

        until(gone, "the server to notice")
        assert upgrade.whole() == before, f"killed at statement {point} of {upgrade.statements}"


def test_each_side_is_told_what_to_do_before_and_after(upgrade: Upgrade) -> None:
    own = upgrade.server.dsn("office_1", user="eva", password=PASSWORD)
    before = upgrade.whole()
    for address, words in ((own, "Ask its administrator"), (upgrade.address, "Bring it up to date with")):
        with pytest.raises(Unavailable, match=f"older version of Kontinuum. Nothing was changed. {words}"):
            Database(address, parts=upgrade.new.parts, upgrades=False)
    with pytest.raises(Unavailable, match="Ask its administrator"):
        Database(own, parts=upgrade.new.parts)  # even a program that would upgrade does so for an administrator only
    assert upgrade.whole() == before
    Database(own, parts=upgrade.old.parts, upgrades=False).close()
    found(PostgresqlEngine(upgrade.address), upgrade.new)
    after = upgrade.whole()
    assert after != before
    found(PostgresqlEngine(upgrade.address), upgrade.new)
    assert upgrade.whole() == after
    Database(own, parts=upgrade.new.parts, upgrades=False).close()
    with pytest.raises(Unavailable, match="newer version of Kontinuum"):
        Database(own, parts=upgrade.old.parts, upgrades=False)
