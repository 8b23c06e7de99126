"""The lines of a timeline read a portion at a time: the newest first, earlier ones when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from desktop.widgets.timeline import TimelineEntry, TimelineView


class Identified(Protocol):
    """A line that is known by its id."""

    @property
    def id(self) -> UUID: ...


L = TypeVar("L", bound=Identified)
Done = Callable[[list[L]], None]


class Portions(Generic[L]):
    """Fills a view.

    Args:
        entry: How a line is drawn; the entry has the line's id.
        read: Reads in the background what came before a line, or the newest, and hands it to what it is given.
        size: Lines of a portion; fewer are the last.
    """

    def __init__(
        self, view: TimelineView, entry: Callable[[L], TimelineEntry], read: Callable[[L | None, Done[L]], None], size: int
    ) -> None:
        self._view, self._entry, self._read, self._size = view, entry, read, size
        self.lines: dict[UUID, L] = {}
        view.earlier_wanted.connect(self._earlier)

    def look(self) -> None:
        """Read the newest lines."""
        self._read(None, self.show)

    def show(self, lines: list[L]) -> None:
        """Show these, the newest, instead."""
        self.lines = {line.id: line for line in lines}
        self._view.set(map(self._entry, lines), more=len(lines) == self._size)

    def _add(self, lines: list[L]) -> None:
        self.lines |= {line.id: line for line in lines}
        self._view.add_earlier([self._entry(line) for line in lines], more=len(lines) == self._size)

    def _earlier(self, last: TimelineEntry | None) -> None:
        if last is not None:
            self._read(self.lines[last.id], self._add)
