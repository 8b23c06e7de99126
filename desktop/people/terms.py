"""Writes a term in one way, however the three languages abbreviate it, and tells which days it holds."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_AUTUMN = (
    "h ht host hosten hostterm hosttermin hostterminen autumn autumnterm autumnsemester fall fallterm fallsemester s sl sk syksy "
)
_AUTUMN += "syksylla syyslukukausi syyslk"
_SPRING = (
    "v vt var varen varterm vartermin varterminen spring springterm springsemester k kl kevat kevaalla kevatlukukausi kevatlk"
)
_SEASONS = dict.fromkeys(_AUTUMN.split(), "autumn") | dict.fromkeys(_SPRING.split(), "spring")
_WORD_FIRST = re.compile("([a-z]+)((?:20)?[0-9]{2})")
_YEAR_FIRST = re.compile("((?:20)?[0-9]{2})([a-z]+)")
_NUMBERED = re.compile("(20[0-9]{2})([12])")  # the study register writes 20271 for spring, 20272 for autumn


def term_code(text: str) -> str:
    """Give "2027-autumn" or "2027-spring"; a text that names no such term comes back as it was typed.

    A single S is the Finnish autumn (syksy), a K its spring (kevät), H and V are the Swedish ones.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(sign for sign in folded if sign.isascii() and sign.isalnum())
    if (found := _WORD_FIRST.fullmatch(letters)) is not None:
        word, year = found.groups()
    elif (found := _YEAR_FIRST.fullmatch(letters)) is not None:
        year, word = found.groups()
    elif (found := _NUMBERED.fullmatch(letters)) is not None:
        year, word = found[1], "v" if found[2] == "1" else "h"
    else:
        return text
    season = _SEASONS.get(word)
    return f"20{year[-2:]}-{season}" if season else text


def term_of(day: date, later: int = 0) -> str:
    """The term in which a day lies, spring until the end of June and then autumn; or the term so many `later`."""
    halves = day.year * 2 + (day.month > 6) + later
    return f"{halves // 2}-{'autumn' if halves % 2 else 'spring'}"


def term_days(day: date, later: int = 0) -> tuple[date, date]:
    """The first and the last day of the term `term_of` names."""
    halves = day.year * 2 + (day.month > 6) + later
    year = halves // 2
    return (date(year, 7, 1), date(year, 12, 31)) if halves % 2 else (date(year, 1, 1), date(year, 6, 30))
