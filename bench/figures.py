"""What was measured beside its floor and its goal: as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.measuring import Pair
from bench.sites import POSTGRESQL, SQLITE

MS, RATE, SECONDS, MB = "ms", "people/s", "s", "MB"


@dataclass(slots=True)
class Figure:
    """One piece of work at one size. Times are in `unit`; `ratio` is ours by the floor's, of rates too."""

    part: str
    work: str
    people: int
    unit: str
    ours: float
    floor: float
    ours_p95: float | None = None
    floor_p95: float | None = None
    right: float | None = None  # the share of answers that held what was looked for
    growth: float | None = None  # exponent from the next smaller size: 0 stays, 1 grows as the people do
    note: str = ""
    goals: dict[str, bool] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Ours by the floor."""
        return self.ours / self.floor if self.floor else math.nan


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure shall reach, at these sizes (all when empty)."""

    text: str
    reached: Callable[[Figure], bool]
    sizes: tuple[int, ...] = ()


def at_most(times: float) -> Goal:
    """Ours takes at most so many times the floor's time."""
    return Goal(f"≤ {times:g} × raw", lambda figure: figure.ratio <= times)


_OWN_P95 = Goal("p95 ≤ 2 × own p50", lambda f: (f.ours_p95 or 0) <= 2 * f.ours)
_SEARCH = (
    Goal("p50 ≤ 5 × raw", lambda f: f.ratio <= 5, (100_000, 1_000_000)),
    Goal("p95 ≤ 16 ms", lambda f: (f.ours_p95 or 0) <= 16, (100_000,)),
    Goal("p95 ≤ 2 × raw's", lambda f: (f.ours_p95 or 0) <= 2 * (f.floor_p95 or 0), (1_000_000,)),
    Goal("right row in 100 %", lambda f: f.right == 1.0),
    Goal("growth ≤ 0.3", lambda f: (f.growth or 0) <= 0.3, (100_000,)),
)
_SPEED = (Goal("≥ 0.5 × raw", lambda f: f.ratio >= 0.5),)
# By the work's name; what is missing here is shown without a goal.
GOALS: dict[str, Sequence[Goal]] = {
    "search, key to rows": _SEARCH,
    "search, service": _SEARCH,
    "first page": (at_most(5),),
    "jump to the middle": (at_most(3),),
    "names of the middle": (at_most(3),),
    "filter with count": (at_most(2),),
    "log a call": (at_most(3), _OWN_P95),
    "open a person": (at_most(5),),
    "import": _SPEED,
    "import of a CSV file": _SPEED,
    "take the import back": (Goal("≤ the import", lambda f: f.ratio <= 1),),
    "duplicates": (at_most(1.5), Goal("precision and recall ≥ 99 %", lambda f: (f.right or 0) >= 0.99)),
    "1,000 letters": (Goal("≤ 1.3 × canvas", lambda f: f.ratio <= 1.3),),
    "start": (Goal("≤ 1.5 × floor", lambda f: f.ratio <= 1.5),),
    "memory": (Goal("≤ 2 × floor", lambda f: f.ratio <= 2),),
    **{
        f"stall while {work}": (Goal("≤ 50 ms", lambda f: f.ours <= 50),)
        for work in ("searching", "browsing", "reading and comparing", "importing", "taking back", "printing")
    },
}


# What a server shall reach beyond or instead of that; journeys to it are part of both sides.
_ON_SERVER: dict[str, Sequence[Goal]] = {
    **GOALS,
    "log a call": (at_most(2),),
    "open a person": (at_most(3),),
    "start": (Goal("≤ 1.5 × a file", lambda f: f.ratio <= 1.5),),
}


def goals_of(engine: str) -> dict[str, Sequence[Goal]]:
    """The goals by the work's name."""
    return _ON_SERVER if engine == POSTGRESQL else GOALS


def of_pair(part: str, work: str, people: int, pair: Pair, **more: Any) -> Figure:
    """A figure in milliseconds from times taken by turns."""
    ours, floor = pair.ours, pair.floor
    return Figure(part, work, people, MS, ours.p50 * 1e3, floor.p50 * 1e3, ours.p95 * 1e3, floor.p95 * 1e3, **more)


def judge(figures: Sequence[Figure], engine: str = SQLITE) -> None:
    """Fill in growth and goals, once all sizes are there."""
    for figure in figures:
        smaller = [f for f in figures if f.work == figure.work and f.people < figure.people]
        if smaller and figure.unit != RATE:
            last = max(smaller, key=lambda f: f.people)
            if last.ours > 0 and figure.ours > 0:
                figure.growth = math.log(figure.ours / last.ours) / math.log(figure.people / last.people)
        goals = goals_of(engine).get(figure.work, ())
        figure.goals = {g.text: g.reached(figure) for g in goals if not g.sizes or figure.people in g.sizes}


def table(figures: Iterable[Figure]) -> str:
    """All figures as text, the sizes of one work under each other."""
    head = ("work", "people", "ours p50", "p95", "floor p50", "p95", "ours/floor", "growth", "goal")
    ordered = sorted(figures, key=lambda f: (f.part, f.work), reverse=False)
    rows: list[tuple[str, ...]] = [head]
    last = ""
    for figure in ordered:
        rows.append((figure.work if figure.work != last else "", *_cells(figure)))
        last = figure.work
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def as_json(figures: Iterable[Figure], about: dict[str, Any]) -> str:
    """All figures for a program."""
    return json.dumps({**about, "figures": [{**asdict(f), "ratio": f.ratio} for f in figures]}, indent=1, ensure_ascii=False)


def _cells(figure: Figure) -> tuple[str, ...]:
    goals = "  ".join(f"{'reached' if reached else 'MISSED'}: {text}" for text, reached in figure.goals.items())
    if figure.right is not None:
        goals += f"  [right {figure.right:.1%}]"
    return (
        f"{figure.people:,}", _amount(figure.ours, figure.unit), _amount(figure.ours_p95, figure.unit),
        _amount(figure.floor, figure.unit), _amount(figure.floor_p95, figure.unit), f"{figure.ratio:.2f}",
        "" if figure.growth is None else f"{figure.growth:.2f}", f"{goals}  {figure.note}".strip(),
    )  # fmt: skip


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
    return "  ".join([*cells, row[-1]]).rstrip()
