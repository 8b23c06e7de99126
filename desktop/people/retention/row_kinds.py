"""Which rows of the register its rules for single rows are about, and from when their time is counted. No Qt in this file."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from db.models.consent import Consent, ContactBlock
from db.models.interaction import INTERACTION_KINDS, Interaction
from db.models.task import Task
from desktop.people.retention.old_rows import Over

CONTACTS = sorted(INTERACTION_KINDS.keys() - {"note", "signature"})  # a signature lives as long as what was signed


def contacts() -> Over:
    """Contacts before somebody's latest one: from that the time of the person themselves is counted."""
    newer = aliased(Interaction)
    later = exists().where(newer.person_id == Interaction.person_id, newer.kind != "note", newer.at > Interaction.at)
    return Over(Interaction, Interaction.at, (Interaction.kind.in_(CONTACTS), later, _proves_nothing()))


def notes() -> Over:
    """What somebody wrote down on a timeline."""
    return Over(Interaction, Interaction.at, (Interaction.kind == "note", _proves_nothing()))


def answers() -> Over:
    """Answers that a newer one about the same purpose took the place of, counted from then."""
    newer = aliased(Consent)
    since = (
        select(func.min(newer.at))
        .where(newer.person_id == Consent.person_id, newer.purpose_id == Consent.purpose_id, newer.at > Consent.at)
        .scalar_subquery()
    )
    return Over(Consent, since)


def stops() -> Over:
    """Stops that are over."""
    return Over(ContactBlock, ContactBlock.ends_at)


def tasks() -> Over:
    """Tasks that are done."""
    return Over(Task, Task.done_at)


def _proves_nothing() -> ColumnElement[bool]:
    """That no answer rests on the line."""
    return ~exists().where(Consent.evidence_id == Interaction.id)
