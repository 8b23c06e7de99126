"""Which office a database belongs to: a number made once when it is set up, so that a desk notices another one in its place.

It stands in the definition of a function, which every login may read without any right and only the owner may change. A dump
that is restored brings it along.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy import Connection

from db.postgresql.connection import run
from db.postgresql.schemas import CORE

FUNCTION = "kontinuum_office"
_READ = f"""SELECT substring(p.prosrc FROM '[0-9a-f-]{{36}}') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = '{CORE}' AND p.proname = '{FUNCTION}' AND p.pronargs = 0"""


def ensure(writing: Connection) -> None:
    """Make one, unless there is one."""
    if read(writing) is None:
        run(writing, f"CREATE FUNCTION {FUNCTION}() RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT '{uuid4()}'::uuid $$")


def read(reading: Connection) -> UUID | None:
    """The number; None where nothing was set up, or by a program that knew none."""
    found: str | None = reading.exec_driver_sql(_READ).scalar()
    return UUID(found) if found else None
