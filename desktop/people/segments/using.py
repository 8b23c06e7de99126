"""Segments for whoever has a context: the people of one, ready for lists, call rounds and mailings. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.person import Person
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.listing import PeopleFilter
from desktop.people.segments.compiling import Asking, Known
from desktop.people.segments.fields import Asked, Fields, usable
from desktop.people.segments.storing import usable_segments

Asker = Callable[[Session], Asking]


@dataclass(frozen=True, slots=True)
class SegmentPeople:
    """A segment worked out: its title, the query of its people, and how many they are now."""

    id: UUID
    title: str
    people: Select[UUID]
    count: int


def fields_of(context: ModuleContext) -> Fields:
    """The fields this user may ask about. Call it in the window's thread: modules are imported here."""
    return usable(context.offers("segment_field"), context.load, context.messages.show)


def asker(context: ModuleContext, fields: Fields | None = None) -> Asker:
    """What makes an `Asking` of a session, in any thread; fields are looked up now, days counted from now."""
    found, user = fields_of(context) if fields is None else fields, context.actor.id
    asked = Asked(context.clock.today(), context.clock.zone)
    return lambda session: Asking(found, asked, usable_segments(session, user))


def people_in(session: Session, segment: UUID, ask: Asker) -> SegmentPeople:
    """Who is in a segment now.

    Raises:
        RuleBroken: the segment is not there any more, or asks for something that is not; nobody is given then.
    """
    asking = ask(session)
    known = asking.segments.get(segment)
    if known is None:
        raise RuleBroken(_("This segment is no longer there."), _("Choose another one."))
    people = asking.people_of(segment)
    count = session.execute(select(func.count()).select_from(people.subquery())).scalar_one()
    return SegmentPeople(segment, known.title, people.order_by(Person.name_key, Person.id), count)


def narrowed(session: Session, filter: PeopleFilter, ask: Asker) -> PeopleFilter:
    """The filter with its segment worked out, ready to be asked; one without a segment as it is.

    Raises:
        RuleBroken: as for `people_in`. Without its segment the filter would let in more people than it says.
    """
    if filter.segment is None:
        return filter
    found = people_in(session, filter.segment, ask)
    return replace(filter, segment_title=found.title, within=found.people.order_by(None))


def offered(session: Session, ask: Asker) -> list[Known]:
    """The segments to choose from, by title."""
    return list(ask(session).segments.values())


def count_of(session: Session, segment: UUID, ask: Asker) -> int | RuleBroken:
    """How many are in a segment now, or why that cannot be told."""
    try:
        return people_in(session, segment, ask).count
    except RuleBroken as broken:
        return broken
