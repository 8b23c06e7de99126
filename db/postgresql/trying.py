"""Trying a server before it is opened: whether it answers, is ours, and lets this user work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from db import schema
from db.database import utc_now
from db.errors import Denied, Unavailable
from db.postgresql import faults, founding
from db.postgresql.address import account_of
from db.postgresql.connection import Lines
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.lineage import Identity
from db.postgresql.replica import PATIENCE, address_of_copy
from db.postgresql.schemas import CORE
from db.texts import _

_OURS = f"""SELECT to_regnamespace('{CORE}') IS NOT NULL,
    coalesce(has_schema_privilege(to_regnamespace('{CORE}')::oid, 'USAGE'), false), pg_is_in_recovery(),
    session_user::text, current_setting('server_version_num')::int / 10000, clock_timestamp(),
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
        OR coalesce((SELECT encrypted FROM pg_stat_gssapi WHERE pid = pg_backend_pid()), false)"""
_USER = "SELECT active FROM user_account WHERE login = session_user::text"
_OWNER = "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'user_account'::regclass"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said that can be worked with."""

    name: str
    version: int
    user: str
    encrypted: bool
    identity: Identity
    ahead: timedelta  # how far its clock is before this computer's


def try_server(address: str, parts: Sequence[schema.Part] = (), *, now: Callable[[], datetime] = utc_now) -> Answer:
    """Sign in and look around; nothing is changed.

    Raises:
        PasswordWanted: the server asks for a password, or the one in hand is wrong.
        Unavailable: it cannot be reached, is too old, or holds nothing this program can open.
        Denied: this user may not work there.
    """
    engine = PostgresqlEngine(address, upgrades=False)
    with founding.looking(engine) as reading:
        return _look(reading, engine, parts, now)


def try_copy(address: str, copies: str, home: Identity) -> None:
    """Sign in to the copies that are to answer for lists.

    Args:
        copies: Their hosts.
        home: The database they have to be copies of.

    Raises:
        RuleBroken: these are no hosts.
        Unavailable: none can be reached, follows a server, or is a copy of this one.
    """
    place = address_of_copy(address, copies)
    lines = Lines(place, account=account_of(address))
    lines.home = home
    with faults.told(faults.name_of(place)):
        lines.connect(seconds=PATIENCE).close()


def _look(reading: Connection, engine: PostgresqlEngine, parts: Sequence[schema.Part], now: Callable[[], datetime]) -> Answer:
    name = engine.name
    there, may, recovering, user, version, clock, encrypted = reading.exec_driver_sql(_OURS).one()
    ahead = clock - now()
    if not there or (may and schema.stored(reading, schema.CORE_PART) is None):
        raise Unavailable(
            _("{name} holds no Kontinuum database yet."),
            _("Check the name of the database, or ask its administrator to set it up with “kontinuum server init”."),
            name=name,
        )
    if recovering:
        raise Unavailable(
            _("{name} is a copy that cannot be written to just now."),
            _("Try again in a moment, or ask its administrator which server writes."),
            name=name,
        )
    known = reading.exec_driver_sql(_USER).scalar() if may else None
    if not known and not (may and reading.exec_driver_sql(_OWNER).scalar()):
        raise Denied(
            _("{user} may sign in to the server, but is no user of {name}."),
            _("Ask its administrator for “kontinuum server user add”."),
            user=user,
            name=name,
        )
    if any(part.key == schema.CORE for part in schema.outdated(reading, (schema.CORE_PART, *parts))):
        raise Unavailable(
            _("{name} was made by an older version of Kontinuum."),
            _("Nothing was changed. Ask its administrator to bring it up to date with “kontinuum server upgrade”."),
            name=name,
        )
    return Answer(name, version, user, encrypted, engine.identity, ahead)


def clock_ahead(session: Session, now: Callable[[], datetime] = utc_now) -> timedelta:
    """How far the server's clock is before this computer's."""
    there: datetime = session.scalars(text("SELECT clock_timestamp()")).one()
    return there - now()
