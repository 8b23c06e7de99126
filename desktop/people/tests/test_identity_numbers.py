"""Numbers of states and registers, with examples the authorities published."""

from __future__ import annotations

import pickle
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import RuleBroken
from db.identity_numbers import KINDS, SecretNumber, birth_date, check, hetu_sign, luhn_digit, masked, recognise, shown

TODAY = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("typed", "kind", "form", "born"),
    [
        ("811218-9876", "personnummer", "198112189876", date(1981, 12, 18)),
        ("19811218 9876", "personnummer", "198112189876", date(1981, 12, 18)),
        ("8112189876", "personnummer", "198112189876", date(1981, 12, 18)),
        ("811218+9876", "personnummer", "188112189876", date(1881, 12, 18)),
        ("701063-2391", "coordination", "197010632391", date(1970, 10, 3)),
        ("19770101-T321", "interim", "19770101T321", date(1977, 1, 1)),
        ("131052-308T", "hetu", "131052-308T", date(1952, 10, 13)),
        ("131052\u2013308t", "hetu", "131052-308T", date(1952, 10, 13)),
        ("010594Y9032", "hetu", "010594Y9032", date(1994, 5, 1)),
        ("020594X903P", "hetu", "020594X903P", date(1994, 5, 2)),
        ("030594W903B", "hetu", "030594W903B", date(1994, 5, 3)),
        ("040594V9030", "hetu", "040594V9030", date(1994, 5, 4)),
        ("050594U903M", "hetu", "050594U903M", date(1994, 5, 5)),
        ("020504A902E", "hetu", "020504A902E", date(2004, 5, 2)),
        ("010516B903X", "hetu", "010516B903X", date(2016, 5, 1)),
        ("020516C903K", "hetu", "020516C903K", date(2016, 5, 2)),
        ("030516D9037", "hetu", "030516D9037", date(2016, 5, 3)),
        ("010501E9032", "hetu", "010501E9032", date(2001, 5, 1)),
        ("020503F9037", "hetu", "020503F9037", date(2003, 5, 2)),
        ("189001019802", "personnummer", "189001019802", date(1890, 1, 1)),
        ("18900102-9819", "personnummer", "189001029819", date(1890, 1, 2)),
        ("202402292383", "personnummer", "202402292383", date(2024, 2, 29)),
        ("000101+9801", "personnummer", "190001019801", date(1900, 1, 1)),
        ("191401682396", "coordination", "191401682396", date(1914, 1, 8)),
        ("230161-2392", "coordination", "202301612392", date(2023, 1, 1)),
        ("480977-2389", "coordination", "194809772389", date(1948, 9, 17)),
        ("202601612381", "coordination", "202601612381", date(2026, 1, 1)),
        ("1.2.246.562.24.30476885816", "learner_oid", "1.2.246.562.24.30476885816", None),
        (" 1.2.246.562.24.14229104472 ", "learner_oid", "1.2.246.562.24.14229104472", None),
        (
            "urn:schac:personaluniquecode:int:esi:Ladok.se:externtstudentuid-857C0573-AA",
            "esi",
            "urn:schac:personalUniqueCode:int:esi:ladok.se:externtstudentuid-857c0573-aa",
            None,
        ),
        ("urn:schac:personalUniqueCode:int:esi:fi:1234", "esi", "urn:schac:personalUniqueCode:int:esi:fi:1234", None),
    ],
)
def test_published_numbers_are_recognised(typed: str, kind: str, form: str, born: date | None) -> None:
    assert recognise(typed, today=TODAY) == (kind, form)
    assert check(kind, typed, today=TODAY) == form
    assert birth_date(kind, form) == born


