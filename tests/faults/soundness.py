"""Whether a database file holds together, counted anew from its rows and not with the program's own means."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlcipher3 import dbapi2

from db.database import Database
from db.keys import key_of
from db.search import search
from db.sqlite import opening

Rows = list[tuple[Any, ...]]
_KEPT_TABLES = (
    "SELECT s.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' "
    "AND c.name IN ('made_in', 'changed_in') GROUP BY s.name HAVING count(*) = 2"
)


def problems_of(path: Path, words: Collection[str] = ()) -> list[str]:
    """Everything wrong with the file: its pages, keys, history, and what the search box finds for each of `words`."""
    try:
        with closing(opening.connect(path, key_of(path))) as raw:
            found = [
                *(f"page: {row[0]}" for row in raw.execute("PRAGMA integrity_check(5)") if row[0] != "ok"),
                *(f"key: {row[0]} to {row[2]}" for row in raw.execute("PRAGMA foreign_key_check")),
            ]
            if not found:
                tables = [row[0] for row in raw.execute(_KEPT_TABLES)]
                found += [*_change_sets(raw), *_rows(raw, tables), *_images(raw, tables), *_triggers(raw, tables)]
    except dbapi2.DatabaseError as error:
        return [f"page: {error}"]
    return found or (list(_search(path, list(words))) if words else [])


def _rows_of(raw: Any, statement: str) -> Rows:
    return list(raw.execute(statement))


def _change_sets(raw: Any) -> Iterator[str]:
    count, first, last = raw.execute(
        "SELECT count(*), coalesce(min(number), 1), coalesce(max(number), 0) FROM change_set"
    ).fetchone()
    if (first, last) != (1, count):
        yield f"history: {count} change sets are numbered {first} to {last}"
    for table in ("open_change_set", "search_dirty"):
        if left := raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
            yield f"{left} rows were left in {table}"
    undone = "SELECT count(*) FROM change_set WHERE takes_back IS NOT NULL AND takes_back NOT IN (SELECT id FROM change_set)"
    if lost := raw.execute(undone).fetchone()[0]:
        yield f"history: {lost} steps take back what is not there"


def _rows(raw: Any, tables: list[str]) -> Iterator[str]:
    """Every kept row names change sets that exist, and has one image for each version before this one."""
    known = {row[0] for row in raw.execute("SELECT id FROM change_set")} | _revisions(raw)
    for table in tables:
        for made_in, changed_in in _rows_of(raw, f'SELECT DISTINCT made_in, changed_in FROM "{table}"'):
            if not {made_in, changed_in} <= known:
                yield f"{table}: rows name a change set that is not there"
        last = "(SELECT {0} FROM row_image i WHERE i.row_id = r.id ORDER BY number DESC LIMIT 1)"
        statement = (
            f"SELECT r.version, r.made_in, r.changed_in, (SELECT count(*) FROM row_image i WHERE i.row_id = r.id), "
            f'{last.format("operation")}, {last.format("change_set")} FROM "{table}" r'
        )
        for version, made_in, changed_in, images, operation, image_by in _rows_of(raw, statement):
            if version != images + 1:
                yield f"{table}: a row has version {version} and {images} images"
            if changed_in != (image_by if operation == "u" else made_in):
                yield f"{table}: a row's last image is not of the step that changed it last"


def _revisions(raw: Any) -> set[bytes]:
    """Rows that came with a revision name it in the place of a change set."""
    tables = raw.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'schema_version_%' AND type = 'table'").fetchall()
    newest = [raw.execute(f'SELECT version_num FROM "{name}"').fetchone()[0].rpartition("_") for (name,) in tables]
    return {
        uuid5(NAMESPACE_URL, f"kontinuum:{key}_{number:04}").bytes
        for key, _dash, last in newest
        for number in range(1, int(last) + 1)
    }


def _images(raw: Any, tables: list[str]) -> Iterator[str]:
    """Images are made in known steps, count up from version 1, and a row that is gone ends with its removal."""
    if lost := raw.execute("SELECT count(*) FROM row_image WHERE change_set NOT IN (SELECT id FROM change_set)").fetchone()[0]:
        yield f"history: {lost} images belong to no change set"
    statement = "SELECT table_name, json_extract(before, '$.version'), row_number() OVER (PARTITION BY row_id ORDER BY number) FROM row_image"
    for table, version, place in _rows_of(raw, statement):
        if version != place:
            yield f"history: image {place} of a row of {table} shows version {version}"
    for table in tables:
        gone = (
            f"SELECT operation FROM row_image o WHERE table_name = '{table}' AND row_id NOT IN (SELECT id FROM \"{table}\") "
            "AND number = (SELECT max(number) FROM row_image WHERE row_id = o.row_id)"
        )
        for (operation,) in _rows_of(raw, gone):
            if operation != "d":
                yield f"{table}: a row is gone without an image of its removal"


def _triggers(raw: Any, tables: list[str]) -> Iterator[str]:
    """The rules of the history stand for every kept table; a revision takes them down and puts them up again."""
    have = {row[0] for row in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")}
    for table in tables:
        for rule in ("made", "rules", "changed", "removal", "removed"):
            if f"kontinuum_{table}_{rule}" not in have:
                yield f"{table}: the rule {rule} is missing"


def _search(path: Path, words: list[str]) -> Iterator[str]:
    """The search box finds exactly those living people whose names or addresses hold the word."""
    with closing(opening.connect(path, key_of(path))) as raw:
        held: dict[str, set[bytes]] = {}
        for ref, given, family in raw.execute("SELECT id, given, family FROM person WHERE retired_at IS NULL"):
            for word in (given.lower(), family.lower()):
                held.setdefault(word, set()).add(ref)
        addresses = "SELECT p.id, c.normal FROM contact_point c JOIN person p ON p.id = c.person_id WHERE p.retired_at IS NULL"
        for ref, normal in raw.execute(addresses + " AND c.kind = 'email'"):
            held.setdefault(normal, set()).add(ref)
    database = Database(path)
    try:
        with database.read() as session:
            for word in words:
                found = {hit.id.bytes for hit in search(session, word, 1000)}
                if found != held.get(word, set()):
                    yield f"search: “{word}” finds {len(found)}, the register has {len(held.get(word, ()))}"
    finally:
        database.close()
