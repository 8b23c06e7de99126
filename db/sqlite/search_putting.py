"""Puts records into the full-text index of a SQLite file, many at once, and takes them out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from itertools import chain, repeat
from typing import Any

from sqlalchemy import Connection

from db.search_text import Findable
from db.sqlite.incoming import lay

FEW = 50  # entries that are taken out one by one; before a statement for many, the text indexes write out what they gathered


def put(
    connection: Connection, kind: str, refs: Sequence[bytes], texts: Sequence[Findable], *, forget: Sequence[bytes] = ()
) -> None:
    """Put records in, in place of what the index has of them and of those to `forget`."""
    cursor: Any = connection.connection.cursor()
    with closing(cursor) as raw:
        forget_all(raw, kind, forget or refs)
        if not texts:
            return
        first = raw.execute("SELECT coalesce(max(number), 0) + 1 FROM search_entry").fetchone()[0]
        numbers = range(first, first + len(texts))
        titles, details, sorts, words, parts = zip(*texts, strict=True)
        rows = zip(numbers, repeat(kind), map(bytearray, refs), titles, details, map(bytearray, sorts), strict=False)
        lay(
            raw,
            "search_entry",
            ("number", "kind", "ref", "title", "detail", "sort"),
            list(chain.from_iterable(rows)),
            at_once=True,
        )
        # Row by row: before a statement of many rows, a text index writes out what it has gathered.
        of_words = ((number, *pair) for number, pair in zip(numbers, words, strict=True))
        raw.executemany("INSERT INTO search_words (rowid, exact, folded) VALUES (?, ?, ?)", of_words)
        of_parts = (pair for pair in zip(numbers, parts, strict=True) if pair[1])
        raw.executemany("INSERT INTO search_parts (rowid, parts) VALUES (?, ?)", of_parts)


def forget_all(raw: Any, kind: str, refs: Sequence[bytes]) -> None:
    """Take out what the index has of these records; those made last, as in an import, it knows to be none."""
    newest = raw.execute("SELECT max(ref) FROM search_entry").fetchone()[0]
    if newest is None or min(refs) > newest:
        return
    marks = ",".join("?" * len(refs))
    found = raw.execute(f"SELECT number FROM search_entry WHERE kind = ? AND ref IN ({marks})", (kind, *refs)).fetchall()
    for table, key in (("search_words", "rowid"), ("search_parts", "rowid"), ("search_entry", "number")):
        if len(found) <= FEW:
            raw.executemany(f"DELETE FROM {table} WHERE {key} = ?", found)
        else:
            numbers = json.dumps([number for (number,) in found])
            raw.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))", (numbers,))
