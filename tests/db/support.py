"""Short ways to store and read people in the tests of the data side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2

from db.actor import Actor
from db.database import Database, take
from db.models.history import ChangeSet, RowImage
from db.models.person import Person
from db.search import Hit, search
from db.sorting import name_key


def person(family: str, given: str = "Mia", **values: Any) -> Person:
    """A person not stored yet."""
    return Person(family=family, given=given, name_key=name_key(family, given), **values)


def rename(database: Database, actor: Actor, person_id: UUID, family: str) -> UUID:
    """Give a person another family name in a step of its own; answers the change set."""
    with database.write(actor, "edit_person", about=[person_id]) as session:
        row = session.get_one(Person, person_id)
        row.family, row.name_key = family, name_key(family, row.given)
        session.flush()
        own: UUID = session.info["change_set"]
    return own


def family_of(database: Database, person_id: UUID) -> str | None:
    """The stored family name; None when the person is not there."""
    with database.read() as session:
        return session.scalar(select(Person.family).where(Person.id == person_id))


def version_of(database: Database, person_id: UUID) -> int:
    """The stored version."""
    with database.read() as session:
        return session.scalars(select(Person.version).where(Person.id == person_id)).one()


def count(database: Database, kind: Any) -> int:
    """How many rows a table holds."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def last_change_set(database: Database) -> UUID:
    """The newest change set."""
    with database.read() as session:
        return session.scalars(select(ChangeSet.id).order_by(ChangeSet.number.desc()).limit(1)).one()


def images(session: Session, row_id: UUID) -> list[RowImage]:
    """What was kept of a row, oldest first."""
    return list(session.scalars(select(RowImage).where(RowImage.row_id == row_id).order_by(RowImage.number)))


def found(database: Database, text: str, limit: int = 20, **options: Any) -> list[str]:
    """Titles of the hits, best first."""
    return [hit.title for hit in hits(database, text, limit, **options)]


def hits(database: Database, text: str, limit: int = 20, **options: Any) -> list[Hit]:
    """The hits, best first."""
    with database.read() as session:
        return search(session, text, limit, **options)


@contextmanager
def foreign(path: Path) -> Iterator[dbapi2.Connection]:
    """Another program on the same file, which knows nothing of ours. The same engine: a second one in one process breaks its locks."""
    connection = dbapi2.connect(str(path), isolation_level=None, timeout=0.05)
    try:
        connection.execute("PRAGMA foreign_keys = ON").close()
        yield connection
    finally:
        connection.close()


def taken(session: Session, person_id: UUID, version: int) -> Person:
    """`take` for people."""
    return take(session, Person, person_id, version)
