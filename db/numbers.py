"""Who has a number: in a file read from the table; on a server, where nobody reads the column, asked of functions.

A question about identity numbers is stored for good before it is answered: guessing is looking, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from db.identity_numbers import SECRET_KINDS
from db.models.person import Identifier

# Which numbers people have, who has the same as one of them, and what occurs twice, by the name of the engine. The values are ids
# of people. On a server nobody reads the numbers themselves: there each is called by the first row that holds it.
NUMBERS_OF_PEOPLE = {
    "sqlite": "SELECT person_id, kind, issuer, value, valid_to FROM identifier WHERE person_id {}",
    "postgresql": "SELECT person_id, kind, issuer, alike, valid_to FROM numbers_alike(%s)",
}
WHO_SHARES_NUMBERS = {
    "sqlite": "SELECT person_id FROM identifier WHERE value IN (SELECT value FROM identifier WHERE person_id {})",
    "postgresql": "SELECT person_id FROM people_sharing_numbers(%s)",
}
NUMBERS_SHARED = {
    "sqlite": """SELECT value, person_id FROM identifier WHERE value IN
        (SELECT value FROM identifier GROUP BY value HAVING count(*) > 1)""",
    "postgresql": "SELECT alike, person_id FROM shared_numbers()",
}
_HOLDERS = "SELECT kind, value, issuer, person_id FROM identifier WHERE value IN ({}) ORDER BY id"
_BY_ROW = "SELECT id, alike FROM numbers_by_row(%s)"
AT_ONCE = 10_000  # numbers in one question; a file takes three times as many


class Holder(NamedTuple):
    """Somebody who has a number."""

    kind: str
    value: str
    issuer: str
    person_id: UUID


def numbers_by_row(session: Session, person_id: UUID) -> dict[UUID, str]:
    """What tells the numbers of one person from those of others, by row: on a server not the number, but the first row that holds it."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(_BY_ROW, (person_id,)).all()
    else:
        rows = connection.execute(select(Identifier.id, Identifier.value).where(Identifier.person_id == person_id)).all()
    return {row[0]: row[1] for row in rows}


def holders(session: Session, numbers: Iterable[tuple[str, str]]) -> list[Holder]:
    """Who has one of these, given as kind and normal form; of other kinds than the secret ones, whatever their kind."""
    of_secret_kind: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for kind, value in numbers:
        of_secret_kind[kind in SECRET_KINDS][value] = None
    secret, plain = list(of_secret_kind[True]), list(of_secret_kind[False])  # each once; sorting them would hold the window up
    found: list[Holder] = []
    for start in range(0, max(len(secret), len(plain)), AT_ONCE):
        found += _holders(session, secret[start : start + AT_ONCE], plain[start : start + AT_ONCE])
    return found


def _holders(session: Session, secret: list[str], plain: list[str]) -> list[Holder]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        from db.postgresql import asking  # loads the driver, which a file does not need

        if not asking.numbers_are_open(connection):
            return [Holder(*row) for row in asking.same_numbers(connection, secret, plain)]
        columns = select(Identifier.kind, Identifier.value, Identifier.issuer, Identifier.person_id)
        rows: Iterable[Any] = session.execute(columns.where(Identifier.value.in_([*secret, *plain])).order_by(Identifier.id))
    else:
        rows = _in_file(connection, [*secret, *plain])
    asked = {True: set(secret), False: set(plain)}
    return [Holder(*row) for row in rows if row[1] in asked[row[0] in SECRET_KINDS]]


def _in_file(connection: Connection, values: list[str]) -> list[tuple[str, str, str, UUID]]:
    """By the driver itself: preparing as many values in SQLAlchemy's own way takes longer than finding them."""
    with closing(connection.connection.cursor()) as cursor:
        found = cursor.execute(_HOLDERS.format(",".join("?" * len(values))), values).fetchall()
    return [(kind, value, issuer, UUID(bytes=person)) for kind, value, issuer, person in found]
