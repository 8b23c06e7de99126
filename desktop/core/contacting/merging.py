"""What two records allow when they become one person: whatever either said no to stays a no, and no yes is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_STRICT = {"refused": 0, "withdrawn": 1, "given": 2}  # the first wins


@dataclass(frozen=True, slots=True)
class Said:
    """One answer about one purpose, as it is kept; see `Consent`."""

    state: str
    at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of one channel, as it is kept; see `ContactBlock`."""

    reason: str = ""
    ends_at: datetime | None = None


def stricter(one: Said, other: Said) -> Said:
    """What counts of two answers that each counted alone: a no before a yes, the yes that runs out first.

    It stands at the later moment, so that nothing else the two ever said is newer.
    """
    state = min(one.state, other.state, key=_STRICT.__getitem__)
    ends = [said.ends_at for said in (one, other) if said.state == state and said.ends_at is not None]
    return Said(state, max(one.at, other.at), min(ends, default=None))


def longer(one: Stop, other: Stop) -> Stop:
    """One stop of two for the same channel: the one that lasts longest, with the reasons of both."""
    ends = None if one.ends_at is None or other.ends_at is None else max(one.ends_at, other.ends_at)
    reasons = dict.fromkeys(filter(None, (*one.reason.split("; "), *other.reason.split("; "))))
    return Stop("; ".join(reasons), ends)
