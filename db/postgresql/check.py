"""Compares what every role and login can really do on a server with what the matrix says, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from db.access import Grant
from db.postgresql.roles import Names
from db.postgresql.schemas import CORE, OURS


@dataclass(frozen=True, slots=True, order=True)
class Holding:
    """Something a role can do. `column` is empty for the whole object; `kind` is what sort of object it is."""

    kind: str  # "database", "schema", "table", "sequence", "routine", "parameter"
    name: str  # with its schema
    privilege: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.privilege} on {self.kind} {self.name}" + (f" ({self.column})" if self.column else "")


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One role that can do more, or less, than it should."""

    role: str
    more: bool
    holding: Holding

    def __str__(self) -> str:
        return f"{self.role} {'may, and should not' if self.more else 'should, and may not'}: {self.holding}"


def expected(names: Names, grants: Iterable[Grant]) -> frozenset[Holding]:
    """What somebody with these grants may do, and nothing else."""
    found = {Holding("database", names.database, "CONNECT"), Holding("schema", CORE, "USAGE")}
    for grant in grants:
        kind = "routine" if grant.privilege == "EXECUTE" else "table"
        found.add(Holding(kind, f"{CORE}.{grant.name}", grant.privilege, grant.column))
    return _plainest(found)


def held(connection: Connection, roles: Iterable[str]) -> dict[str, frozenset[Holding]]:
    """What these roles can do with every object there is outside the system's own schemas, however they came by it."""
    wanted = list(roles)
    found: dict[str, set[Holding]] = {role: set() for role in wanted}
    for statement in (_DATABASE, _SCHEMAS, _TABLES, _COLUMNS, _SEQUENCES, _ROUTINES, _PARAMETERS):
        for role, kind, name, privilege, column in connection.exec_driver_sql(statement, {"roles": wanted}):
            found[role].add(Holding(kind, name, privilege, column))
    return {role: _plainest(holdings) for role, holdings in found.items()}


def differences(connection: Connection, names: Names, matrix: Mapping[str, frozenset[Grant]]) -> list[Difference]:
    """Where the server and the matrix disagree, for the roles of people and for each login that is a member of one.

    What is said of a role is not said again of its members.
    """
    members = logins(connection, names)
    wanted = {names.bundle(key): expected(names, grants) for key, grants in matrix.items()}
    for login, keys in members.items():
        wanted[login] = expected(names, frozenset().union(*(matrix.get(key, frozenset()) for key in keys)))
    real = held(connection, wanted)
    found = [Difference(role, True, holding) for role in wanted for holding in real[role] - _spelt_out(wanted[role], real[role])]
    found += [
        Difference(role, False, holding) for role in wanted for holding in wanted[role] - _spelt_out(real[role], wanted[role])
    ]
    told = {(difference.role, difference.more, difference.holding) for difference in found}
    by_role = {login: [names.bundle(key) for key in keys] for login, keys in members.items()}
    told_once = (d for d in found if not any((role, d.more, d.holding) in told for role in by_role.get(d.role, ())))
    return sorted({*told_once, *given_beside(connection, names)})


def given_beside(connection: Connection, names: Names) -> set[Difference]:
    """What was given on our schemas to a role that is none of ours, and what anybody but its owner may hand on.

    Superusers need no gift, and neither does whoever may act as the owner of the tables.
    """
    values = {"schemas": list(OURS), "ours": list(names.everyone), "owner": names.owner}
    found = {
        Difference(role, True, Holding(kind, name, privilege, column))
        for role, kind, name, privilege, column in connection.exec_driver_sql(_GIVEN, values)
    }
    return found | {
        Difference(role, True, Holding("role", name, "ADMIN OPTION"))
        for role, name in connection.exec_driver_sql(_ADMINISTERED, values)
    }


def logins(connection: Connection, names: Names) -> dict[str, frozenset[str]]:
    """Everybody who can sign in and holds a role of this database, with the keys of those roles; superusers left out."""
    found: dict[str, frozenset[str]] = {}
    keys = {names.bundle(key): key for key in names.bundles}
    for login, roles in connection.exec_driver_sql(_LOGINS, {"roles": list(keys)}):
        found[login] = frozenset(keys[role] for role in roles)
    return found


def _plainest(holdings: Iterable[Holding]) -> frozenset[Holding]:
    """Without columns of tables that are held as a whole."""
    every = frozenset(holdings)
    whole = {(h.name, h.privilege) for h in every if not h.column}
    return frozenset(h for h in every if not h.column or (h.name, h.privilege) not in whole)


def _spelt_out(having: frozenset[Holding], asked: frozenset[Holding]) -> frozenset[Holding]:
    """`having`, and the single columns in `asked` that a whole table of it covers."""
    whole = {(h.name, h.privilege) for h in having if not h.column}
    return having | {h for h in asked if h.column and (h.name, h.privilege) in whole}


