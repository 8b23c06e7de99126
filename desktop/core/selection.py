"""People chosen in a list, as modules receive them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select


@dataclass(frozen=True, slots=True)
class PeopleSelection:
    """`people` selects one column of person ids: the ones ticked, all that fit a filter, or those of an import.

    `words` describes the choice in the user's language, for titles and the history. `segment` is the segment they come
    from, if any: what is made of it says so by `db.database.about`.
    """

    people: Select[Any]
    count: int
    words: str
    segment: UUID | None = None


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One interaction as the module that owns it gets it to put into words."""

    kind: str
    at: datetime
    direction: str
    outcome: str
    title: str
    text: str
    seconds: int | None
