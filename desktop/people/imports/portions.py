"""The portions in which the rows of a list are gone through, and what occurs in several rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from db.collector import let_go
from desktop.people.imports.incoming import IncomingPerson

FIRST, CHUNK = 1000, 4000  # rows looked up together


def repeated(rows: Sequence[IncomingPerson]) -> set[str]:
    """The numbers, addresses and phones that occur more than once in the file."""
    once: set[str] = set()
    again: set[str] = set()
    for portion in chunks(rows):
        said = [identifier.value for row in portion for identifier in row.identifiers]
        said += [normal for row in portion for _typed, normal in row.emails]
        said += [normal for row in portion for _typed, normal, _national in row.phones]
        new = set(said)
        if len(new) < len(said):
            again.update(value for value, count in Counter(said).items() if count > 1)
        again |= once & new
        once |= new
    let_go(once)
    return again


def chunks(rows: Sequence[IncomingPerson]) -> Iterator[Sequence[IncomingPerson]]:
    """The rows in portions that are looked up together; the first is a small one, for nothing is done beside it."""
    first = min(FIRST, CHUNK)
    if rows:
        yield rows[:first]
    for start in range(first, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
