"""What modules tell segments about people: the contract of a field, and the fields this user may ask about. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, FromClause

from desktop.core.manifest import Asks, Offer
from desktop.core.registry import LoadFailed
from desktop.people.segments.definition import Value


@dataclass(frozen=True, slots=True)
class Asked:
    """When it is asked: relative days are counted from `today` in the office's zone."""

    today: date
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Made:
    """A comparison the field makes itself: `condition(op, value)` is true or false, never NULL."""

    condition: Callable[[str, Value], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a relation: whose each is, and what is asked of it by the keys of the parts.

    Args:
        person: The column with the person's id; rows without one are nobody's.
        parts: An expression or `Made` for each part. Texts and choices are never NULL; days and numbers may be.
        always: What holds for every row meant.
        among: What the columns are read from, if it is more than one table.
    """

    person: Any
    parts: Mapping[str, Any] = field(default_factory=dict)
    always: tuple[ColumnElement[bool], ...] = ()
    among: FromClause | None = None


Source = Any  # Rows for a relation, a condition of yes or no, `Made`, or an expression over `Person` (never NULL, but for days and numbers)


@dataclass(frozen=True, slots=True)
class Field:
    """A field that can be used: what its manifest says of it, and what opens it."""

    offer: Offer
    asks: Asks
    open: Callable[[Asked], Source]

    @property
    def key(self) -> str:
        """Under which definitions name it."""
        return self.offer.contribution.key


Fields = Mapping[str, Field]


def usable(offers: Sequence[Offer], load: Callable[[str], Any], failed: Callable[[Exception], None]) -> dict[str, Field]:
    """The fields of these offers, in their order; one that cannot be imported is told and left out.

    Args:
        load: As `ModuleContext.load`.
        failed: Told why a field is missing; what uses it is then refused, never taken to ask for less.
    """
    found = {}
    for offer in offers:
        asks = offer.contribution.asks
        if asks is None:
            continue
        try:
            found[offer.contribution.key] = Field(offer, asks, load(offer.contribution.opens))
        except LoadFailed as error:
            failed(error)
    return found
