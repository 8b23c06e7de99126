"""What the cells of a spreadsheet say as texts: numbers unharmed, days as 2001-12-31, leading zeros where they are shown."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

NOT_A_VALUE = "#CALC!"  # a formula that was never worked out
ERRORS = frozenset(
    [
        "#N/A",
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#CALC!",
        "#SPILL!",
        "#FIELD!",
        "#BLOCKED!",
        "#GETTING_DATA",
    ]
)  # what a cell shows instead of a value

Kind = Literal["number", "day", "time"]
# The formats that every program knows by number; all others are written in the file. (ECMA-376 18.8.30)
BUILT_IN_DAYS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
BUILT_IN_TIMES = frozenset((18, 19, 20, 21, 45, 46, 47))

_UNSHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')  # texts, fillers, colours and conditions of a number format
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_MASK = re.compile(r'(?P<place>[0#?])|"(?P<text>[^"]*)"|\\(?P<sign>.)|[_*].|\[(?![<>=])[^\]]*\]|(?P<plain>[-+ ():\u00a0\u202f])')
_GROUPED = re.compile(r"[0-9]{1,3}(?:[ .,'’\u00a0\u202f][0-9]{3})+")
_DAY_AND_TIME = re.compile(r"(-?[0-9]{4,6}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]*)?Z?)?")
_SECONDS_A_DAY = 86_400


@lru_cache(maxsize=4096)
def kind_of(number: int, code: str) -> Kind:
    """What a number format of XLSX makes of a number; `code` is empty for those known by their number alone."""
    if not code:
        return "day" if number in BUILT_IN_DAYS else "time" if number in BUILT_IN_TIMES else "number"
    section = code.split(";", 1)[0]
    if _ELAPSED.search(section):
        return "time"
    shown = _UNSHOWN.sub("", section).casefold()
    if (
        "general" in shown
        or not re.search("[ymdhs]", shown)
        or re.search("[0#?]", shown.replace("ss.0", "").replace("ss.00", ""))
    ):
        return "number"
    return "day" if re.search("[yd]", shown) or not re.search("[hs]", shown) else "time"


def number_text(raw: str) -> str:
    """A number as digits: no exponent, no ".0", no more than the fifteen digits a spreadsheet keeps of a fraction.

    Raises:
        ValueError: it is no number.
    """
    if raw.isascii() and raw.isdigit() and (raw[0] != "0" or raw == "0"):
        return raw
    value = float(raw)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(raw)
    if value == int(value):
        return str(int(value))
    text = f"{value:.15g}"
    return f"{value:.20f}".rstrip("0") if "e" in text else text


def masked_number(digits: str, code: str) -> str:
    """The number as its format shows it when that is a pattern of digits (0000000000, 000000-0000), else as it is.

    Patterns with decimals, thousands, percents or exponents are left alone: they show less than there is.
    """
    pieces = _mask(code.split(";", 1)[0]) if digits.isdigit() else None
    if pieces is None:
        return digits
    left, shown = digits, ""
    places = sum(piece in ("0", "#") for piece in pieces)
    for piece in reversed(pieces):
        if piece in ("0", "#"):
            places -= 1
            taken = left[-1:] if places else left  # the first place takes all that is left
            left = left[: len(left) - len(taken)]
            shown = (taken or ("0" if piece == "0" else "")) + shown
        else:
            shown = piece[1:] + shown
    return as_shown(digits, shown.strip())


@lru_cache(maxsize=4096)
def _mask(section: str) -> tuple[str, ...] | None:
    """The pieces of a pattern: "0", "#", or a text after a mark; None when the format is more than a pattern."""
    pieces, at = [], 0
    for found in _MASK.finditer(section):
        if found.start() != at:
            return None
        at = found.end()
        if found["place"]:
            pieces.append("0" if found["place"] == "0" else "#")
        elif found["text"] or found["sign"] or found["plain"]:
            pieces.append("=" + (found["text"] or found["sign"] or found["plain"]))
    places = [piece for piece in pieces if piece in ("0", "#")]
    is_pattern = at == len(section) and (len(places) == 1 or (bool(places) and "#" not in places))
    return tuple(pieces) if is_pattern else None


def as_shown(digits: str, shown: str) -> str:
    """`shown` when it is the same number with nothing lost and nothing grouped by thousands, else the bare digits."""
    kept = "".join(sign for sign in shown if sign in "0123456789")
    is_same = kept.lstrip("0") == digits.lstrip("0") or (shown.startswith("+") and kept.endswith(digits))
    if not kept or not is_same or _GROUPED.fullmatch(shown) or shown.startswith("-"):
        return digits
    return shown


def serial_text(raw: str, kind: Kind, *, since_1904: bool) -> str:
    """A day or time that XLSX keeps as a count of days; what no calendar holds stays a number.

    Raises:
        ValueError: it is no number.
    """
    value = float(raw)
    if not 0 <= value < 2_958_466:  # the last of 9999
        return number_text(raw)
    seconds = round(value * _SECONDS_A_DAY)
    if value < 1 or (kind == "time" and value < 366):
        return _clock(seconds)
    if since_1904:
        start = datetime(1904, 1, 1)
    else:  # spreadsheets count a 29 February 1900 that never was
        start = datetime(1899, 12, 30) if value >= 60 else datetime(1899, 12, 31)
    try:
        moment = start + timedelta(seconds=seconds)
    except OverflowError:
        return number_text(raw)
    return _iso(moment)


def iso_text(raw: str) -> str:
    """A day, or day and time, that the file keeps in ISO form, without a time of midnight."""
    found = _DAY_AND_TIME.fullmatch(raw.strip())
    if found is None:
        return raw.strip()
    day, clock = found.groups()
    if not clock or clock in ("00:00", "00:00:00"):
        return day
    return f"{day} {clock if len(clock) > 5 else clock + ':00'}"


def duration_text(raw: str) -> str:
    """A time that ODS keeps as PT10H30M00S, as 10:30:00."""
    found = re.fullmatch(r"PT([0-9]{1,9})H([0-9]{1,2})M([0-9]{1,2})(?:[.,][0-9]*)?S", raw.strip())
    return ":".join(part.zfill(2) for part in found.groups()) if found else raw.strip()


def _iso(moment: datetime) -> str:
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return moment.date().isoformat() if midnight else moment.isoformat(" ")


def _clock(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
