"""What becomes of each row of a list, as plain values."""

from __future__ import annotations

from typing import Literal, NamedTuple
from uuid import UUID

Verdict = Literal["new", "same", "changed", "clash", "several"]


class Change(NamedTuple):
    """One thing a row changes; `field` is a key of `changes.FIELDS`, both sides are shown as they are."""

    field: str
    before: str
    after: str


class Candidate(NamedTuple):
    """Somebody a row may be: by the keys of the import, or for the reasons given, codes of the rules for duplicates."""

    person_id: UUID
    reasons: tuple[str, ...] = ()


class RowPlan(NamedTuple):
    """What becomes of one row.

    `changes` are what it would change without further question; `clashes` what somebody must decide first, and
    `candidates` who it may be, of whom somebody must choose. `kept` is what the row says and the register knows better.
    """

    line: int
    verdict: Verdict
    person_id: UUID
    name: str
    changes: tuple[Change, ...] = ()
    clashes: tuple[Change, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    kept: tuple[Change, ...] = ()
