"""Finds the columns that a mapping speaks of in the header of a file, and says which of them are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from db.errors import RuleBroken
from db.texts import _
from desktop.people.formats.table import PLACED
from desktop.people.imports.columns import ColumnMap, KnownColumn, heading_key
from desktop.people.imports.mapping.mapping import ColumnChoice, Mapping


def choices_of(columns: ColumnMap, header: Sequence[str]) -> tuple[ColumnChoice, ...]:
    """What was recognised, as choices that can be changed: one for each heading, the unknown ones left out."""
    known = {column.index: column for column in columns.known}
    return tuple(
        _choice(known[place]) if place in known else ColumnChoice(heading) for place, heading in enumerate(header) if heading
    )


def columns_by(mapping: Mapping, header: Sequence[str], unnamed: Sequence[str] = ()) -> ColumnMap:
    """The columns of a file as a mapping wants them; headings it does not know are left out and listed.

    Headings alike are taken one after the other. What is missing is passed over: `missing_headings` names it.
    """
    places = _places(mapping.columns, header)
    known = [
        KnownColumn(place, choice.field, header[place], choice.issuer, choice.country, choice.label, choice.written)
        for choice, place in zip(mapping.columns, places, strict=True)
        if place is not None and choice.field
    ]
    known.sort(key=lambda column: column.index)
    used = {column.index for column in known}
    ignored = tuple(heading for place, heading in enumerate(header) if heading and place not in used)
    return ColumnMap(tuple(known), (*ignored, *unnamed))


def missing_headings(mapping: Mapping, header: Sequence[str]) -> tuple[str, ...]:
    """The headings of columns a mapping uses and the file does not have."""
    places = _places(mapping.columns, header)
    return tuple(choice.heading for choice, place in zip(mapping.columns, places, strict=True) if choice.field and place is None)


def fitted(mapping: Mapping, header: Sequence[str]) -> Mapping:
    """The mapping for this file: one choice for each of its headings, in its order; those unknown to it left out."""
    chosen = {place: choice for choice, place in zip(mapping.columns, _places(mapping.columns, header), strict=True)}
    columns = tuple(
        replace(chosen[place], heading=heading) if place in chosen else ColumnChoice(heading)
        for place, heading in enumerate(header)
        if heading
    )
    return replace(mapping, columns=columns)


def lacking(headings: Sequence[str], name: str) -> RuleBroken:
    """The refusal of a file without columns that its profile uses."""
    return RuleBroken(
        _("The file {name} lacks columns that the profile uses: {headings}."),
        _("Choose another profile, or say anew what the columns mean."),
        name=name,
        headings=", ".join(PLACED.sub(r"\1", heading) for heading in headings),
    )


def _choice(column: KnownColumn) -> ColumnChoice:
    return ColumnChoice(column.heading, column.field, column.issuer, column.country, column.label, column.written)


def _places(columns: Sequence[ColumnChoice], header: Sequence[str]) -> list[int | None]:
    """Where each column stands in the file; None where it does not."""
    free: dict[str, list[int]] = {}
    for place, heading in enumerate(header):
        free.setdefault(_key(heading), []).append(place)
    found: list[int | None] = []
    for choice in columns:
        same = free.get(_key(choice.heading), [])
        found.append(same.pop(0) if same else None)
    return found


def _key(heading: str) -> str:
    """Headings are alike whatever their case, accents and spaces; one of signs alone, and a place, is like itself."""
    return heading if PLACED.fullmatch(heading) else heading_key(heading).replace(" ", "") or heading
