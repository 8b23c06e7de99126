"""The full-text index on SQLite: kept right before each commit, asked in two stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, literal_column, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from db.collector import collector_paused
from db.models.search import SearchEntry
from db.search_text import Findable, Query, Source, Texts, Told, distance, named, split_words
from db.sorting import fold, sort_key
from db.sqlite import search_leaving
from db.sqlite.search_putting import put

TABLES = (
    # `exact` holds only words that folding changes; prefixes of one to three letters have their own index. Letters
    # younger than the tokenizer's tables (Cn) count as letters, as they do where words are split for us.
    "CREATE VIRTUAL TABLE search_words USING fts5(exact, folded, content='', contentless_delete=1, "
    "detail=column, tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co Cn'\", prefix='1 2 3')",
    "CREATE VIRTUAL TABLE search_parts USING fts5(parts, content='', contentless_delete=1, tokenize='trigram case_sensitive 1')",
)
CANDIDATES = 150  # hits of one stage that are ranked
BATCH = 20_000  # records; each begins with writing out what the text indexes gathered


def refresh(connection: Connection, sources: Iterable[Source], change_set: bytes | None, told: Told | None = None) -> None:
    """Bring the index up to date, in sets, with what `change_set` added and with everything marked dirty.

    Args:
        told: Texts of new records, taken as they are where the change set added just the rows they were made of.
    """
    sources = tuple(sources)
    for source in sources:
        if change_set is not None:
            texts = (told or {}).get(source.kind, {})
            if texts and _all_told(connection, source, change_set, texts):
                _put_told(connection, source, texts)
            else:
                for added in _added(connection, source, change_set):
                    _replace(connection, source, added, texts)
    with closing(connection.connection.cursor()) as raw, search_leaving.many(raw, [source.kind for source in sources]):
        _read_again(connection, sources)


def _read_again(connection: Connection, sources: Sequence[Source]) -> None:
    """Put in anew what is marked dirty, and take out what is no longer there."""
    for source in sources:
        while refs := _dirty(connection, source):
            _replace(connection, source, dict.fromkeys(refs, 0), {})
            raw: Any = connection.connection.driver_connection
            some = f" AND ref IN ({','.join('?' * len(refs))})" if len(refs) == BATCH else ""
            raw.execute(f"DELETE FROM search_dirty WHERE kind = ?{some}", (source.kind, *(refs if some else ()))).close()


def _added(connection: Connection, source: Source, change_set: bytes) -> Iterator[dict[bytes, int]]:
    """The records of which the change set made a part, and of how many rows; those marked dirty are left to their turn."""
    makers = " UNION ALL ".join(
        f'SELECT "{column}" AS ref, {condition.replace("%s", table) or 1} AS fits FROM "{table}" WHERE made_in = :own'
        for table, column, condition in source.marks
    )
    with closing(connection.connection.cursor()) as raw:
        raw.execute(
            f"SELECT ref, count(*) FROM ({makers}) WHERE ref NOT IN (SELECT ref FROM search_dirty WHERE kind = :kind) "
            "GROUP BY ref HAVING max(fits)",
            {"own": change_set, "kind": source.kind},
        )
        while rows := raw.fetchmany(BATCH):
            yield dict(rows)


def _all_told(connection: Connection, source: Source, change_set: bytes, told: Texts) -> bool:
    """Whether the texts told are of all rows that were added; whatever was changed or removed since is marked dirty.

    Counted by index alone: looking at the rows for those that texts are read from would take as long as storing some tables.
    """
    raw: Any = connection.connection.driver_connection
    if raw.execute("SELECT EXISTS (SELECT 1 FROM search_dirty WHERE kind = ?)", (source.kind,)).fetchone()[0]:
        return False
    counts = " + ".join(f'(SELECT count(*) FROM "{table}" WHERE made_in = :own)' for table, _column, _condition in source.marks)
    added = raw.execute(f"SELECT {counts}", {"own": change_set}).fetchone()[0]
    return bool(added == sum(count for count, _text in told.values()))


def _dirty(connection: Connection, source: Source) -> list[bytes]:
    raw: Any = connection.connection.driver_connection
    rows = raw.execute(f"SELECT ref FROM search_dirty WHERE kind = ? LIMIT {BATCH}", (source.kind,)).fetchall()
    return [ref for (ref,) in rows]


@collector_paused()
def _put_told(connection: Connection, source: Source, told: Texts) -> None:
    """Put in all that was told, and let it go piece by piece; records without a text are read."""
    unread = [ref for ref, (_count, text) in told.items() if text is None]
    for ref in unread:
        del told[ref]
    while refs := list(islice(told, BATCH)):
        put(connection, source.kind, refs, [text for _count, text in map(told.pop, refs) if text is not None])
    for start in range(0, len(unread), BATCH):
        _replace(connection, source, dict.fromkeys(unread[start : start + BATCH], 0), {})


@collector_paused()
def _replace(connection: Connection, source: Source, rows: Mapping[bytes, int], told: Texts) -> None:
    """Put these records in anew; `rows` says by record how many rows the open change set added."""
    found = list(_texts(connection, source, rows, told))
    put(connection, source.kind, [ref for ref, _text in found], [text for _ref, text in found], forget=list(rows))


def _texts(connection: Connection, source: Source, rows: Mapping[bytes, int], told: Texts) -> Iterator[tuple[bytes, Findable]]:
    unread = []
    for ref, count in rows.items():
        known = told.pop(ref, None)
        if known is not None and known[1] is not None and known[0] == count:
            yield ref, known[1]
        else:
            unread.append(ref)
    if unread:
        yield from source.read(connection, unread)


def find(connection: Connection, query: Query, limit: int) -> list[tuple[str, UUID, str, str]]:
    """The best hits first, as (kind, id, title, detail)."""
    if query.empty:
        return []
    found: dict[int, tuple[str, bytes, str, str, bytes]] = {}
    cursor = connection.connection.cursor()
    try:
        for statement, values, literally in _stages(query):
            rows = cursor.execute(statement, values).fetchall()
            if literally and len(rows) >= CANDIDATES:  # what is written just so may be among those left out
                rows += cursor.execute(statement, literally).fetchall()
            for row in rows:
                found.setdefault(row[0], row[1:])
            if len(found) >= limit:
                break
    finally:
        cursor.close()
    words = [(word, fold(word)) for word in query.words]
    ranked = sorted(found.values(), key=lambda row: (distance(row[2], words), row[4]))
    return [(row[0], UUID(bytes=row[1]), row[2], row[3]) for row in ranked[:limit]]


def find_named(connection: Connection, query: Query, limit: int) -> list[tuple[str, UUID, str, str]]:
    """The people whose present name has every word as a beginning, without what else is known of them."""
    if not query.words or query.parts:
        return []
    wanted = [piece for word in query.words for piece in split_words(fold(word))]
    hits = find(connection, query, CANDIDATES)
    return [(kind, ref, title, "") for kind, ref, title, _more in hits if kind == "person" and named(title, wanted)][:limit]


_PICK = "SELECT e.number, e.kind, e.ref, e.title, e.detail, e.sort FROM search_entry e "
_HITS = _PICK + "JOIN (SELECT rowid FROM %s LIMIT " + str(CANDIDATES) + ") h ON h.rowid = e.number"


Values = tuple[str | bytes, ...]


def _stages(query: Query) -> Iterator[tuple[str, Values, Values]]:
    """Statements from the narrowest to the widest; asking stops when enough is found.

    With the values of each, and those by which it takes marked letters literally if there are any: they find nothing
    more, unless there was more than the statement takes.
    """
    words, part = query.words, _parts(query.parts)
    if len(words) == 1 and not part and len(words[0]) <= 2:
        low = sort_key(words[0])
        yield _PICK + "WHERE e.sort >= ? AND e.sort < ? ORDER BY e.sort LIMIT 50", (low, low + b"\xff"), ()
        yield _HITS % "search_words WHERE search_words MATCH ?", (_match(words, whole=False, exact=False),), ()
        return
    if not words:
        yield _HITS % "search_parts WHERE search_parts MATCH ?", (part,), ()
        return
    both = " AND rowid IN (SELECT rowid FROM search_parts WHERE search_parts MATCH ?)" if part else ""
    extra, marked = (part,) if part else (), any(fold(w) != w for w in words)
    for whole in (True, False):
        literally = (_match(words, whole=whole, exact=True), *extra) if marked else ()
        yield (
            _HITS % ("search_words WHERE search_words MATCH ?" + both),
            (_match(words, whole=whole, exact=False), *extra),
            literally,
        )
    if not part and all(len(w) >= 3 for w in words):
        yield _HITS % "search_parts WHERE search_parts MATCH ?", (_parts(tuple(fold(w) for w in words)),), ()


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
