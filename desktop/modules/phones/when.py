"""Reads a time for a callback as callers type it: "tomorrow 10", "fredag 14.30", "24.12. 10", "+20", "2 h"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_TODAY = frozenset({"today", "idag", "tänään", "tanaan"})
_TOMORROW = frozenset({"tomorrow", "imorgon", "imorron", "huomenna"})
_WEEKDAYS = (
    ("monday", "måndag", "mandag", "maanantai", "maanantaina"),
    ("tuesday", "tisdag", "tiistai", "tiistaina"),
    ("wednesday", "onsdag", "keskiviikko", "keskiviikkona"),
    ("thursday", "torsdag", "torstai", "torstaina"),
    ("friday", "fredag", "perjantai", "perjantaina"),
    ("saturday", "lördag", "lordag", "lauantai", "lauantaina"),
    ("sunday", "söndag", "sondag", "sunnuntai", "sunnuntaina"),
)
_LEAST = 2  # letters of a weekday, where they suffice
_FILLING = frozenset({"at", "kl", "kl.", "klo", "in", "om", "på", "nästa", "next", "ensi", "the"})
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_AHEAD = re.compile(r"\+?\s*(\d{1,3})\s*(min\w*|m|h|hours?|tim\w*|t|tunti\w*|tuntia)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHORT = re.compile(r"(\d{1,2})[./](\d{1,2})[./]?(\d{4}|\d{2})?")
_USUAL = time(10)  # when only a day is named


def parse_when(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment meant; None when nothing is typed. A time without a day is the next such time.

    An hour that comes twice in an autumn night is the one still to come; one left out in spring is the hour after it.

    Raises:
        ValueError: this is no time.
    """
    typed = text.casefold().replace("i morgon", "imorgon").replace("i dag", "idag")
    words = [word for word in typed.split() if word not in _FILLING]
    if not words:
        return None
    local = now.astimezone(zone)
    ahead = _ahead(" ".join(words))
    if ahead is not None:
        return now + ahead
    day = _day(words[0], local.date())
    clock = words[1:] if day is not None else words
    if len(clock) > 1:
        raise ValueError(text)
    at = _clock(clock[0]) if clock else _USUAL
    meant = day or local.date()
    try:
        moments = [datetime.combine(meant, at, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
        ahead_of_us = [moment for moment in moments if moment > now]
        if not ahead_of_us and day is None:
            return datetime.combine(meant + timedelta(days=1), at, zone).astimezone(UTC).astimezone(zone)
        return (ahead_of_us or moments)[0].astimezone(zone)
    except OverflowError as beyond:  # the first and the last day there are
        raise ValueError(text) from beyond


def _ahead(words: str) -> timedelta | None:
    """ "+20", "20 min" and "2 h"; a bare number is a time of the day."""
    found = _AHEAD.fullmatch(words)
    if found is None or not (words.startswith("+") or found[2]):
        return None
    hours = (found[2] or "").startswith(("h", "t"))
    return timedelta(hours=int(found[1])) if hours else timedelta(minutes=int(found[1]))


def _clock(word: str) -> time:
    found = _CLOCK.fullmatch(word)
    if found is None:
        raise ValueError(word)
    return time(int(found[1]), int(found[2] or 0))


def _day(word: str, today: date) -> date | None:
    """The day a word names; None when it is none, such as a time."""
    if word in _TODAY:
        return today
    if word in _TOMORROW:
        return today + timedelta(days=1)
    if found := _ISO.fullmatch(word):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if word.isalpha():
        return today + timedelta(days=_days_to(word, today))
    found = _SHORT.fullmatch(word)
    if found is None or (found[3] is None and "/" not in word and not word.endswith(".")):
        return None  # 10.30 is a time; 10.3. and 10/3 are days
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0) if found[3] else today.year
    day = date(year, int(found[2]), int(found[1]))
    return day if found[3] or day >= today else day.replace(year=today.year + 1)


def _days_to(word: str, today: date) -> int:
    """Days until the next such weekday; today's own name means in a week."""
    fitting = {n for n, names in enumerate(_WEEKDAYS) if len(word) >= _LEAST and any(name.startswith(word) for name in names)}
    if len(fitting) != 1:
        raise ValueError(word)
    return (fitting.pop() - today.weekday() - 1) % 7 + 1
