"""What the worker process tells arrives as it was sent, however long it is."""

from __future__ import annotations

import pickle

import pytest

from db.collector import Long
from desktop.core.portions import LONG, Gathered, portions


@pytest.mark.parametrize("length", [0, 1, LONG, LONG + 1, 3 * LONG])
def test_a_list_of_any_length_arrives_whole_and_as_what_it_was(length: int) -> None:
    sent = ("done", {"rows": Long(range(length)), "name": "a.csv"})
    gathered = Gathered()
    *before, last = [gathered.take(portion) for portion in portions(sent)]
    assert last == sent and last is not None and type(last[1]["rows"]) is Long
    assert not any(before)


def test_no_portion_holds_more_than_its_share() -> None:
    sent = ("done", [list(range(LONG * 2)), list(range(10))], tuple(range(5)))
    sizes = [len(portion) for portion in portions(sent)]
    assert len(sizes) > 2 and max(sizes) < len(pickle.dumps(sent)) * 0.6


def test_a_list_that_stands_in_two_places_is_one_list_again() -> None:
    twice = list(range(LONG * 2))
    gathered = Gathered()
    found = [gathered.take(portion) for portion in portions(("done", twice, twice))][-1]
    assert found is not None and found[1] is found[2]
