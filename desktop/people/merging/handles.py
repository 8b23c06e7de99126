"""What merges there were with a record: where it leads, and which records were merged into it. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.merged import name_on, survivor_of
from db.models.merge import MergedPerson
from db.models.person import Person
from db.search import title_of
from db.texts import _


@dataclass(frozen=True, slots=True)
class Merges:
    """Where a record leads, None where it stands for itself, and the records merged into it, the newest first."""

    into: UUID | None
    into_name: str
    merged: tuple[tuple[UUID, str], ...]


def merges_of(session: Session, person_id: UUID) -> Merges:
    """What merges there were with this record."""
    last = survivor_of(session, person_id)
    handles = select(MergedPerson.person_id, Person.family, Person.given).join(Person, Person.id == MergedPerson.person_id)
    rows = session.execute(handles.where(MergedPerson.into_id == person_id).order_by(MergedPerson.id.desc()))
    merged = tuple((id, title_of(family, given)) for id, family, given in rows)
    return Merges(last if last != person_id else None, name_on(session, last), merged)


def merge_made_in(session: Session, change_set: UUID) -> dict[str, Any]:
    """Whom the page that takes records apart is opened for, from the step that merged them.

    Raises:
        RuleBroken: the two records are not merged any more.
    """
    merged = session.scalar(select(MergedPerson.person_id).where(MergedPerson.made_in == change_set))
    if merged is None:
        raise RuleBroken(_("The two records are apart again."), _("Reload the history."))
    return {"person_id": merged}
