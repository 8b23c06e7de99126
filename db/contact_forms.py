"""Writes e-mail addresses and phone numbers in the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from db.errors import RuleBroken
from db.texts import _

MAX_EMAIL = 254  # letters, RFC 5321
MAX_LOCAL_PART = 64
MAX_PHONE = 60  # as typed, with spaces and signs
OWN_COUNTRIES = {"SE": "+46", "FI": "+358"}

_PLAIN_EMAIL = re.compile(r"[a-z0-9_+'&%=~-]+(?:\.[a-z0-9_+'&%=~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}")
_ANY_EMAIL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:\w(?:[\w-]*\w)?\.)+\w[\w-]*\w")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"
_SPACES = " \t\u00a0\u2002\u2003\u2007\u2009\u202f"
_UNSEEN = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"  # copied along with numbers
_DROPPED = dict.fromkeys(map(ord, f"{_DASHES}{_SPACES}{_UNSEEN}()/."))
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_DIALLED = re.compile(r"\+?[0-9]{2,20}")
_SWEDISH_MOBILE = re.compile(r"(?:(?:\+|00)46|0)(7[02369][0-9]{7})")
_FINNISH_MOBILE = re.compile(r"(?:(?:\+|00)358|0)((?:4[0-8]|50)[0-9]{6,8})")


class PhoneForms(NamedTuple):
    """One number in the forms people and machines use; made by `phone_forms`."""

    e164: str  # +46701740638
    national: str  # digits as dialled inside its own country: 0701740638
    shown: str  # spaced, national for the office's own country and international for others: 070-174 06 38


def email_form(text: str) -> str:
    """Give the address in lower case and composed letters, without `mailto:` or angle brackets around it.

    The part before the @ is lowered too: addresses that differ only there reach the same person in practice.

    Raises:
        RuleBroken: the text is no single address.
    """
    form = text.strip().lower()
    if len(form) <= MAX_LOCAL_PART and _PLAIN_EMAIL.fullmatch(form) is not None:
        return form  # too short to break a limit of length
    if _PLAIN_EMAIL.fullmatch(form) is None:
        form = unicodedata.normalize("NFC", form.strip(_SPACES + _UNSEEN).removeprefix("mailto:").strip("<>"))
        form = unicodedata.normalize("NFC", form.lower())
        if _ANY_EMAIL.fullmatch(form) is None:
            raise _no_email(text)
    if len(form) > MAX_EMAIL or form.index("@") > MAX_LOCAL_PART or max(map(len, form.split("@")[1].split("."))) > 63:
        raise _no_email(text)
    return form


def phone_forms(text: str, country: str) -> PhoneForms:
    """Give a number written in any usual way in its comparable forms.

    Args:
        country: The office's own, as "SE" or "FI"; a number without country code is dialled from there.

    Raises:
        RuleBroken: no phone has such a number (too short, too long, letters in it, an extension behind it).
    """
    if len(text) > MAX_PHONE:
        raise _no_phone(text)
    digits = _TRUNK_ZERO.sub("", text) if "(" in text and ("+" in text or text.lstrip().startswith("00")) else text
    digits = digits.translate(_DROPPED)
    if country == "SE" or digits.startswith(("+46", "0046")):
        mobile = _SWEDISH_MOBILE.fullmatch(digits)
        if mobile is not None:
            return _own_mobile("SE", mobile[1], country)
    if country == "FI" or digits.startswith(("+358", "00358")):
        mobile = _FINNISH_MOBILE.fullmatch(digits)
        if mobile is not None:
            return _own_mobile("FI", mobile[1], country)
    if _DIALLED.fullmatch(digits) is None:
        raise _no_phone(text)
    return _by_library(digits, country, text)


def national_display(e164: str) -> str:
    """Show a number as it is dialled inside its own country: 070-174 06 38, 040 1234567; other text comes back as it is."""
    for region, code in OWN_COUNTRIES.items():
        pattern = _SWEDISH_MOBILE if region == "SE" else _FINNISH_MOBILE
        if e164.startswith(code) and (mobile := pattern.fullmatch(e164)) is not None:
            return _spaced(region, mobile[1])
    import phonenumbers  # loads its tables, so only when wanted

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _own_mobile(region: str, subscriber: str, country: str) -> PhoneForms:
    """A mobile number of `region`, whose forms need no table."""
    code, spaced = OWN_COUNTRIES[region], _spaced(region, subscriber)
    shown = spaced if region == country else f"{code} {spaced[1:].replace('-', ' ')}"
    return PhoneForms(code + subscriber, "0" + subscriber, shown)


def _spaced(region: str, subscriber: str) -> str:
    if region == "SE":
        return f"0{subscriber[:2]}-{subscriber[2:5]} {subscriber[5:7]} {subscriber[7:]}"
    return f"0{subscriber[:2]} {subscriber[2:]}"


def _by_library(digits: str, country: str, text: str) -> PhoneForms:
    """The slow way, for every number of the world; about fifty times the cost of an own mobile number."""
    import phonenumbers  # loads its tables, so only when wanted
    from phonenumbers import PhoneNumberFormat

    if digits.startswith("00"):
        digits = "+" + digits[2:]
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        raise _no_phone(text) from None
    if not phonenumbers.is_possible_number(number):
        raise _no_phone(text)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    own = phonenumbers.country_code_for_region(country) == number.country_code
    shown = national if own else phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return PhoneForms(e164, re.sub("[^0-9]", "", national), shown)


def _no_email(text: str) -> RuleBroken:
    return RuleBroken(
        _("“{text}” is not an e-mail address."),
        _("Write one address, like name@university.example."),
        field="email",
        text=text[:100],
    )


def _no_phone(text: str) -> RuleBroken:
    return RuleBroken(
        _("“{text}” is not a phone number."),
        _("Write the digits only, with + and the country code for numbers abroad."),
        field="phone",
        text=text[:100],
    )
