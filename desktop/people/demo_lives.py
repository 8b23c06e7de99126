"""Invents plausible lives for demo people: which roles they had, from when to when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

# What a person is by now, and how many of a hundred are that.
_NOW = {
    "prospect": 13,
    "applicant": 10,
    "admitted": 12,
    "student": 24,
    "exchange_out": 6,
    "caller": 1,
    "alumnus": 16,
    "mentor": 5,
    "donor_contact": 3,
    "doctoral": 3,
    "exchange_in": 4,
    "staff": 3,
}
_ABROAD = ("Porto", "Ghent", "Tartu", "Kyoto", "Bergen", "Lyon")


@dataclass(frozen=True, slots=True)
class DemoRole:
    """A part somebody plays at the university; `end` None means still."""

    kind: str
    start: date
    end: date | None
    programme: str = ""
    term: str = ""  # 2027-autumn
    note: str = ""


def invent_life(rng: Random, today: date, programmes: list[str]) -> tuple[date, tuple[DemoRole, ...]]:
    """Invent a birth date and the roles of a life up to today, in order of their start; never without a role."""
    kind = rng.choices(tuple(_NOW), tuple(_NOW.values()))[0]
    roles = _LIVES[kind](rng, today, rng.choice(programmes))
    age = (
        rng.randint(27, 58)
        if kind == "staff"
        else rng.choices((18, 19, 20, 21, 22, 24, 28, 34), (8, 24, 22, 14, 10, 10, 7, 5))[0]
    )
    return roles[0].start - timedelta(days=int(age * 365.25) + rng.randint(0, 364)), tuple(
        sorted(roles, key=lambda role: role.start)
    )


def term_of(day: date) -> str:
    """The term in which a day lies: spring until the end of June, then autumn."""
    return f"{day.year}-{'spring' if day.month <= 6 else 'autumn'}"


def coming_autumn(today: date) -> str:
    """The autumn that applications are about now."""
    return f"{today.year + (today.month >= 9)}-autumn"


def _ago(rng: Random, today: date, least: int, most: int) -> date:
    return today - timedelta(days=rng.randint(least, most))


def _prospect(rng: Random, today: date, programme: str) -> list[DemoRole]:
    return [DemoRole("prospect", _ago(rng, today, 3, 420), None, programme, coming_autumn(today))]


def _applicant(rng: Random, today: date, programme: str) -> list[DemoRole]:
    applied, term = _ago(rng, today, 5, 110), coming_autumn(today)
    roles = [DemoRole("applicant", applied, None, programme, term)]
    if rng.random() < 0.5:
        roles.append(DemoRole("prospect", applied - timedelta(days=rng.randint(30, 400)), applied, programme, term))
    return roles


def _admitted(rng: Random, today: date, programme: str) -> list[DemoRole]:
    admitted, term = _ago(rng, today, 1, 45), coming_autumn(today)
    applied = admitted - timedelta(days=rng.randint(60, 110))
    return [DemoRole("applicant", applied, admitted, programme, term), DemoRole("admitted", admitted, None, programme, term)]


def _studies(rng: Random, start: date, end: date | None, programme: str) -> list[DemoRole]:
    """Applying, being admitted, studying."""
    admitted = start - timedelta(days=rng.randint(40, 60))
    applied, term = admitted - timedelta(days=rng.randint(70, 110)), term_of(start)
    return [
        DemoRole("applicant", applied, admitted, programme, term),
        DemoRole("admitted", admitted, start, programme, term),
        DemoRole("student", start, end, programme, term),
    ]


def _term_start(rng: Random, today: date, least_years: int, most_years: int) -> date:
    """The first day of a term that began this many years ago."""
    year = today.year - rng.randint(least_years, most_years)
    start = date(year, 1, 18) if rng.random() < 0.2 else date(year, 8, 28)
    return start if start < today else start.replace(year=year - 1)


def _student(rng: Random, today: date, programme: str) -> list[DemoRole]:
    return _studies(rng, _term_start(rng, today, 0, 3), None, programme)


def _exchange_out(rng: Random, today: date, programme: str) -> list[DemoRole]:
    start = _term_start(rng, today, 2, 3)
    away = min(start + timedelta(days=rng.choice((365, 510))), today - timedelta(days=rng.randint(5, 60)))
    back = away + timedelta(days=140)
    abroad = DemoRole("exchange_out", away, back if back < today else None, programme, term_of(away), rng.choice(_ABROAD))
    return [*_studies(rng, start, None, programme), abroad]


def _caller(rng: Random, today: date, programme: str) -> list[DemoRole]:
    return [*_student(rng, today, programme), DemoRole("caller", _ago(rng, today, 5, 30), None)]


def _alumnus(rng: Random, today: date, programme: str) -> list[DemoRole]:
    start = _term_start(rng, today, 5, 32)
    end = date(start.year + rng.choice((3, 3, 4, 5)), 6, 8)
    return [*_studies(rng, start, min(end, today), programme), DemoRole("alumnus", min(end, today), None, programme)]


def _after(kind: str) -> Callable[[Random, date, str], list[DemoRole]]:
    """An alumnus who became something more."""

    def life(rng: Random, today: date, programme: str) -> list[DemoRole]:
        roles = _alumnus(rng, today, programme)
        since = roles[-1].start + timedelta(days=int((today - roles[-1].start).days * rng.random()))
        return [*roles, DemoRole(kind, since, None)]

    return life


def _doctoral(rng: Random, today: date, programme: str) -> list[DemoRole]:
    roles = _alumnus(rng, today, programme)
    since = max(roles[-1].start, _ago(rng, today, 60, 1400))
    return [*roles, DemoRole("doctoral", since, None, programme)]


def _exchange_in(rng: Random, today: date, programme: str) -> list[DemoRole]:
    start = _term_start(rng, today, 0, 2)
    end = start + timedelta(days=rng.choice((140, 280)))
    return [DemoRole("exchange_in", start, end if end < today else None, programme, term_of(start))]


def _staff(rng: Random, today: date, _programme: str) -> list[DemoRole]:
    return [DemoRole("staff", _ago(rng, today, 90, 5000), None)]


_LIVES: dict[str, Callable[[Random, date, str], list[DemoRole]]] = {
    "prospect": _prospect,
    "applicant": _applicant,
    "admitted": _admitted,
    "student": _student,
    "exchange_out": _exchange_out,
    "caller": _caller,
    "alumnus": _alumnus,
    "mentor": _after("mentor"),
    "donor_contact": _after("donor_contact"),
    "doctoral": _doctoral,
    "exchange_in": _exchange_in,
    "staff": _staff,
}
