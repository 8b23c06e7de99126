"""The administrator's way to a server: an address without a password in it, and what follows from letting somebody in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg
from psycopg import conninfo
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db.accounts import add_user
from db.actor import Actor
from db.database import about, describe, take
from db.errors import RuleBroken
from db.models.account import UserAccount
from db.postgresql.connection import run
from db.postgresql.faults import name_of, told
from db.postgresql.quoting import literal, quoted
from db.postgresql.roles import Names, login_statements
from db.texts import _

_LOGIN = re.compile(r"[a-z][a-z0-9_.-]{0,47}")
_SECRET = re.compile(r"://[^/@]*:[^@]*@|\b(ssl)?password\s*=", re.IGNORECASE)  # a password may hold a slash
# Roles of other offices on the same server do not keep a login from being removed, nor its password from being changed.
_OF_USE_ELSEWHERE = """SELECT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member JOIN pg_roles r ON r.oid = m.roleid
        WHERE u.rolname = %(login)s AND r.rolname <> ALL (%(own)s))
    OR EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_roles u ON u.oid = s.setrole JOIN pg_database d ON d.oid = s.setdatabase
        WHERE u.rolname = %(login)s AND d.datname <> current_database())"""


def address_of(dsn: str, ask: Callable[[str], str] | None) -> str:
    """An address that lets the administrator in; the password comes from libpq's own places, or from `ask`.

    Raises:
        RuleBroken: a password stands in the address, where every program on the machine can read it, or it is none.
        Unavailable: the server does not answer, or does not let them in, in the words that a window has for it.
    """
    if _SECRET.search(dsn):
        raise RuleBroken(
            _("A password stands in the address of the server, where other programs can read it."),
            _("Leave it out; you are asked for it, or keep it in libpq's own password file."),
            field="dsn",
        )
    try:
        given = conninfo.conninfo_to_dict(dsn)
    except psycopg.ProgrammingError as error:
        raise RuleBroken(
            _("{text} is no address of a server."), _("Write it as postgresql://user@server/database."), text=dsn, field="dsn"
        ) from error
    if not given.get("dbname"):
        raise RuleBroken(_("The address names no database."), _("Write it as postgresql://user@server/database."), field="dsn")
    address = dsn
    for attempt in (1, 2):
        try:
            psycopg.connect(address, connect_timeout=8, gssencmode=given.get("gssencmode") or "prefer").close()
            return address
        except psycopg.OperationalError as error:
            wants = error.pgconn is not None and error.pgconn.needs_password
            if attempt == 1 and wants and ask is not None:
                address = conninfo.make_conninfo(dsn, password=ask(name_of(dsn)))
                continue
            with told(name_of(dsn)):
                raise
    return address


def acting(reading: Connection) -> Actor:
    """The administrator as the history names them: by their login, which need be no user of the database."""
    login: str = reading.exec_driver_sql("SELECT session_user::text").scalar_one()
    return Actor(uuid5(NAMESPACE_URL, f"kontinuum:server:{login}"), login)


def let_in(session: Session, names: Names, login: str, name: str, roles: Iterable[str], password: str | None) -> UUID:
    """Make a login with these roles and the user it belongs to, inside a write scope; gives the user's id.

    Args:
        password: None leaves the password of a login as it is that is there already.

    Raises:
        RuleBroken: the login or a role cannot be so called, or the login is a superuser's.
    """
    wanted = frozenset(roles)
    _refuse_odd(session, names, login, wanted)
    fresh = _attribute(session, login, "rolname") is None
    stored = session.scalars(select(UserAccount).where(UserAccount.login == login)).one_or_none()
    if stored is None:
        own = add_user(session, login, name, wanted)
    else:
        own, stored.active, stored.roles, stored.name = stored.id, True, sorted(wanted), name or stored.name
        session.flush()
        about(session, own)
        describe(session, name=stored.name)
    _run(session, login_statements(names, login, wanted, fresh=fresh))
    if (
        fresh
    ):  # that is a change too, if the only one: after a restore on another server the users are there, their logins are not
        raw: Any = session.connection().connection.driver_connection
        raw.written += 1
    if password is not None:
        set_password(session, login, password)
    return own


def change_roles(session: Session, names: Names, login: str, roles: Iterable[str]) -> None:
    """Give a user these roles and no others.

    Raises:
        RuleBroken: there is no such user, or no such role.
    """
    wanted = frozenset(roles)
    _refuse_odd(session, names, login, wanted)
    user = _user(session, login)
    user.roles = sorted(wanted)
    session.flush()
    about(session, user.id)
    describe(session, name=user.name)
    _run(session, login_statements(names, login, wanted, fresh=False))


def shut_out(session: Session, names: Names, login: str) -> bool:
    """Take everything from a user and end their sessions; the login goes too, unless it is of use elsewhere.

    Returns:
        Whether the login itself is gone.

    Raises:
        RuleBroken: there is no such user.
    """
    user = _user(session, login)
    taken = take(session, UserAccount, user.id, user.version)
    taken.active = False
    session.flush()
    about(session, user.id)
    describe(session, name=user.name)
    if _attribute(session, login, "rolname") is None:
        return True
    own = quoted(login)
    _run(
        session,
        [
            f"REVOKE {', '.join(map(quoted, names.holders))} FROM {own}",
            f"ALTER ROLE {own} IN DATABASE {quoted(names.database)} RESET ALL",
        ],
    )
    end = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %(login)s AND datname = current_database()"
    )
    session.connection().exec_driver_sql(end, {"login": login})
    if used_elsewhere(session.connection(), names, login):
        return False
    try:
        with session.connection().begin_nested():
            run(session.connection(), f"DROP ROLE {own}")
    except psycopg.Error:
        return False  # it owns or may do something elsewhere
    return True


def set_password(session: Session, login: str, password: str) -> None:
    """Only what the server needs to check it is sent, so that it stands in no log."""
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    secret = raw.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    run(session.connection(), f"ALTER ROLE {quoted(login)} PASSWORD {literal(secret)}")


def used_elsewhere(connection: Connection, names: Names, login: str) -> bool:
    """Whether a login holds roles of, or settings for, other databases of the server: another office's, say."""
    asked = {"login": login, "own": list(names.everyone)}
    return bool(connection.exec_driver_sql(_OF_USE_ELSEWHERE, asked).scalar())


