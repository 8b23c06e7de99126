"""Policies to try things out with: one in force and partly signed, one overdue, one under review, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from desktop.modules.policies import register, service, templates
from desktop.modules.policies.demo_texts import ALUMNI, MENTORS, REGISTER
from desktop.modules.policies.register import Signature
from desktop.modules.policies.service import Calendar, PolicyText
from desktop.modules.policies.tables import PolicyVersion
from desktop.people.organisation import posts

if TYPE_CHECKING:
    from db.actor import Actor
    from desktop.core.context import ModuleContext

POSTS = ("Utskottsordförande", "Alumniansvarig", "Näringslivsansvarig", "Kontaktperson")


def add_policies(context: ModuleContext, people: Sequence[UUID]) -> None:
    """Add the policies and let the first of `people` hold the posts; nothing without people."""
    if not people:
        return
    today = context.clock.today()
    with context.database.write(context.actor, "demo_policies") as session:
        for post, person in zip(POSTS, people, strict=False):
            posts.give_post(session, post, person, today - timedelta(days=200))
        alumni = _in_force(session, context, ALUMNI, today - timedelta(days=310))
        for post in POSTS[1:]:
            register.ask_post(session, alumni, post)
        for post, person in list(zip(POSTS, people, strict=False))[:2]:
            _sign(session, context, alumni, person, post, today)
        mentors = _in_force(session, context, MENTORS, today - timedelta(days=400))
        service.begin_version(session, mentors, actor=context.actor, today=today)
        draft = service.create_policy(session, REGISTER, actor=context.actor, today=today)
        row = _newest(session, draft)
        service.submit(session, row.id, row.version)
        begun = replace(ALUMNI, title="Alumnilinjaus", language="fi", owner_post="Alumnivastaava", source=templates.begin("fi"))
        service.create_policy(session, begun, actor=context.actor, today=today)


def _in_force(session: Session, context: ModuleContext, text: PolicyText, day: date) -> UUID:
    actor: Actor = context.actor
    policy_id = service.create_policy(session, text, actor=actor, today=day)
    row = _newest(session, policy_id)
    service.submit(session, row.id, row.version)
    service.decide(session, row.id, row.version, actor=actor, today=day, four_eyes=False)
    calendar = Calendar(context.clock.now(), day, context.clock.zone)
    service.put_in_force(session, row.id, row.version, actor=actor, calendar=calendar)
    return policy_id


def _newest(session: Session, policy_id: UUID) -> PolicyVersion:
    return service.newest_version(session, policy_id)


def _sign(session: Session, context: ModuleContext, policy_id: UUID, person: UUID, post: str, today: date) -> None:
    signature = Signature(person, post, today - timedelta(days=150), "Luleå")
    register.file_signature(
        session, _newest(session, policy_id).id, signature, None,
        actor=context.actor, now=context.clock.now(), today=today, zone=context.clock.zone,
    )  # fmt: skip
