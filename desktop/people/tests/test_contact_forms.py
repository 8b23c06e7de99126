"""Addresses and numbers typed in many ways become one."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from db.contact_forms import PhoneForms, email_form, national_display, phone_forms
from db.errors import RuleBroken


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("Maja.Provsson@Exempel.EXAMPLE ", "maja.provsson@exempel.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("<a+list@b.c.example>", "a+list@b.c.example"),
        ("a\u030asa@post.example", "åsa@post.example"),
        ("åsa@räksmörgås.example", "åsa@räksmörgås.example"),
    ],
)
def test_an_address_has_one_form(typed: str, form: str) -> None:
    assert email_form(typed) == form


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "a",
        "a@b",
        "a@@b.example",
        "a b@c.example",
        "a@b..example",
        "a@b.example;c@d.example",
        ".a@b.example",
        "a@-b.example",
        "x" * 65 + "@b.example",
        "a@" + "b" * 64 + ".example",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        email_form(typed)


@settings(deadline=None)
@given(st.text())
def test_an_address_form_is_its_own_form(text: str) -> None:
    try:
        form = email_form(text)
    except RuleBroken:
        return
    assert email_form(form) == form


@pytest.mark.parametrize(
    "typed",
    [
        "070-174 06 38",
        "0701740638",
        "+46 70 174 06 38",
        "+46 (0)70-174 06 38",
        "0046701740638",
        "(070) 174\u00a006\u00a038",
        "070/1740638",
        "070.174.06.38",
        "\u202a+46701740638\u202c",
        "+46\u201170\u2011174 06 38",
    ],
)
def test_all_ways_to_write_a_swedish_number_are_one(typed: str) -> None:
    assert phone_forms(typed, "SE") == PhoneForms("+46701740638", "0701740638", "070-174 06 38")


def test_a_number_is_read_from_the_own_country_and_shown_for_it() -> None:
    assert phone_forms("040 123 4567", "FI") == PhoneForms("+358401234567", "0401234567", "040 1234567")
    assert phone_forms("+358 40 123 4567", "SE") == PhoneForms("+358401234567", "0401234567", "+358 40 1234567")
    assert phone_forms("08-465 004 04", "SE").e164 == "+46846500404"
    assert phone_forms("+44 (0)20 7946 0018", "FI") == PhoneForms("+442079460018", "02079460018", "+44 20 7946 0018")
    assert national_display("+442079460018") == "020 7946 0018"
    assert national_display("no number") == "no number"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12",
        "112",
        "070",
        "070-ABCDEFG",
        "070-1234567 ext 5",
        "+0",
        "++46701740638",
        "0" * 40,
        "070-174 06 38, 070-174 06 39",
        "=cmd",
        "\u0660\u0661\u0662\u0663\u0664\u0665\u0666",
    ],
)
def test_what_no_phone_has_is_refused(typed: str) -> None:
    with pytest.raises(RuleBroken):
        phone_forms(typed, "SE")


@settings(deadline=None)
@given(st.text(alphabet="+0123456789 -()/.\u00a0x"), st.sampled_from(["SE", "FI"]))
def test_any_text_is_a_number_or_refused(text: str, country: str) -> None:
    try:
        forms = phone_forms(text, country)
    except RuleBroken:
        return
    assert phone_forms(forms.e164, country) == forms


def _by_library(text: str, country: str) -> PhoneForms:
    number = phonenumbers.parse(text, country)
    assert phonenumbers.is_possible_number(number)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    own = phonenumbers.country_code_for_region(country) == number.country_code
    shown = national if own else phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return PhoneForms(e164, "".join(filter(str.isdigit, national)), shown)


@settings(deadline=None)
@given(st.from_regex(r"7[02369][0-9]{7}", fullmatch=True), st.sampled_from(["+46", "0046", "+46(0)"]))
def test_the_short_way_for_swedish_mobiles_agrees_with_the_library(subscriber: str, code: str) -> None:
    for country in ("SE", "FI"):
        assert phone_forms(code + subscriber, country) == _by_library(f"+46{subscriber}", country)
    assert phone_forms(f"0{subscriber}", "SE") == _by_library(f"0{subscriber}", "SE")
    assert national_display(f"+46{subscriber}") == _by_library(f"0{subscriber}", "SE").shown


@settings(deadline=None)
@given(st.from_regex(r"(4[0-8]|50)[0-9]{6,8}", fullmatch=True), st.sampled_from(["+358", "00358", "+358 (0)"]))
def test_the_short_way_for_finnish_mobiles_agrees_with_the_library(subscriber: str, code: str) -> None:
    for country in ("SE", "FI"):
        assert phone_forms(code + subscriber, country) == _by_library(f"+358{subscriber}", country)
    assert phone_forms(f"0{subscriber}", "FI") == _by_library(f"0{subscriber}", "FI")
    assert national_display(f"+358{subscriber}") == _by_library(f"0{subscriber}", "FI").shown
