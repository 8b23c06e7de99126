"""Reads days as registers, office programs and people write them, in Swedish, Finnish, English and as numbers alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Literal

from db.texts import _
from desktop.people.formats.table import WrongCell

Order = Literal["", "day", "month"]  # which of the two a column writes first; empty while it may be either

NO_DATE = _("“{text}” is not a date; write 2001-12-31 or 31.12.2001.")
SHORT_YEAR = _("The date “{text}” needs a year of four digits.")
NO_SUCH_DAY = _("The date “{text}” does not exist.")
TWO_DAYS = _("The date “{text}” may mean two days, for nothing tells day from month; write 2001-12-31.")
COUNTED = _("“{text}” is a day as spreadsheets count them; show that column as dates there and save it again.")

_MIDNIGHT = r"(?:[ T,]\s?(?:kl\.?\s?|klo\s)?0?0[:.]?00(?:[:.]?00(?:[.,]0+)?)?(?:Z|[+-]00:?00)?)?"
_ISO = re.compile(rf"([0-9]{{4}})[-./ ]([0-9]{{1,2}})[-./ ]([0-9]{{1,2}})\.?{_MIDNIGHT}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:000000(?:\.0+)?Z?)?")
_DOTTED = re.compile(rf"([0-9]{{1,2}})\.\s?([0-9]{{1,2}})\.\s?([0-9]{{4}})\.?{_MIDNIGHT}")
_EITHER = re.compile(rf"([0-9]{{1,2}})([-/])\s?([0-9]{{1,2}})\2\s?([0-9]{{4}}){_MIDNIGHT}")
_NAMED = re.compile(r"(?:den )?([0-9]{1,2})\s?(?:\.|:?[ae]|st|nd|rd|th)?[ .-]\s?(?:of )?([^\W\d_]+)\.?[ ,.-]{1,2}([0-9]{4})")
_NAMED_FIRST = re.compile(r"([^\W\d_]+)\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_NAMED_LAST = re.compile(r"([0-9]{4})[ -]([^\W\d_]+)\.?[ -]([0-9]{1,2})")
_SHORT = re.compile(r"[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ][0-9]{2}|[0-9]{6}|[0-9]{1,2}[ .-]*[^\W\d_]+\.?[ -][0-9]{2}")
_NOTHING = re.compile(r"--[0-9-]+|0{1,4}[-./ ]0{1,2}[-./ ]0{1,4}|(?:0000|1604)-[0-9]{2}-[0-9]{2}")
_DAYS_COUNTED = re.compile("[1-5][0-9]{4}")
_MONTHS = (
    "januari jan january tammikuuta tammikuu tammi",
    "februari feb february helmikuuta helmikuu helmi",
    "mars mar march maaliskuuta maaliskuu maalis",
    "april apr huhtikuuta huhtikuu huhti",
    "maj may toukokuuta toukokuu touko",
    "juni jun june kesakuuta kesakuu kesa",
    "juli jul july heinakuuta heinakuu heina",
    "augusti aug august elokuuta elokuu elo",
    "september sep sept syyskuuta syyskuu syys",
    "oktober okt october oct lokakuuta lokakuu loka",
    "november nov marraskuuta marraskuu marras",
    "december dec joulukuuta joulukuu joulu",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}


def day_order(texts: Iterable[str]) -> Order:
    """Whether a column writes day or month first, as far as any of its dates can only be read one way."""
    firsts = seconds = False
    for text in texts:
        if (parts := _EITHER.fullmatch(text)) is not None:
            firsts, seconds = firsts or int(parts[1]) > 12, seconds or int(parts[3]) > 12
    return "" if firsts == seconds else "day" if firsts else "month"


def says_nothing(text: str) -> bool:
    """Whether this is how a program writes that no day, or no year of it, is known: 0.0.00, --12-31."""
    return _NOTHING.fullmatch(text) is not None


def read_day(text: str, order: Order = "") -> date:
    """Read one day.

    Args:
        order: What `day_order` found of its column; 31/12/2001 is clear without it, 03/04/2001 is not.

    Raises:
        WrongCell: it is no date, its year has two digits, no calendar has that day, or it may be two days.
    """
    year, month, day = _numbers(text, order) or _names(text) or (0, 0, 0)
    if not year:
        reason = SHORT_YEAR if _SHORT.fullmatch(text) else COUNTED if _DAYS_COUNTED.fullmatch(text) else NO_DATE
        raise WrongCell(reason, text=text[:40])
    try:
        return date(year, month, day)
    except ValueError:
        raise WrongCell(NO_SUCH_DAY, text=text[:40]) from None


def _numbers(text: str, order: Order) -> tuple[int, int, int] | None:
    """Year, month and day of a date that is written with figures alone."""
    if (parts := _ISO.fullmatch(text) or _COMPACT.fullmatch(text)) is not None:
        return int(parts[1]), int(parts[2]), int(parts[3])
    if (parts := _DOTTED.fullmatch(text)) is not None:
        return int(parts[3]), int(parts[2]), int(parts[1])
    if (parts := _EITHER.fullmatch(text)) is None:
        return None
    first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
    if first <= 12 and second <= 12 and first != second and not order:
        raise WrongCell(TWO_DAYS, text=text[:40])
    is_day_first = second <= 12 if first > 12 or second > 12 else order != "month"
    return (year, second, first) if is_day_first else (year, first, second)


def _names(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a date whose month is a word."""
    if len(text) > 40:
        return None
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    if (parts := _NAMED.fullmatch(plain)) is not None:
        day, word, year = parts.groups()
    elif (parts := _NAMED_FIRST.fullmatch(plain)) is not None:
        word, day, year = parts.groups()
    elif (parts := _NAMED_LAST.fullmatch(plain)) is not None:
        year, word, day = parts.groups()
    else:
        return None
    month = _MONTH.get(word, 0)
    return (int(year), month, int(day)) if month else None
