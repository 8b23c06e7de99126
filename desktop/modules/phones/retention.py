"""Whom, and which rows, phone duty's rules of retention are about. No Qt in this file."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists

from db.models.person import Person
from desktop.modules.phones.tables import CallEntry, CallRound
from desktop.people.retention.facts import Facts
from desktop.people.retention.kinds import strangers
from desktop.people.retention.old_rows import Over


def only_called(facts: Facts) -> ColumnElement[bool]:
    """Who stands in a call round and never had a role here."""
    return and_(strangers(facts), exists().where(CallEntry.person_id == Person.id))


def old_entries() -> Over:
    """Places that were done with in rounds that are closed; calls go with their place, what they left on the timeline does not."""
    return Over(CallEntry, CallEntry.done_at, (exists().where(CallRound.id == CallEntry.round_id, CallRound.state == "closed"),))
