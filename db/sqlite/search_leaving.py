"""How many records leave the full-text index of a file at once, as when an import is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

TEXTS = ("search_words", "search_parts")
MANY = 2000  # records to be read again, from which on it pays to look whether the index is better begun anew
MOST = 0.9  # of the entries: where more of them are read again, putting in the rest anew costs less than taking them out
MERGED = 10  # percent of a part of a text index that are taken out before it is merged, as the engine has it by itself


@contextmanager
def many(raw: Any, kinds: Sequence[str]) -> Iterator[None]:
    """Around reading again what is marked dirty.

    Where nearly all entries are marked, the index is emptied and the rest marked, too. Where many are, its parts are not merged
    inside: by itself the engine does so as soon as a tenth of a part is gone, and here the rest goes next. It goes on merging
    afterwards, a little with each write.

    Args:
        kinds: The kinds of records that can be read again.
    """
    (dirty,) = raw.execute("SELECT count(*) FROM search_dirty").fetchone()
    if dirty < MANY:
        yield
    elif _nearly_all(raw, kinds, dirty):
        raw.execute("INSERT OR IGNORE INTO search_dirty (ref, kind) SELECT ref, kind FROM search_entry")
        empty(raw)
        yield
    else:
        _merge_from(raw, 0)  # never
        yield
        _merge_from(raw, MERGED)


def empty(raw: Any) -> None:
    """Take everything out of the index."""
    for table in TEXTS:
        raw.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
    raw.execute("DELETE FROM search_entry")


def _nearly_all(raw: Any, kinds: Sequence[str], dirty: int) -> bool:
    """Whether most entries are marked, and there are none that nobody could put in again."""
    if dirty < MOST * raw.execute("SELECT count(*) FROM search_entry").fetchone()[0]:
        return False
    others = f"SELECT EXISTS (SELECT 1 FROM search_entry WHERE kind NOT IN ({','.join('?' * len(kinds))}))"
    return not raw.execute(others, kinds).fetchone()[0]


def _merge_from(raw: Any, percent: int) -> None:
    for table in TEXTS:
        raw.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('deletemerge', ?)", (percent,))
