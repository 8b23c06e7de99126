"""The register of signatures: who has signed which version, who has not, and filing a sheet under exactly one version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, load_only
from sqlalchemy.orm.interfaces import ORMOption

from db.actor import Actor
from db.base import new_id
from db.database import about, describe
from db.engine import one_at_a_time
from db.errors import Conflict, RuleBroken
from db.models.person import Person
from db.models.post import PostHolding
from db.texts import _
from desktop.core.contacting.recording import Contact, record_contact
from desktop.core.sheets import Sheet, store
from desktop.modules.policies import scans
from desktop.modules.policies.fingerprint import SHORT
from desktop.modules.policies.states import SIGNABLE, UNDECIDED
from desktop.modules.policies.tables import Policy, PolicySignature, PolicySigner, PolicyVersion
from desktop.people.organisation import posts

NOON = time(12, 0)


@dataclass(frozen=True, slots=True)
class Signed:
    """One line of the register; `valid` while the version signed is the one that holds."""

    id: UUID
    person_id: UUID
    name: str
    post: str
    number: int
    signed_on: date
    place: str
    attachment_id: UUID | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Unsigned:
    """Somebody who must sign and has not; `earlier` is the last version signed before, if any."""

    person_id: UUID
    name: str
    post: str
    earlier: int | None


@dataclass(frozen=True, slots=True)
class Signature:
    """What stands on a signed sheet."""

    person_id: UUID
    post: str
    signed_on: date
    place: str = ""


def signatures(session: Session, policy_id: UUID) -> list[Signed]:
    """Everybody who has signed some version, newest version first."""
    rows = session.execute(
        select(PolicySignature, PolicyVersion.number, PolicyVersion.state, Person.given, Person.preferred, Person.family)
        .join(PolicyVersion, PolicyVersion.id == PolicySignature.version_id)
        .join(Person, Person.id == PolicySignature.person_id)
        .where(PolicyVersion.policy_id == policy_id)
        .order_by(PolicyVersion.number.desc(), Person.name_key, PolicySignature.id)
    ).all()
    return [
        Signed(
            row.id, row.person_id, name_in_print(preferred or given, family), row.post_title, number, row.signed_on, row.place,
            row.attachment_id, state in SIGNABLE,
        )
        for row, number, state, given, preferred, family in rows
    ]  # fmt: skip


def names_alone() -> ORMOption:
    """Read of people what a list of names needs: on a server, who looks after policies sees no more of them."""
    return load_only(Person.given, Person.preferred, Person.family, Person.name_key, Person.retired_at)


def name_in_print(given: str, family: str) -> str:
    """As a person prints their own name."""
    return f"{given} {family}".strip()


def unsigned(session: Session, policy_id: UUID, today: date) -> list[Unsigned]:
    """Who must sign the version that holds and has not; empty while no version may be signed."""
    leading = signable_version(session, policy_id)
    if leading is None:
        return []
    done = set(session.scalars(select(PolicySignature.person_id).where(PolicySignature.version_id == leading.id)))
    earlier: dict[UUID, int] = {}
    for line in reversed(signatures(session, policy_id)):
        earlier[line.person_id] = line.number
    seen: set[UUID] = set()
    missing = []
    for person_id, name, post in asked(session, policy_id, today):
        if person_id not in done and person_id not in seen:
            seen.add(person_id)
            missing.append(Unsigned(person_id, name, post, earlier.get(person_id)))
    return missing


def signable_version(session: Session, policy_id: UUID) -> PolicyVersion | None:
    """The version that holders sign now: the one in force, else one that is decided already."""
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id, PolicyVersion.state.in_(SIGNABLE))
    found = {version.state: version for version in session.scalars(query)}
    return found.get("current") or found.get("decided")


def asked(session: Session, policy_id: UUID, today: date) -> list[tuple[UUID, str, str]]:
    """Whom the policy binds, as (person, name, post): today's holders of its posts, and people asked by name."""
    signers = session.execute(
        select(PolicySigner.post_id, PolicySigner.person_id).where(PolicySigner.policy_id == policy_id)
    ).all()
    post_ids = [row.post_id for row in signers if row.post_id]
    found = [(h.person_id, name_in_print(h.given, h.family), h.post) for h in posts.holders(session, post_ids, today)]
    person_ids = [row.person_id for row in signers if row.person_id]
    named = select(Person).options(names_alone()).where(Person.id.in_(person_ids), Person.retired_at.is_(None))
    people = named.order_by(Person.name_key, Person.id)
    found += [(p.id, name_in_print(p.preferred or p.given, p.family), "") for p in session.scalars(people)]
    return found


