"""Gathers what a policy or its consent form prints; the documents this module offers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import Conflict
from db.models.person import Person
from db.texts import _
from desktop.modules.policies import reading, register
from desktop.modules.policies.prints import ConsentPrint, PolicyPrint
from desktop.modules.policies.tables import Policy, PolicyVersion

RENDER_POLICY = "desktop.modules.policies.reports:render_policy"
RENDER_CONSENT = "desktop.modules.policies.reports:render_consent"


def version_print(session: Session, version_id: UUID) -> PolicyPrint:
    """One version as it is printed.

    Raises:
        Conflict: it is no longer there.
    """
    version = session.get(PolicyVersion, version_id)
    policy = session.get(Policy, version.policy_id) if version else None
    if version is None or policy is None:
        raise Conflict(_("This policy is no longer there."), _("Go back to the list of policies."))
    return PolicyPrint(
        policy_id=policy.id, number=version.number, state=version.state, title=version.title, owner_post=version.owner_post,
        contact=version.contact, language=version.language, source=version.source, content_hash=version.content_hash,
        last_revised=version.revised_on, created_on=policy.created_on, created_by=policy.created_by,
        revised_on=version.revised_on, revised_by=version.revised_by, decided_on=version.decided_on, decided_by=version.decided_by,
    )  # fmt: skip


def consent_print(
    session: Session, version_id: UUID, person_id: UUID | None, *, today: date, place: str = "", day: date | None = None
) -> ConsentPrint:
    """The form for one holder, with the post they hold; for nobody in particular, an empty one."""
    printed = version_print(session, version_id)
    person = session.get(Person, person_id, options=[register.names_alone()]) if person_id else None
    if person is None:
        return ConsentPrint(printed, place=place, day=day)
    name = register.name_in_print(person.preferred or person.given, person.family)
    return ConsentPrint(printed, register.post_of(session, printed.policy_id, person.id, today), name, place, day)


def form_print(session: Session, policy_id: UUID, person_id: UUID | None, today: date) -> ConsentPrint:
    """The form of the version holders sign now; before any is decided, of the newest one, marked as a draft."""
    signed = register.signable_version(session, policy_id)
    return consent_print(session, signed.id if signed else leading_version(session, policy_id), person_id, today=today)


def leading_version(session: Session, policy_id: UUID) -> UUID:
    """The version meant when nobody says which: the one in force, else the newest."""
    rows = session.execute(
        select(PolicyVersion.id, PolicyVersion.state)
        .where(PolicyVersion.policy_id == policy_id)
        .order_by(PolicyVersion.number.desc())
    ).all()
    found: UUID = next((row.id for row in rows if row.state == "current"), rows[0].id)
    return found


def policy_to_print(session: Session, wanted: str) -> PolicyPrint:
    """The policy called `wanted` (title or id) as `render_policy` takes it; its own language is in it.

    Raises:
        RuleBroken: none fits, or several do.
    """
    return version_print(session, leading_version(session, reading.find_policy(session, wanted)))


def consent_to_print(session: Session, wanted: str, today: date) -> ConsentPrint:
    """The consent form of the policy called `wanted`, filled in for the holder if exactly one person must sign.

    Raises:
        RuleBroken: none fits, or several do.
    """
    policy_id = reading.find_policy(session, wanted)
    people = {person for person, _name, _post in register.asked(session, policy_id, today)}
    only = next(iter(people)) if len(people) == 1 else None
    return form_print(session, policy_id, only, today)
