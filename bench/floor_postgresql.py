"""The floor on a server: bare psycopg, rows laid by COPY in the order of people, text vectors and trigrams under GIN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg

from bench.floor import CARD, LINES, PAGE, SHOWN, Question, Row, contacts, fragments, in_parts, words_of
from bench.people import Made
from db.sorting import fold, name_key

# Plans as for the product: short statements on data that lie in memory.
_OPTIONS = "-c jit=off -c random_page_cost=1.1"
_TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE person (id integer PRIMARY KEY, given text, family text, preferred text, former text, salutation text,
  language text, birth_date date, deceased_on date, retired_at bigint, note text, name_key bytea);
CREATE INDEX person_name ON person (name_key, id);
CREATE TABLE identifier (person_id integer, kind text, value text, issuer text, PRIMARY KEY (person_id, kind, value));
CREATE INDEX identifier_value ON identifier (value);
CREATE TABLE contact (person_id integer, kind text, position integer, label text, value text, normal text, national text,
  street text, postcode text, city text, city_key text, country text, hold text, source text,
  PRIMARY KEY (person_id, kind, position));
CREATE INDEX contact_city ON contact (city_key, person_id) WHERE city_key <> '';
CREATE TABLE role (person_id integer, kind text, programme text, term text, starts date, ends date, source text,
  PRIMARY KEY (person_id, kind, programme));
CREATE TABLE task (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id integer, title text, kind text, module text,
  due bigint, note text, done_at bigint);
CREATE INDEX task_person ON task (person_id);
CREATE TABLE interaction (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id integer, kind text, at bigint,
  direction text, seconds integer, outcome text, title text, text text, module text, by_name text);
CREATE INDEX interaction_person ON interaction (person_id, at, kind);
CREATE INDEX interaction_kind ON interaction (kind, at, person_id);
CREATE TABLE stop (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person_id integer, channel text, reason text,
  since bigint, ends_at bigint, by_name text);
CREATE INDEX stop_person ON stop (person_id, channel);
CREATE TABLE found (id integer PRIMARY KEY, family text, given text, email text, words tsvector, parts text);
CREATE INDEX found_words ON found USING gin (words);
CREATE INDEX found_parts ON found USING gin (parts gin_trgm_ops);
ALTER TABLE found ALTER words SET STATISTICS 300, ALTER parts SET STATISTICS 400;
"""
_LISTED = """p.name_key, p.id, p.family, p.given, p.preferred,
 (SELECT string_agg(kind, ',') FROM role r WHERE r.person_id = p.id AND (ends IS NULL OR ends >= %(today)s::date)
   AND (starts IS NULL OR starts <= %(today)s::date)) AS roles,
 (SELECT programme FROM role r WHERE r.person_id = p.id AND programme <> '' ORDER BY starts DESC LIMIT 1) AS programme,
 e.value, e.hold,
 (SELECT at FROM interaction i WHERE i.person_id = p.id AND kind <> 'note' ORDER BY at DESC LIMIT 1) AS last_contact
FROM person p LEFT JOIN contact e ON e.person_id = p.id AND e.kind = 'email' AND e.position = 0"""
_FIRST_PAGE = f"SELECT {_LISTED} ORDER BY p.name_key, p.id LIMIT {PAGE}"
_PAGE_AT = f"SELECT {_LISTED} WHERE (p.name_key, p.id) >= (%(key)s, %(id)s) ORDER BY p.name_key, p.id LIMIT {PAGE - 1}"
_NAMES_AT = (
    "SELECT p.id, p.family, p.given FROM (SELECT id FROM person ORDER BY name_key, id LIMIT %s OFFSET %s) a "
    "JOIN person p USING (id) ORDER BY p.name_key, p.id"
)
_STARTS = (
    "SELECT name_key, id FROM (SELECT name_key, id, row_number() OVER (ORDER BY name_key, id) AS place FROM person) a "
    f"WHERE place %% {PAGE - 1} = 1"
)
_FILTER = """WITH fitting AS MATERIALIZED (SELECT person_id FROM contact c WHERE c.city_key = %s AND c.city_key <> '' AND EXISTS
  (SELECT FROM interaction i WHERE i.person_id = c.person_id AND i.at >= %s AND i.kind = %s))
 SELECT (SELECT count(*) FROM fitting), p.id, p.family, p.given FROM fitting JOIN person p ON p.id = fitting.person_id
 ORDER BY p.name_key, p.id LIMIT 100"""
