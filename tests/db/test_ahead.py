"""What is got ready ahead comes in order, is never done beside the asking for the next, and ends with whoever wanted it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial

import pytest

from db.ahead import TURN, ahead


def test_the_next_is_made_while_the_caller_has_the_last() -> None:
    begun = [threading.Event() for _step in range(4)]

    def step(number: int) -> int:
        begun[number].set()
        return number

    for made in ahead(partial(step, number) for number in range(4)):
        assert made == 3 or begun[made + 1].wait(10)


def test_steps_are_asked_for_in_the_callers_thread_while_none_is_done() -> None:
    at_work, asked_in, done_in = threading.Lock(), set[int](), []

    def step(number: int) -> int:
        with at_work:
            done_in.append(threading.get_ident())
            return number

    def steps() -> Iterator[Callable[[], int]]:
        for number in range(20):
            assert not at_work.locked()
            asked_in.add(threading.get_ident())
            yield partial(step, number)

    assert list(ahead(steps())) == list(range(20))
    here = threading.get_ident()
    assert asked_in == {here}
    assert done_in[0] == here
    assert here not in done_in[1:]


@pytest.mark.parametrize("steps", [0, 1])
def test_no_thread_is_made_for_one_step(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", lambda _thread: pytest.fail("a thread for one step"))
    assert list(ahead([lambda: "made"] * steps)) == ["made"] * steps


def test_an_error_comes_where_the_step_was_wanted_and_turns_are_as_long_as_before() -> None:
    usual, seen = sys.getswitchinterval(), []
    coming = ahead([lambda: 1, lambda: 2, lambda: 1 // 0, lambda: 4])
    with pytest.raises(ZeroDivisionError):
        seen.extend((made, sys.getswitchinterval()) for made in coming)
    assert [made for made, _turn in seen] == [1, 2]
    assert [turn for _made, turn in seen] == pytest.approx([TURN, TURN], abs=1e-6)
    assert sys.getswitchinterval() == usual


def test_whoever_stops_waits_for_the_step_under_way_and_no_other_is_begun() -> None:
    usual, begun, done = sys.getswitchinterval(), threading.Event(), []

    def slow() -> None:
        begun.set()
        threading.Event().wait(0.05)
        done.append("slow")

    with closing(ahead([lambda: None, slow, lambda: done.append("next")])) as coming:
        next(coming)
        assert begun.wait(10)
    assert done == ["slow"]
    assert sys.getswitchinterval() == usual
