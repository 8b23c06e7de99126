"""Who was touched since an import: asked before it is taken back, since what was touched stays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from db.models.history import ChangeAbout, ChangeSet, RowImage
from db.models.person import ContactPoint, Identifier, Person
from db.models.role import Role
from db.search import title_of

NAMED_AT_MOST = 200


def touched_since(session: Session, change_set: UUID) -> list[str]:
    """The names of people of an import about whom something was saved later, by the alphabet; no more than are read."""
    found: set[UUID] = set()
    for model, owner in (
        (Person, Person.id),
        (ContactPoint, ContactPoint.person_id),
        (Identifier, Identifier.person_id),
        (Role, Role.person_id),
    ):
        found |= _some(session, select(owner).where(model.made_in == change_set, model.changed_in != change_set))
        images = select(RowImage.row_id).where(RowImage.change_set == change_set, RowImage.table_name == model.__tablename__)
        found |= _some(session, select(owner).where(model.id.in_(images), model.changed_in != change_set))
    number = select(ChangeSet.number).where(ChangeSet.id == change_set).scalar_subquery()
    for condition in _people_of(change_set):
        told = select(Person.id).join(ChangeAbout, ChangeAbout.ref == Person.id)
        found |= _some(session, told.where(ChangeAbout.change_set > number, condition))
    people = select(Person.family, Person.given).where(Person.id.in_(sorted(found)[:NAMED_AT_MOST]))
    return [title_of(family, given) for family, given in session.execute(people.order_by(Person.name_key, Person.id))]


def _people_of(change_set: UUID) -> list[ColumnElement[bool]]:
    """Whom the import made, and whom it changed."""
    images = select(RowImage.row_id).where(RowImage.change_set == change_set, RowImage.table_name == Person.__tablename__)
    return [Person.made_in == change_set, Person.id.in_(images)]


def _some(session: Session, people: Select[Any]) -> set[UUID]:
    return set(session.scalars(people.limit(NAMED_AT_MOST)))
