"""The fields of two records side by side, and which of two values is suggested. No Qt and no database in this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from db.sorting import fold, name_key

Side = Literal["stays", "goes", "both"]
Value = str | date | None
FIELDS = ("given", "family", "preferred", "former", "salutation", "language", "birth_date", "deceased_on", "note")
JOINED = {"former": ", ", "note": "\n"}  # fields that may hold what both say, with what stands between


@dataclass(frozen=True, slots=True)
class Weight:
    """What speaks for the values of one record: a number an authority gave, and how lately its names and days were written."""

    registered: bool
    changed: int  # number of the change set


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of both records. `suggested` is the side to take where they differ and a choice is needed."""

    key: str
    stays: Value
    goes: Value
    suggested: Side

    @property
    def open(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.stays) and bool(self.goes) and self.stays != self.goes

    def result(self, side: Side) -> Value:
        """What the record says afterwards; where only one knows something, that is kept."""
        if not self.open:
            return self.stays or self.goes
        if side == "both" and self.key in JOINED:
            return joined(self.key, self.stays, self.goes)
        return self.goes if side == "goes" else self.stays


def field_pairs(stays: Mapping[str, Any], goes: Mapping[str, Any], one: Weight, other: Weight) -> tuple[FieldPair, ...]:
    """Every field with a suggestion: the fuller writing of the same, else the registered record, else the newer one."""
    return tuple(FieldPair(key, stays[key], goes[key], _suggested(key, stays[key], goes[key], one, other)) for key in FIELDS)


def merged_fields(pairs: tuple[FieldPair, ...], chosen: Mapping[str, Side]) -> dict[str, Any]:
    """The values of the record that stays, with its sort key. A family name that is given up becomes a former one."""
    found: dict[str, Any] = {pair.key: pair.result(chosen.get(pair.key, pair.suggested)) for pair in pairs}
    family = next(pair for pair in pairs if pair.key == "family")
    if family.open and found["family"] == family.goes:
        found["former"] = joined("former", found["former"], family.stays)
    found["name_key"] = name_key(found["family"], found["given"])
    return found


def joined(key: str, one: Value, other: Value) -> str:
    """What both say, the same only once."""
    between = JOINED[key]
    parts = [part for text in (one, other) if isinstance(text, str) for part in text.split(between) if part.strip()]
    return between.join({fold(part.strip()): part.strip() for part in reversed(parts)}[key] for key in _in_order(parts))


def _in_order(parts: list[str]) -> list[str]:
    return list(dict.fromkeys(fold(part.strip()) for part in parts))


def _suggested(key: str, stays: Value, goes: Value, one: Weight, other: Weight) -> Side:
    if key in JOINED:
        return "both"
    if key == "deceased_on":
        return "stays" if stays else "goes"
    if isinstance(stays, str) and isinstance(goes, str) and (fuller := _fuller(stays, goes)):
        return fuller
    if one.registered != other.registered:
        return "stays" if one.registered else "goes"
    return "goes" if other.changed > one.changed else "stays"


def _fuller(stays: str, goes: str) -> Side | None:
    """The longer one, where all words of the other are words of it or begin so."""
    one, other = fold(stays).replace(".", "").split(), fold(goes).replace(".", "").split()
    if one == other:
        return None
    if all(any(word.startswith(part) for word in other) for part in one):
        return "goes"
    return "stays" if all(any(word.startswith(part) for word in one) for part in other) else None
