"""Where a record leads that was merged into another one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.errors import RuleBroken
from db.models.merge import MergedPerson
from db.models.person import Person
from db.search import title_of
from db.texts import _


def survivor_of(session: Session, person_id: UUID) -> UUID:
    """The record an id leads to in the end: that of whoever it was merged into, else itself."""
    while (into := session.scalar(select(MergedPerson.into_id).where(MergedPerson.person_id == person_id))) is not None:
        person_id = into
    return person_id


def records_of(session: Session, person_id: UUID) -> tuple[UUID, ...]:
    """The record and all that lead to it, however many merges away; itself first."""
    found = [person_id]
    for own in found:
        found += session.scalars(select(MergedPerson.person_id).where(MergedPerson.into_id == own).order_by(MergedPerson.id))
    return tuple(found)


def merged_on(session: Session, change_set: UUID) -> bool:
    """Whether the record that stayed in a merge this step made was merged into a third one since."""
    later = aliased(MergedPerson)
    own = select(MergedPerson.id).join(later, later.person_id == MergedPerson.into_id)
    return session.scalar(own.where(MergedPerson.made_in == change_set).limit(1)) is not None


def refuse_merged(session: Session, person_id: UUID) -> None:
    """For steps that write on a record: one that only leads on takes nothing.

    Raises:
        RuleBroken: it was merged into another record, which is named.
    """
    into = survivor_of(session, person_id)
    if into != person_id:
        raise RuleBroken(
            _("This record was merged into that of {name}."),
            _("Write it there, or take the two records apart again."),
            name=name_on(session, into),
        )


def name_on(session: Session, person_id: UUID) -> str:
    """The name on a record, for errors and lists; empty when it is not there."""
    found = session.execute(select(Person.family, Person.given).where(Person.id == person_id)).one_or_none()
    return title_of(*found) if found is not None else ""
