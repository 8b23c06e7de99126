"""Recognises, checks and masks the numbers by which states and registers know a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from db.errors import RuleBroken
from db.texts import Msgid, _

# Codes are stored, labels shown.
KINDS: dict[str, Msgid] = {
    "personnummer": _("Swedish personal identity number"),
    "coordination": _("Swedish coordination number"),
    "interim": _("Swedish interim number"),
    "hetu": _("Finnish personal identity code"),
    "learner_oid": _("Finnish learner number"),
    "esi": _("European student identifier"),
    "registry_id": _("Registry number"),
    "source": _("Number in the register it came from"),
    "other": _("Other number"),
}
SECRET_KINDS = frozenset({"personnummer", "coordination", "interim", "hetu"})
# Which numbers of a person are history once one of this kind is written down.
REPLACES: dict[str, frozenset[str]] = {
    "personnummer": frozenset({"personnummer", "coordination", "interim"}),
    "coordination": frozenset({"coordination", "interim"}),
    "hetu": frozenset({"hetu"}),
}
# Two registers may give the same number of these kinds to two people: it says something only with who gave it.
ISSUED_KINDS = frozenset({"interim", "registry_id", "source", "other"})
ONE_FOR_LIFE = frozenset({"personnummer", "hetu"})  # nobody ever has two of a kind
MAX_OTHER = 100  # letters of a number without a form of its own
DOT = "\u2022"

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | dict.fromkeys(" \t\u00a0\u202f\u200b\ufeff"))
_SWEDISH = re.compile(r"([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9A-Z])([0-9]{3})", re.ASCII)
_HETU = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([-+YXWVUABCDEF])([0-9]{3})([0-9A-Y])", re.ASCII)
_LEARNER = re.compile(r"1\.2\.246\.562\.(?:24|98)\.([1-9][0-9]{9})([0-9])", re.ASCII)  # 98 is the node of test people
_ESI_START = "urn:schac:personalUniqueCode:int:esi:"
_ESI = re.compile(r"([a-z]{2}|[a-z0-9-]+(?:\.[a-z0-9-]+)+):([a-z0-9][-a-z0-9:._/+]{0,199})", re.ASCII)
_DOUBLED = str.maketrans("0123456789", "0246813579")  # twice the digit, both digits of that added
_HETU_CENTURY = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_HETU_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_INTERIM_LETTERS = "TRSUWXJKLMN"


@dataclass(frozen=True, slots=True, repr=False)
class SecretNumber:
    """A number that shows itself masked wherever it is printed; only `plain` has all of it."""

    kind: str
    plain: str

    def __str__(self) -> str:
        return masked(self.kind, self.plain)

    def __repr__(self) -> str:
        return f"SecretNumber({self.kind}, {self})"


def recognise(text: str, *, country: str = "SE", today: date | None = None) -> tuple[str, str] | None:
    """Find which kind of number this is, and its normal form; None when it fits no form or its check digit is wrong.

    Ordinary personnummer and coordination numbers become 12 digits, interim numbers 8 digits and T999, a hetu 11
    letters with its century sign, a learner number its dotted form, a European student identifier the usual writing of
    its beginning and small letters behind it.

    Args:
        country: Whose number it is when it could be one of both, as some with six digits, a dash and four digits can.
        today: Decides the century of a Swedish number written with ten digits; the computer's day when left out.
    """
    found = _readings(text, today)
    if len(found) < 2:
        return found[0] if found else None
    return next(reading for reading in found if (reading[0] == "hetu") == (country == "FI"))


def check(kind: str, text: str, *, today: date | None = None) -> str:
    """Give the normal form of a number that is said to be of `kind`.

    Raises:
        RuleBroken: no such number can exist. The text never repeats the number.
    """
    if kind in ("other", "registry_id", "source"):
        words = " ".join(text.split())
        if words and len(words) <= MAX_OTHER:
            return words
        raise RuleBroken(_("The number is empty or too long."), _("Write at most 100 letters."), field="identifier")
    form = next((form for found, form in _readings(text, today) if found == kind), None)
    if form is None:
        reason = _REASONS.get(kind, _("The number has an unknown kind."))
        raise RuleBroken(reason, _("Compare it with the document it comes from."), field="identifier")
    return form


def masked(kind: str, value: str) -> str:
    """Show a normal form to somebody who may not read all of it: the birth date stays, the rest becomes dots.

    Registry numbers, learner numbers and student identifiers name nobody outside the office and keep their last two letters.
    """
    if kind in ("personnummer", "coordination", "interim"):
        return f"{value[:8]}-{DOT * 4}" if len(value) == 12 else DOT * 8
    if kind == "hetu":
        return f"{value[:6]}{value[6]}{DOT * 4}" if len(value) == 11 else DOT * 8
    return DOT * 6 + (value[-2:] if len(value) > 4 else "")


def shown(kind: str, value: str) -> str:
    """Write a normal form the way its country writes it, for somebody who may read it."""
    return f"{value[:8]}-{value[8:]}" if kind in ("personnummer", "coordination", "interim") and len(value) == 12 else value


def birth_date(kind: str, value: str) -> date | None:
    """Read the birth date out of a normal form; None when it holds none (learner numbers, some coordination numbers)."""
    reader = _BIRTH.get(kind)
    return reader(value) if reader is not None else None


def luhn_digit(digits: str) -> str:
    """The check digit behind nine digits of a Swedish number."""
    signs = (digits[0::2].translate(_DOUBLED) + digits[1::2]).encode("ascii")
    return str((len(signs) * ord("0") - sum(signs)) % 10)


def hetu_sign(digits: str) -> str:
    """The check sign behind the nine digits of a hetu."""
    return _HETU_CHECK[int(digits) % 31]


def oid_digit(digits: str) -> str:
    """The check digit behind the ten digits of a learner number: weights 7, 3, 1 from the right."""
    return str(-sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits))) % 10)


def _readings(text: str, today: date | None) -> list[tuple[str, str]]:
    """Every kind and normal form this text can mean; two at most."""
    is_tidy = text.isascii() and " " not in text and "\t" not in text
    compact = (text if is_tidy else text.translate(_DASHES)).upper()
    found = []
    if (parts := _SWEDISH.fullmatch(compact)) is not None and (swedish := _swedish(parts, today)) is not None:
        found.append(swedish)
    if (
        len(compact) == 11
        and (parts := _HETU.fullmatch(compact)) is not None
        and _hetu_birth(parts) is not None
        and _hetu_sum_fits(parts)
    ):
        found.append(("hetu", compact))
    if compact.startswith("1.2.") and (parts := _LEARNER.fullmatch(compact)) is not None and oid_digit(parts[1]) == parts[2]:
        found.append(("learner_oid", compact))
    if compact.startswith("URN:") and (student := _esi(compact.lower())) is not None:
        found.append(("esi", student))
    return found


def _esi(lowered: str) -> str | None:
    """Compared without regard to case, so it is kept in small letters; "externtstudentuid-" and the like belong to it."""
    start = _ESI_START.lower()
    known = lowered.startswith(start) and _ESI.fullmatch(lowered, len(start)) is not None
    return _ESI_START + lowered[len(start) :] if known else None


def _swedish(parts: re.Match[str], today: date | None) -> tuple[str, str] | None:
    century, year, month, day, sign, first, rest = parts.groups()
    is_interim = not first.isdigit()
    if is_interim and first not in _INTERIM_LETTERS:
        return None
    if not is_interim and luhn_digit(year + month + day + first + rest[:2]) != rest[2]:
        return None
    if century is None:
        century = _century(int(year), int(month), int(day) % 60, sign, today or date.today())
    whole = f"{century}{year}{month}{day}"
    form = f"{whole}{first}{rest}"
    if _day(int(whole[:4]), int(month), int(day)) is not None:
        return ("interim" if is_interim else "personnummer"), form
    if not is_interim and 60 <= int(day) <= 91 and int(month) <= 12:
        return "coordination", form
    return None


def _century(year: int, month: int, day: int, sign: str, today: date) -> str:
    """The latest century in which this day is not in the future; a `+` means one more hundred years back."""
    latest = today.year - today.year % 100 + year
    if (latest, month, day) > (today.year, today.month, today.day):
        latest -= 100
    return f"{(latest - 100 * (sign == '+')) // 100:02}"


def _swedish_birth(value: str) -> date | None:
    return _day(int(value[:4]), int(value[4:6]), int(value[6:8]))


def _coordination_birth(value: str) -> date | None:
    return _day(int(value[:4]), int(value[4:6]), int(value[6:8]) - 60)


def _hetu_value_birth(value: str) -> date | None:
    parts = _HETU.fullmatch(value)
    return _hetu_birth(parts) if parts is not None else None


def _hetu_birth(parts: re.Match[str]) -> date | None:
    day, month, year, sign = parts.group(1, 2, 3, 4)
    return _day(_HETU_CENTURY[sign] + int(year), int(month), int(day))


def _hetu_sum_fits(parts: re.Match[str]) -> bool:
    day, month, year, _sign, serial, sign = parts.groups()
    return int(serial) >= 2 and hetu_sign(day + month + year + serial) == sign


@lru_cache(maxsize=40_000)  # a hundred years; the days of a list come again and again
def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_BIRTH: dict[str, Callable[[str], date | None]] = {
    "personnummer": _swedish_birth,
    "interim": _swedish_birth,
    "coordination": _coordination_birth,
    "hetu": _hetu_value_birth,
}
_REASONS: dict[str, Msgid] = {
    "personnummer": _("This is not a Swedish personal identity number."),
    "coordination": _("This is not a Swedish coordination number."),
    "interim": _("This is not a Swedish interim number."),
    "hetu": _("This is not a Finnish personal identity code."),
    "learner_oid": _("This is not a Finnish learner number."),
    "esi": _("This is not a European student identifier."),
}