@pytest.mark.parametrize("day", ["0060", "0061", "0360", "0291", "0691"])
def test_a_coordination_number_may_have_no_whole_birth_date(day: str) -> None:
    """Month 00, day 60, or a day no month has: as a tenth of the tax agency's test numbers."""
    number = f"1970{day}239" + luhn_digit(f"70{day}239")
    assert recognise(number) == ("coordination", number)
    assert recognise(f"{number[2:8]}-{number[8:]}", today=TODAY) == ("coordination", number)
    assert recognise(f"{number[2:8]}+{number[8:]}", today=TODAY) == ("coordination", "18" + number[2:])
    assert birth_date("coordination", number) is None
    assert masked("coordination", number) == f"1970{day}-••••"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "811218-9875",
        "811318-9876",
        "131052-308U",
        "311152-308T",
        "131052G308T",
        "131052-001H",
        "19770101-E321",
        "1.2.246.562.99.1",
        "1.2.246.562.24.30476885817",
        "1.2.246.562.24.3047688581",
        "1.2.246.562.24.00000000001",
        "1.2.246.562.99.30476885816",
        "urn:schac:personalUniqueCode:int:esi:ladok.se",
        "urn:schac:personalUniqueCode:int:esi:ladok:1",
        "urn:schac:personalUniqueCode:se:ladok.se:1",
        "19700092-239" + luhn_digit("700092239"),
        "19701361-239" + luhn_digit("701361239"),
        "901-1052308T",
        "811218 98 76 1",
    ],
)
def test_numbers_that_cannot_exist_are_not_recognised(typed: str) -> None:
    assert recognise(typed, today=TODAY) is None


def test_the_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(RuleBroken) as refused:
        check("personnummer", "811218-9875")
    assert "9875" not in str(refused.value)


def test_masks_keep_the_birth_date_and_hide_the_rest() -> None:
    assert masked("personnummer", "200103121234") == "20010312-••••"
    assert masked("hetu", "131052-308T") == "131052-••••"
    assert masked("registry_id", "s1234567") == "••••••67"
    assert masked("esi", "urn:schac:personalUniqueCode:int:esi:ladok.se:externtstudentuid-857c0573-aa") == "••••••aa"
    assert masked("other", "123") == "••••••"
    assert shown("personnummer", "198112189876") == "19811218-9876"


def test_a_secret_number_prints_masked_and_survives_pickling() -> None:
    secret = SecretNumber("hetu", "131052-308T")
    assert "308T" not in f"{secret} {secret!r} {[secret]}"
    assert pickle.loads(pickle.dumps(secret)) == secret
    assert secret.plain == "131052-308T"


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_every_swedish_day_and_serial_round_trips(day: date, serial: int) -> None:
    nine = f"{day:%y%m%d}{serial:03}"
    whole = f"{day.year}{nine[2:]}{luhn_digit(nine)}"
    assert recognise(whole) == ("personnummer", whole)
    assert birth_date("personnummer", whole) == day
    if (TODAY - day).days < 36_500:
        assert recognise(f"{whole[2:8]}-{whole[8:]}", today=TODAY) == ("personnummer", whole)


@settings(deadline=None)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.integers(2, 999))
def test_every_finnish_day_and_serial_round_trips(day: date, serial: int) -> None:
    digits = f"{day:%d%m%y}{serial:03}"
    for sign in "-YXWVU" if day.year < 2000 else "ABCDEF":
        number = f"{digits[:6]}{sign}{digits[6:]}{hetu_sign(digits)}"
        assert recognise(number, country="FI") == ("hetu", number)
        assert check("hetu", number) == number
        assert birth_date("hetu", number) == day


@settings(deadline=None)
@given(st.one_of(st.text(), st.text("0123456789-+TA. ", max_size=14)), st.sampled_from([*KINDS, "unknown"]))
def test_any_text_has_a_form_or_is_refused(text: str, kind: str) -> None:
    masked(kind, text)
    birth_date("personnummer", "197010632391")
    try:
        form = check(kind, text, today=TODAY)
    except RuleBroken:
        return
    assert check(kind, form, today=TODAY) == form
