"""What is asked of the text index on a server; light, for lists name it whichever engine they will ask."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, literal, literal_column

from db.search_text import Query, split_words
from db.sorting import fold

LONGEST = 500  # characters of a word that count; a lexeme may have no more than 2,046 bytes
EXACT = "="  # before a word with its marks, where folding changes it; no word begins so


def match(words: tuple[str, ...], *, whole: bool, exact: bool) -> str:
    """A text query: every word, at least as a beginning; `exact` takes marked letters literally. Words hold no signs."""
    asked = []
    for word in words:
        plain = fold(word)
        pieces = [EXACT + word[:LONGEST]] if exact and plain != word else [piece[:LONGEST] for piece in split_words(plain)]
        asked += [f"'{text}'" + ("" if whole else ":*") for text in pieces]
    return " & ".join(asked)


def anywhere(part: str) -> str:
    """A fragment as it stands, anywhere inside an address or number."""
    return "%" + part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def fits(query: Query) -> ColumnElement[bool]:
    """That an entry fits every word and fragment."""
    words: ColumnElement[Any] = literal_column("search_entry.words")
    parts: ColumnElement[str] = literal_column("search_entry.parts")
    found: list[ColumnElement[bool]] = []
    if query.words:
        found.append(words.op("@@")(literal(match(query.words, whole=False, exact=False)).op("::")(literal_column("tsquery"))))
    found += [parts.op("LIKE")(anywhere(part)) for part in query.parts]
    return and_(*found)