def accounts(session: Session) -> dict[str, tuple[frozenset[str], bool]]:
    """Every user by sign-in name: their roles, and whether they may sign in."""
    return {user.login: (frozenset(user.roles), user.active) for user in session.scalars(select(UserAccount))}


def _refuse_odd(session: Session, names: Names, login: str, roles: frozenset[str]) -> None:
    if not _LOGIN.fullmatch(login) or login in names.everyone:
        raise RuleBroken(
            _("{login} cannot be a sign-in name on a server."),
            _("Use small letters a to z, digits, points and hyphens, and begin with a letter."),
            login=login,
            field="login",
        )
    if unknown := sorted(roles - {*names.bundles}) or ([""] if not roles else []):
        raise RuleBroken(
            _("There is no role called {role}."), _("Possible: {known}."), role=unknown[0], known=", ".join(names.bundles)
        )
    if _attribute(session, login, "rolsuper"):
        raise RuleBroken(
            _("{login} is a superuser of the server and cannot be limited."), _("Make a login for the work."), login=login
        )


def _user(session: Session, login: str) -> UserAccount:
    user = session.scalars(select(UserAccount).where(UserAccount.login == login)).one_or_none()
    if user is None:
        raise RuleBroken(
            _("There is no user called {login} in this database."),
            _("Ask its administrator, or choose another user."),
            field="login",
            login=login,
        )
    return user


def _attribute(session: Session, login: str, name: str) -> object:
    statement = f"SELECT {name} FROM pg_roles WHERE rolname = %(login)s"
    found: object = session.connection().exec_driver_sql(statement, {"login": login}).scalar()
    return found


def _run(session: Session, statements: Iterable[str]) -> None:
    for statement in statements:
        run(session.connection(), statement)
    raw: Any = session.connection().connection.driver_connection
    raw.written += 1  # a login is no row of ours: a step that changes nothing else is kept all the same
