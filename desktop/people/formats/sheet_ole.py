"""Opens the container of the Office files until 2003, and gives the streams in it by name ([MS-CFB]).

Written anew because the library for XLS follows a chain of sectors that leads back into itself without end.
"""

from __future__ import annotations

import struct
from functools import cached_property

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.sheet_archive import SAVE_AGAIN

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128  # bytes of one line of the directory
_STREAM, _ROOT = 2, 5  # kinds of such lines
_LISTED = 109  # sectors of the table that the header names itself


class Container:
    """The streams of a file by name, small letters and capitals alike.

    Raises:
        RuleBroken: at any step, when the file does not hold together.
    """

    def __init__(self, content: bytes, name: str) -> None:
        self._content, self._name = content, name
        if len(content) < _HEADER:
            raise self.damaged()
        shift, small_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise self.damaged()
        self._size, self._small = 1 << shift, 1 << small_shift
        self._sectors = (len(content) - _HEADER + self._size - 1) // self._size
        self._next = self._table()
        self._streams = self._directory()

    def __contains__(self, stream: str) -> bool:
        return stream.lower() in self._streams

    def damaged(self) -> RuleBroken:
        """The refusal of a file in which something does not hold together."""
        return RuleBroken(_("The file {name} is damaged and cannot be read."), SAVE_AGAIN, name=self._name)

    def read(self, stream: str) -> bytes:
        """All of a stream."""
        kind, start, size = self._streams[stream.lower()]
        if kind != _STREAM or size > len(self._content):
            raise self.damaged()
        if size >= struct.unpack_from("<L", self._content, 56)[0]:
            found = self._chain(start)
        else:
            found = self._small_chain(start)
        if len(found) < size:
            raise self.damaged()
        return found[:size]

    def _sector(self, number: int) -> bytes:
        place = _HEADER + number * self._size if self._size == _HEADER else (number + 1) * self._size
        return self._content[place : place + self._size]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        content = self._sector(sector)
        return struct.unpack(f"<{len(content) // 4}L", content[: len(content) // 4 * 4])

    def _table(self) -> list[int]:
        """Which sector follows which, as the sectors of the table say that the header and its own chain name."""
        parts = [n for n in struct.unpack_from(f"<{_LISTED}L", self._content, 76) if n < self._sectors]
        more, seen = struct.unpack_from("<L", self._content, 68)[0], set[int]()
        while more < self._sectors and more not in seen:
            seen.add(more)
            *listed, more = self._numbers(more) or (self._sectors,)
            parts += [n for n in listed if n < self._sectors]
        if len(parts) > self._sectors:
            raise self.damaged()
        return [number for part in parts for number in self._numbers(part)]

    def _follow(self, start: int, following: list[int] | tuple[int, ...]) -> list[int]:
        """The numbers of a chain; one that comes twice ends no chain."""
        found, number, seen = [], start, set[int]()
        while number < len(following):
            if number in seen:
                raise self.damaged()
            seen.add(number)
            found.append(number)
            number = following[number]
        return found

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, self._follow(start, self._next)))

    @cached_property
    def _small_sectors(self) -> tuple[tuple[int, ...], bytes]:
        """Which of the small sectors follows which, and all of them."""
        table = self._chain(struct.unpack_from("<L", self._content, 60)[0])
        root = next((start for kind, start, _size in self._streams.values() if kind == _ROOT), self._sectors)
        return struct.unpack(f"<{len(table) // 4}L", table[: len(table) // 4 * 4]), self._chain(root)

    def _small_chain(self, start: int) -> bytes:
        following, all_of_them = self._small_sectors
        places = (number * self._small for number in self._follow(start, following))
        return b"".join(all_of_them[place : place + self._small] for place in places)

    def _directory(self) -> dict[str, tuple[int, int, int]]:
        """Kind, first sector and size of each stream."""
        content = self._chain(struct.unpack_from("<L", self._content, 48)[0])
        found: dict[str, tuple[int, int, int]] = {}
        for place in range(0, len(content) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", content, place + 64)
            if kind and 2 <= length <= 64:
                name = content[place : place + length - 2].decode("utf-16-le", "replace").lower()
                start, size = struct.unpack_from("<LL", content, place + 116)
                found.setdefault(name, (kind, start, size))
        return found
