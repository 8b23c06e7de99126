"""The garbage collector stays away from what is made in bulk, while it is made and afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from db.collector import MANY, collector_paused


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
