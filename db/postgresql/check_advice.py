"""What looks foolish on a server although the grants are right: advice for its administrator, in words."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from db.postgresql.check import logins
from db.postgresql.roles import Names
from db.postgresql.schemas import CORE, OURS

# Setting, the value that keeps personal data out of the server's log or strangers out of the server, and why.
_SETTINGS = (
    ("password_encryption", "scram-sha-256", "passwords are kept in a form that is easily guessed"),
    ("ssl", "on", "names and passwords cross the network unencrypted"),
    ("log_error_verbosity", "terse", "errors in the log quote values such as identity numbers"),
    ("log_min_error_statement", "panic", "failed statements stand in the log with their values"),
    ("log_parameter_max_length_on_error", "0", "errors in the log quote parameters"),
    ("log_parameter_max_length", "0", "slow or logged statements stand in the log with their parameters"),
    ("log_statement", "none", "every statement stands in the log"),
    ("log_min_duration_statement", "-1", "slow statements stand in the log"),
)
_SHARED = {
    "office", "reception", "shared", "guest", "test", "phone", "user", "student", "desk", "frontdesk", "helpdesk", "servicedesk", "info",
    "kontor", "kontoret", "expedition", "expeditionen", "vaxel", "växel", "vaxeln", "växeln", "telefon", "gemensam", "gast", "gäst", "infodisk",
    "toimisto", "vaihde", "neuvonta", "asiakaspalvelu", "vahtimestari", "yhteinen", "vieras", "testi", "puhelin", "opiskelija",
}  # fmt: skip


def advise(connection: Connection, names: Names, accounts: Mapping[str, tuple[frozenset[str], bool]]) -> list[str]:
    """One sentence for each thing that should be changed.

    Args:
        accounts: The users of the database by sign-in name: their roles, and whether they may sign in.
    """
    found = _about_settings(connection)
    found += [
        f"{login} is a superuser: whoever signs in so may do everything and rewrite every log."
        for login in _names(
            connection, "SELECT rolname::text FROM pg_roles WHERE rolsuper AND rolcanlogin AND rolname <> 'postgres'"
        )
    ]
    members = logins(connection, names)
    for login, attribute in connection.exec_driver_sql(_ATTRIBUTES, {"logins": list(members)}):
        found.append(f"{login} may {attribute}, which no work here needs.")
    for login, other in connection.exec_driver_sql(_OTHER_ROLES, {"logins": list(members), "ours": list(names.everyone)}):
        found.append(f"{login} is also a member of {other}, whose rights are not in the matrix.")
    superusers = {*_names(connection, "SELECT rolname::text FROM pg_roles WHERE rolsuper")}  # roles say nothing of them
    found += _about_users(members, {login: account for login, account in accounts.items() if login not in superusers})
    found += [
        f"{login} is signed in from {count} computers at once: is it shared? Each person needs a login of their own."
        for login, count in connection.exec_driver_sql(_BUSY, {"logins": list(members)})
    ]
    for statement, words in _OBJECTS:
        found += [words.format(name) for name in _names(connection, statement)]
    return found


def _about_settings(connection: Connection) -> list[str]:
    found = []
    for name, good, why in _SETTINGS:
        real = connection.exec_driver_sql("SELECT current_setting(%(name)s, true)", {"name": name}).scalar()
        if real is not None and real != good:
            found.append(f"{name} is {real}: {why}. Set it to {good}.")
    return found


def _about_users(members: Mapping[str, frozenset[str]], accounts: Mapping[str, tuple[frozenset[str], bool]]) -> list[str]:
    found = [
        f"{login} holds roles but is no user of this database: remove the login or add the user."
        for login in sorted(members.keys() - accounts.keys())
    ]
    for login, (roles, active) in sorted(accounts.items()):
        real = members.get(login, frozenset())
        if active and roles != real:
            found.append(f"{login} is listed as {_listed(roles)}, and the server lets it be {_listed(real)}.")
        if not active and real:
            found.append(f"{login} may no longer use this database, but its login still holds roles.")
    found += [
        f"{login} sounds like a shared login. Each person needs one of their own."
        for login in sorted(members)
        if login.casefold().rstrip("0123456789_-.") in _SHARED
    ]
    return found


def _names(connection: Connection, statement: str) -> list[str]:
    return list(connection.exec_driver_sql(statement).scalars())


def _listed(roles: frozenset[str]) -> str:
    return ", ".join(sorted(roles)) or "nothing"


_PLACES = ", ".join(f"'{schema}'" for schema in (*OURS, "public"))
_ATTRIBUTES = """SELECT r.rolname::text, a FROM pg_roles r, LATERAL (VALUES (rolcreaterole, 'make roles'),
    (rolcreatedb, 'make databases'), (rolreplication, 'copy the whole server'), (rolbypassrls, 'pass over row rules')) v (has, a)
    WHERE r.rolname = ANY (%(logins)s) AND v.has ORDER BY 1, 2"""
_OTHER_ROLES = """SELECT u.rolname::text, g.rolname::text FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
    JOIN pg_roles g ON g.oid = m.roleid WHERE u.rolname = ANY (%(logins)s) AND NOT g.rolname = ANY (%(ours)s) ORDER BY 1, 2"""
_BUSY = """SELECT usename::text, count(DISTINCT client_addr) FROM pg_stat_activity WHERE usename = ANY (%(logins)s)
    GROUP BY usename HAVING count(DISTINCT client_addr) > 1"""
_OBJECTS = (
    (
        f"""SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ({_PLACES}) AND c.relkind = 'v'
            AND NOT coalesce('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false)""",
        "The view {} shows what its owner may see: make it with security_invoker.",
    ),
    (
        f"""SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ({_PLACES}) AND c.relkind = 'm'""",
        "The materialized view {} keeps a copy without the rules of its tables.",
    ),
    (
        f"""SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(c.relacl) x JOIN pg_roles g ON g.oid = x.grantee
            WHERE n.nspname = '{CORE}' AND x.privilege_type = 'UPDATE' AND x.grantee <> c.relowner ORDER BY 1""",
        "{} may be changed as a whole table by somebody, who may then also lock it for everybody: grant columns instead.",
    ),
    (
        f"""SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(c.relacl) x WHERE n.nspname IN ({_PLACES}) AND x.grantee = 0
            UNION SELECT DISTINCT n.nspname || '.' || f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace,
            aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x WHERE n.nspname IN ({_PLACES}) AND x.grantee = 0
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
            UNION SELECT 'schema ' || n.nspname FROM pg_namespace n, aclexplode(n.nspacl) x
            WHERE n.nspname IN ({_PLACES}) AND x.grantee = 0
            UNION SELECT 'database ' || d.datname FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
            WHERE d.datname = current_database() AND x.grantee = 0 ORDER BY 1""",
        "Everybody on the server (PUBLIC) may use {}.",
    ),
)  # fmt: skip
