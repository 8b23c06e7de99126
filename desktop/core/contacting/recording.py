"""Writing a contact on the timeline: the only way to do it, so that none of ours goes unasked or uncounted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from db.base import new_id
from db.bulk import insert_rows
from db.database import stamps
from db.errors import RuleBroken
from db.models.interaction import CHANNEL_OF, Interaction
from db.prepared import Prepared
from db.texts import _
from desktop.core.contacting.allowed import may_contact, plan_contact, said_against
from desktop.core.contacting.rules import SENTENCES, Answer

# Written all day long: by the mapper it would take as long again as the disk does.
_LINE = Prepared(insert(Interaction).values({c.name: bindparam(c.name) for c in Interaction.__table__.columns}))
_MANY = ("id", "person_id", "kind", "at", "title", "text", "module", "by_name", "direction", "purpose", "asked")


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the timeline to be written; see `Interaction`. `happened` says that it has been already, such as a call.

    What has happened is written in any case; what has not is refused where the person may not be contacted.
    """

    kind: str
    at: datetime
    direction: str
    module: str
    by_name: str
    title: str = ""
    text: str = ""
    outcome: str = ""
    seconds: int | None = None
    purpose: str = ""
    asked: bool = False
    happened: bool = True


@dataclass(frozen=True, slots=True)
class Recorded:
    """The line that was written; `against` is a code of `WHY` where the rules were against this contact."""

    id: UUID
    against: str = ""


def record_contact(session: Session, person_id: UUID, contact: Contact) -> Recorded:
    """Write one contact, whoever it came from; before one of ours the rules are asked.

    Raises:
        RuleBroken: it has not happened yet, and the person may not be contacted so.
    """
    against = _against(session, person_id, contact)
    if against and not contact.happened:
        raise RuleBroken(SENTENCES[against], _("Nothing was sent."))
    return Recorded(_write(session, person_id, contact), against)


def record_past(session: Session, person_id: UUID, contact: Contact) -> UUID:
    """Write one contact that has happened, where nobody is told what stood against it; the line's id.

    Raises:
        ValueError: it has not happened yet, so the rules must be asked.
    """
    if not contact.happened:
        raise ValueError("what has not happened is written by record_contact")
    return _write(session, person_id, contact)


def _write(session: Session, person_id: UUID, contact: Contact) -> UUID:
    line = new_id()
    _LINE.add(
        session.connection(), id=line, person_id=person_id, kind=contact.kind, at=contact.at, direction=contact.direction,
        seconds=contact.seconds, outcome=contact.outcome, title=contact.title, text=contact.text, module=contact.module,
        by_name=contact.by_name, purpose=contact.purpose or None, asked=contact.asked or None, **stamps(session),
    )  # fmt: skip
    session.info["areas"].add(Interaction.__tablename__)
    return line


def record_contacts(session: Session, people: Iterable[UUID], contact: Contact, *, today: date) -> Answer:
    """Write that all of these people are sent the same now, such as a letter; those who may not be are left out.

    Gives the leave to render or send it, and who is left out and why.
    """
    plan = plan_contact(session, CHANNEL_OF[contact.kind], contact.purpose, asked=contact.asked)
    answer = may_contact(session, people, plan, now=contact.at, today=today)
    same = contact.kind, contact.at, contact.title, contact.text, contact.module, contact.by_name, "out"
    rows = [(new_id(), person, *same, contact.purpose or None, contact.asked or None) for person in sorted(answer.people)]
    insert_rows(session, Interaction, _MANY, rows)
    return answer


def _against(session: Session, person_id: UUID, contact: Contact) -> str:
    channel = CHANNEL_OF.get(contact.kind)
    if contact.direction != "out" or channel is None:
        return ""
    if contact.happened and not contact.purpose:
        return said_against(session, person_id, channel, contact.at)
    # How often is too often is no matter for what has been.
    plan = plan_contact(session, channel, contact.purpose, asked=contact.asked or contact.happened)
    answer = may_contact(session, (person_id,), plan, now=contact.at, today=contact.at.date(), ways=False)
    return answer.stopped.get(person_id, "")