def ask_post(session: Session, policy_id: UUID, title: str) -> None:
    """From now on whoever holds this post must sign; asking twice changes nothing."""
    post = posts.post_named(session, title)
    if not _is_asked(session, policy_id, post_id=post.id):
        session.add(PolicySigner(policy_id=policy_id, post_id=post.id))
        session.flush()
    about(session, policy_id)
    describe(session, post=post.title)


def ask_person(session: Session, policy_id: UUID, person_id: UUID) -> None:
    """From now on this person must sign, whatever post they hold; asking twice changes nothing."""
    if not _is_asked(session, policy_id, person_id=person_id):
        session.add(PolicySigner(policy_id=policy_id, person_id=person_id))
        session.flush()
    about(session, policy_id, person_id)


def _is_asked(session: Session, policy_id: UUID, *, post_id: UUID | None = None, person_id: UUID | None = None) -> bool:
    one_at_a_time(session, f"signers of policy {policy_id}")
    same = PolicySigner.post_id == post_id if post_id else PolicySigner.person_id == person_id
    return session.scalars(select(PolicySigner.id).where(PolicySigner.policy_id == policy_id, same)).first() is not None


def post_of(session: Session, policy_id: UUID, person_id: UUID, today: date) -> str:
    """The post under which a person would sign: one the policy asks for, else any they hold, else none."""
    for asked_id, _name, post in asked(session, policy_id, today):
        if asked_id == person_id and post:
            return post
    held = session.scalars(
        select(PostHolding.post_id).where(
            PostHolding.person_id == person_id, PostHolding.starts <= today,
            or_(PostHolding.ends.is_(None), PostHolding.ends >= today),
        )
    ).all()  # fmt: skip
    found = posts.holders(session, list(held), today)
    return next((holder.post for holder in found if holder.person_id == person_id), "")


def file_signature(
    session: Session,
    version_id: UUID,
    signature: Signature,
    scan: Sheet | None,
    *,
    actor: Actor,
    now: datetime,
    today: date,
    zone: tzinfo,
) -> UUID:
    """File a signed sheet under exactly this version, and put the signature on the person's timeline.

    Raises:
        RuleBroken: the version is not decided yet, the sheet's own mark names another one, the person signed it
            already, or the day lies ahead.
    """
    version = session.get(PolicyVersion, version_id)
    policy = session.get(Policy, version.policy_id) if version else None
    person = session.get(Person, signature.person_id, options=[names_alone()])
    if version is None or policy is None or person is None:
        raise Conflict(_("This record is no longer there."), _("Nothing was filed. Go back and choose again."))
    _check_signature(session, version, signature, scan, today)
    filed = PolicySignature(
        id=new_id(), version_id=version.id, person_id=person.id, post_title=" ".join(signature.post.split()),
        signed_on=signature.signed_on, place=" ".join(signature.place.split()), filed_at=now, filed_by=actor.name,
    )  # fmt: skip
    if scan is not None:
        filed.attachment_id = store(session, scan, scans.MODULE, filed.id, now)
    session.add(filed)
    at = now if signature.signed_on == today else datetime.combine(signature.signed_on, NOON, zone)
    session.flush()
    line = Contact(
        "signature", at, "in", scans.MODULE, actor.name, title=version.title, text=filed.post_title,
        outcome=f"version_{version.number}",
    )  # fmt: skip
    record_contact(session, person.id, line)
    about(session, policy.id, person.id)
    name = name_in_print(person.preferred or person.given, person.family)
    describe(session, title=version.title, number=version.number, name=name)
    return filed.id


def _check_signature(session: Session, version: PolicyVersion, signature: Signature, scan: Sheet | None, today: date) -> None:
    if version.state in UNDECIDED:
        raise RuleBroken(_("This version is not decided yet."), _("Have it decided, then print the form anew and sign it."))
    if signature.signed_on > today:
        raise RuleBroken(_("The day of the signature lies ahead."), _("Choose today or an earlier day."), field="signed_on")
    mark = scans.mark_of(scan)
    if mark and (mark.policy_id, mark.number, mark.short_hash) != (
        version.policy_id,
        version.number,
        version.content_hash[:SHORT],
    ):
        raise RuleBroken(
            _("The sheet belongs to version {number} with the fingerprint {hash}, not to this one."),
            _("Choose that version, or let this one be signed anew."), field="scan", number=mark.number, hash=mark.short_hash,
        )  # fmt: skip
    same = select(PolicySignature.id).where(
        PolicySignature.version_id == version.id, PolicySignature.person_id == signature.person_id
    )
    if session.scalars(same).first() is not None:
        raise RuleBroken(
            _("This person has signed this version already."), _("Look into the register of signatures."), field="person"
        )
