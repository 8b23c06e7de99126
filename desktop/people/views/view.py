"""What a view of the list of people holds, and how it is kept as plain values. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from desktop.core.clock import Clock
from desktop.people.listing import PeopleFilter
from desktop.people.views.columns import BY_KEY, SORTS, USUAL

GROUPS = ("", "roles", "programme", "city")  # by which people can be gathered; fields of the filter
_LEFT_OUT = ("today", "within")  # the day a view is looked at, and who is in its segment then
_DAYS = "days"


@dataclass(frozen=True, slots=True)
class View:
    """Who is shown, in which columns and in which order. `widths` are pixels at 100 %, 0 as at first."""

    filter: PeopleFilter = field(default_factory=PeopleFilter)
    columns: tuple[str, ...] = USUAL
    widths: tuple[int, ...] = ()
    sort: str = "name_sort"
    down: bool = False
    group: str = ""

    def same_as(self, other: View) -> bool:
        """Whether both show the same people in the same way; a column pulled a little wider is no other view."""
        return replace(self, widths=(), filter=_plain(self.filter)) == replace(other, widths=(), filter=_plain(other.filter))


def to_plain(view: View, clock: Clock) -> dict[str, Any]:
    """As it is kept. “Since” is kept as so many days before today, so that “the last 30 days” stays that."""
    filter: dict[str, Any] = {}
    for part in fields(view.filter):
        value = getattr(view.filter, part.name)
        if part.name in _LEFT_OUT or value == part.default:
            continue
        if isinstance(value, datetime):
            value = {_DAYS: (clock.today() - value.astimezone(clock.zone).date()).days}
        filter[part.name] = str(value) if isinstance(value, UUID) else list(value) if isinstance(value, tuple) else value
    columns = [list(column) for column in zip(view.columns, view.widths or (0,) * len(view.columns), strict=True)]
    return {"filter": filter, "columns": columns, "sort": view.sort, "down": view.down, "group": view.group}


def from_plain(kept: Mapping[str, Any], clock: Clock) -> View:
    """The view kept so; what this version does not know, because a newer one saved it, is left out."""
    wanted = {part.name: part for part in fields(PeopleFilter)}
    given: dict[str, Any] = {"today": clock.today()}
    for name, value in dict(kept.get("filter", {})).items():
        if name in wanted and name not in _LEFT_OUT:
            given[name] = _value(value, str(wanted[name].type), clock)
    columns = [(str(key), int(width)) for key, width in kept.get("columns", ()) if key in BY_KEY]
    sort, group = str(kept.get("sort", "")), str(kept.get("group", ""))
    return View(
        PeopleFilter(**given),
        tuple(key for key, _width in columns) or USUAL,
        tuple(width for _key, width in columns),
        sort if sort in SORTS else "name_sort",
        bool(kept.get("down", False)),
        group if group in GROUPS else "",
    )


def _value(value: Any, kind: str, clock: Clock) -> Any:
    if isinstance(value, dict) and _DAYS in value:
        return datetime.combine(clock.today() - timedelta(days=int(value[_DAYS])), time(), tzinfo=clock.zone)
    if isinstance(value, str) and "UUID" in kind:
        return UUID(value)
    return tuple(value) if isinstance(value, list) else value


def _plain(filter: PeopleFilter) -> PeopleFilter:
    """Without the day it is looked at."""
    return replace(filter, today=None)
