"""What a merge would do, to be looked at before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.identity_numbers import REPLACES, SECRET_KINDS
from db.merged import name_on, survivor_of
from db.models.duplicate import KeptApart, NotADuplicate
from db.models.history import ChangeSet
from db.models.person import Person
from db.numbers import numbers_by_row
from db.texts import Msgid, _
from desktop.people.card import IdentifierLine, PersonCard, person_card
from desktop.people.merging.belongings import Belongings, World, read_belongings
from desktop.people.merging.sides import FIELDS, FieldPair, Side, Weight, field_pairs

ONE_EACH = SECRET_KINDS - {"interim"}  # nobody has two of these at a time


@dataclass(frozen=True, slots=True)
class NumberClash:
    """Two different numbers of a kind of which a person has one: one of them has to be history."""

    kind: str
    stays: IdentifierLine
    goes: IdentifierLine


@dataclass(frozen=True, slots=True)
class MergePlan:
    """Both records at one moment, and what becomes of them. `mark` changes with anything a merge would touch."""

    stays: PersonCard
    goes: PersonCard
    fields: tuple[FieldPair, ...]
    belongings: Belongings
    clashes: tuple[NumberClash, ...]
    hindrances: tuple[RuleBroken, ...]
    remarks: tuple[Msgid, ...]
    mark: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user decided.

    Args:
        fields: The side of each field that both know differently; the suggestion holds for the others.
        left_out: Ways to reach them and roles, of either record, that are not kept.
        replaced: Numbers that are history from now on.
    """

    fields: Mapping[str, Side] = field(default_factory=dict)
    left_out: frozenset[UUID] = frozenset()
    replaced: frozenset[UUID] = frozenset()
    reason: str = ""


def older_first(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """The record that stays unless the user wants the other one, and the one that goes."""
    return min(one, other), max(one, other)


def read_plan(session: Session, stays: UUID, goes: UUID, world: World) -> MergePlan:
    """Read everything a merge would touch.

    Raises:
        RuleBroken: it is one record.
        Unavailable: one of them is no longer there.
    """
    if stays == goes:
        raise RuleBroken(_("This is one record already."), _("Choose another one."))
    one, other = person_card(session, stays), person_card(session, goes)
    belongings = read_belongings(session, stays, goes, world)
    clashes = _clashes(session, one, other)
    mine, theirs = ({key: getattr(card, key) for key in FIELDS} for card in (one, other))
    mark = hashlib.sha256(f"{belongings.mark} {stays.hex} {one.version} {goes.hex} {other.version}".encode()).hexdigest()
    return MergePlan(
        one,
        other,
        field_pairs(mine, theirs, _weight(session, one), _weight(session, other)),
        belongings,
        clashes,
        (*_hindrances(session, one, other), *belongings.refused),
        _remarks(session, one, other),
        mark,
    )


def numbers_to_end(plan: MergePlan, choice: Choice) -> list[UUID]:
    """The numbers that become history: those said to be, and those a number of the other record takes the place of.

    Raises:
        RuleBroken: two numbers of a kind are left of which a person has one.
    """
    for clash in plan.clashes:
        if len({clash.stays.id, clash.goes.id} & choice.replaced) != 1:
            raise RuleBroken(
                _("The two records have different numbers of a kind of which a person has one."),
                _("Say which of the two still holds. If both do, they are two people."),
                field=clash.kind,
            )
    ended = {id for clash in plan.clashes for id in (clash.stays.id, clash.goes.id) if id in choice.replaced}
    lines = [
        line for card in (plan.stays, plan.goes) for line in card.identifiers if line.valid_to is None and line.id not in ended
    ]
    kinds = {line.kind for line in lines}
    replaced = {kind for held in kinds for kind in REPLACES.get(held, frozenset()) if kind != held}
    return [*ended, *(line.id for line in lines if line.kind in replaced)]


def _clashes(session: Session, one: PersonCard, other: PersonCard) -> tuple[NumberClash, ...]:
    called = numbers_by_row(session, one.id) | numbers_by_row(session, other.id)
    found = []
    for mine in one.identifiers:
        for theirs in other.identifiers:
            both = mine.kind == theirs.kind and mine.kind in ONE_EACH and mine.valid_to is None and theirs.valid_to is None
            if both and called.get(mine.id) != called.get(theirs.id):
                found.append(NumberClash(mine.kind, mine, theirs))
    return tuple(found)


def _weight(session: Session, card: PersonCard) -> Weight:
    registered = any(line.kind in ONE_EACH and line.valid_to is None for line in card.identifiers)
    last = select(ChangeSet.number).join(Person, Person.changed_in == ChangeSet.id).where(Person.id == card.id)
    return Weight(registered, session.scalar(last) or 0)


def _hindrances(session: Session, *cards: PersonCard) -> list[RuleBroken]:
    found = []
    for card in cards:
        into = survivor_of(session, card.id)
        if into != card.id:
            found.append(
                RuleBroken(
                    _("The record of {name} was merged into that of {other} already."),
                    _("Open that record instead."),
                    name=card.title,
                    other=name_on(session, into),
                )
            )
        elif card.retired_at is not None:
            found.append(RuleBroken(_("{name} is retired."), _("Restore the record first."), name=card.title))
        if session.scalar(select(exists().where(KeptApart.person_id == card.id))):
            found.append(
                RuleBroken(
                    _("{name} is kept apart: this identity must not be linked with another one."),
                    _("Nothing can be merged with it."),
                    name=card.title,
                )
            )
    return found


def _remarks(session: Session, one: PersonCard, other: PersonCard) -> tuple[Msgid, ...]:
    first, second = older_first(one.id, other.id)
    found = []
    judged = NotADuplicate.first_id == first, NotADuplicate.second_id == second
    if session.scalar(select(exists().where(*judged))):
        found.append(_("The office said that these are two people."))
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        found.append(_("They have different birth dates."))
    if bool(one.deceased_on) != bool(other.deceased_on):
        found.append(_("One of the records says that the person is deceased: that stays."))
    return tuple(found)


def judgements_of(session: Session, person: UUID) -> list[NotADuplicate]:
    """What was said of pairs with this person."""
    named = or_(NotADuplicate.first_id == person, NotADuplicate.second_id == person)
    return list(session.scalars(select(NotADuplicate).where(named).order_by(NotADuplicate.id)))
