"""The floor: the same information behind the raw driver, with integer keys, the best indexes, no history and no mapper.

Everything there is one statement by hand. It is as durable as the product (one transaction a step, on the disk when it ends)
and answers the same questions; it keeps no versions, no change sets and nothing that could be taken back. What each engine's
floor is made of stands in a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bench.people import Made
from db.sorting import fold

PAGE = 257  # rows of a list's first page, and the one that tells whether there are more
LINES = 50  # of a timeline
SHOWN = 20  # hits of a search
# All a card shows of one person; a timeline that is full is counted, too.
CARD = (
    "SELECT id, given, family, preferred, former, salutation, language, birth_date, deceased_on, retired_at, note "
    "FROM person WHERE id = ?",
    "SELECT kind, value, issuer FROM identifier WHERE person_id = ?",
    "SELECT kind, label, value, normal, street, postcode, city, country, hold FROM contact WHERE person_id = ?",
    "SELECT kind, programme, term, starts, ends FROM role WHERE person_id = ?",
    "SELECT channel, reason, since, ends_at, by_name FROM stop WHERE person_id = ? ORDER BY channel",
    "SELECT id, title, kind, module, due, note FROM task WHERE person_id = ? AND done_at IS NULL ORDER BY due",
    "SELECT id, kind, at, direction, seconds, outcome, title, text, module, by_name FROM interaction "
    f"WHERE person_id = ? ORDER BY at DESC, id DESC LIMIT {LINES}",
    "SELECT kind, count(*) FROM interaction WHERE person_id = ? GROUP BY kind",
)
Row = tuple[Any, ...]


class Question(NamedTuple):
    """What somebody typed, as the floor's index is asked for it."""

    in_parts: bool  # a fragment of an address or number; else beginnings of words
    value: str


class Floor(Protocol):
    """One raw database; figures are taken through its bare connection."""

    def close(self) -> None:
        """Close the connection."""

    def begin(self) -> None:
        """Begin a transaction of many statements."""

    def commit(self) -> None:
        """End it."""

    def settle(self) -> None:
        """Once it is filled: what its keeper would do before it is used."""

    def all_rows(self, statement: str) -> list[Row]:
        """Every row of a statement without values."""

    def import_people(self, people: Sequence[Made]) -> None:
        """Insert parsed rows into every table and index; the caller begins and commits."""

    def add_lives(self, people: Sequence[Made]) -> None:
        """Insert what happened with the people since; the caller begins and commits."""

    def first_page(self, today: str) -> list[Row]:
        """The first rows of the list with all columns, and one more."""

    def page_at(self, today: str, start: Row) -> list[Row]:
        """The page that begins at an entry of `starts`."""

    def starts(self) -> list[Row]:
        """Name key and id of the first row of every page."""

    def count(self) -> list[Row]:
        """How many people there are."""

    def names_at(self, count: int, offset: int) -> list[Row]:
        """Names by their place."""

    def fitting(self, town: str, kind: str, since: datetime) -> list[Row]:
        """How many live there and had such a contact since, and the first hundred of them."""

    def log_call(self, number: int, at: datetime, text: str) -> None:
        """One more line on a timeline, on the disk when this answers."""

    def card(self, number: int) -> list[list[Row]]:
        """Everything about one person: the person, numbers, contacts, roles, tasks, timeline, and its counts."""

    def asked(self, text: str) -> Question:
        """How the index is asked for what somebody typed, worked out before the clock starts."""

    def ask(self, question: Question, most: int = SHOWN) -> list[Row]:
        """The first rows as they come, unranked."""


_WORDS = re.compile(r"[^\W_]+")


def in_parts(text: str) -> str | None:
    """The fragment of addresses and numbers that `text` is, if it is one."""
    if not any(letter.isalpha() for letter in text):
        return re.sub(r"\D", "", text)
    whole = len(text) >= 3 and ("@" in text or "." in text.strip(".") or any(letter.isdigit() for letter in text))
    return fold(text) if whole else None


def words_of(text: str) -> list[str]:
    """The words of a name, or of what was typed."""
    return _WORDS.findall(text)


def contacts(people: Iterable[Made]) -> Iterable[Row]:
    """Every way to reach them: number, kind, place, and what the columns of the table hold."""
    for number, row, *_rest in people:
        for place, (typed, normal) in enumerate(row.emails):
            yield number, "email", place, typed, normal, "", "", "", "", "", ""
        for place, (typed, normal, national) in enumerate(row.phones):
            yield number, "phone", place, typed, normal, national, "", "", "", "", ""
        if row.city or row.street:
            yield number, "address", 0, "", "", "", row.street, row.postcode, row.city, fold(row.city), row.country


def fragments(row: Any) -> str:
    """The addresses and numbers by whose fragments somebody is found."""
    return "\n".join([e[1] for e in row.emails] + [part for p in row.phones for part in (p[1][1:], p[2])])


def open_floor(address: Path | str) -> Floor:
    """The floor in this file or on this server, with its tables made if it is new."""
    if isinstance(address, Path):
        from bench.floor_sqlite import SqliteFloor

        return SqliteFloor(address)
    from bench.floor_postgresql import PostgresqlFloor

    return PostgresqlFloor(address)
