"""Turns a definition into the query of its people. What cannot be asked is refused: a segment is never silently wider. No Qt here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, not_, select, true
from sqlalchemy import or_ as any_of

from db.errors import RuleBroken
from db.models.person import Person
from db.models.segment import SegmentMember
from db.texts import _
from desktop.people.listing import PeopleFilter, people_ids
from desktop.people.segments.comparing import Owned, compared
from desktop.people.segments.definition import SEGMENT, Condition, Definition, Sets, conditions, from_json, segments_in
from desktop.people.segments.fields import Asked, Fields, Rows
from desktop.people.segments.operators import problem, refuse

RETIRED = "people.retired"  # a definition that asks about it is about everybody; any other about those not retired


@dataclass(frozen=True, slots=True)
class Known:
    """A segment as it is stored, for others that refer to it."""

    id: UUID
    title: str
    kind: str
    shared: bool
    written: Any  # the definition's JSON

    @property
    def definition(self) -> Definition:
        """What it asks for; raises RuleBroken where it cannot be read."""
        return from_json(self.written)


@dataclass(frozen=True, slots=True)
class Asking:
    """All it takes to work out who is meant: the fields there are, the segments there are, and when it is asked."""

    fields: Fields
    asked: Asked
    segments: Mapping[UUID, Known]

    def people(self, definition: Definition) -> Select[UUID]:
        """Ids of everybody a definition means.

        Raises:
            RuleBroken: something in it is not complete, or not there.
        """
        return select(Person.id).where(*self.whole(definition))

    def people_of(self, segment: UUID) -> Select[UUID]:
        """Ids of everybody in a stored segment; raises as `people`."""
        known = self._known(segment)
        return select(Person.id).where(self._base(known.definition), self._member(known, ()))

    def whole(self, definition: Definition) -> list[ColumnElement[bool]]:
        """The conditions on `Person` of a definition, those on who is looked at among them; raises as `people`."""
        return [self._base(definition), self.condition(definition)]

    def condition(self, node: Definition | Condition, trail: tuple[UUID, ...] = ()) -> ColumnElement[bool]:
        """What a definition, or one condition of it, asks of `Person`; raises as `people`.

        Args:
            trail: The segments this one is asked for by.
        """
        if isinstance(node, Sets):
            return self._sets(node, trail)
        if isinstance(node, Condition):
            return self._segments(node, trail) if node.field == SEGMENT else self._field(node)
        asked = [self.condition(one, trail) for one in node.of]
        if not asked:
            return true()
        return and_(*asked) if node.join == "all" else any_of(*asked) if node.join == "any" else not_(any_of(*asked))

    def left_out(self, sets: Sets) -> tuple[list[ColumnElement[bool]], ColumnElement[Any]]:
        """Who is in the first part but not in the whole, and the id of the part that says so; the first one where several do."""
        self._refuse_empty(sets)
        first = self._any(sets.plus, ())
        reasons = [(self._in(id, ()), id) for id in sets.minus] + [(not_(self._in(id, ())), id) for id in sets.only]
        if not reasons:
            return [false()], literal("")
        why = case(*((condition, literal(str(id))) for condition, id in reasons), else_=literal(""))
        return [self._base(sets), first, any_of(*(condition for condition, _id in reasons))], why

    def shortcomings(self, definition: Definition, trail: tuple[UUID, ...] = ()) -> Iterator[str]:
        """The keys of fields that are not there for this user, now: their module is off, or its data is not for them."""
        for id in segments_in(definition):
            if id not in trail and id in self.segments and self.segments[id].kind == "living":
                yield from self.shortcomings(self.segments[id].definition, (*trail, id))
        yield from (one.field for one in conditions(definition) if one.field not in self.fields)

    def _base(self, definition: Definition) -> ColumnElement[bool]:
        """Who is looked at: what lists leave out, segments leave out."""
        if not self._reaches_retired(definition, ()):
            return _present(False)
        return any_of(_present(False), _present(True))

    def _reaches_retired(self, definition: Definition, trail: tuple[UUID, ...]) -> bool:
        if any(one.field == RETIRED for one in conditions(definition)):
            return True
        others = (id for id in segments_in(definition) if id in self.segments and id not in trail)
        return any(self._reaches_retired(self.segments[id].definition, (*trail, id)) for id in others)

    def _sets(self, sets: Sets, trail: tuple[UUID, ...]) -> ColumnElement[bool]:
        self._refuse_empty(sets)
        only = [self._in(id, trail) for id in sets.only]
        without = [not_(self._any(sets.minus, trail))] if sets.minus else []
        return and_(self._any(sets.plus, trail), *only, *without)

    @staticmethod
    def _refuse_empty(sets: Sets) -> None:
        if not sets.plus:
            raise RuleBroken(_("Nobody is in it yet."), _("Choose the segment it begins with."))

    def _any(self, ids: tuple[UUID, ...], trail: tuple[UUID, ...]) -> ColumnElement[bool]:
        return reduce(or_, [self._in(id, trail) for id in ids])

    def _in(self, segment: UUID, trail: tuple[UUID, ...]) -> ColumnElement[bool]:
        known = self._known(segment)
        if segment in trail:
            raise RuleBroken(
                _("The segment “{title}” asks for itself in the end."), _("Take one of the segments away."), title=known.title
            )
        return and_(self._base(known.definition), self._member(known, (*trail, segment)))

    def _known(self, segment: UUID) -> Known:
        known = self.segments.get(segment)
        if known is None:
            raise RuleBroken(
                _("A segment it is made of is not there any more, or not shared."), _("Choose another one, or take it away.")
            )
        return known

    def _member(self, known: Known, trail: tuple[UUID, ...]) -> ColumnElement[bool]:
        if known.kind == "frozen":
            members = select(SegmentMember.person_id).where(SegmentMember.segment_id == known.id)
            return Owned(members, SegmentMember.person_id)
        return self.condition(known.definition, trail)

    def _segments(self, one: Condition, trail: tuple[UUID, ...]) -> ColumnElement[bool]:
        refuse("choice", one.op, one.value)
        if one.op not in ("any_of", "none_of"):
            raise RuleBroken(_("This comparison is not known."))
        assert isinstance(one.value, tuple)
        inside = self._any(tuple(map(UUID, one.value)), trail)
        return inside if one.op == "any_of" else not_(inside)

    def _field(self, one: Condition) -> ColumnElement[bool]:
        field = self.fields.get(one.field)
        if field is None:
            raise RuleBroken(
                _("What it asks for is not there: {asked}."),
                _("Its module is switched off, or its data is not for you. Nobody is shown, so that nobody is shown by mistake."),
                asked=one.field,
            )
        refuse(field.asks.type, one.op, one.value)
        source = field.open(self.asked)
        if not isinstance(source, Rows):
            return compared(field.asks.type, source, one.op, one.value, self.asked)
        parts = {part.key: part for part in field.asks.parts}
        asked = list(source.always)
        for clause in one.where:
            if clause.key not in parts:
                raise RuleBroken(_("What it asks for is not there: {asked}."), asked=f"{one.field} {clause.key}")
            refuse(parts[clause.key].asks.type, clause.op, clause.value)
            kind = parts[clause.key].asks.type
            asked.append(compared(kind, source.parts[clause.key], clause.op, clause.value, self.asked))
        return _related(source, one, asked)


def is_complete(fields: Fields, one: Condition) -> bool:
    """Whether a condition says all it must; one that names what is not there does, for it is refused elsewhere."""
    field = fields.get(one.field)
    if field is None:
        return True
    kinds = {part.key: part.asks.type for part in field.asks.parts}
    clauses = (problem(kinds[clause.key], clause.op, clause.value) for clause in one.where if clause.key in kinds)
    return problem(field.asks.type, one.op, one.value) is None and not any(clauses)


def _present(retired: bool) -> ColumnElement[bool]:
    """As in the list of people, whatever that leaves out."""
    whole = people_ids(PeopleFilter(retired=retired)).whereclause
    assert whole is not None
    return whole


def _related(rows: Rows, one: Condition, asked: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether somebody has such a row, none, or so many."""
    found: Any = select(rows.person).where(*asked)
    if rows.among is not None:
        found = found.select_from(rows.among)
    if one.op == "at_least":
        least = int(str(one.value))
        return Owned(found.group_by(rows.person).having(func.count() >= least), rows.person) if least else true()
    return Owned(found, rows.person) if one.op == "some" else not_(Owned(found, rows.person))
