"""What some of the demo people allow: consents given and taken back, one who wants no calls, and one who is dead."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.models.person import Person
from db.models.role import Role
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment, purpose_of, stop_contact, write_consent

# Purpose, answer, how, how many days ago; in turn for alumni and mentors.
_ANSWERS = (
    ("alumni", "given", "form", 400),
    ("newsletter", "given", "web", 200),
    ("newsletter", "given", "web", 800),  # has run out by now
    ("fundraising", "refused", "call", 90),
    ("alumni", "given", "meeting", 30),
    ("mentoring", "given", "email", 150),
)
_WITHDRAWN = ("alumni", 20)  # by the first of them
_OLD_AND_GONE = timedelta(days=60)


def add_consents(session: Session, actor: Actor, people: list[UUID], now: datetime, zone: tzinfo) -> None:
    """Let those who left the university answer; the last of them died, the last but one wants no calls."""
    left = select(Role.person_id).where(Role.kind.in_(("alumnus", "mentor")))
    known = set(session.scalars(left))
    those, when = [person for person in people if person in known], Moment(now, zone)
    if len(those) < 3:
        return
    answering = those[:-2]
    for place, person in enumerate(answering[:60]):
        purpose, state, way, days = _ANSWERS[place % len(_ANSWERS)]
        day = (now - timedelta(days=days)).astimezone(zone).date()
        form = ConsentForm(purpose_of(session, purpose), state, way, day, language="sv")
        write_consent(session, person, form, actor=actor, when=when)
    purpose, days = _WITHDRAWN
    day = (now - timedelta(days=days)).astimezone(zone).date()
    withdrawn = ConsentForm(purpose_of(session, purpose), "withdrawn", "email", day)
    write_consent(session, answering[0], withdrawn, actor=actor, when=when)
    stop_contact(session, those[-2], BlockForm("phone", "Vill hellre ha brev"), actor=actor, when=when)
    session.get_one(Person, those[-1]).deceased_on = (now - _OLD_AND_GONE).astimezone(zone).date()
    session.flush()
