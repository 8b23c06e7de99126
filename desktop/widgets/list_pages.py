"""The pages of a long list that are held, and those on their way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar
from uuid import UUID

from desktop.widgets.list_reading import PAGE, Anchor

KEPT = 64  # pages held; the one longest unseen goes first
AHEAD = 64  # so near the end of a page, the next one is fetched

R = TypeVar("R")


class ListPages(Generic[R]):
    """Rows by page number. A row whose page is not there is asked for, and stands empty until `fill` brings it.

    `anchors` says where each page begins. `read` is called with one page at a time, these pages, and where it begins; whoever
    reads it answers with `fill` or `lose`. Pages that a later list replaced are let go of with their answers.
    """

    def __init__(self, held: dict[int, list[R]], read: Callable[[ListPages[R], int, Anchor], None]) -> None:
        self.anchors: list[Anchor] = []
        self._held, self._read = held, read
        self._wanted, self._lost = list[int](), set[int]()
        self._reading = False

    def row_at(self, row: int) -> R | None:
        """The row, or None while its page is on the way or when it was removed since the count."""
        number, offset = divmod(row, PAGE)
        page = self._held.get(number)
        if page is None:
            self._want(number)
            return None
        if len(self._held) > 1 and next(reversed(self._held)) != number:
            self._held[number] = self._held.pop(number)
        if offset >= PAGE - AHEAD and number + 1 < len(self.anchors) and number + 1 not in self._held:
            self._want(number + 1)
        return page[offset] if offset < len(page) else None

    def put(self, row: int, value: R) -> bool:
        """Let this stand in the row's place; False if it does already."""
        page, place = self._held[row // PAGE], row % PAGE
        moved = page[place] != value
        page[place] = value
        return moved

    def row_of(self, id: UUID) -> int | None:
        """Where that record stands among the pages held."""
        return next((row for row, one in self._numbered(self._held) if one.id == id), None)  # type: ignore[attr-defined]

    def ids_around(self, top: int, bottom: int) -> dict[UUID, int]:
        """The records of the pages from that of one row to that of another, each with its row."""
        return {one.id: row for row, one in self._numbered(range(top // PAGE, bottom // PAGE + 1))}  # type: ignore[attr-defined]

    def fill(self, number: int, rows: list[R]) -> None:
        """The page is there; the one wanted last is read next."""
        self._held[number] = rows
        if len(self._held) > KEPT:
            del self._held[next(iter(self._held))]
        self._read_next()

    def lose(self, number: int) -> None:
        """The page could not be read; it is not tried again in this list."""
        self._lost.add(number)
        self._read_next()

    def _numbered(self, numbers: range | dict[int, list[R]]) -> Iterator[tuple[int, R]]:
        return ((number * PAGE + offset, row) for number in numbers for offset, row in enumerate(self._held.get(number, [])))

    def _want(self, number: int) -> None:
        """Newest first, and only the last three: a drag past a thousand pages reads a handful."""
        if number in self._lost or number >= len(self.anchors):
            return
        self._wanted = [*[other for other in self._wanted if other != number][-2:], number]
        if not self._reading:
            self._read_next()

    def _read_next(self) -> None:
        self._wanted = [number for number in self._wanted if number not in self._held]
        self._reading = bool(self._wanted)
        if self._reading:
            number = self._wanted.pop()
            self._read(self, number, self.anchors[number])
