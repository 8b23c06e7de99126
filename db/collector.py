"""Holds Python's garbage collector back while much is made that is kept."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")
MANY = 5_000  # objects; looking through them takes some milliseconds, and the lists that come by portions are many times as long


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do not look for garbage meanwhile: it would take a third of a bulk insert's time, and stop the window's thread too.

    What was made, if it was much, is not looked through afterwards either: the first look would take it all at once.
    It still goes when nobody holds it any more; only what holds itself stays.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_count()[0] > MANY:
                gc.freeze()
            gc.enable()


def let_go(*containers: dict[Any, Any] | list[Any] | set[Any] | None) -> None:
    """Empty these piece by piece.

    Thrown away as a whole, a hundred thousand objects keep Python to themselves until the last has gone, and the window
    stands still in whichever thread that happens.
    """
    for container in containers:
        if isinstance(container, dict):
            while container:
                container.popitem()
        elif container is not None:
            while container:
                container.pop()


class Long(list[T]):
    """A list of very many things, which goes piece by piece once nobody holds it any more."""

    __slots__ = ()

    def __del__(self) -> None:
        while self:
            self.pop()


def keep_what_is_there() -> None:
    """Look for garbage from now on, but never among what exists now: a look through all code and pages stops the window."""
    gc.freeze()
    gc.enable()
