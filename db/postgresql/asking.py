"""Asking the server for what it shows to nobody unasked: each question is stored for good before its answer is given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection

from db.engine import engine_of
from db.postgresql.engine import PostgresqlEngine
from db.postgresql.protecting import asked
from db.postgresql.schemas import CORE, PROTECTED

_OPEN = f"SELECT has_column_privilege('{CORE}.identifier', 'value', 'SELECT')"
_LOGGED = f"SELECT to_regproc('{CORE}.ask_to_see') IS NOT NULL"
_KEPT = f"k.table_name, k.before, k.at FROM {PROTECTED}.kept k"
_PLAIN = f"SELECT kind, value, issuer, person_id FROM {CORE}.people_with_number(%s::text[])"


def numbers_are_open(connection: Connection) -> bool:
    """Whether whoever is signed in reads numbers as they stand: the owner of the tables alone."""
    return bool(connection.exec_driver_sql(_OPEN).scalar_one())


def looks_are_logged(connection: Connection) -> bool:
    """Whether the server keeps the log of looks; one that was never set up by an administrator does not."""
    return bool(connection.exec_driver_sql(_LOGGED).scalar_one())


def same_numbers(connection: Connection, secret: Collection[str], plain: Collection[str]) -> list[tuple[Any, ...]]:
    """Kind, value, issuer and person of each number that is one of these.

    Args:
        secret: Personal identity numbers; that they were asked about is logged.
        plain: Numbers of registers.
    """
    raw: Any = connection.connection.driver_connection
    found: list[tuple[Any, ...]] = raw.execute(_PLAIN, (list(plain),)).fetchall() if plain else []
    if secret:
        given = sorted(secret)
        with _aside(connection) as own:
            ticket = own.execute(f"SELECT {CORE}.ask_to_compare(%s::text[])", (given,)).fetchone()[0]
            own.commit()
            asked = f"SELECT kind, value, issuer, person_id FROM {CORE}.compare_numbers(%s, %s::text[])"
            found += own.execute(asked, (ticket, given)).fetchall()
    return found


def numbers_of(connection: Connection, person_id: UUID, reason: str) -> list[tuple[Any, ...]]:
    """Id, kind and value of each number of one person."""
    with _aside(connection) as own:
        ticket = own.execute(f"SELECT {CORE}.ask_to_see(%s, %s)", (person_id, reason)).fetchone()[0]
        own.commit()
        found: list[tuple[Any, ...]] = own.execute(f"SELECT id, kind, value FROM {CORE}.reveal_numbers(%s)", (ticket,)).fetchall()
    return found


def looks(
    connection: Connection,
    since: datetime | None,
    before: int | None,
    user: UUID | None,
    people: Sequence[UUID] | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Number, id, moment, user, address, person, reason and amount of the newest lines of the log that fit."""
    raw: Any = connection.connection.driver_connection
    found: list[tuple[Any, ...]] = raw.execute(
        f"SELECT number, id, at, user_name, coalesce(host(address), ''), subject, reason, amount FROM {CORE}.who_looked("
        "coalesce(%s::timestamptz, '-infinity'), 'infinity', %s::bigint, %s::uuid, %s::uuid[], %s::integer)",
        (since, before, user, None if people is None else list(people), limit),
    ).fetchall()
    return found


def _aside(connection: Connection) -> AbstractContextManager[Any]:
    return cast(PostgresqlEngine, engine_of(connection)).aside()


def protected_rows(connection: Connection, person_id: UUID, reason: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Table, row and moment of what is kept of somebody protected, and moment and reason of each look at them.

    That it was asked for is logged for good first.
    """
    if not looks_are_logged(connection):  # nobody but the owner of the tables gets here
        return _owners(connection, f"SELECT {_KEPT} WHERE k.owner = %s ORDER BY k.number", (person_id,)), []
    with _aside(connection) as own:
        ticket = _ticket(own, person_id, reason)
        found: list[tuple[Any, ...]] = own.execute(f"SELECT * FROM {CORE}.reveal_protected(%s)", (ticket,)).fetchall()
        looks: list[tuple[Any, ...]] = own.execute(f"SELECT * FROM {CORE}.looks_at_protected(%s)", (ticket,)).fetchall()
    return found, looks


def end_protection(connection: Connection, person_id: UUID, reason: str) -> bool:
    """Bring somebody back inside the open step; that they are seen then is logged for good first. False where nobody is there."""
    if not looks_are_logged(connection):
        return bool(asked(connection, "SELECT end_protection(%s, %s)", (person_id, reason))[0][0])
    with _aside(connection) as own:
        ticket = _ticket(own, person_id, reason)
    return bool(asked(connection, "SELECT release_protected(%s, %s)", (ticket, reason))[0][0])


def _ticket(own: Any, person_id: UUID, reason: str) -> UUID:
    ticket: UUID = own.execute(f"SELECT {CORE}.ask_protected(%s, %s)", (person_id, reason)).fetchone()[0]
    own.commit()
    return ticket


def protected_events(connection: Connection, limit: int) -> list[tuple[Any, ...]]:
    """Moment, user, act, handle and reason of what was done with protected people, the newest first."""
    if not looks_are_logged(connection):
        own = f"SELECT at, by_name, act, handle, reason FROM {PROTECTED}.event ORDER BY number DESC LIMIT %s"
        return _owners(connection, own, (limit,))
    return _owners(connection, f"SELECT * FROM {CORE}.protected_events(%s)", (limit,))


def _owners(connection: Connection, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    raw: Any = connection.connection.driver_connection
    found: list[tuple[Any, ...]] = raw.execute(statement, values).fetchall()
    return found
