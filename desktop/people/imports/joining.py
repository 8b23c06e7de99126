"""Joins what several cells of a row say of one thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.people.imports.columns import REPEATED, KnownColumn, slot

_ADDRESSES = {"home": 0, "private": 0, "work": 2, "other": 3}  # which of several addresses is taken: the first of the least


def joined_columns(known: Sequence[KnownColumn]) -> tuple[tuple[tuple[int, ...], ...], list[KnownColumn]]:
    """The places of columns that make one value together, and the columns with the first of each such group alone."""
    groups: dict[tuple[str, str] | int, list[KnownColumn]] = {}
    for column in known:
        groups.setdefault(column.index if column.field in REPEATED else slot(column), []).append(column)
    joins = tuple(tuple(column.index for column in group) for group in groups.values() if len(group) > 1)
    return joins, [group[0] for group in groups.values()]


def with_joins(cells: tuple[str, ...], joins: tuple[tuple[int, ...], ...]) -> tuple[str, ...]:
    """The row with the text of several cells in the place of the first."""
    joined = [*cells]
    for places in joins:
        joined[places[0]] = " ".join(filter(None, (cells[place] for place in places)))
    return tuple(joined)


def settle(values: dict[str, Any]) -> None:
    """Join what several cells say of one thing: names in the middle, where somebody works, one address of several."""
    aside = values.pop("aside")
    if middle := aside.get("middle"):
        values["given"] = _joined(values.get("given", ""), middle)
    work = ", ".join(filter(None, (aside.get("title"), aside.get("unit"), aside.get("organisation"))))
    facts = " · ".join(aside.get("facts", ()))
    if work or facts:
        values["note"] = "\n".join(filter(None, (work, facts, values.get("note", ""))))
    places = aside.get("places", {})
    for label in sorted(places, key=lambda label: _ADDRESSES.get(label, 1)):
        if "street" in places[label] or "city" in places[label]:
            values.update(places[label])
            break


def _joined(given: str, middle: str) -> str:
    """Given names with those in the middle; some programs repeat the latter in both."""
    return given if given.endswith(middle) else f"{given} {middle}".strip()
