"""What of a record the search box can find, and how a typed query is understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection

from db.sorting import fold

_WORDS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"^[+\d][\d\s()/\-.\u00a0+]*$")


class Findable(NamedTuple):
    """One record's search text: `words` are found by their beginnings, `parts` by any three characters in a row.

    Words are given as `index_words` makes them, by whoever makes the text: an import does that while the database is at work.

    A tuple, because an import makes one for each person: a data class takes five times as long.
    """

    title: str
    detail: str
    sort: bytes
    words: tuple[str, str]
    parts: str


@dataclass(frozen=True, slots=True)
class Query:
    """A typed query. `words` as typed in lower case, `parts` fragments of addresses and numbers, folded."""

    words: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """True when there is nothing to look for."""
        return not self.words and not self.parts


class Source(Protocol):
    """How one kind of record is turned into search text."""

    kind: str
    # (table, column that holds the record's id, condition on `%s.column` or ""); the first is the record's own table
    marks: tuple[tuple[str, str, str], ...]

    def read(self, connection: Connection, refs: Sequence[Any]) -> Iterable[tuple[Any, Findable]]:
        """The search text of those records that exist and may be found, by rising ids; ids as the driver hands them out."""


# Of records by id: how many rows of the kind's tables were added for them, and the text; None where the record is to be read.
Texts = dict[bytes, tuple[int, Findable | None]]
Told = Mapping[str, Texts]  # by kind


def index_words(text: str) -> tuple[str, str]:
    """The words of `text` in lower case, and folded; the first only where they differ from the second."""
    if text.isascii():
        return "", text.lower()  # the index splits it as we would
    exact, folded = zip(*map(_index_token, text.lower().split()), strict=True)
    return " ".join(filter(None, exact)), " ".join(folded)


@lru_cache(maxsize=65536)
def _index_token(token: str) -> tuple[str, str]:
    lowered = _WORDS.findall(token)
    folded = [fold(word) for word in lowered]
    return " ".join(w for w, f in zip(lowered, folded, strict=True) if w != f), " ".join(folded)


def split_words(text: str) -> list[str]:
    """Runs of letters and digits; folding may have made several of one ("½" is "1⁄2")."""
    return _WORDS.findall(text)


def named(title: str, wanted: Iterable[str]) -> bool:
    """Whether each folded word begins a word of the title."""
    have = split_words(fold(title))
    return all(any(name.startswith(word) for name in have) for word in wanted)


def storable(text: str) -> str:
    """`text` without what no database can compare: zero characters and halves of letters."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def understand(text: str) -> Query:
    """Split what somebody typed into words of names and fragments of addresses or numbers."""
    text = " ".join(storable(text).split())
    if _NUMBER.match(text):
        digits = number_fragment(text)
        return Query((), (digits,) if len(digits) >= 3 else ()) if digits else Query((), ())
    words: list[str] = []
    parts: list[str] = []
    for token in text.lower().split(" "):
        if ("@" in token or "." in token.strip(".") or any(c.isdigit() for c in token)) and len(token) >= 3:
            parts.append(number_fragment(token) if _NUMBER.match(token) else fold(token))
        else:
            words += _WORDS.findall(token)
    return Query(tuple(words[:8]), tuple(p for p in parts[:4] if len(p) >= 3))


def number_fragment(text: str) -> str:
    """The digits of a phone number in any writing, comparable with its international or national digits."""
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    return digits.removeprefix("00")


def distance(title: str, words: Iterable[tuple[str, str]]) -> int:
    """How far a title is from what was typed, each word with its folded form.

    Per word 0 whole, 1 beginning, 2 whole when folded, 3 folded beginning, 5 not there.
    """
    names = title.lower().replace(",", " ").replace("-", " ").split()
    have = f" {' '.join(names)} "
    plain = have if have.isascii() else f" {' '.join(map(fold, names))} "
    total = 0
    for word, folded in words:
        if f" {word} " in have:
            continue
        if f" {word}" in have:
            total += 1
        elif f" {folded} " in plain:
            total += 2
        elif f" {folded}" in plain:
            total += 3
        else:
            total += 5
    return total
