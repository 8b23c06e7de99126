"""Where a record leads that was merged into another one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.merge import MergedPerson
from db.models.person import Person
from db.search import title_of
from db.texts import _

MERGE = "merge_people"  # the verb of the step


def survivor_of(session: Session, person_id: UUID) -> UUID:
    """The record an id leads to: that of whoever it was merged into, else itself."""
    return session.scalar(select(MergedPerson.into_id).where(MergedPerson.person_id == person_id)) or person_id


def merged_on(session: Session, change_set: UUID) -> bool:
    """Whether the record that stayed in this merge was merged into a third one since."""
    own = MergedPerson.made_in == change_set, MergedPerson.changed_in != change_set
    return bool(session.scalar(select(exists().where(*own))))


def refuse_merged(session: Session, person_id: UUID) -> None:
    """For steps that write on a record: one that only leads on takes nothing.

    Raises:
        RuleBroken: it was merged into another record, which is named.
    """
    into = select(Person.family, Person.given).join(MergedPerson, MergedPerson.into_id == Person.id)
    found = session.execute(into.where(MergedPerson.person_id == person_id)).one_or_none()
    if found is not None:
        raise RuleBroken(
            _("This record was merged into that of {name}."),
            _("Write it there, or take the two records apart again."),
            name=title_of(*found),
        )
