"""Finds the headings of a list, below title rows and empty ones, in one row or in two, or that it has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from desktop.people.formats.table import MAX_HEADING, Row, placed_headings
from desktop.people.imports.columns import GROUPED, field_of, label_of, recognise_columns
from desktop.people.imports.contents import speaks_of_a_person
from desktop.people.imports.mapping.mapping import Headings

LOOKED_AT = 30  # rows with text in which headings are looked for
_WIDTH = 200  # cells of a row that are looked at
_NAMES = frozenset(("given", "family", "full_name"))

Cells = tuple[str, ...]


class Header(NamedTuple):
    """Where the headings stand; places count the rows with text, from 0."""

    cells: Cells
    below: int  # the first row below
    above: int  # how many rows are above
    lines: tuple[int, ...]


def is_heading(cells: Cells, *, is_first: bool) -> bool:
    """Whether a row looks like the headings of a list of people; below other rows it must name more than the names."""
    known = recognise_columns(_short(cells)).known
    return any(column.field in _NAMES for column in known) and (is_first or len(known) > 1)


def heading_place(rows: Sequence[Cells]) -> int:
    """Which row holds the headings; -1 when none looks like it."""
    return next((place for place, cells in enumerate(rows[:LOOKED_AT]) if is_heading(cells, is_first=place == 0)), -1)


def find_header(rows: Sequence[Row], headings: Headings, width: int) -> Header:
    """Find the headings among rows of which there is at least one; where none are known, the first row must do.

    It does not where it tells of a person, or `headings` says that there are none and it does not look like any: then the
    columns, `width` of them, go by their places. A list that was written back with places for headings has them there.
    """
    place, first = heading_place([cells for _line, cells in rows[:LOOKED_AT]]), rows[0][1]
    told = first[:1] == placed_headings(1) or is_heading(first, is_first=False)
    if not told and (headings == "none" or (not headings and place < 0 and speaks_of_a_person(first))):
        return Header(placed_headings(width), 0, 0, ())
    place = max(place, 0)
    line, cells = rows[place]
    if place + 1 < len(rows) and rows[place + 1][0] == line + 1 and _is_second(rows[place + 1][1]):
        lower = rows[place + 1][1]
        return Header(_joined(cells, lower), place + 2, place, (line, line + 1))
    if place and rows[place - 1][0] == line - 1 and _is_group(rows[place - 1][1]):
        joined = _joined(rows[place - 1][1], cells)
        if joined != cells:
            return Header(joined, place + 1, place - 1, (line - 1, line))
    return Header(cells, place + 1, place, (line,))


def _short(cells: Cells) -> Cells:
    return tuple(cell if len(cell) <= MAX_HEADING else "" for cell in cells[:_WIDTH])


def _is_second(cells: Cells) -> bool:
    """Whether the row below headings holds more of them: at least two, and few other texts."""
    texts = [cell for cell in _short(cells) if cell]
    known = sum(1 for text in texts if field_of(text))
    return known > 1 and known * 2 >= len(texts)


def _is_group(cells: Cells) -> bool:
    """Whether the row above headings may name groups of them; a title stands alone."""
    return sum(map(bool, cells)) > 1 and all(len(cell) <= MAX_HEADING for cell in cells)


def _joined(groups: Cells, headings: Cells) -> Cells:
    """Each heading, with the name of its group before it where that tells more; a cell over several stands in the first."""
    width = max(len(groups), len(headings))
    groups += ("",) * (width - len(groups))
    headings += ("",) * (width - len(headings))
    joined, group = [], ""
    for above, below in zip(groups, headings, strict=True):
        group = above or (group if below else "")
        if not below:
            joined.append(above)
        elif group and group != below and (headings.count(below) > 1 or label_of(group)):
            joined.append(f"{group}{GROUPED}{below}")
        else:
            joined.append(below)
    return tuple(joined)
