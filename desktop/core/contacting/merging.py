"""What two records allow when they become one person: whatever either said no to stays a no, and no yes is made up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_STRICT = {"refused": 0, "withdrawn": 1, "given": 2}  # the first wins


@dataclass(frozen=True, slots=True)
class Said:
    """One answer about one purpose, as it is kept; see `Consent`."""

    purpose_id: UUID
    state: str
    at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop by channel, as it is kept; see `ContactBlock`."""

    channel: str
    reason: str = ""
    ends_at: datetime | None = None


def newest(answers: Iterable[Said]) -> dict[UUID, Said]:
    """What counts for each purpose: the newest answer, of two at the same moment the one that says no."""
    found: dict[UUID, Said] = {}
    for said in answers:
        known = found.get(said.purpose_id)
        if known is None or (said.at, -_STRICT[said.state]) > (known.at, -_STRICT[known.state]):
            found[said.purpose_id] = said
    return found


def answers_to_add(ours: Iterable[Said], theirs: Iterable[Said], now: datetime) -> tuple[Said, ...]:
    """The answers to write beside those of both records, so that the strictest of what counted before counts afterwards.

    Every row of both moves to whoever remains. Where the newest of all would say yes although one of the two records said
    no, that no is said again at `now`. Where both say yes, the yes that runs out first is said again.
    """
    left, right = list(ours), list(theirs)
    mine, other, both = newest(left), newest(right), newest((*left, *right))
    found = []
    for purpose in sorted(mine.keys() & other.keys()):
        strict = min((mine[purpose], other[purpose]), key=lambda said: _STRICT[said.state])
        if both[purpose].state == "given" and strict.state != "given":
            found.append(Said(purpose, strict.state, now))
    return tuple(found)


def strictest_stops(ours: Iterable[Stop], theirs: Iterable[Stop]) -> tuple[Stop, ...]:
    """One stop for each channel that either record has one for: the one that lasts longest, with the reasons of all."""
    found: dict[str, Stop] = {}
    for stop in (*ours, *theirs):
        known = found.get(stop.channel)
        if known is None:
            found[stop.channel] = stop
            continue
        ends = None if known.ends_at is None or stop.ends_at is None else max(known.ends_at, stop.ends_at)
        reasons = dict.fromkeys(filter(None, (*known.reason.split("; "), stop.reason)))
        found[stop.channel] = Stop(stop.channel, "; ".join(reasons), ends)
    return tuple(found[channel] for channel in sorted(found))
