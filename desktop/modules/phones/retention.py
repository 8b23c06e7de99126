"""Whom phone duty's rule of retention is about. No Qt in this file."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists

from db.models.person import Person
from desktop.modules.phones.tables import CallEntry
from desktop.people.retention.facts import Facts
from desktop.people.retention.kinds import strangers


def only_called(facts: Facts) -> ColumnElement[bool]:
    """Who stands in a call round and never had a role here."""
    return and_(strangers(facts), exists().where(CallEntry.person_id == Person.id))
