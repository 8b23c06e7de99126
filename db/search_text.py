"""What of a record the search box can find, and how a typed query is understood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from db.sorting import fold

_WORDS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"^[+\d][\d\s()/\-.\u00a0+]*$")


class Findable(NamedTuple):
    """One record's search text: `words` are found by their beginnings, `parts` by any three characters in a row.

    A tuple, because an import makes one for each person: a data class takes five times as long.
    """

    title: str
    detail: str
    sort: bytes
    words: str
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
