"""What every step did to the rows of one person, in the order of time: what a report of corrections is made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.engine import engine_of
from db.row_changes import Image, Operation, RowChange, image_of, key_of

NOW = "now"  # the row as it is


def person_trail(
    session: Session, people: Sequence[UUID], rows: Mapping[str, Collection[UUID]], columns: Collection[str]
) -> dict[UUID, tuple[RowChange, ...]]:
    """What was changed and removed, by change set; what was made is told by the rows themselves.

    Args:
        people: The records of the person.
        rows: The rows of the person that are there, by table.
        columns: Names of columns that refer to people, by which rows that were removed are known.
    """
    connection = session.connection()
    return trail_of(engine_of(connection).person_trail(connection, people, rows, columns))


def trail_of(lines: Iterable[tuple[Any, ...]]) -> dict[UUID, tuple[RowChange, ...]]:
    """The same from lines as `db.engine.Engine.person_trail` gives them."""
    states: dict[tuple[str, UUID], list[tuple[UUID | None, str, Image]]] = {}
    for step, area, ref, done, image in lines:
        states.setdefault((area, key_of(ref)), []).append((key_of(step) if step else None, done, image_of(area, image)))
    found: dict[UUID, list[RowChange]] = {}
    for (area, row), each in states.items():
        for step, change in _moves(area, row, each):
            found.setdefault(step, []).append(change)
    return {step: tuple(changes) for step, changes in found.items()}


def _moves(area: str, row: UUID, states: Iterable[tuple[UUID | None, str, Image]]) -> list[tuple[UUID, RowChange]]:
    """Each step once: from the state it found to the one the next step found."""
    kept: dict[UUID, tuple[Image, bool]] = {}
    now: Image = {}
    for step, done, image in states:
        if step is None:
            now = image
        else:
            first, gone = kept.get(step, (image, False))
            kept[step] = first, gone or done == "d"
    befores: list[Any] = [before for before, _gone in kept.values()]
    found = []
    for (step, (before, gone)), after in zip(kept.items(), [*befores, now][1:], strict=True):
        operation: Operation = "removed" if gone else "changed"
        found.append((step, RowChange(area, row, operation, before, {} if gone else after)))
    return found
