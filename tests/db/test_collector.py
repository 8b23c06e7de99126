"""The garbage collector stays away from what is made in bulk, while it is made and afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pickle import dumps, loads
from weakref import ref

import pytest

from db.collector import MANY, Long, collector_paused, let_go


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_was_made_in_bulk_is_not_looked_through_afterwards() -> None:
    with collector_paused():
        assert not gc.isenabled()
        made = [[number] for number in range(MANY * 2)]
    assert gc.isenabled()
    assert not any(found is made[-1] for found in gc.get_objects())


def test_a_pause_in_which_little_was_made_leaves_the_collector_its_work() -> None:
    gc.collect()
    with collector_paused():
        made = [[number] for number in range(100)]
    assert any(found is made[-1] for found in gc.get_objects())


def test_a_pause_within_a_pause_ends_with_the_outer_one() -> None:
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_is_let_go_is_emptied() -> None:
    by_name, numbers, rows = {"one": 1}, {4, 5}, [[1], [2]]
    let_go(by_name, numbers, rows, None)
    assert (by_name, numbers, rows) == ({}, set(), [])


def test_a_long_list_travels_as_a_list_and_lets_all_of_it_go() -> None:
    class Held:
        pass

    held = Held()
    gone = ref(held)
    kept = Long([held, held])
    assert kept == [held, held] and type(loads(dumps(Long("abc")))) is Long and loads(dumps(Long("abc"))) == ["a", "b", "c"]
    del held, kept
    assert gone() is None
