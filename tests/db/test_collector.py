"""The garbage collector stays away from what is made in bulk, while it is made and afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import dataclass
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


def test_what_is_let_go_is_emptied_whatever_holds_it() -> None:
    @dataclass(slots=True)
    class Slotted:
        lists: list[list[int]]
        by_name: dict[str, int]

    class Plain:
        def __init__(self) -> None:
            self.numbers, self.name = {4, 5}, "letters"

    slotted, plain = Slotted([[1], [2]], {"one": 1}), Plain()
    let_go(slotted)
    let_go(plain)
    assert slotted == Slotted([], {}) and plain.numbers == set() and plain.name == "letters"


def test_a_long_list_travels_as_a_list_and_lets_all_of_it_go() -> None:
    class Held:
        pass

    held = Held()
    gone = ref(held)
    kept = Long([held, held])
    assert kept == [held, held] and type(loads(dumps(Long("abc")))) is Long and loads(dumps(Long("abc"))) == ["a", "b", "c"]
    del held, kept
    assert gone() is None
