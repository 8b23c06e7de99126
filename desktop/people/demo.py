"""Invents people for trying things out: the same seed gives the same people, and nobody can be taken for a real one."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from desktop.people.demo_lives import DemoRole, invent_life

RESOURCES = Path(__file__).parents[2] / "resources" / "demo"
SEED = 1
# Numbers the Swedish regulator keeps free for films and books; first and how many.
_SWEDISH_MOBILES = ("070-174 06 ", 5, 95)
_SWEDISH_HOMES = (("08-465 004 ", 0, 100), ("031-390 06 ", 0, 100), ("040-628 04 ", 0, 100))
# Finland keeps none free: seven digits that begin with three zeros are readable but unlike any number in use.
_FINNISH_MOBILES = "+358 40 000 "


@dataclass(frozen=True, slots=True)
class DemoAddress:
    """An e-mail address or a phone number as somebody in Sweden typed it."""

    text: str
    label: str  # private, university, mobile, home
    retired: date | None = None  # not in use since
    hold: str = ""  # bounced, wrong_number


@dataclass(frozen=True, slots=True)
class DemoInteraction:
    """One contact with the person; `at` has no time zone and means the office's clock."""

    kind: str  # call, email, letter, meeting, visit
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class DemoTask:
    """Something to do about the person."""

    text: str
    due: date
    done: bool


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person with all that hangs on them; empty texts are values the office does not know."""

    number: int
    given: str
    family: str
    preferred: str
    birth_date: date | None
    language: str  # sv, fi, en
    identifiers: tuple[tuple[str, str, str], ...]  # kind, normal form, issuer
    emails: tuple[DemoAddress, ...]
    phones: tuple[DemoAddress, ...]
    street: str
    postcode: str
    city: str
    country: str  # SE, FI or another ISO code
    roles: tuple[DemoRole, ...]
    interactions: tuple[DemoInteraction, ...]
    tasks: tuple[DemoTask, ...]


def generate_people(count: int, *, today: date, seed: int = SEED, first: int = 0) -> Iterator[DemoPerson]:
    """Invent people one by one; person number n is the same however many are asked for.

    Args:
        today: The day their lives lead up to; nothing but the due dates of tasks lies after it.
        first: The number of the first person.
    """
    for number in range(first, first + count):
        yield _person(number, Random(f"{seed}:{number}"), today)


@cache
def _words(name: str) -> dict[str, Any]:
    return tomllib.loads((RESOURCES / f"{name}.toml").read_text(encoding="utf-8"))


def _person(number: int, rng: Random, today: date) -> DemoPerson:
    born, roles = invent_life(rng, today, _words("programmes")["names"])
    from_abroad = any(role.kind == "exchange_in" for role in roles)
    language = "en" if from_abroad else rng.choices(("sv", "fi"), (65, 35))[0]
    given, preferred, family = _name(rng, language)
    street, postcode, city, country = _home(rng, language)
    interactions = _interactions(rng, language, roles, today)
    return DemoPerson(
        number=number,
        given=given,
        family=family,
        preferred=preferred,
        birth_date=born if rng.random() < 0.93 else None,
        language=language,
        identifiers=_identifiers(number, rng, language, born, roles),
        emails=_emails(number, rng, given, family, roles, today),
        phones=_phones(rng, language, today),
        street=street,
        postcode=postcode,
        city=city,
        country=country,
        roles=roles,
        interactions=interactions,
        tasks=_tasks(rng, language, today),
    )


def _name(rng: Random, language: str) -> tuple[str, str, str]:
    """Given names, the one used when it is not the first, and a family name, sometimes a double one."""
    words = _words("names")
    given = rng.choice(words["given_" + {"sv": "sv", "fi": "fi", "en": "world"}[language]])
    family = rng.choice(words["family_fi" if language == "fi" else "family_sv"])
    preferred = ""
    if rng.random() < 0.3:
        second = rng.choice(words["given_fi" if language == "fi" else "given_sv"])
        preferred = second if rng.random() < 0.2 and second != given else ""
        given = f"{given} {second}" if second != given else given
    if rng.random() < 0.25:
        family = f"{family}-{rng.choice(words['family_second'])}"
    return given, preferred, family


def _home(rng: Random, language: str) -> tuple[str, str, str, str]:
    """Street, postcode, town and country; one in ten gave none."""
    words = _words("places")
    if language == "en":
        city, country = rng.choice(words["abroad"])
        return "", "", city, country
    if rng.random() < 0.1:
        return "", "", "", ""
    if language == "fi":
        city, postcode = rng.choice(words["finland"])
        return f"{rng.choice(words['streets_fi'])} {rng.randint(1, 80)}", f"{postcode}{rng.choice('0123456789')}0", city, "FI"
    city, postcode = rng.choice(words["sweden"])
    return f"{rng.choice(words['streets_sv'])} {rng.randint(1, 80)}", f"{postcode} {rng.randint(10, 99)}", city, "SE"


def _identifiers(
    number: int, rng: Random, language: str, born: date, roles: tuple[DemoRole, ...]
) -> tuple[tuple[str, str, str], ...]:
    """Only numbers no register gives out: an interim number, a hetu of the test range, our own student number."""
    found: list[tuple[str, str, str]] = []
    if any(role.kind in ("student", "alumnus", "doctoral", "exchange_in") for role in roles):
        found.append(("registry_id", f"demo{number:06}", "student"))
    elif any(role.kind in ("applicant", "admitted") for role in roles):
        found.append(("registry_id", f"A-{number:06}", "admission"))
    if rng.random() < 0.6 and language == "sv":
        found.append(("interim", f"{born:%Y%m%d}T{rng.randint(100, 999)}", ""))
    elif rng.random() < 0.6 and language == "fi":
        from db.identity_numbers import hetu_sign

        digits = f"{born:%d%m%y}{rng.randint(900, 999)}"
        found.append(("hetu", f"{digits[:6]}{'-' if born.year < 2000 else 'A'}{digits[6:]}{hetu_sign(digits)}", ""))
    return tuple(found)


def _emails(
    number: int, rng: Random, given: str, family: str, roles: tuple[DemoRole, ...], today: date
) -> tuple[DemoAddress, ...]:
    name = _plain(f"{given.split()[0]}.{family}")
    found: list[DemoAddress] = []
    if rng.random() < 0.9:
        hold = "bounced" if rng.random() < 0.03 else ""
        found.append(DemoAddress(f"{name}{number}@{rng.choice(('post', 'brev', 'posti'))}.example", "private", None, hold))
    is_here = any(role.kind in ("student", "doctoral", "staff", "exchange_in") and role.end is None for role in roles)
    was_here = any(role.kind == "alumnus" for role in roles)
    if is_here or (was_here and rng.random() < 0.3):
        retired = None if is_here else today - timedelta(days=rng.randint(30, 900))
        found.append(DemoAddress(f"{name}{number}@student.nordstrand.example", "university", retired))
    return tuple(found)


def _phones(rng: Random, language: str, today: date) -> tuple[DemoAddress, ...]:
    found: list[DemoAddress] = []
    if rng.random() < 0.88:
        hold = "wrong_number" if rng.random() < 0.03 else ""
        found.append(DemoAddress(_mobile(rng, language), "mobile", None, hold))
    if language == "sv" and rng.random() < 0.12:
        start, lowest, how_many = rng.choice(_SWEDISH_HOMES)
        found.append(DemoAddress(f"{start}{lowest + rng.randrange(how_many):02}", "home"))
    if rng.random() < 0.06:
        found.append(DemoAddress(_mobile(rng, language), "mobile", today - timedelta(days=rng.randint(30, 1500))))
    texts = [phone.text for phone in found]
    return tuple(phone for n, phone in enumerate(found) if phone.text not in texts[:n])


def _mobile(rng: Random, language: str) -> str:
    if language == "fi":
        return f"{_FINNISH_MOBILES}{rng.randrange(10_000):04}"
    start, lowest, how_many = _SWEDISH_MOBILES
    digits = f"{start}{lowest + rng.randrange(how_many):02}"
    return f"+46 {digits[1:].replace('-', ' ')}" if rng.random() < 0.3 else digits


def _interactions(rng: Random, language: str, roles: tuple[DemoRole, ...], today: date) -> tuple[DemoInteraction, ...]:
    """Up to six contacts, more of them lately than long ago, in the order of time."""
    words = _words("talk")
    days_known = max((today - roles[0].start).days, 1)
    found = []
    for _number in range(rng.choices(range(7), (16, 24, 22, 16, 11, 7, 4))[0]):
        kind = rng.choices(("call", "email", "letter", "meeting", "visit"), (40, 30, 8, 14, 8))[0]
        spoken = language if rng.random() < 0.85 else "en"
        day = today - timedelta(days=int(min(days_known, 1500) * rng.random() ** 2) + 1)
        clock = time(rng.randint(8, 19 if kind == "call" else 16), rng.choice((0, 5, 10, 20, 25, 35, 40, 50)))
        found.append(DemoInteraction(kind, datetime.combine(day, clock), rng.choice(words[kind][spoken])))
    return tuple(sorted(found, key=lambda contact: contact.at))


def _tasks(rng: Random, language: str, today: date) -> tuple[DemoTask, ...]:
    if rng.random() > 0.04:
        return ()
    text = rng.choice(_words("talk")["task"][language])
    return (DemoTask(text, today + timedelta(days=rng.randint(-5, 21)), rng.random() < 0.25),)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower().replace("ł", "l"))
    return "".join(sign for sign in folded if sign.isascii() and (sign.isalnum() or sign in ".-"))
