"""What somebody decided about single rows of a file: plain values that are kept beside the file until it is imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from desktop.people.imports.deciding.arguing import Side

NEW, LEFT_OUT = "new", "out"


@dataclass(frozen=True, slots=True)
class Decisions:
    """By the line of the row: for each field that clashes whose value counts, and who one of several matches is."""

    sides: Mapping[int, Mapping[str, Side]] = field(default_factory=dict)
    people: Mapping[int, UUID | str] = field(default_factory=dict)  # a person's id, `NEW` or `LEFT_OUT`

    def __bool__(self) -> bool:
        return bool(self.sides or self.people)

    def sided(self, fields: Mapping[int, str | tuple[str, ...]], side: Side) -> Decisions:
        """With this side chosen for fields of some rows."""
        sides = {line: dict(chosen) for line, chosen in self.sides.items()}
        for line, names in fields.items():
            sides.setdefault(line, {}).update(dict.fromkeys((names,) if isinstance(names, str) else names, side))
        return Decisions(sides, self.people)

    def told(self, line: int, person: UUID | str) -> Decisions:
        """With a choice of who a row is; what was chosen against somebody else no longer counts."""
        return Decisions({other: chosen for other, chosen in self.sides.items() if other != line}, {**self.people, line: person})

    def undone(self, line: int) -> Decisions:
        """Without any choice for a row."""
        return Decisions(
            {other: chosen for other, chosen in self.sides.items() if other != line},
            {other: person for other, person in self.people.items() if other != line},
        )

    def text(self) -> str:
        """As it is kept."""
        people = {line: person.hex if isinstance(person, UUID) else person for line, person in self.people.items()}
        return json.dumps({"sides": {line: dict(chosen) for line, chosen in self.sides.items()}, "people": people})


def read_decisions(text: str) -> Decisions:
    """What `Decisions.text` wrote; nothing from what cannot be read any more."""
    try:
        kept: Any = json.loads(text)
        sides = {int(line): {str(name): _side(side) for name, side in chosen.items()} for line, chosen in kept["sides"].items()}
        people = {int(line): person if person in (NEW, LEFT_OUT) else UUID(person) for line, person in kept["people"].items()}
    except (ValueError, KeyError, AttributeError, TypeError):
        return Decisions()
    return Decisions(sides, people)


def _side(text: str) -> Side:
    if text not in ("ours", "theirs"):
        raise ValueError(text)
    return "ours" if text == "ours" else "theirs"
