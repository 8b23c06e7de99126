"""Which records are taken for one person and which are not: names, birth dates and homes as offices write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.texts import Texts
from desktop.people.duplicates.names import compare_names, names_of, one_edit_apart, sounds
from desktop.people.duplicates.reading import address_of
from desktop.people.duplicates.rules import SUSPECTED, WEIGHTS, WORDS, reasons_in_words
from desktop.people.duplicates.scoring import Portrait, compare, compare_birth

HOME = frozenset({address_of("Testgatan 4", "351 95", "Växjö")})


def portrait(
    given: str, family: str, born: str = "", *reach: str, home: bool = False, called: str = "", former: str = ""
) -> Portrait:
    return Portrait(None, names_of(given, family, called, former), born, frozenset(reach), HOME if home else frozenset())


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        (("Anna", "Andersson"), ("ANNA", "andersson"), "name_same"),
        (("Anna", "Andersson"), ("Anna Maria", "Andersson"), "name_same"),
        (("Anna-Karin", "Berg"), ("Annakarin", "Berg"), "name_same"),
        (("Åsa", "Sjöström"), ("Asa", "Sjostrom"), "name_same"),
        (("Åsa", "Sjöström"), ("Aasa", "Sjoestroem"), "name_sounds"),
        (("Wäinö", "Wirtanen"), ("Väinö", "Virtanen"), "name_sounds"),
        (("Karl", "Carlsson"), ("Carl", "Karlson"), "name_sounds"),
        (("Carl", "von Essen"), ("Carl", "Essen"), "name_same"),
        (("Andersson", "Anna"), ("Anna", "Andersson"), "name_swapped"),
        (("Li", "Chen"), ("Chen", "Li"), "name_swapped"),
        (("Kalle", "Åberg"), ("Karl", "Åberg"), "name_short"),
        (("Jussi", "Mäkinen"), ("Juhani", "Mäkinen"), "name_short"),
        (("Bob", "Smith"), ("Robert", "Smith"), "name_short"),
        (("Anna", "Berg-Lund"), ("Anna", "Lund"), "name_part"),
        (("Anna", "Holmquist"), ("Anna", "Holmqvist"), "name_slip"),
        (("Bengt Erik", "Berg"), ("Erik", "Berg"), "name_called"),
        (("A.", "Berg"), ("Anna", "Berg"), "name_initial"),
        (("Kalle", "Holmquist"), ("Karl", "Holmqvist"), "name_near"),
        (("Anna", "Berg"), ("Anna", "Lind"), "name_given"),
        (("Hanna", "Berg"), ("Anna", "Berg"), "name_family"),
        (("Maja", "Berg"), ("Kaja", "Berg"), "name_family"),
        (("Anna", "Berg"), ("Anna", "Åberg"), "name_given"),
        (("Anna", "Berg"), ("Bo", "Lind"), "name_other"),
        (("Madonna", ""), ("Madonna", "Ciccone"), "name_given"),
    ],
)
def test_names_are_compared_as_people_write_them(one: tuple[str, str], other: tuple[str, str], code: str) -> None:
    assert compare_names(names_of(*one), names_of(*other)) == code
    assert compare_names(names_of(*other), names_of(*one)) == code


def test_a_former_and_a_preferred_name_count() -> None:
    married = names_of("Anna", "Berg", former="Lind")
    assert compare_names(married, names_of("Anna", "Lind")) == "name_former"
    assert compare_names(names_of("Bengt", "Berg", called="Erik"), names_of("Erik", "Berg")) == "name_same"


@pytest.mark.parametrize(
    ("one", "other", "code"),
    [
        ("1990-05-04", "1990-05-04", "born_same"),
        ("1990-05-04", "1990-04-05", "born_turned"),
        ("1990-05-04", "1980-05-04", "born_slip"),
        ("1990-05-04", "1990-05-14", "born_slip"),
        ("1990-05-14", "1990-05-12", "born_slip"),
        ("1989-05-14", "1998-05-14", "born_slip"),
        ("1990-05-04", "1990-01-01", "born_year"),
        ("1990-05-04", "1991-06-07", "born_other"),
        ("1990-05-04", "1961-06-07", "born_apart"),
    ],
)
def test_birth_dates_are_compared_with_the_slips_of_hands(one: str, other: str, code: str) -> None:
    assert compare_birth(one, other) == compare_birth(other, one) == code


@pytest.mark.parametrize(
    ("why", "one", "other"),
    [
        ("name and birth date", portrait("Anna", "Berg", "1990-05-04"), portrait("Anna", "Berg", "1990-05-04")),
        ("nickname and phone", portrait("Kalle", "Berg", "", "+46701740605"), portrait("Karl", "Berg", "", "+46701740605")),
        ("slip in birth date, same e-mail", portrait("Anna", "Berg", "1990-05-04", "a@x"), portrait("Anna", "Berg", "1990-05-05", "a@x")),
        ("married, same birth date and e-mail", portrait("Anna", "Berg", "1990-05-04", "a@x"), portrait("Anna", "Ek", "1990-05-04", "a@x")),
        ("swapped, same home", portrait("Berg", "Anna", home=True), portrait("Anna", "Berg", home=True)),
        ("wrong date, same e-mail and phone", portrait("Anna", "Berg", "1990-05-04", "a@x", "+467"), portrait("Anna", "Berg", "1987-02-11", "a@x", "+467")),
    ],
)  # fmt: skip
def test_one_person_written_twice_is_suspected(why: str, one: Portrait, other: Portrait) -> None:
    assert compare(one, other).score >= SUSPECTED, why
    assert compare(one, other) == compare(other, one)


@pytest.mark.parametrize(
    ("why", "one", "other"),
    [
        ("same name only", portrait("Anna", "Berg"), portrait("Anna", "Berg")),
        ("same name, other birth date", portrait("Anna", "Berg", "1990-05-04"), portrait("Anna", "Berg", "1987-02-11")),
        ("a couple", portrait("Anna", "Berg", "1960-05-04", "+467", home=True), portrait("Bo", "Berg", "1961-02-01", "+467", home=True)),
        ("twins with a family's e-mail", portrait("Eva", "Ek", "1990-05-04", "a@x", "+467", home=True), portrait("Åke", "Ek", "1990-05-04", "a@x", "+467", home=True)),
        ("father and son", portrait("Jan", "Ek", "1960-05-04", "+467", home=True), portrait("Jan", "Ek", "1990-03-11", "+467", home=True)),
        ("who shares a switchboard", portrait("Anna", "Berg", "", "+468"), portrait("Anna", "Lind", "", "+468")),
    ],
)  # fmt: skip
def test_people_who_are_only_alike_are_left_alone(why: str, one: Portrait, other: Portrait) -> None:
    assert compare(one, other).score < SUSPECTED, why


def test_numbers_decide() -> None:
    one = portrait("Anna", "Berg", "1990-05-04", "a@x", "+467", home=True)
    mine, theirs = frozenset({("personnummer", "199005042380")}), frozenset({("personnummer", "199005042398")})
    assert compare(one._replace(only=mine), one._replace(only=theirs)).score < SUSPECTED
    same = frozenset({"interim ladok 19900504T123"})
    assert (
        compare(portrait("Anna", "Berg")._replace(numbers=same), portrait("Anna", "Lind")._replace(numbers=same)).score
        > SUSPECTED
    )


def test_an_address_counts_only_in_its_own_town() -> None:
    there = frozenset({address_of("Testgatan 4", "", "Umeå")})
    assert "address_same" in compare(portrait("A", "B", home=True), portrait("A", "B", home=True)).reasons
    assert "address_same" not in compare(portrait("A", "B", home=True), portrait("A", "B")._replace(addresses=there)).reasons


def test_every_reason_has_words_and_a_weight() -> None:
    assert WEIGHTS.keys() == WORDS.keys()
    said = reasons_in_words(["born_other", "name_same", "unknown"], Texts("en"))
    assert said == ["Same name", "Other birth dates"]


@settings(deadline=None)
@given(st.text("aåbcks ", max_size=8), st.text("aåbcks ", max_size=8))
def test_comparing_takes_no_side(one: str, other: str) -> None:
    assert one_edit_apart(one, other) == one_edit_apart(other, one)
    a, b = portrait(one, other), portrait(other, one)
    assert compare(a, b) == compare(b, a)
    assert sounds(sounds(one)) == sounds(one)
