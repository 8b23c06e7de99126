"""Groups of people a new round can start from, besides a choice made in the list of people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.database import about
from db.models.person import Person
from db.models.role import Role
from desktop.people.segments.compiling import Known
from desktop.people.segments.using import Asker, offered, people_in

KINDS = ("admitted", "applicant", "prospect")
SEGMENT = "segment"
SEVERAL = 12  # offered; the newest terms first


@dataclass(frozen=True, slots=True)
class Source:
    """Everybody with one stage of life in one term."""

    kind: str
    term: str
    count: int

    @property
    def code(self) -> str:
        """The group as one word."""
        return f"{self.kind}|{self.term}"


def sources(session: Session, ask: Asker | None) -> tuple[list[Source], list[Known]]:
    """The groups there are, the admitted of the newest term first; and the segments, for who may use them."""
    count = func.count(Role.person_id.distinct())
    rows = session.execute(
        select(Role.kind, Role.term, count)
        .join(Person, Person.id == Role.person_id)
        .where(Role.kind.in_(KINDS), Role.term != "", Person.retired_at.is_(None))
        .group_by(Role.kind, Role.term)
    )
    found = [Source(*row) for row in rows]
    found.sort(key=lambda source: source.term, reverse=True)
    return sorted(found, key=lambda source: KINDS.index(source.kind))[:SEVERAL], offered(session, ask) if ask is not None else []


def segment_code(segment: UUID) -> str:
    """A segment as one word."""
    return f"{SEGMENT}|{segment}"


def people_of(session: Session, code: str, ask: Asker | None) -> Select[Any]:
    """The people of a group or a segment, in the order of the register; what is made of a segment is told of it.

    Raises:
        RuleBroken: the segment cannot be worked out.
    """
    kind, _bar, term = code.partition("|")
    if kind == SEGMENT and ask is not None:
        about(session, UUID(term))
        return people_in(session, UUID(term), ask).people
    having = select(Role.person_id).where(Role.kind == kind, Role.term == term)
    return select(Person.id).where(Person.id.in_(having), Person.retired_at.is_(None)).order_by(Person.name_key, Person.id)
