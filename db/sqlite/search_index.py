"""The full-text index on SQLite: kept right before each commit, asked in two stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, literal_column, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from db.models.search import SearchEntry
from db.search_text import Query, Source, distance, index_words, split_words
from db.sorting import fold, sort_key

TABLES = (
    # `exact` holds only words that folding changes; prefixes of one to three letters have their own index. Letters
    # younger than the tokenizer's tables (Cn) count as letters, as they do where words are split for us.
    "CREATE VIRTUAL TABLE search_words USING fts5(exact, folded, content='', contentless_delete=1, "
    "detail=column, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Cn'\", prefix='1 2 3')",
    "CREATE VIRTUAL TABLE search_parts USING fts5(parts, content='', contentless_delete=1, tokenize='trigram case_sensitive 1')",
)
CANDIDATES = 150  # hits of one stage that are ranked
BATCH = 4000


def refresh(connection: Connection, sources: Iterable[Source], change_set: bytes | None) -> None:
    """Bring the index up to date, in sets, with what `change_set` added and with everything marked dirty."""
    for source in sources:
        if change_set is not None:
            for refs in _added(connection, source, change_set):
                _replace(connection, source, refs)
        while refs := _dirty(connection, source):
            _replace(connection, source, refs)
            marks = ",".join("?" * len(refs))
            raw: Any = connection.connection.driver_connection
            raw.execute(f"DELETE FROM search_dirty WHERE kind = ? AND ref IN ({marks})", (source.kind, *refs)).close()


def _added(connection: Connection, source: Source, change_set: bytes) -> Iterator[list[bytes]]:
    """The records of which the change set made a part; those also marked dirty are left to their turn."""
    makers = " UNION ".join(
        f'SELECT "{column}" AS ref FROM "{table}" WHERE made_in = :own'
        + (f" AND {condition.replace('%s', table)}" if condition else "")
        for table, column, condition in source.marks
    )
    raw = connection.connection.cursor()
    try:
        raw.execute(
            f"SELECT ref FROM ({makers}) WHERE ref NOT IN (SELECT ref FROM search_dirty WHERE kind = :kind)",
            {"own": change_set, "kind": source.kind},
        )
        while rows := raw.fetchmany(BATCH):
            yield [row[0] for row in rows]
    finally:
        raw.close()


def _dirty(connection: Connection, source: Source) -> list[bytes]:
    asked = connection.exec_driver_sql("SELECT ref FROM search_dirty WHERE kind = ? LIMIT ?", (source.kind, BATCH))
    return list(asked.scalars().all())


def _replace(connection: Connection, source: Source, refs: Sequence[bytes]) -> None:
    raw = connection.connection.cursor()
    try:
        marks = ",".join("?" * len(refs))
        numbers = list(raw.execute(f"SELECT number FROM search_entry WHERE kind = ? AND ref IN ({marks})", (source.kind, *refs)))
        if numbers:
            for table, key in (("search_words", "rowid"), ("search_parts", "rowid"), ("search_entry", "number")):
                raw.executemany(f"DELETE FROM {table} WHERE {key} = ?", numbers)
        number = raw.execute("SELECT coalesce(max(number), 0) FROM search_entry").fetchone()[0]
        entries, words, parts = [], [], []
        for ref, found in source.read(connection, refs):
            number += 1
            entries.append((number, source.kind, ref, found.title, found.detail, found.sort))
            words.append((number, *index_words(found.words)))
            if found.parts:
                parts.append((number, found.parts))
        raw.executemany("INSERT INTO search_entry (number, kind, ref, title, detail, sort) VALUES (?, ?, ?, ?, ?, ?)", entries)
        raw.executemany("INSERT INTO search_words (rowid, exact, folded) VALUES (?, ?, ?)", words)
        raw.executemany("INSERT INTO search_parts (rowid, parts) VALUES (?, ?)", parts)
    finally:
        raw.close()


def find(connection: Connection, query: Query, limit: int) -> list[tuple[str, UUID, str, str]]:
    """The best hits first, as (kind, id, title, detail)."""
    if query.empty:
        return []
    found: dict[int, tuple[str, bytes, str, str, bytes]] = {}
    cursor = connection.connection.cursor()
    try:
        for statement, values in _stages(query):
            cursor.execute(statement, values)
            for row in cursor.fetchall():
                found.setdefault(row[0], row[1:])
            if len(found) >= limit:
                break
    finally:
        cursor.close()
    ranked = sorted(found.values(), key=lambda row: (distance(row[2], query.words), row[4]))
    return [(row[0], UUID(bytes=row[1]), row[2], row[3]) for row in ranked[:limit]]


_PICK = "SELECT e.number, e.kind, e.ref, e.title, e.detail, e.sort FROM search_entry e "
_HITS = _PICK + "JOIN (SELECT rowid FROM %s LIMIT " + str(CANDIDATES) + ") h ON h.rowid = e.number"


def _stages(query: Query) -> Iterator[tuple[str, tuple[str | bytes, ...]]]:
    """Statements from the narrowest to the widest; asking stops when enough is found."""
    words, part = query.words, _parts(query.parts)
    if len(words) == 1 and not part and len(words[0]) <= 2:
        low = sort_key(words[0])
        yield _PICK + "WHERE e.sort >= ? AND e.sort < ? ORDER BY e.sort LIMIT 50", (low, low + b"\xff")
        yield _HITS % "search_words WHERE search_words MATCH ?", (_match(words, whole=False, exact=False),)
        return
    if not words:
        yield _HITS % "search_parts WHERE search_parts MATCH ?", (part,)
        return
    both = " AND rowid IN (SELECT rowid FROM search_parts WHERE search_parts MATCH ?)" if part else ""
    extra = (part,) if part else ()
    for whole, exact in ((True, True), (True, False), (False, True), (False, False)):
        if not exact or any(fold(w) != w for w in words):
            yield _HITS % ("search_words WHERE search_words MATCH ?" + both), (_match(words, whole=whole, exact=exact), *extra)
    if not part and all(len(w) >= 3 for w in words):
        yield _HITS % "search_parts WHERE search_parts MATCH ?", (_parts(tuple(fold(w) for w in words)),)


def _match(words: tuple[str, ...], *, whole: bool, exact: bool) -> str:
    """A match expression: every word, at least as a beginning; `exact` takes marked letters literally."""
    asked = []
    for word in words:
        plain = fold(word)
        pieces = [("exact", word)] if exact and plain != word else [("folded", piece) for piece in split_words(plain)]
        asked += [f'{column} : "{text}"' + ("" if whole else " *") for column, text in pieces]
    return " AND ".join(asked) or '""'


def _parts(parts: tuple[str, ...]) -> str:
    """Every fragment as it stands, anywhere inside an address or number."""
    return " AND ".join('"' + part.replace('"', '""') + '"' for part in parts)


def fits(query: Query) -> ColumnElement[bool]:
    """That an entry fits every word and fragment."""
    found = []
    for table, match in (
        ("search_words", _match(query.words, whole=False, exact=False) if query.words else ""),
        ("search_parts", _parts(query.parts)),
    ):
        if match:
            index = sql_table(table, sql_column("rowid"))
            found.append(SearchEntry.number.in_(select(index.c.rowid).where(literal_column(table).op("MATCH")(match))))
    return and_(*found)
