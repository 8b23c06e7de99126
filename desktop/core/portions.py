"""Carries what one process tells another in portions: unpacked in one go, a long list keeps Python to itself for a while."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from io import BytesIO
from typing import Any

LONG = 2000  # items of a list that travel together


def portions(message: tuple[Any, ...]) -> Iterator[bytes]:
    """A message that begins with its kind as several to send: its long lists in slices, then the rest.

    What two slices share arrives as two equal things.
    """
    rest = BytesIO()
    packer = _Packer(rest)
    packer.dump(message)
    for number, long in enumerate(packer.long):
        yield pickle.dumps(("list", number, type(long)))
        for start in range(0, len(long), LONG):
            yield pickle.dumps(("items", number, long[start : start + LONG]))
    yield rest.getvalue()


class Gathered:
    """Puts a message together again from its portions."""

    def __init__(self) -> None:
        self._long: dict[int, list[Any]] = {}

    def take(self, packed: bytes) -> tuple[Any, ...] | None:
        """The whole message once its last portion came, until then None."""
        unpacker = _Unpacker(BytesIO(packed))
        unpacker.long = self._long
        message: tuple[Any, ...] = unpacker.load()
        if message[0] == "list":
            self._long[message[1]] = message[2]()
        elif message[0] == "items":
            self._long[message[1]] += message[2]
        else:
            return message
        return None


class _Packer(pickle.Pickler):
    """Leaves long lists out and keeps them; what is inside of them it does not look at."""

    def __init__(self, file: BytesIO) -> None:
        super().__init__(file)
        self.long: list[list[Any]] = []
        self._numbers: dict[int, int] = {}

    def persistent_id(self, thing: Any) -> int | None:
        if not isinstance(thing, list) or len(thing) <= LONG:
            return None
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self.long)
            self.long.append(thing)
        return self._numbers[id(thing)]


class _Unpacker(pickle.Unpickler):
    long: dict[int, list[Any]]

    def persistent_load(self, number: Any) -> list[Any]:
        return self.long[number]
