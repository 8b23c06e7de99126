"""Turns what the server, the network and the driver say into words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import conninfo


def name_of(address: str) -> str:
    """What people call the database at this address; never holds a password."""
    given = conninfo.conninfo_to_dict(address)
    host = str(given.get("host") or given.get("hostaddr") or given.get("service") or "localhost")
    return f"{given.get('dbname') or given.get('user') or 'kontinuum'} ({host})"


@contextmanager
def told(name: str) -> Iterator[None]:
    """Raise `Unavailable` in words for every fault of network and server; defects pass through."""
    yield


@contextmanager
def committing(name: str) -> Iterator[None]:
    """Around a commit."""
    yield
