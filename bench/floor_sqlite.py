"""The floor in a file: SQLite's bare driver, rows clustered by person, FTS5 with its largest buffer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from bench.floor import CARD, LINES, PAGE, SHOWN, Question, Row, contacts, fragments, in_parts, words_of
from bench.people import Made
from db.sorting import fold, name_key

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
CREATE TABLE stop (id INTEGER PRIMARY KEY, person_id INTEGER, channel TEXT, reason TEXT, since INTEGER, ends_at INTEGER,
  by_name TEXT);
CREATE INDEX stop_person ON stop (person_id, channel);
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
_FIRST_PAGE = f"SELECT p.name_key, {_LISTED} ORDER BY p.name_key, p.id LIMIT {PAGE}"
_PAGE_AT = f"SELECT p.name_key, {_LISTED} WHERE (p.name_key, p.id) >= (:key, :id) ORDER BY p.name_key, p.id LIMIT {PAGE - 1}"
_NAMES_AT = (
    "SELECT p.id, p.family, p.given FROM (SELECT id FROM person ORDER BY name_key, id LIMIT ? OFFSET ?) "
    "JOIN person p USING (id) ORDER BY p.name_key, p.id"
)
_STARTS = (
    f"SELECT name_key, id FROM (SELECT name_key, id, row_number() OVER (ORDER BY name_key, id) AS place FROM person) "
    f"WHERE place % {PAGE - 1} = 1"
)
_COUNT = "SELECT count(*) FROM person"
_FITTING = (
    "SELECT person_id FROM contact c WHERE c.city_key = ?1 AND c.city_key <> '' AND EXISTS "
    "(SELECT 1 FROM interaction i INDEXED BY interaction_person WHERE i.person_id = c.person_id AND i.at >= ?3 AND i.kind = ?2)"
)
_FILTER = f"""WITH fitting AS MATERIALIZED ({_FITTING})
 SELECT (SELECT count(*) FROM fitting), p.id, p.family, p.given FROM fitting JOIN person p ON p.id = fitting.person_id
 ORDER BY p.name_key, p.id LIMIT 100"""
_LOG_CALL = (
    "INSERT INTO interaction (person_id, kind, at, direction, outcome, title, text, module, by_name) "
    "VALUES (?, 'call', ?, 'out', '', '', ?, 'people', 'bench')"
)
_HIT = (
    "SELECT p.id, p.family, p.given, (SELECT value FROM contact c WHERE c.person_id = p.id AND kind = 'email' AND position = 0) "
    "FROM (%s LIMIT {most}) h JOIN person p ON p.id = h.rowid"
)
_BY_WORDS = _HIT % "SELECT rowid FROM words WHERE words MATCH ?"
_BY_PARTS = _HIT % "SELECT rowid FROM parts WHERE parts MATCH ?"


class SqliteFloor:
    """One raw file."""

    def __init__(self, path: Path) -> None:
        fresh = not path.exists()
        self._raw: Any = dbapi2.connect(str(path), isolation_level=None, cached_statements=256)
        for pragma in ("cache_size = -65536", "temp_store = MEMORY", "journal_mode = WAL", "synchronous = FULL"):
            self._raw.execute(f"PRAGMA {pragma}").close()
        if fresh:
            self._raw.executescript(_TABLES)

    def close(self) -> None:
        self._raw.close()

    def begin(self) -> None:
        self._raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self._raw.execute("COMMIT")

    def settle(self) -> None:
        self._raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()

    def all_rows(self, statement: str) -> list[Row]:
        """Every row of a statement without values."""
        return self._all(statement)

    def import_people(self, people: Sequence[Made]) -> None:
        many = self._raw.executemany
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
        many("INSERT INTO contact VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, ?, '', 'bench')", contacts(people))
        taught = ((n, "admitted", r.programme, r.term) for n, r, *_rest in people if r.programme or r.term)
        many("INSERT INTO role VALUES (?, ?, ?, ?, NULL, NULL, 'bench')", taught)
        many("INSERT INTO words (rowid, names) VALUES (?, ?)", ((n, f"{r.family} {r.given}") for n, r, *_rest in people))
        many("INSERT INTO parts (rowid, fragments) VALUES (?, ?)", ((n, fragments(r)) for n, r, *_rest in people))

    def add_lives(self, people: Sequence[Made]) -> None:
        self._raw.executemany(
            "INSERT INTO interaction (person_id, kind, at, direction, outcome, title, text, module, by_name) "
            "VALUES (?, ?, ?, '', '', '', ?, 'people', 'bench')",
            ((p.number, t.kind, int(t.at.timestamp()), t.text) for p in people for t in p.talks),
        )
        self._raw.executemany(
            "INSERT INTO task (person_id, title, kind, module, due, note) VALUES (?, ?, '', 'people', 0, '')",
            ((p.number, p.task) for p in people if p.task),
        )

    def first_page(self, today: str) -> list[Row]:
        return self._all(_FIRST_PAGE, {"today": today})

    def page_at(self, today: str, start: Row) -> list[Row]:
        return self._all(_PAGE_AT, {"today": today, "key": start[0], "id": start[1]})

    def starts(self) -> list[Row]:
        return self._all(_STARTS)

    def count(self) -> list[Row]:
        return self._all(_COUNT)

    def names_at(self, count: int, offset: int) -> list[Row]:
        return self._all(_NAMES_AT, (count, offset))

    def fitting(self, town: str, kind: str, since: datetime) -> list[Row]:
        return self._all(_FILTER, (fold(town), kind, int(since.timestamp())))

    def log_call(self, number: int, at: datetime, text: str) -> None:
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.execute(_LOG_CALL, (number, int(at.timestamp()), text))
        self._raw.execute("COMMIT")

    def card(self, number: int) -> list[list[Row]]:
        lines = [self._all(statement, (number,)) for statement in CARD[:-1]]
        return [*lines, self._all(CARD[-1], (number,)) if len(lines[-1]) == LINES else []]

    def asked(self, text: str) -> Question:
        text = text.strip().lower()
        part = in_parts(text)
        if part is not None:
            return Question(True, f'"{part}"')
        return Question(False, " AND ".join(f'"{word}"*' for word in words_of(text)))

    def ask(self, question: Question, most: int = SHOWN) -> list[Row]:
        return self._all((_BY_PARTS if question.in_parts else _BY_WORDS).format(most=most), (question.value,))

    def _all(self, statement: str, values: Any = ()) -> list[Row]:
        """Every row of a statement, in a transaction of its own as the driver makes it."""
        rows: list[Row] = self._raw.execute(statement, values).fetchall()
        return rows
