"""The floor: the same information behind the raw driver, with integer keys, the best indexes, no history and no mapper.

Everything here is one statement by hand. It is as durable as the product (WAL, `synchronous = FULL`, one transaction
a step) and answers the same questions; it keeps no versions, no change sets and nothing that could be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from bench.people import Made
from db.sorting import fold, name_key

PAGE = 257  # rows of a list's first page, and the one that tells whether there are more
LINES = 50  # of a timeline
_TABLES = """
CREATE TABLE person (id INTEGER PRIMARY KEY, given TEXT, family TEXT, preferred TEXT, former TEXT, salutation TEXT,
  language TEXT, birth_date TEXT, deceased_on TEXT, retired_at INTEGER, note TEXT, name_key BLOB);
CREATE INDEX person_name ON person (name_key);
CREATE TABLE identifier (person_id INTEGER, kind TEXT, value TEXT, issuer TEXT,
  PRIMARY KEY (person_id, kind, value)) WITHOUT ROWID;
CREATE INDEX identifier_value ON identifier (value);
CREATE TABLE contact (person_id INTEGER, kind TEXT, position INTEGER, label TEXT, value TEXT, normal TEXT, national TEXT,
  street TEXT, postcode TEXT, city TEXT, city_key TEXT, country TEXT, hold TEXT, source TEXT,
  PRIMARY KEY (person_id, kind, position)) WITHOUT ROWID;
CREATE INDEX contact_city ON contact (city_key, person_id) WHERE city_key <> '';
CREATE TABLE role (person_id INTEGER, kind TEXT, programme TEXT, term TEXT, starts TEXT, ends TEXT, source TEXT,
  PRIMARY KEY (person_id, kind, programme)) WITHOUT ROWID;
CREATE TABLE task (id INTEGER PRIMARY KEY, person_id INTEGER, title TEXT, kind TEXT, module TEXT, due INTEGER, note TEXT,
  done_at INTEGER);
CREATE INDEX task_person ON task (person_id);
CREATE TABLE interaction (id INTEGER PRIMARY KEY, person_id INTEGER, kind TEXT, at INTEGER, direction TEXT, seconds INTEGER,
  outcome TEXT, title TEXT, text TEXT, module TEXT, by_name TEXT);
