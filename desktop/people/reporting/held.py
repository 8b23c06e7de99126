"""What an access report holds, as plain values that travel to the worker process. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Said = tuple[tuple[str, str], ...]  # names with their values, in words


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One row. `values` are what JSON holds, by column; `lines` the columns people know, `rest` all others that say something."""

    values: Mapping[str, Any]
    said: str
    lines: Said
    rest: Said


@dataclass(frozen=True, slots=True)
class HeldTable:
    """The rows of one table about the person, oldest first."""

    table: str
    title: str
    rows: tuple[HeldRow, ...]


@dataclass(frozen=True, slots=True)
class HeldModule:
    """What one module holds about the person."""

    key: str
    title: str
    tables: tuple[HeldTable, ...]


@dataclass(frozen=True, slots=True)
class MovedRow:
    """One row a step changed or removed. `lines` are the field in words, before and after; `values` the same by column."""

    table: str
    title: str
    operation: str
    lines: tuple[tuple[str, str, str], ...]
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class TrailStep:
    """One step of the history of the person; `corrects` where it mended what was known of them."""

    id: str
    at: datetime
    verb: str
    said: str
    by: str
    reason: str
    corrects: bool
    taken_back: bool
    rows: tuple[MovedRow, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """Looks at what is hidden, for one reason."""

    reason: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class PurposeHeld:
    """What people are contacted for, on which legal basis, and the answer that counts; no state where none was given."""

    code: str
    name: str
    kind: str
    basis: str
    basis_said: str
    state: str
    state_said: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class SourceHeld:
    """A file that brought something about the person."""

    file: str
    kind: str
    kind_said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AccessReport:
    """All that is held about one person, in one language. `number` tells reports apart and names nobody.

    Of somebody protected there is the `handle`, and `forwarding`, the lines of the only address the report may be sent to.
    """

    number: str
    name: str
    language: str
    made_at: datetime
    made_by: str
    reason: str
    modules: tuple[HeldModule, ...]
    sources: tuple[SourceHeld, ...]
    purposes: tuple[PurposeHeld, ...]
    looks: tuple[Looked, ...]
    steps: tuple[TrailStep, ...]
    left_out: tuple[str, ...]
    handle: str = ""
    forwarding: tuple[str, ...] = ()
