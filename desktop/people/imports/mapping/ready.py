"""Profiles that come with the program, as data: what the lists of usual registers call their columns, and whose word counts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from db.texts import Msgid, _
from desktop.people.imports.columns import (
    ADDRESS,
    REPEATED,
    ColumnMap,
    KnownColumn,
    heading_forms,
    heading_key,
    known_column,
    recognise_columns,
    slot,
)
from desktop.people.imports.mapping.applying import choices_of, lacking
from desktop.people.imports.mapping.mapping import BRAKE_PERCENT, ColumnChoice, Mapping, Written

_FOLDER = Path(__file__).parents[4] / "resources" / "imports"
TITLES: dict[str, Msgid] = {
    "study_register": _("Study register"),
    "admission": _("National admission"),
    "population_register": _("Population register"),
    "mentors": _("List of mentors"),
    "mentees": _("List of mentees"),
    "alumni": _("List of alumni"),
    "directory": _("Directory as a table"),
}


@dataclass(frozen=True, slots=True)
class ReadyColumn:
    """One meaning and the headings it goes by, the best known first."""

    field: str  # empty: known, and left out on purpose
    published: tuple[str, ...]  # headings that stand in a published description of the format
    usual: tuple[str, ...]  # headings of common usage
    instead: str = ""  # the field of a further column, where this one comes once
    join: bool = False  # whether several such columns are put together
    needed: bool = False
    issuer: str = ""
    country: str = ""
    label: str = ""
    written: Written = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.published, *self.usual)


@dataclass(frozen=True, slots=True)
class ReadyProfile:
    """What is known beforehand of a kind of list; what its columns are it finds in the header."""

    key: str
    columns: tuple[ReadyColumn, ...]
    known_by: tuple[str, ...]  # headings such lists have and others hardly
    least: int  # how many of them a header must have to look like this
    choices: Mapping  # all that does not hang on the header

    @property
    def title(self) -> Msgid:
        """What people call it."""
        return TITLES[self.key]

    def signs(self, header: Sequence[str]) -> int:
        """How many of the headings that mark such a list are there; 0 when it does not look like one."""
        marks = {_plain(heading) for heading in self.known_by}
        found = sum(1 for heading in header if marks.intersection(heading_forms(heading)))
        return found if found >= self.least and not self.lacks(header) else 0

    def mapping_for(self, header: Sequence[str], name: str) -> Mapping:
        """What it makes of a header: its own headings first, then those known of any list; the rest is left out.

        Raises:
            RuleBroken: a column is missing without which such a list says nothing.
        """
        if missing := self.lacks(header):
            raise lacking(missing, name)
        own = dict(self._own(header))
        taken = {slot(column) for column in own.values() if column is not None and column.field not in REPEATED}
        for column in recognise_columns(tuple(header)).known:
            if column.index not in own and (column.field in REPEATED or slot(column) not in taken):
                own[column.index] = column
        known = sorted((column for column in own.values() if column is not None), key=lambda column: column.index)
        if any(column.field in ("given", "family") for column in known):
            known = [column for column in known if column.field != "full_name"]
        return self.with_columns(_choices(known, header))

    def with_columns(self, columns: tuple[ColumnChoice, ...]) -> Mapping:
        """Its choices for a file that says itself what its columns mean."""
        base = self.choices
        return Mapping(columns, dict(base.constants), base.match_keys, base.source, dict(base.rules), base.brake_percent)

    def _own(self, header: Sequence[str]) -> Iterator[tuple[int, KnownColumn | None]]:
        """The columns it has a word for, those with the best known headings first; None: left out on purpose."""
        taken: set[int] = set()
        for ready in self.columns:
            filled = False
            for place in _places(ready, header):
                if place in taken:
                    continue
                once = ready.field and ready.field not in REPEATED and not ready.join
                field = ready.instead if filled and once else ready.field
                if filled and once and not field:
                    continue
                taken.add(place)
                filled = True
                yield place, _column(place, field, header[place], ready) if field else None

    def lacks(self, header: Sequence[str]) -> tuple[str, ...]:
        """The columns, by their best known headings, without which such a list says nothing and that are not there."""
        return tuple(ready.headings[0] for ready in self.columns if ready.needed and not _places(ready, header))


@cache
def ready_profiles() -> dict[str, ReadyProfile]:
    """All of them by their keys, in the order they are offered."""
    return {key: _read(key) for key in TITLES}


def _read(key: str) -> ReadyProfile:
    data: dict[str, Any] = tomllib.loads((_FOLDER / f"{key}.toml").read_text(encoding="utf-8"))
    choices = Mapping(
        (), data["constants"], tuple(data["match_keys"]), data["source"], data["rules"], data.get("brake_percent", BRAKE_PERCENT)
    )
    return ReadyProfile(key, tuple(map(_ready_column, data["column"])), tuple(data["known_by"]), data["least"], choices)


def _ready_column(data: dict[str, Any]) -> ReadyColumn:
    headings = {name: tuple(data.get(name, ())) for name in ("published", "usual")}
    return ReadyColumn(**{**data, **headings})


def _column(place: int, field: str, heading: str, ready: ReadyColumn) -> KnownColumn:
    found = known_column(place, field, heading)
    label = "" if field in ADDRESS else ready.label or found.label
    return KnownColumn(place, field, heading, ready.issuer or found.issuer, ready.country or found.country, label, ready.written)


def _choices(known: Sequence[KnownColumn], header: Sequence[str]) -> tuple[ColumnChoice, ...]:
    return choices_of(ColumnMap(tuple(known), ()), header)


def _places(ready: ReadyColumn, header: Sequence[str]) -> list[int]:
    """Where headings of this meaning stand: in the order they are known, or of columns put together in the file's."""
    forms = [[*heading_forms(heading)] for heading in header]
    ranks = {_plain(heading): rank for rank, heading in reversed([*enumerate(ready.headings)])}
    found = [
        (0 if ready.join else min(ranks[form] for form in of if form in ranks), place)
        for place, of in enumerate(forms)
        if any(form in ranks for form in of)
    ]
    return [place for _rank, place in sorted(found)]


def _plain(heading: str) -> str:
    return heading_key(heading).replace(" ", "")
