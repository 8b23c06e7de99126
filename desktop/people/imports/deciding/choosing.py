"""Keeps what somebody decides about the rows that are shown, and what comes of it. No Qt here.

Each choice is worked out for its own rows only, so deciding stays quick in a file of a hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from desktop.people.imports.deciding.arguing import Side
from desktop.people.imports.deciding.brake import Brake
from desktop.people.imports.deciding.decisions import LEFT_OUT, NEW
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.reading import Entry, Kind, Preview

ASKED: tuple[Kind, ...] = ("clash", "several")


class Choosing:
    """The decisions about one preview."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._decisions = preview.wishes.decisions
        self._decided: dict[Kind, set[int]] = {kind: set() for kind in ASKED}
        self._writing: set[int] = set()
        self._overwriting: set[int] = set()
        self._fields: Counter[str] = Counter()
        for kind in ASKED:
            for entry in preview.by_kind[kind]:
                self._fields.update(_clashing(entry))
                self._look(entry)

    @property
    def wishes(self) -> Wishes:
        """How the file is to be brought in with all that was decided."""
        return replace(self._preview.wishes, decisions=self._decisions)

    @property
    def text(self) -> str:
        """The decisions as they are kept; empty when there are none."""
        return self._decisions.text() if self._decisions else ""

    @property
    def many(self) -> int:
        """How many rows the import would write."""
        counts = self._preview.counts
        return counts["new"] + counts["changed"] + len(self._writing)

    def decided(self, kind: Kind) -> int:
        """How many rows of a kind need no more decision."""
        return len(self._decided[kind])

    def open_marks(self) -> int:
        """How many rows marked as protected nobody said of who they are."""
        return sum(is_marked(entry) and self.person(entry) in (None, LEFT_OUT) for entry in self._preview.by_kind["several"])

    def is_decided(self, entry: Entry) -> bool:
        """Whether it is settled what comes of a row."""
        return entry.kind not in ASKED or entry.line in self._decided[entry.kind]

    def brake(self) -> Brake:
        """How much is overwritten, of how many rows about people known."""
        counts = self._preview.counts
        matched = counts["same"] + counts["changed"] + counts["clash"] + counts["several"]
        return Brake(self._preview.wishes.mapping.brake_percent, matched, self._preview.overwriting + len(self._overwriting))

    def sharing(self, field: str) -> int:
        """How many rows clash on a field."""
        return self._fields[field]

    def side(self, entry: Entry, field: str) -> Side | None:
        """Whose value counts; None while nobody said."""
        return self._decisions.sides.get(entry.line, {}).get(field)

    def person(self, entry: Entry) -> UUID | str | None:
        """Who the row is said to be; None while nobody said."""
        return self._decisions.people.get(entry.line)

    def choose_side(self, entry: Entry, side: Side, field: str = "") -> None:
        """Let one side count for a field of a row, or for all that clash there."""
        fields = (field,) if field else tuple(_clashing(entry))
        self._decisions = self._decisions.sided({entry.line: fields}, side)
        self._look(entry)

    def choose_side_for_all(self, side: Side, field: str) -> None:
        """Let one side count for a field in every row that clashes on it."""
        rows = [entry for kind in ASKED for entry in self._preview.by_kind[kind] if field in _clashing(entry)]
        self._decisions = self._decisions.sided({entry.line: field for entry in rows}, side)
        for entry in rows:
            self._look(entry)

    def choose_person(self, entry: Entry, person: UUID | str) -> None:
        """Say who a row is. For a person of the register `put` brings what it would change of them."""
        self._decisions = self._decisions.told(entry.line, person)
        self._look(entry)

    def put(self, entry: Entry) -> None:
        """Take a row compared anew in the place of what was shown of it."""
        former = self._preview.by_kind[entry.kind]
        old = next((one for one in former if one.line == entry.line), None)
        self._fields.subtract(_clashing(old) if old is not None else ())
        self._fields.update(_clashing(entry))
        self._preview.put(entry)
        self._look(entry)

    def _look(self, entry: Entry) -> None:
        """Work out what comes of a row."""
        plan = entry.plan
        assert plan is not None
        person = self.person(entry)
        sides = [self.side(entry, field) for field in _clashing(entry)]
        chosen = entry.kind == "clash" or (isinstance(person, UUID) and person == plan.person_id)
        left_out = person == LEFT_OUT and not is_marked(entry)  # which leaves a mark open: somebody is protected
        settled = person == NEW or left_out or (chosen and None not in sides)
        taken = settled and chosen and (bool(plan.changes) or "theirs" in sides)
        before = any(change.before for change in plan.changes) or "theirs" in sides
        _mark(self._decided[entry.kind], entry.line, settled)
        _mark(self._writing, entry.line, taken or person == NEW)
        _mark(self._overwriting, entry.line, taken and before)


def is_marked(entry: Entry) -> bool:
    """Whether the file calls whoever the row is about protected, and that may be several people."""
    return entry.kind == "several" and entry.row is not None and bool(entry.row.protected)


def _clashing(entry: Entry) -> list[str]:
    return list(dict.fromkeys(change.field for change in entry.plan.clashes)) if entry.plan is not None else []


def _mark(lines: set[int], line: int, on: bool) -> None:
    if on:
        lines.add(line)
    else:
        lines.discard(line)
