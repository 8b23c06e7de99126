"""Keeping segments: making, changing, freezing and retiring them. Flushes; the caller's write scope commits. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import about, describe, take
from db.errors import Conflict, RuleBroken
from db.models.history import ChangeAbout, ChangeSet
from db.models.segment import Segment, SegmentMember
from db.sorting import sort_key
from db.texts import _
from desktop.people.segments.compiling import Asking, Known, is_complete
from desktop.people.segments.definition import MOST, Condition, Definition, Group, conditions, from_json, segments_in, to_json

MOST_TITLE = 200
OWN_VERBS = ("make_segment", "change_segment", "freeze_segment", "retire_segment", "take_back", "make_demo")
_EDITING = _("Nothing was overwritten. Reload to see their changes; yours stay in the form until you close it.")


@dataclass(frozen=True, slots=True)
class SegmentForm:
    """What a user says about a segment."""

    title: str
    definition: Definition
    shared: bool = False


@dataclass(frozen=True, slots=True)
class SegmentFilter:
    """Which segments: those of this user and the shared ones."""

    user: UUID


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One line of the list; `size` is known of frozen ones alone, `used` counts what was made of it."""

    id: UUID
    version: int
    title: str
    kind: str
    shared: bool
    owner_id: UUID
    owner_name: str
    frozen_at: datetime | None
    size: int | None
    used: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A segment as a form reads it."""

    row: SegmentRow
    written: Any
    used_by: tuple[str, ...]  # titles of the segments made of it

    @property
    def definition(self) -> Definition:
        """What it asks for; raises RuleBroken where it cannot be read."""
        return from_json(self.written)


def segments_query(filter: SegmentFilter) -> Select[Any]:
    """The segments a user may use, unordered and unlimited."""
    used = (
        select(func.count())
        .select_from(ChangeAbout)
        .join(ChangeSet, ChangeSet.number == ChangeAbout.change_set)
        .where(ChangeAbout.ref == Segment.id, ChangeSet.verb.not_in(OWN_VERBS))
        .correlate(Segment)
        .scalar_subquery()
    )
    return select(
        Segment.id, Segment.version, Segment.title, Segment.kind, Segment.shared, Segment.owner_id, Segment.owner_name,
        Segment.frozen_at, Segment.size, used.label("used"), Segment.title_key.label("title_sort"),
        case((Segment.kind == "living", 0), else_=1).label("kind_sort"),
        func.lower(Segment.owner_name).label("owner_sort"),
    ).where(Segment.retired_at.is_(None), _for(filter.user))  # fmt: skip


def stored(session: Session, segment_id: UUID, user: UUID) -> Stored:
    """One segment.

    Raises:
        Conflict: it is not there, or another's own; which of the two is not told.
    """
    query = segments_query(SegmentFilter(user)).add_columns(Segment.definition).where(Segment.id == segment_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise Conflict(_("This segment is no longer there."), _("Go back to the list of segments."))
    row = SegmentRow(*found[: len(SegmentRow.__slots__)])
    return Stored(row, found.definition, tuple(known.title for known in _users(session, segment_id)))


def usable_segments(session: Session, user: UUID) -> dict[UUID, Known]:
    """The segments this user may ask for."""
    rows = select(Segment.id, Segment.title, Segment.kind, Segment.shared, Segment.definition)
    found = session.execute(rows.where(Segment.retired_at.is_(None), _for(user)).order_by(Segment.title_key))
    return {row[0]: Known(*row) for row in found}


def make_segment(session: Session, form: SegmentForm, asking: Asking, *, actor: Actor) -> UUID:
    """Keep a new living segment and give its id.

    Raises:
        RuleBroken: it has no title, is not complete, or is shared and made of what is not.
    """
    _check(form, asking)
    row = Segment(
        id=new_id(), title=form.title.strip(), title_key=sort_key(form.title), definition=to_json(form.definition),
        shared=form.shared, owner_id=actor.id, owner_name=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tell(session, row)
    return row.id


def change_segment(session: Session, segment_id: UUID, version: int, form: SegmentForm, asking: Asking, *, actor: Actor) -> None:
    """Change what a living segment asks for; of a frozen one only the title and who may use it.

    Raises:
        RuleBroken: as `make_segment`; it would ask for itself; it is frozen; others' segments need it to be shared.
        Conflict: somebody else changed it since.
    """
    row = _take(session, segment_id, version, actor)
    if row.kind == "frozen" and to_json(form.definition) != row.definition:
        raise RuleBroken(_("A frozen segment stays as it was found."), _("Make a new segment instead."))
    if row.kind == "living":
        _check(form, asking, own=segment_id)
    else:
        _check_title(form.title)
    if row.shared and not form.shared:
        _refuse_used(session, segment_id, shared_only=True)
    row.title, row.title_key, row.shared = form.title.strip(), sort_key(form.title), form.shared
    row.definition = to_json(form.definition)
    session.flush()
    _tell(session, row)


def freeze_segment(
    session: Session, segment_id: UUID, title: str, asking: Asking, *, actor: Actor, now: datetime
) -> tuple[UUID, int]:
    """Keep whom a living segment finds now as a segment of its own, with the definition; give its id and how many.

    Raises:
        RuleBroken: there is no title, or the segment cannot be worked out.
        Conflict: it is no longer there.
    """
    source = stored(session, segment_id, actor.id)
    if source.row.kind == "frozen":
        raise RuleBroken(_("A frozen segment stays as it was found."), _("Freeze the living one it came from."))
    _check_title(title)
    people = list(session.scalars(asking.people_of(segment_id)))
    row = Segment(
        id=new_id(), title=title.strip(), title_key=sort_key(title), kind="frozen", definition=source.written,
        shared=source.row.shared, owner_id=actor.id, owner_name=actor.name, frozen_at=now, size=len(people),
    )  # fmt: skip
    session.add(row)
    session.flush()
    insert_rows(session, SegmentMember, ("id", "segment_id", "person_id"), [(new_id(), row.id, person) for person in people])
    _tell(session, row, segment_id)
    describe(session, count=len(people))
    return row.id, len(people)


def retire_segment(session: Session, segment_id: UUID, version: int, *, actor: Actor, now: datetime) -> None:
    """Take a segment out of use; it stays in the history of what was made of it.

    Raises:
        RuleBroken: other segments are made of it.
        Conflict: somebody else changed it since.
    """
    row = _take(session, segment_id, version, actor)
    _refuse_used(session, segment_id)
    row.retired_at = now
    session.flush()
    _tell(session, row)


def _for(user: UUID) -> ColumnElement[bool]:
    return or_(Segment.shared, Segment.owner_id == user)


def _take(session: Session, segment_id: UUID, version: int, actor: Actor) -> Segment:
    row = take(session, Segment, segment_id, version)
    if not row.shared and row.owner_id != actor.id:
        raise Conflict(_("This record is no longer there."), _EDITING)
    return row


def _tell(session: Session, row: Segment, *others: UUID) -> None:
    about(session, row.id, *others)
    describe(session, title=row.title)


def _check_title(title: str) -> None:
    if not title.strip():
        raise RuleBroken(_("The segment has no title."), _("Write who is in it."), field="title")
    if len(title) > MOST_TITLE:
        raise RuleBroken(_("The title is too long."), _("Keep it under 200 letters."), field="title")


def _check(form: SegmentForm, asking: Asking, own: UUID | None = None) -> None:
    _check_title(form.title)
    from_json(to_json(form.definition))  # nothing is kept that could not be read again
    if sum(1 for _one in conditions(form.definition)) > MOST or any(not group.of for group in _inner(form.definition)):
        raise RuleBroken(_("A group is empty, or there are too many conditions."), _("Complete the groups, or take them away."))
    if not all(is_complete(asking.fields, one) for one in conditions(form.definition)):
        raise RuleBroken(_("A condition is not complete."), _("Complete it, or take it away."))
    if own is not None:
        own_known = Known(own, form.title.strip(), "living", form.shared, to_json(form.definition))
        asking = replace(asking, segments={**asking.segments, own: own_known})
    if not [*asking.shortcomings(form.definition)]:
        asking.condition(form.definition, () if own is None else (own,))
    made_of = (asking.segments.get(id) for id in segments_in(form.definition))
    alone = [known.title for known in made_of if known is not None and not known.shared]
    if form.shared and alone:
        raise RuleBroken(
            _("It is made of “{title}”, which is yours alone."), _("Share that one first."), title=alone[0], field="shared"
        )


def _inner(node: Definition | Condition, depth: int = 0) -> Iterator[Group]:
    """The groups inside a definition; the outermost may be empty: then everybody is meant."""
    if isinstance(node, Group):
        if depth:
            yield node
        for one in node.of:
            yield from _inner(one, depth + 1)


def _users(session: Session, segment_id: UUID) -> list[Known]:
    """The living segments made of this one that can be seen; one that cannot be read names nobody."""
    rows = select(Segment.id, Segment.title, Segment.kind, Segment.shared, Segment.definition)
    there = and_(Segment.retired_at.is_(None), Segment.kind == "living", Segment.id != segment_id)
    return [known for known in (Known(*row) for row in session.execute(rows.where(there))) if segment_id in _made_of(known)]


def _made_of(known: Known) -> frozenset[UUID]:
    try:
        return segments_in(known.definition)
    except RuleBroken:
        return frozenset()


def _refuse_used(session: Session, segment_id: UUID, *, shared_only: bool = False) -> None:
    users = [known for known in _users(session, segment_id) if known.shared or not shared_only]
    if users:
        titles = ", ".join(f"“{known.title}”" for known in users)
        raise RuleBroken(_("Other segments are made of it: {titles}."), _("Change those first."), titles=titles, field="shared")
