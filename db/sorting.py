"""Sort keys and folding: the alphabet of the office, the same on every engine."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters that do not decompose into a letter and a mark, as people type them on a plain keyboard.
_PLAIN = {"æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "œ": "oe", "ı": "i"}
# Swedish and Finnish order: … z å ä ö; æ sorts with ä, ø with ö, ü as y (SIS, Kotus).
_PLACE = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y", "ð": "d", "þ": "th", "ß": "ss", "ł": "l", "đ": "d"}
_WORD_GAP = b"\x02"
_PART_GAP = b"\x01"


class _PlainLetters(dict[int, str]):
    """What each letter becomes when folded, worked out when first met; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        known = unicodedata.normalize("NFKC", _PLAIN.get(letter, letter))
        plain = "".join(c for c in unicodedata.normalize("NFKD", known) if not unicodedata.combining(c))
        self[code] = plain = plain if plain == letter else fold(plain)  # a mark taken off may leave a letter with a plain form
        return plain


_LETTERS = _PlainLetters()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Lower case without marks ("Åberg" -> "aberg"): what a forgiving search compares."""
    lowered = text.casefold()
    return lowered if lowered.isascii() else lowered.translate(_LETTERS)


@lru_cache(maxsize=65536)
def sort_key(text: str) -> bytes:
    """Bytes whose binary order is the Swedish and Finnish alphabet: space, digits, a-z, å, ä, ö, everything else.

    Two texts that differ only in case or in foreign accents get the same key; lists break ties by id.
    """
    parts: list[bytes] = []
    for letter in unicodedata.normalize("NFC", text).lower():
        if letter in _PLACE:
            parts.append(_PLACE[letter].encode())
        elif letter.isascii():
            parts.append(letter.encode() if letter.isalnum() else _WORD_GAP)
        else:
            plain = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
            parts.append(plain.encode() if plain.isascii() and plain.isalnum() else b"~" + letter.encode())
    return b"".join(parts).strip(_WORD_GAP)


def name_key(family: str, given: str) -> bytes:
    """The key a register of names is sorted by: family name first, then given names."""
    return sort_key(family) + _PART_GAP + sort_key(given)
