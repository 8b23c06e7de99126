"""How a figure is taken: ours and its floor turn by turn in the same run, so that a slow moment meets both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median, quantiles

Step = Callable[[], object]


@dataclass(slots=True)
class Times:
    """Seconds of every repeat."""

    taken: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The usual time."""
        return median(self.taken)

    @property
    def p95(self) -> float:
        """Nineteen of twenty are faster."""
        return quantiles(self.taken, n=20, method="inclusive")[-1] if len(self.taken) > 1 else self.taken[0]

    def time(self, step: Step) -> None:
        """Take one more."""
        start = time.perf_counter()
        step()
        self.taken.append(time.perf_counter() - start)


@dataclass(slots=True)
class Pair:
    """Our times and the floor's."""

    ours: Times = field(default_factory=Times)
    floor: Times = field(default_factory=Times)

    def forget(self, warm: int) -> None:
        """Throw the first ones away, at most half of them: they filled caches."""
        for times in (self.ours, self.floor):
            del times.taken[: min(warm, len(times.taken) // 2)]


def often(usual: int, repeat: int, least: int = 2) -> int:
    """How often to take a figure: `repeat` times the usual; with 0 as seldom as can be, to see that everything runs."""
    return usual * repeat or min(usual, least)


def by_turns(steps: Iterable[tuple[Step, Step]], warm: int = 20) -> Pair:
    """Time every (ours, floor), now one first, now the other; the first `warm` are thrown away."""
    pair = Pair()
    for place, (ours, floor) in enumerate(steps):
        turns = [(pair.ours, ours), (pair.floor, floor)]
        for times, step in turns if place % 2 else reversed(turns):
            times.time(step)
    pair.forget(warm)
    return pair