CREATE INDEX interaction_person ON interaction (person_id, at, kind);
CREATE INDEX interaction_kind ON interaction (kind, at, person_id);
CREATE VIRTUAL TABLE words USING fts5(names, content='', detail=none, prefix='1 2 3',
  tokenize='unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE parts USING fts5(fragments, content='', tokenize='trigram case_sensitive 1');
INSERT INTO words (words, rank) VALUES ('hashsize', 67108864);
INSERT INTO parts (parts, rank) VALUES ('hashsize', 67108864);
"""
_LISTED = """p.id, p.family, p.given, p.preferred,
 (SELECT group_concat(kind) FROM role r WHERE r.person_id = p.id AND (ends IS NULL OR ends >= :today)
   AND (starts IS NULL OR starts <= :today)) AS roles,
 (SELECT programme FROM role r WHERE r.person_id = p.id AND programme <> '' ORDER BY starts DESC LIMIT 1) AS programme,
 e.value, e.hold,
 (SELECT at FROM interaction i WHERE i.person_id = p.id AND kind <> 'note' ORDER BY at DESC LIMIT 1) AS last_contact
FROM person p LEFT JOIN contact e ON e.person_id = p.id AND e.kind = 'email' AND e.position = 0"""
FIRST_PAGE = f"SELECT p.name_key, {_LISTED} ORDER BY p.name_key, p.id LIMIT {PAGE}"
PAGE_AT = f"SELECT p.name_key, {_LISTED} WHERE (p.name_key, p.id) >= (:key, :id) ORDER BY p.name_key, p.id LIMIT {PAGE - 1}"
NAMES_AT = (
    "SELECT p.id, p.family, p.given FROM (SELECT id FROM person ORDER BY name_key, id LIMIT ? OFFSET ?) "
    "JOIN person p USING (id) ORDER BY p.name_key, p.id"
)
STARTS = (
    f"SELECT name_key, id FROM (SELECT name_key, id, row_number() OVER (ORDER BY name_key, id) AS place FROM person) "
    f"WHERE place % {PAGE - 1} = 1"
)
COUNT = "SELECT count(*) FROM person"
_FITTING = (
    "SELECT person_id FROM contact c WHERE c.city_key = ?1 AND c.city_key <> '' AND EXISTS "
    "(SELECT 1 FROM interaction i INDEXED BY interaction_person WHERE i.person_id = c.person_id AND i.at >= ?3 AND i.kind = ?2)"
)
FILTER = f"""WITH fitting AS MATERIALIZED ({_FITTING})
 SELECT (SELECT count(*) FROM fitting), p.id, p.family, p.given FROM fitting JOIN person p ON p.id = fitting.person_id
 ORDER BY p.name_key, p.id LIMIT 100"""
LOG_CALL = (
    "INSERT INTO interaction (person_id, kind, at, direction, outcome, title, text, module, by_name) "
    "VALUES (?, 'call', ?, 'out', '', '', ?, 'people', 'bench')"
)
CARD = (
    "SELECT id, given, family, preferred, former, salutation, language, birth_date, deceased_on, retired_at, note "
    "FROM person WHERE id = ?",
    "SELECT kind, value, issuer FROM identifier WHERE person_id = ?",
    "SELECT kind, label, value, normal, street, postcode, city, country, hold FROM contact WHERE person_id = ?",
    "SELECT kind, programme, term, starts, ends FROM role WHERE person_id = ?",
    "SELECT id, title, kind, module, due, note FROM task WHERE person_id = ? AND done_at IS NULL ORDER BY due",
    "SELECT id, kind, at, direction, seconds, outcome, title, text, module, by_name FROM interaction "
    f"WHERE person_id = ? ORDER BY at DESC, id DESC LIMIT {LINES}",
    "SELECT kind, count(*) FROM interaction WHERE person_id = ? GROUP BY kind",
)
_HIT = (
    "SELECT p.id, p.family, p.given, (SELECT value FROM contact c WHERE c.person_id = p.id AND kind = 'email' AND position = 0) "
    "FROM (%s LIMIT 20) h JOIN person p ON p.id = h.rowid"
)
BY_WORDS = _HIT % "SELECT rowid FROM words WHERE words MATCH ?"
BY_PARTS = _HIT % "SELECT rowid FROM parts WHERE parts MATCH ?"
_WORDS = re.compile(r"[^\W_]+")


class Floor:
    """One raw database; figures are taken through its bare connection."""

    def __init__(self, path: Path) -> None:
        fresh = not path.exists()
        self.raw: Any = dbapi2.connect(str(path), isolation_level=None, cached_statements=256)
        for pragma in ("cache_size = -65536", "temp_store = MEMORY", "journal_mode = WAL", "synchronous = FULL"):
            self.raw.execute(f"PRAGMA {pragma}").close()
        if fresh:
            self.raw.executescript(_TABLES)

    def close(self) -> None:
        """Close the connection."""
        self.raw.close()

    def all(self, statement: str, values: Any = ()) -> list[tuple[Any, ...]]:
        """Every row of a statement, in a transaction of its own as the driver makes it."""
        rows: list[tuple[Any, ...]] = self.raw.execute(statement, values).fetchall()
        return rows

    def import_people(self, people: Sequence[Made]) -> None:
        """Insert parsed rows into every table and index; the caller begins and commits."""
        many = self.raw.executemany
        many(
            "INSERT INTO person VALUES (?, ?, ?, ?, '', '', ?, ?, NULL, NULL, ?, ?)",
            (
                (n, r.given, r.family, r.preferred, r.language, r.birth_date and r.birth_date.isoformat(), r.note,
                 name_key(r.family, r.given))
                for n, r, *_rest in people
            ),
        )  # fmt: skip
        numbers = ((n, i.kind, i.value, i.issuer) for n, r, *_rest in people for i in r.identifiers)
        many("INSERT INTO identifier VALUES (?, ?, ?, ?)", numbers)
        many("INSERT INTO contact VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, '', 'bench')", _contacts(people))
        taught = ((n, "admitted", r.programme, r.term) for n, r, *_rest in people if r.programme or r.term)
        many("INSERT INTO role VALUES (?, ?, ?, ?, NULL, NULL, 'bench')", taught)
        many("INSERT INTO words (rowid, names) VALUES (?, ?)", ((n, f"{r.family} {r.given}") for n, r, *_rest in people))
        many("INSERT INTO parts (rowid, fragments) VALUES (?, ?)", ((n, _fragments(r)) for n, r, *_rest in people))

    def add_lives(self, people: Sequence[Made]) -> None:
        """Insert what happened with the people since; the caller begins and commits."""
        self.raw.executemany(
            "INSERT INTO interaction (person_id, kind, at, direction, outcome, title, text, module, by_name) "
            "VALUES (?, ?, ?, '', '', '', ?, 'people', 'bench')",
            ((p.number, t.kind, int(t.at.timestamp()), t.text) for p in people for t in p.talks),
        )
        self.raw.executemany(
            "INSERT INTO task (person_id, title, kind, module, due, note) VALUES (?, ?, '', 'people', 0, '')",
            ((p.number, p.task) for p in people if p.task),
        )


def asked(text: str) -> tuple[str, tuple[str]]:
    """The statement and its value for what somebody typed, worked out before the clock starts."""
    text = text.strip().lower()
    if not any(letter.isalpha() for letter in text):
        return BY_PARTS, ('"' + re.sub(r"\D", "", text) + '"',)
    if len(text) >= 3 and ("@" in text or "." in text.strip(".") or any(letter.isdigit() for letter in text)):
        return BY_PARTS, (f'"{fold(text)}"',)
    return BY_WORDS, (" AND ".join(f'"{word}"*' for word in _WORDS.findall(text)),)


def _contacts(people: Iterable[Made]) -> Iterable[tuple[Any, ...]]:
    for number, row, *_rest in people:
        for place, (typed, normal) in enumerate(row.emails):
            yield number, "email", place, typed, normal, "", "", "", "", "", ""
        for place, (typed, normal, national) in enumerate(row.phones):
            yield number, "phone", place, typed, normal, national, "", "", "", "", ""
        if row.city or row.street:
            yield number, "address", 0, "", "", "", row.street, row.postcode, row.city, fold(row.city), row.country


def _fragments(row: Any) -> str:
    return "\n".join([e[1] for e in row.emails] + [part for p in row.phones for part in (p[1][1:], p[2])])
