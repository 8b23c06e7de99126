"""One server set up as an administrator does, and a login for each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import psycopg
import pytest
from PySide6.QtWidgets import QApplication

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.postgresql import administrator
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.founding import Plan, found, names_of
from db.postgresql.roles import Names
from desktop.assembly import Ground, assemble, new_registry
from desktop.core.clock import SystemClock, office_zone
from desktop.core.registry import Registry
from desktop.core.rights import ROLES
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.server_plan import plan_of
from tests.server.proxy import Proxy
from tests.servers import Server

PASSWORD = "Åtta tecken räcker?"


def login_of(role: str) -> str:
    """How the one who holds this role alone signs in."""
    return f"the.{role.replace('_', '-')}"


@dataclass
class Office:
    """A database on a server with one user for each role."""

    server: Server
    admin: str  # the administrator's address
    plan: Plan
    names: Names
    accounts: dict[str, UUID] = field(default_factory=dict)
    _open: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def founded(cls, server: Server, name: str = "office") -> Office:
        """Set up anew, as `kontinuum server init` and `user add` do."""
        admin, plan = server.fresh(name), plan_of(new_registry(SystemClock(office_zone())))
        found(PostgresqlEngine(admin), plan)
        database = Database(admin, parts=plan.parts)
        try:
            with database.read() as session:
                made = cls(server, admin, plan, names_of(session.connection(), plan))
            for role in ROLES:
                with database.write(Actor(new_id(), "DBA"), "add_user") as session:
                    own = administrator.let_in(session, made.names, login_of(role), role.title(), [role], PASSWORD)
                made.accounts[role] = own
        finally:
            database.close()
        return made

    def address(self, role: str) -> str:
        """How the user with this role reaches the database."""
        return self.server.dsn(self.names.database, user=login_of(role), password=PASSWORD)

    def sql(self, role: str = "") -> psycopg.Connection:
        """A bare connection such as psql makes; without a role the administrator's."""
        opened = psycopg.connect(self.address(role) if role else self.admin, autocommit=True, options="-c search_path=core")
        self._open.append(opened.close)
        return opened

    def database(self, role: str) -> Database:
        """The database as the program of this user opens it."""
        opened = Database(self.address(role), parts=self.plan.parts)
        self._open.append(opened.close)
        return opened

    def desk(self, role: str, registry: Registry) -> Ground:
        """Everything around the database, as this user's program has it."""
        return assemble(self.database(role), registry, login=None, make_tasks=ImmediateTasks, language="en")

    def close(self) -> None:
        """Let go of everything opened."""
        while self._open:
            self._open.pop()()

    def hashes(self) -> dict[str, str]:
        """A fingerprint of each table there is, and of who may do what with them: what nobody may have changed."""
        with psycopg.connect(self.admin) as connection:
            tables = connection.execute(
                "SELECT n.nspname || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname IN ('core', 'donors', 'protected', 'audit') AND c.relkind = 'r' ORDER BY 1"
            ).fetchall()
            asked = [_FINGERPRINT.format(name=name, row="t", table=name, order="t::text") for (name,) in tables]
            asked += [
                _FINGERPRINT.format(
                    name=name, row=row, table=name, order="t.roleid, t.member" if name == "pg_auth_members" else "t.oid"
                )
                for name, row in (
                    ("pg_class", "(t.relname, t.relacl, t.relkind, t.relrowsecurity)"),
                    ("pg_proc", "(t.proname, t.proacl, t.proowner)"),
                    ("pg_trigger", "(t.tgname, t.tgrelid, t.tgenabled)"),
                    ("pg_policy", "t"),
                    ("pg_auth_members", "(t.roleid, t.member)"),
                    ("pg_namespace", "t"),
                    ("pg_largeobject_metadata", "t"),
                )
            ]
            return dict(connection.execute(" UNION ALL ".join(asked)).fetchall())


_FINGERPRINT = "SELECT '{name}', md5(coalesce(string_agg(({row})::text, '|' ORDER BY {order}), '')) FROM {table} t"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """What the modules of this program make on a server."""
    return plan_of(new_registry(SystemClock(office_zone())))


@pytest.fixture
def empty(server: Server, plan: Plan) -> Iterator[str]:
    """The address of a server that was set up and never used."""
    address = server.fresh("moved")
    found(PostgresqlEngine(address), plan)
    yield address
    server.drop(address)


@pytest.fixture
def line(server: Server) -> Iterator[Proxy]:
    """The line by which a desk reaches the server."""
    made = Proxy(server.port)
    yield made
    made.close()


@pytest.fixture(scope="session")
def founded(server: Server) -> Iterator[Office]:
    """The office of all tests here; they leave it as they find it, or look only at what they made."""
    office = Office.founded(server)
    yield office
    office.close()


@pytest.fixture
def office(founded: Office) -> Iterator[Office]:
    """The same; connections end with the test."""
    yield founded
    founded.close()


@pytest.fixture
def desk(office: Office, registry: Registry, qapp: QApplication) -> Callable[[str], Ground]:
    """The desk of whoever has this role."""
    return partial(office.desk, registry=registry)
