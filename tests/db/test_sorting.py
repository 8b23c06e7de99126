"""Lists stand in the alphabet of Swedish and Finnish; forgiving search compares letters without marks."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.sorting import fold, name_key, sort_key

ORDER = ["", "1", "9", "Abel", "abel b", "Abela", "Ek", "Zetterberg", "Åberg", "Åslund", "Ärlig", "Öberg", "Öz", "Яковлев"]
LETTERS = "abcdefghijklmnopqrstuvwxyzåäö"


def test_names_stand_in_the_order_of_the_alphabet() -> None:
    shuffled = random.Random(7).sample(ORDER, len(ORDER))
    assert sorted(shuffled, key=sort_key) == ORDER


@given(st.text(LETTERS, max_size=8), st.text(LETTERS, max_size=8))
def test_the_order_is_that_of_the_letters_places(one: str, other: str) -> None:
    places = [[LETTERS.index(letter) for letter in word] for word in (one, other)]
    assert (sort_key(one) < sort_key(other)) == (places[0] < places[1])


@given(st.text())
def test_case_and_composition_do_not_matter(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Myller"),
        ("Sørensen", "Sörensen"),
        ("Læssøe", "Lässöe"),
        ("Renée", "Renee"),
        ("ÅBERG", "åberg"),
        ("Łukasz", "Lukasz"),
    ],
)
def test_foreign_letters_stand_with_their_swedish_neighbours(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


def test_the_family_name_comes_before_the_given_name() -> None:
    pairs = [("Berg", "Öla"), ("Bergman", "Adam"), ("Berg", "Adam"), ("Berg Ek", "Adam")]
    assert sorted(pairs, key=lambda pair: name_key(*pair)) == [
        ("Berg", "Adam"), ("Berg", "Öla"), ("Berg Ek", "Adam"), ("Bergman", "Adam"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Åberg", "aberg"),
        ("Ærø", "aero"),
        ("Groß", "gross"),
        ("Łódź", "lodz"),
        ("Þór", "thor"),
        ("ÉLODIE", "elodie"),
        ("ﬁ", "fi"),
    ],
)
def test_folding_leaves_plain_letters(text: str, folded: str) -> None:
    assert fold(text) == folded
