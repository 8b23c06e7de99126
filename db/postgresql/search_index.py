"""The full-text index on a server: words and fragments beside each entry, kept right before each commit, asked in two stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from db.postgresql.connection import run
from db.postgresql.functions import FIXED, OPEN
from db.postgresql.quoting import literal, quoted
from db.postgresql.schemas import CORE
from db.postgresql.search_condition import EXACT, LONGEST, anywhere, match
from db.search_text import Query, Source, Texts, Told, distance, index_words, split_words
from db.sorting import fold, sort_key

CANDIDATES = 150  # hits of one stage that are ranked
BATCH = 4000
MANY = 500  # records; from so many on, the index is sorted anew at the end
_SORT = 1000  # bytes; an index cannot hold more than 2,700

_TABLES = (
    f"CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA {CORE}",
    "ALTER TABLE search_entry ADD COLUMN IF NOT EXISTS words tsvector NOT NULL DEFAULT ''",
    "ALTER TABLE search_entry ADD COLUMN IF NOT EXISTS parts text COLLATE \"C\" NOT NULL DEFAULT ''",
    # What the present name alone is found by, for those who may see no more; asked of after `words`, so without an index.
    "ALTER TABLE search_entry ADD COLUMN IF NOT EXISTS called tsvector NOT NULL DEFAULT ''",
    # Enough of a sample to tell a rare beginning or fragment from a common one.
    "ALTER TABLE search_entry ALTER COLUMN words SET STATISTICS 300, ALTER COLUMN parts SET STATISTICS 400",
    "CREATE INDEX IF NOT EXISTS ix_search_entry_words ON search_entry USING gin (words)",
    "CREATE INDEX IF NOT EXISTS ix_search_entry_parts ON search_entry USING gin (parts gin_trgm_ops)",
)
_OUTDATED = f"""SELECT EXISTS (SELECT FROM search_entry) AND NOT EXISTS (SELECT FROM pg_attribute
    WHERE attrelid = '{CORE}.search_entry'::regclass AND attname = 'called')"""
# What waits to be sorted into an index is read by every search, so not much of it; but many rows are sorted in together.
_PENDING, _PENDING_MANY = 256, 16384  # KB
_ADDED = 1  # the first turn of what is due: records the step itself added a part to
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\"})
NAMED = "people_called"
_NAMED = f"""CREATE OR REPLACE FUNCTION {NAMED}(asked text) RETURNS TABLE (ref uuid, title text, sort bytea)
    LANGUAGE sql STABLE {FIXED} AS $$ SELECT e.ref, e.title, e.sort FROM search_entry e
    WHERE e.kind = 'person' AND e.words @@ asked::tsquery AND e.called @@ asked::tsquery ORDER BY e.number LIMIT {CANDIDATES} $$"""
_KIND = "USING ERRCODE = 'insufficient_privilege'"


def install(connection: Connection, marks: Sequence[tuple[str, str, str, str]]) -> bool:
    """Make what the index needs beyond its table, as far as it is missing, and the triggers; none of those may be there.

    `marks` lists (table, column holding the record's id, condition on `%s.column` or empty, kind of findable record);
    the first of each kind is the record's own table.

    Returns:
        Whether the entries there were made by an older program and must be made anew.
    """
    outdated = bool(connection.exec_driver_sql(_OUTDATED).scalar_one())
    there = set(connection.exec_driver_sql(f"SELECT relname FROM pg_class WHERE relnamespace = '{CORE}'::regnamespace").scalars())
    known = [mark for mark in marks if mark[0] in there]
    kinds = {kind: list(of) for kind, of in groupby(known, key=lambda mark: mark[3])}
    for statement in (*_TABLES, _due(kinds), _put(kinds), _forget(kinds), _NAMED):
        run(connection, statement)
    for mark in known:
        for statement in _marking(*mark):
            run(connection, statement)
    return outdated


def _marking(table: str, column: str, condition: str, kind: str) -> Iterator[str]:
    """Changes and removals mark the record; new rows name their change set and are gathered from there."""
    name = quoted(f"kontinuum_search_{table}_{kind}")
    mark = f"""INSERT INTO search_dirty (ref, kind) SELECT DISTINCT r.{quoted(column)}, {literal(kind)} FROM %s r
        WHERE r.{quoted(column)} IS NOT NULL {f"AND ({condition.replace('%s', 'r')})" if condition else ""}
        ORDER BY 1 ON CONFLICT DO NOTHING;"""
    yield f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {FIXED} AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            {mark % "(SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)"}
        ELSE
            {mark % "old_rows"}
        END IF;
        RETURN NULL;
    END $$"""
    for event, rows in (("UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"), ("DELETE", "OLD TABLE AS old_rows")):
        yield (
            f"CREATE TRIGGER {quoted(f'kontinuum_search_{kind}_{event[0].lower()}')} AFTER {event} ON {quoted(table)} "
            f"REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def _branches(kinds: dict[str, list[Any]], body: Any) -> str:
    """One branch of a function for each kind of record."""
    found = "".join(f"\n{'ELSIF' if place else 'IF'} kind_ = {literal(kind)} THEN {body(kind, of)}" for place, (kind, of) in
                    enumerate(kinds.items()))  # fmt: skip
    return f"{found} END IF;" if found else ""


def _due(kinds: dict[str, list[Any]]) -> str:
    """Which records to read anew: first those the open change set added a part to, then those marked; each by id.

    A record that was there before is marked too: whoever adds to it at the same time waits there until the other has
    committed, and then reads what both added.
    """

    def body(kind: str, marks: list[Any]) -> str:
        head, key = quoted(marks[0][0]), quoted(marks[0][1])
        added = " UNION ".join(
            f"SELECT r.{quoted(column)} AS ref FROM {quoted(table)} r WHERE r.made_in = own"
            + (f" AND ({condition.replace('%s', 'r')})" if condition else "")
            for table, column, condition, _kind in marks
        )
        return f"""RETURN QUERY
            WITH already AS MATERIALIZED (SELECT d.ref FROM search_dirty d WHERE d.kind = {literal(kind)}),
            added AS MATERIALIZED ({added} EXCEPT SELECT ref FROM already),
            marked AS (INSERT INTO search_dirty (ref, kind) SELECT a.ref, {literal(kind)} FROM added a
                WHERE NOT EXISTS (SELECT FROM {head} h WHERE h.{key} = a.ref AND h.made_in = own) ORDER BY 1 ON CONFLICT DO NOTHING)
            SELECT a.ref, 1 FROM added a UNION ALL SELECT a.ref, 2 FROM already a ORDER BY 2, 1;"""

    return f"""CREATE OR REPLACE FUNCTION kontinuum_search_due(kind_ text) RETURNS TABLE (ref uuid, turn integer)
        LANGUAGE plpgsql {FIXED} AS $$
    #variable_conflict use_column
    DECLARE
        own constant uuid := {OPEN};
    BEGIN {_branches(kinds, body)}
    END $$"""


def _put(kinds: dict[str, list[Any]]) -> str:
    """Replaces the entries of `refs` by those `there`; only of records that are due, so that nobody rewrites others' entries."""

    def body(_kind: str, marks: list[Any]) -> str:
        return f"""
            IF EXISTS (SELECT unnest(refs) EXCEPT SELECT unnest(marked) EXCEPT SELECT h.{quoted(marks[0][1])}
                FROM {quoted(marks[0][0])} h WHERE h.made_in = own AND h.{quoted(marks[0][1])} = ANY(refs)) THEN
                RAISE EXCEPTION 'the entry is not due' {_KIND};
            END IF;"""

    return f"""CREATE OR REPLACE FUNCTION kontinuum_search_put(kind_ text, refs uuid[], there uuid[], titles text[],
        details text[], sorts bytea[], words_ text[], parts_ text[], called_ text[], settle boolean) RETURNS void LANGUAGE plpgsql {FIXED}
        SET enable_seqscan = off AS $$
    DECLARE
        own constant uuid := {OPEN};
        marked uuid[];
    BEGIN
        PERFORM set_config('gin_pending_list_limit', CASE WHEN cardinality(refs) > {MANY} THEN '{_PENDING_MANY}' ELSE '{_PENDING}' END, true);
        WITH gone AS (DELETE FROM search_dirty d WHERE d.kind = kind_ AND d.ref = ANY(refs) RETURNING d.ref)
            SELECT array_agg(g.ref) INTO marked FROM gone g;
        IF cardinality(marked) IS DISTINCT FROM cardinality(refs) THEN {_branches(kinds, body)}
        END IF;
        IF EXISTS (SELECT unnest(there) EXCEPT SELECT unnest(refs)) THEN
            RAISE EXCEPTION 'the entry is not due' {_KIND};
        END IF;
        DELETE FROM search_entry e WHERE e.kind = kind_ AND e.ref = ANY(marked);  -- records of this change set have none yet
        INSERT INTO search_entry (kind, ref, title, detail, sort, words, parts, called)
            SELECT kind_, f.ref, f.title, f.detail, f.sort, array_to_tsvector(string_to_array(f.words, ' ')), f.parts,
                array_to_tsvector(string_to_array(f.called, ' '))
            FROM unnest(there, titles, details, sorts, words_, parts_, called_) WITH ORDINALITY
                AS f(ref, title, detail, sort, words, parts, called, place) ORDER BY f.place;
        IF settle THEN
            PERFORM gin_clean_pending_list('ix_search_entry_words'), gin_clean_pending_list('ix_search_entry_parts');
        END IF;
    END $$"""


def _forget(kinds: dict[str, list[Any]]) -> str:
    """Empties the index and marks every record."""
    marks = "".join(
        f"INSERT INTO search_dirty (ref, kind) SELECT h.{quoted(of[0][1])}, {literal(kind)} FROM {quoted(of[0][0])} h; "
        for kind, of in kinds.items()
    )
    return f"""CREATE OR REPLACE FUNCTION kontinuum_search_forget() RETURNS void LANGUAGE plpgsql {FIXED} AS $$
    BEGIN
        DELETE FROM search_entry;
        DELETE FROM search_dirty;
        {marks}
    END $$"""


def refresh(connection: Connection, sources: Iterable[Source], change_set: UUID | None, told: Told | None = None) -> None:
    """Bring the index up to date, in sets, with what the open change set added and with everything marked dirty.

    Args:
        told: Texts of new records, taken as they are where the change set added just the rows they were made of.
    """
    raw: Any = connection.connection.driver_connection
    for source in sources:
        due = raw.execute("SELECT ref, turn FROM kontinuum_search_due(%s)", (source.kind,)).fetchall()
        texts = (told or {}).get(source.kind, {})
        if texts and not (due[-1:] and due[-1][1] == _ADDED and _all_told(raw, source, change_set, texts)):
            texts = {}
        batches = [batch for _turn, rows in groupby(due, key=itemgetter(1)) for batch in _batches([row[0] for row in rows])]
        for place, refs in enumerate(batches, 1):
            _replace(connection, source, refs, texts, settle=len(due) > MANY and place == len(batches))


def _all_told(raw: Any, source: Source, change_set: UUID | None, told: Texts) -> bool:
    """Whether the texts told are of all rows that were added; whatever was changed or removed since is due in its own turn."""
    counts = " + ".join(
        f"(SELECT count(*) FROM {quoted(table)} WHERE made_in = %(own)s)" for table, _column, _condition in source.marks
    )
    (added,) = raw.execute(f"SELECT {counts}", {"own": change_set}).fetchone()
    return bool(added == sum(count for count, _text in told.values()))


def rebuild(connection: Connection, sources: Iterable[Source]) -> None:
    """Read every findable record anew; for a damaged index."""
    run(connection, "SELECT kontinuum_search_forget()")
    refresh(connection, sources, None)


def _batches(refs: list[UUID]) -> list[list[UUID]]:
    return [refs[start : start + BATCH] for start in range(0, len(refs), BATCH)]


def _replace(connection: Connection, source: Source, refs: list[UUID], told: Texts, *, settle: bool) -> None:
    texts = ((ref, told[ref.bytes][1]) for ref in refs if ref.bytes in told)
    known = [(ref, text) for ref, text in texts if text is not None]
    unread = [ref for ref in refs if told.get(ref.bytes, (0, None))[1] is None] if told else refs
    found = [
        (
            ref.hex, entry.title, entry.detail, "\\\\x" + entry.sort[:_SORT].hex(), _lexemes(*entry.words), entry.parts,
            _lexemes(*index_words(entry.title)),
        )
        for ref, entry in (*known, *(source.read(connection, unread) if unread else ()))
    ]  # fmt: skip
    there, titles, details, sorts, words, parts, called = zip(*found, strict=True) if found else ((),) * 7
    raw: Any = connection.connection.driver_connection
    # Each list as one text: of a list, the driver would ask every value how it wants to be written.
    raw.execute(
        "SELECT kontinuum_search_put(%s, %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::bytea[], %s::text[], %s::text[], "
        "%s::text[], %s)",
        (
            source.kind, _list([ref.hex for ref in refs]), _list(there), _list(_quotable(titles)), _list(_quotable(details)),
            _list(sorts), _list(_quotable(words)), _list(_quotable(parts)), _list(_quotable(called)), settle,
        ),
    ).close()  # fmt: skip


def _list(values: Sequence[str]) -> str:
    """Texts as the server reads a list of them."""
    return '{"' + '","'.join(values) + '"}' if values else "{}"


def _quotable(values: Sequence[str]) -> Sequence[str]:
    together = "".join(values)
    return [value.translate(_ESCAPES) for value in values] if '"' in together or "\\" in together else values


def _lexemes(exact: str, folded: str) -> str:
    found = {word[:LONGEST] for word in split_words(folded)} | {EXACT + word[:LONGEST] for word in split_words(exact)}
    return " ".join(found)


def find(connection: Connection, query: Query, limit: int) -> list[tuple[str, UUID, str, str]]:
    """The best hits first, as (kind, id, title, detail)."""
    if query.empty:
        return []
    found: dict[int, tuple[str, UUID, str, str, bytes]] = {}
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:

        def ask(statement: str, values: Sequence[str | bytes]) -> list[Row]:
            # Planned each time: which way is shorter depends on how common the words are.
            cursor.execute(statement, values, prepare=False)
            return list(cursor.fetchall())

        for rows in _stages(query, ask):
            for row in rows:
                found.setdefault(row[0], row[1:6])
            if len(found) >= limit:
                break
    words = [(word, fold(word)) for word in query.words]
    ranked = sorted(found.values(), key=lambda row: (distance(row[2], words), row[4]))
    return [row[:4] for row in ranked[:limit]]


def find_named(connection: Connection, query: Query, limit: int) -> list[tuple[str, UUID, str, str]]:
    """The people whose present name has every word as a beginning, without what else is known of them."""
    if not query.words or query.parts:
        return []
    raw: Any = connection.connection.driver_connection
    asked = match(query.words, whole=False, exact=False)
    rows = raw.execute(f"SELECT ref, title, sort FROM {CORE}.{NAMED}(%s)", (asked,)).fetchall()
    words = [(word, fold(word)) for word in query.words]
    ranked = sorted(rows, key=lambda row: (distance(row[1], words), row[2]))
    return [("person", ref, title, "") for ref, title, _sort in ranked[:limit]]


Row = tuple[Any, ...]
Ask = Callable[[str, Sequence[str | bytes]], list[Row]]
_COLUMNS = "number, kind, ref, title, detail, sort"
_WORDS, _PARTS = "words @@ %s::tsquery", "parts LIKE %s"
_BY_SORT = f"SELECT {_COLUMNS} FROM search_entry WHERE sort >= %s AND sort < %s ORDER BY sort, number LIMIT 50"


def _first(ask: Ask, condition: str, values: tuple[str, ...]) -> list[Row]:
    """The first entries by number that fit; the server estimates well how common whole words and fragments are."""
    return ask(f"SELECT {_COLUMNS} FROM search_entry WHERE {condition} ORDER BY number LIMIT {CANDIDATES}", values)


def _begun(ask: Ask, words: tuple[str, ...], condition: str, values: tuple[str, ...], also: str = "") -> list[Row]:
    """One more than the first entries that fit when some word is only begun, of which the server takes any rare one for common.

    What very many fit is found among the nearest entries already; else the index is asked, which would have to gather all
    of the very many. The shorter what is typed, the likelier that very many fit.
    """
    longest, count = max(map(len, words)), CANDIDATES + 1
    near = 4000 if longest <= 3 else 2000 if longest <= 5 else 0
    indexed = f"SELECT {_COLUMNS}{also} FROM search_entry WHERE {condition}", f"ORDER BY number + 0 LIMIT {count}"
    if not near:
        return ask(" ".join(indexed), values)
    rows = ask(
        f"WITH near AS MATERIALIZED (SELECT {_COLUMNS}{also} FROM (SELECT * FROM search_entry ORDER BY number LIMIT {near}) e "
        f"WHERE {condition} LIMIT {count}) SELECT * FROM near WHERE (SELECT count(*) FROM near) = {count} "
        f"UNION ALL ({indexed[0]} AND (SELECT count(*) FROM near) < {count} {indexed[1]})",
        values * 2,
    )
    return sorted(rows, key=itemgetter(0))


def _stages(query: Query, ask: Ask) -> Iterator[list[Row]]:
    """The hits from the narrowest stage to the widest; asking stops when enough is found."""
    words, parts = query.words, tuple(map(anywhere, query.parts))
    if len(words) == 1 and not parts and len(words[0]) <= 2:
        low = sort_key(words[0])
        yield ask(_BY_SORT, (low, low + b"\xff"))
        yield _begun(ask, words, _WORDS, (match(words, whole=False, exact=False),))[:CANDIDATES]
        return
    held = " AND ".join([_PARTS] * len(parts))
    if not words:
        yield _first(ask, held, parts)
        return
    yield from _word_stages(words, parts, f"{_WORDS} AND {held}" if parts else _WORDS, ask)
    if not parts and all(len(w) >= 3 for w in words):
        yield _first(ask, " AND ".join([_PARTS] * len(words)), tuple(anywhere(fold(w)) for w in words))


def _word_stages(words: tuple[str, ...], parts: tuple[str, ...], condition: str, ask: Ask) -> Iterator[list[Row]]:
    """Whole words before beginnings, exact letters before folded ones.

    Whatever a narrower stage finds, the widest finds too, and says which stages it belongs to: unless it holds very many,
    two journeys are enough for all.
    """
    marked = any(fold(w) != w for w in words)
    kinds = ((True, True), (True, False), (False, True), (False, False))
    first, *others, widest = [match(words, whole=whole, exact=exact) for whole, exact in kinds if marked or not exact]
    yield _first(ask, condition, (first, *parts))
    rows = _begun(ask, words, condition, (*others, widest, *parts), "".join(f", {_WORDS}" for _stage in others))
    for place, stage in enumerate(others, 6):
        yield _first(ask, condition, (stage, *parts)) if len(rows) > CANDIDATES else [row for row in rows if row[place]]
    yield rows[:CANDIDATES]
