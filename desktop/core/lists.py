"""What a list shows, as data: its query, its row type and its columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import Select

from db.texts import Msgid

if TYPE_CHECKING:
    from desktop.core.texts import Texts

F = TypeVar("F")  # the filter of a list, a frozen dataclass
R = TypeVar("R")  # the row of a list, a frozen dataclass or named tuple of plain values with at least `id`


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: its heading, what a row shows there, and the sort expression of the query behind it.

    `show` gives text, or a tuple of texts drawn as small labels ("tags"). `sort` is the name of a column of the query
    that is never NULL; an empty one means the column cannot be sorted by.
    """

    title: Msgid
    show: Callable[[R, Texts], str | tuple[str, ...]]
    sort: str = ""
    width: int = 160  # pixels at 100 % text size
    tone: Callable[[R], str] | None = None  # "", "dim", "warn", "bad" or "ok": how the cell is drawn besides its words
    strong: bool = False
    key: str = ""  # by which a saved choice of columns names it
    extra: bool = False  # shown only once somebody chooses it
    needs: str = ""  # the field of the row that the query reads only if it is asked for


@dataclass(frozen=True, slots=True)
class ListSpec(Generic[F, R]):
    """A list: `query(filter)` selects the fields of `row` and the sort expressions, unordered and unlimited.

    `tally` names a field of which each value's rows are counted in the same look as all of them.
    """

    query: Callable[[F], Select[Any]]
    row: type[R]
    columns: tuple[Column[R], ...]
    start: int = 0  # the column sorted by at first
    start_down: bool = False
    areas: tuple[str, ...] = ()  # names of the tables whose change makes the list stale
    tally: str = ""