_OUTSIDE = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'"
_ROLES = "unnest(%(roles)s::text[]) r"
_DATABASE = f"""SELECT r, 'database', current_database()::text, p, '' FROM {_ROLES}, unnest('{{CONNECT,CREATE,TEMPORARY}}'::text[]) p
    WHERE has_database_privilege(r, current_database(), p)"""
_SCHEMAS = f"""SELECT r, 'schema', n.nspname::text, p, '' FROM {_ROLES}, pg_namespace n, unnest('{{USAGE,CREATE}}'::text[]) p
    WHERE {_OUTSIDE} AND has_schema_privilege(r, n.oid, p)"""
_TABLES = f"""SELECT r, 'table', n.nspname || '.' || c.relname, p, '' FROM {_ROLES}, pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace,
    unnest('{{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}}'::text[]) p
    WHERE {_OUTSIDE} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege(r, c.oid, p)"""
_COLUMNS = f"""SELECT r, 'table', n.nspname || '.' || c.relname, p, a.attname::text FROM {_ROLES}, pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped,
    unnest('{{SELECT,INSERT,UPDATE,REFERENCES}}'::text[]) p
    WHERE {_OUTSIDE} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_column_privilege(r, c.oid, a.attnum, p)"""
_SEQUENCES = f"""SELECT r, 'sequence', n.nspname || '.' || c.relname, p, '' FROM {_ROLES}, pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace, unnest('{{USAGE,SELECT,UPDATE}}'::text[]) p
    WHERE {_OUTSIDE} AND c.relkind = 'S' AND has_sequence_privilege(r, c.oid, p)"""
# A routine in a schema that cannot be entered cannot be called, whatever it allows itself. Those of extensions, such as the
# comparing of texts by their trigrams, read no table and are everybody's.
_ROUTINES = f"""SELECT DISTINCT r, 'routine', n.nspname || '.' || f.proname, 'EXECUTE', '' FROM {_ROLES}, pg_proc f
    JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE {_OUTSIDE} AND has_schema_privilege(r, n.oid, 'USAGE') AND has_function_privilege(r, f.oid, 'EXECUTE')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')"""
# Whoever may set it writes past every trigger, so without history.
_PARAMETERS = f"""SELECT r, 'parameter', p, 'SET', '' FROM {_ROLES}, unnest('{{session_replication_role}}'::text[]) p
    WHERE has_parameter_privilege(r, p, 'SET')"""
_LOGINS = """SELECT u.rolname::text, array_agg(g.rolname::text) FROM pg_roles u, pg_roles g
    WHERE u.rolcanlogin AND NOT u.rolsuper AND g.rolname = ANY (%(roles)s) AND pg_has_role(u.oid, g.oid, 'MEMBER')
    GROUP BY u.rolname ORDER BY u.rolname"""
_GIVEN = """SELECT g.rolname::text, o.kind, o.name, o.privilege_type || CASE WHEN o.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END,
    o.column_name FROM (
        SELECT 'database' AS kind, d.datname::text AS name, '' AS column_name, d.datdba AS owner, x.* FROM pg_database d, aclexplode(d.datacl) x
            WHERE d.datname = current_database()
        UNION ALL SELECT 'schema', n.nspname, '', n.nspowner, x.* FROM pg_namespace n, aclexplode(n.nspacl) x
            WHERE n.nspname = ANY (%(schemas)s)
        UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname || '.' || c.relname, '', c.relowner, x.*
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) x WHERE n.nspname = ANY (%(schemas)s)
        UNION ALL SELECT 'table', n.nspname || '.' || c.relname, a.attname, c.relowner, x.*
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(a.attacl) x WHERE n.nspname = ANY (%(schemas)s)
        UNION ALL SELECT 'routine', n.nspname || '.' || f.proname, '', f.proowner, x.*
            FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace, aclexplode(f.proacl) x WHERE n.nspname = ANY (%(schemas)s)
        UNION ALL SELECT 'table', 'that will be made', '', w.defaclrole, x.* FROM pg_default_acl w, aclexplode(w.defaclacl) x
            WHERE pg_get_userbyid(w.defaclrole) = ANY (%(ours)s)
    ) o JOIN pg_roles g ON g.oid = o.grantee
    WHERE o.grantee <> o.owner AND NOT g.rolsuper AND NOT pg_has_role(g.oid, %(owner)s, 'MEMBER')
    AND (o.is_grantable OR NOT g.rolname = ANY (%(ours)s))"""
# Whoever may make roles is given this one by the server itself, with the roles they make.
_ADMINISTERED = """SELECT u.rolname::text, g.rolname::text FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
    JOIN pg_roles g ON g.oid = m.roleid WHERE m.admin_option AND g.rolname = ANY (%(ours)s) AND NOT u.rolsuper
    AND NOT pg_has_role(u.oid, %(owner)s, 'MEMBER')"""
