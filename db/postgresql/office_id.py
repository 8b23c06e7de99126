"""Which office a database belongs to: a number made once when it is set up, so that a desk notices another one in its place.

It stands in the definition of a function, which every login may read without any right and only the owner may change. A dump
that is restored brings it along.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Connection

from db.postgresql.connection import run
from db.postgresql.lineage import OFFICE, OFFICE_OF


def ensure(writing: Connection) -> None:
    """Make one, unless there is one."""
    if read(writing) is None:
        run(writing, f"CREATE FUNCTION {OFFICE}() RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT '{uuid4()}'::uuid $$")


def read(reading: Connection) -> UUID | None:
    """The number; None where nothing was set up, or by a program that knew none."""
    found: str | None = reading.exec_driver_sql(f"SELECT {OFFICE_OF}").scalar()
    return UUID(found) if found else None
