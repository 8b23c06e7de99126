"""Who there is on a server: the roles that own, the roles that hold rights, and what is taken from everybody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from db.errors import RuleBroken
from db.postgresql.quoting import literal, quoted
from db.postgresql.schemas import AUDIT, CORE, OWNED
from db.texts import _

LONGEST = 63  # letters PostgreSQL keeps of a name
CONNECTIONS = 24  # two windows': readers, the writer, the listener, and as many again while they reconnect
LIMITS = {
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "5s",
    "search_path": CORE,
}  # users can lift their own; they keep an oversight of ours from stopping the office
LARGE_OBJECTS = (
    "lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)", "lo_open(oid, integer)", "lo_put(oid, bigint, bytea)",
    "lo_truncate(integer, integer)", "lo_truncate64(integer, bigint)", "lo_unlink(oid)", "lowrite(integer, bytea)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What the roles of one database are called: by the database, so that two on one cluster do not share theirs.

    `bundles` are the keys of the roles of people, such as "caller".
    """

    database: str
    bundles: tuple[str, ...]

    @classmethod
    def of(cls, database: str, bundles: Iterable[str]) -> Names:
        """The names for this database.

        Raises:
            RuleBroken: its own name is too long to stand before theirs.
        """
        made = cls(database, tuple(bundles))
        if max(len(name.encode()) for name in made.everyone) > LONGEST:
            raise RuleBroken(_("The name of the database {name} is too long."), _("Choose a shorter one."), name=database)
        return made

    @property
    def owner(self) -> str:
        """Owns the tables; nobody signs in as it."""
        return f"{self.database}_owner"

    @property
    def audit(self) -> str:
        """Owns the log of who looked and who administered."""
        return f"{self.database}_audit"

    def bundle(self, key: str) -> str:
        """The role that holds the rights of `key`; logins are its members."""
        return f"{self.database}_{key}"

    @property
    def holders(self) -> tuple[str, ...]:
        """All roles that hold rights."""
        return tuple(self.bundle(key) for key in self.bundles)

    @property
    def everyone(self) -> tuple[str, ...]:
        """All roles of this database; none of them can sign in."""
        return (self.owner, self.audit, *self.holders)


def role_statements(names: Names, *, member: str = "") -> list[str]:
    """Make the roles, schemas and what nobody may; safe to run again.

    Args:
        member: Whoever sets the server up, when that is no superuser: has to be able to act as the owners.
    """
    database = quoted(names.database)
    found = [_made(role) for role in names.everyone]
    if member:
        found += [f"GRANT {quoted(role)} TO {quoted(member)}" for role in (names.owner, names.audit)]
    found += [
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {_list(names.holders)}",
        f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {quoted(names.owner)}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"ALTER DATABASE {database} SET search_path = {CORE}",
    ]
    for schema, owner in (*((schema, names.owner) for schema in OWNED), (AUDIT, names.audit)):
        found += [
            f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {quoted(owner)}",
            f"REVOKE ALL ON SCHEMA {schema} FROM {_list(('PUBLIC', *names.holders))}",
        ]
    found.append(f"GRANT USAGE ON SCHEMA {CORE} TO {_list((names.audit, *names.holders))}")
    for owner in (names.owner, names.audit):
        for kind, what in (("EXECUTE", "FUNCTIONS"), ("USAGE", "TYPES")):
            found.append(f"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted(owner)} REVOKE {kind} ON {what} FROM PUBLIC")
    return [*found, _without_large_objects()]


def login_statements(names: Names, login: str, roles: Iterable[str], *, fresh: bool) -> list[str]:
    """Give a login its roles, those and no others, and its limits; `fresh` makes it. The password is set apart from these."""
    own, wanted = quoted(login), tuple(roles)
    found = [f"CREATE ROLE {own} LOGIN NOCREATEDB NOCREATEROLE"] if fresh else []
    if others := [names.bundle(key) for key in names.bundles if key not in wanted]:
        found.append(f"REVOKE {_list(others)} FROM {own}")
    if wanted:
        found.append(f"GRANT {_list(names.bundle(key) for key in wanted)} TO {own}")
    found.append(f"ALTER ROLE {own} CONNECTION LIMIT {CONNECTIONS}")
    return found + [
        f"ALTER ROLE {own} IN DATABASE {quoted(names.database)} SET {name} = {literal(value)}" for name, value in LIMITS.items()
    ]


def _made(role: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(role)}) THEN "
        f"CREATE ROLE {quoted(role)} NOLOGIN NOCREATEDB NOCREATEROLE; END IF; END $$"
    )


def _without_large_objects() -> str:
    """Large objects belong to whoever makes them and hide in no table; only a superuser can take them away."""
    revoked = " ".join(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{name} FROM PUBLIC;" for name in LARGE_OBJECTS)
    return f"DO $$ BEGIN {revoked} EXCEPTION WHEN insufficient_privilege THEN NULL; END $$"


def _list(names: Iterable[str]) -> str:
    return ", ".join("PUBLIC" if name == "PUBLIC" else quoted(name) for name in names)