_LOG_CALL = (
    "INSERT INTO interaction (person_id, kind, at, direction, outcome, title, text, module, by_name) "
    "VALUES (%s, 'call', %s, 'out', '', '', %s, 'people', 'bench')"
)
_CARD = tuple(statement.replace("?", "%s") for statement in CARD)
_HITS = "SELECT id, family, given, email FROM found WHERE"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class PostgresqlFloor:
    """One raw database; a statement on its own is one journey to the server."""

    def __init__(self, address: str) -> None:
        self._raw = psycopg.connect(address, autocommit=True, options=_OPTIONS)
        if self._raw.execute("SELECT to_regclass('person')").fetchone() == (None,):
            self._raw.execute(_TABLES)

    def close(self) -> None:
        self._raw.close()

    def begin(self) -> None:
        self._raw.execute("BEGIN")

    def commit(self) -> None:
        self._raw.execute("COMMIT")

    def settle(self) -> None:
        self._raw.execute("VACUUM (ANALYZE)")

    def all_rows(self, statement: str) -> list[Row]:
        """Every row of a statement without values."""
        return self._all(statement, ())

    def import_people(self, people: Sequence[Made]) -> None:
        self._copy(
            "person (id, given, family, preferred, former, salutation, language, birth_date, note, name_key)",
            (
                (n, r.given, r.family, r.preferred, "", "", r.language, r.birth_date, r.note, name_key(r.family, r.given))
                for n, r, *_rest in people
            ),
        )
        self._copy("identifier", ((n, i.kind, i.value, i.issuer) for n, r, *_rest in people for i in r.identifiers))
        self._copy("contact", ((*row[:3], "", *row[3:], "", "bench") for row in contacts(people)))
        taught = ((n, "admitted", r.programme, r.term, None, None, "bench") for n, r, *_rest in people if r.programme or r.term)
        self._copy("role", taught)
        self._copy(
            "found",
            (
                (n, r.family, r.given, r.emails[0][0] if r.emails else "", _vector(f"{r.family} {r.given}"), fragments(r))
                for n, r, *_rest in people
            ),
        )

    def add_lives(self, people: Sequence[Made]) -> None:
        self._copy(
            "interaction (person_id, kind, at, direction, outcome, title, text, module, by_name)",
            ((p.number, t.kind, int(t.at.timestamp()), "", "", "", t.text, "people", "bench") for p in people for t in p.talks),
        )
        self._copy(
            "task (person_id, title, kind, module, due, note)",
            ((p.number, p.task, "", "people", 0, "") for p in people if p.task),
        )

    def first_page(self, today: str) -> list[Row]:
        return self._all(_FIRST_PAGE, {"today": today})

    def page_at(self, today: str, start: Row) -> list[Row]:
        return self._all(_PAGE_AT, {"today": today, "key": start[0], "id": start[1]})

    def starts(self) -> list[Row]:
        return self._all(_STARTS, ())

    def count(self) -> list[Row]:
        return self._all("SELECT count(*) FROM person", ())

    def names_at(self, count: int, offset: int) -> list[Row]:
        return self._all(_NAMES_AT, (count, offset))

    def fitting(self, town: str, kind: str, since: datetime) -> list[Row]:
        return self._all(_FILTER, (fold(town), int(since.timestamp()), kind))

    def log_call(self, number: int, at: datetime, text: str) -> None:
        self._raw.execute(_LOG_CALL, (number, int(at.timestamp()), text), prepare=True)

    def card(self, number: int) -> list[list[Row]]:
        lines = [self._all(statement, (number,)) for statement in _CARD[:-1]]
        return [*lines, self._all(_CARD[-1], (number,)) if len(lines[-1]) == LINES else []]

    def asked(self, text: str) -> Question:
        text = text.strip().lower()
        part = in_parts(text)
        if part is not None:
            return Question(True, f"%{part}%")
        return Question(False, " & ".join(f"'{fold(word)}':*" for word in words_of(text)))

    def ask(self, question: Question, most: int = SHOWN) -> list[Row]:
        condition = "parts LIKE %s" if question.in_parts else "words @@ %s::tsquery"
        # Planned each time: which way is shorter depends on how common the words are.
        return self._raw.execute(f"{_HITS} {condition} LIMIT {most}", (question.value,), prepare=False).fetchall()

    def _all(self, statement: str, values: Any) -> list[Row]:
        """Every row of a prepared statement, in a transaction of its own."""
        return self._raw.execute(statement, values, prepare=True).fetchall()

    def _copy(self, table: str, rows: Iterable[Row]) -> None:
        with self._raw.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            copy.write("".join(["\t".join(map(_cell, row)) + "\n" for row in rows]))


def _vector(name: str) -> str:
    return " ".join(f"'{word}'" for word in words_of(fold(name)))


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)
