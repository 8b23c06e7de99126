"""Reads what comparing needs of people, by the driver itself: a hundred thousand records are looked through at a time.

People who are retired or kept apart are never read here, so nothing built upon it can suggest them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.identity_numbers import ISSUED_KINDS, ONE_FOR_LIFE
from db.numbers import NUMBERS_OF_PEOPLE
from db.sorting import fold
from desktop.people.duplicates.names import names_of
from desktop.people.duplicates.scoring import Address, Portrait

PORTION = 500  # values in one question
COMPARED = "p.retired_at IS NULL AND NOT EXISTS (SELECT 1 FROM kept_apart k WHERE k.person_id = p.id)"
_PEOPLE = f"SELECT p.id, p.given, p.family, p.preferred, p.former, p.birth_date FROM person p WHERE p.id {{}} AND {COMPARED}"
_POINTS = "SELECT person_id, kind, normal, street, postcode, city FROM contact_point WHERE person_id {}"


def ask(connection: Connection, statement: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, portion by portion; its `{}` becomes "one of these values".

    Ids come as the driver has them: bytes of a file, UUIDs of a server.
    """
    in_file = connection.dialect.name == "sqlite"
    cursor: Any = connection.connection.cursor()
    try:
        for start in range(0, len(values), PORTION):
            some = list(values[start : start + PORTION])
            chosen = f"IN ({','.join('?' * len(some))})" if in_file else "= ANY(%s)"
            yield from cursor.execute(statement.format(chosen), some if in_file else (some,)).fetchall()
    finally:
        cursor.close()


def all_rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    """Every row of a statement without values, by the driver itself."""
    cursor: Any = connection.connection.cursor()
    try:
        rows: list[tuple[Any, ...]] = cursor.execute(statement).fetchall()
        return rows
    finally:
        cursor.close()


def own_form(connection: Connection, person_id: UUID) -> Any:
    """An id as the driver takes it."""
    return person_id.bytes if connection.dialect.name == "sqlite" else person_id


def as_uuid(own: Any) -> UUID:
    """An id of the driver's as the rest of the program has it."""
    return UUID(bytes=bytes(own)) if isinstance(own, bytes | bytearray | memoryview) else own


def portraits(connection: Connection, ids: Iterable[Any], *, numbers: bool = True) -> dict[Any, Portrait]:
    """What comparing needs of these people, by their ids in the driver's form.

    Args:
        numbers: False for who may not read identity numbers; then they speak neither for nor against.
    """
    wanted = list(ids)
    reach: dict[Any, set[str]] = {}
    addresses: dict[Any, set[Address]] = {}
    for person, kind, normal, street, postcode, city in ask(connection, _POINTS, wanted):
        if normal:
            reach.setdefault(person, set()).add(normal)
        elif kind == "address" and street:
            addresses.setdefault(person, set()).add(address_of(street, postcode, city))
    held: dict[Any, set[str]] = {}
    only: dict[Any, set[tuple[str, str]]] = {}
    for person, kind, issuer, value, ended in (
        ask(connection, NUMBERS_OF_PEOPLE[connection.dialect.name], wanted) if numbers else ()
    ):
        if kind not in ISSUED_KINDS or issuer:  # a number without who gave it says nothing
            held.setdefault(person, set()).add(number_key(kind, issuer, value))
        if kind in ONE_FOR_LIFE and ended is None:
            only.setdefault(person, set()).add((kind, value))
    return {
        person: Portrait(
            person,
            names_of(given, family, preferred, former),
            str(born) if born else "",
            frozenset(reach.get(person, ())),
            frozenset(addresses.get(person, ())),
            frozenset(held.get(person, ())),
            frozenset(only.get(person, ())),
        )
        for person, given, family, preferred, former, born in ask(connection, _PEOPLE, wanted)
    }


def address_of(street: str, postcode: str, city: str) -> Address:
    """An address as it is compared."""
    return fold(" ".join(street.split())), "".join(filter(str.isdigit, postcode)), fold(city.strip())


def number_key(kind: str, issuer: str, value: str) -> str:
    """A number as it is compared: with who gave it, where two registers may give the same."""
    return f"{kind} {fold(issuer)} {value}" if kind in ISSUED_KINDS else f"{kind} {value}"
