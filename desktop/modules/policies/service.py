"""The life of a policy: written, reviewed, decided, in force, looked through each year, replaced. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import Conflict, RuleBroken
from db.models.account import UserAccount
from db.sorting import fold, sort_key
from db.texts import Msgid, _
from desktop.modules.policies import revision, sections
from desktop.modules.policies.fingerprint import content_hash
from desktop.modules.policies.states import UNDECIDED
from desktop.modules.policies.tables import Policy, PolicySigner, PolicyVersion
from desktop.people.organisation.posts import post_named

LANGUAGES = ("sv", "fi", "en")
NO_TEXT = Msgid("")


@dataclass(frozen=True, slots=True)
class PolicyText:
    """What is written in a version; `note` tells the list of versions what is new."""

    title: str
    owner_post: str
    contact: str
    language: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What day and time it is at the office, and how long a policy holds before it must be looked through."""

    now: datetime
    today: date
    zone: tzinfo
    months: int = 12


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a text written elsewhere: when and by whom it was created and last revised."""

    created: date | None = None
    created_by: str = ""
    revised: date | None = None
    revised_by: str = ""


def create_policy(session: Session, text: PolicyText, *, actor: Actor, today: date, past: Past | None = None) -> UUID:
    """Begin a policy with version 1 as a draft; its owner post is made when unknown and becomes the first to sign.

    Args:
        past: For a text that was written elsewhere. What it leaves open is answered for by `actor`, today.

    Raises:
        RuleBroken: a policy of this title exists in this language, the title or post is empty, or a day lies ahead.
    """
    text, past = _checked(text), past or Past()
    revised = past.revised or today
    created = past.created or revised
    if max(created, revised) > today:
        raise RuleBroken(
            _("The day of the last revision lies ahead."), _("Choose today or an earlier day."), field="last_revised"
        )
    _must_be_new(session, text, None)
    owner = post_named(session, text.owner_post)
    policy = Policy(
        id=new_id(), title=text.title, title_key=sort_key(text.title), title_folded=fold(text.title), language=text.language,
        owner_post_id=owner.id, state="draft", created_on=created, created_by=past.created_by or actor.name,
    )  # fmt: skip
    session.add(policy)
    session.flush()
    _add_version(session, policy, text, 1, actor, revised, past.revised_by or actor.name)
    session.add(PolicySigner(policy_id=policy.id, post_id=owner.id))
    session.flush()
    _tell(session, policy, 1)
    return policy.id


def save_draft(session: Session, version_id: UUID, version: int, text: PolicyText, *, actor: Actor, today: date) -> None:
    """Write new text into a draft; the policy's title, post and language follow as long as nothing is in force.

    Raises:
        RuleBroken: the version is no draft any more, or what is written cannot stand.
        Conflict: somebody else saved the draft since it was read.
    """
    draft = take(session, PolicyVersion, version_id, version)
    _expect(draft, {"draft"}, _("Only a draft can be changed."), _("Take it back to draft, or begin a new version."))
    policy = _policy(session, draft.policy_id)
    text = _checked(text)
    _must_be_new(session, text, policy.id)
    owner = post_named(session, text.owner_post)
    draft.title, draft.owner_post, draft.contact, draft.language = text.title, owner.title, text.contact, text.language
    draft.source, draft.note, draft.content_hash = text.source, text.note, _hash(text, owner.title)
    draft.author_id, draft.revised_on, draft.revised_by = actor.id, today, actor.name
    if policy.state in UNDECIDED:
        _follow(policy, draft, owner.id)
    session.flush()
    _tell(session, policy, draft.number)


def begin_version(session: Session, policy_id: UUID, *, actor: Actor, today: date) -> UUID:
    """Begin the next version as a copy of the newest one; answers its id.

    Raises:
        RuleBroken: a version is being worked on already, or the policy was withdrawn.
    """
    policy = _policy(session, policy_id)
    newest = newest_version(session, policy_id)
    if newest.state in (*UNDECIDED, "decided"):
        raise RuleBroken(
            _("Version {number} is still being worked on."), _("Finish it first, or change its text."), number=newest.number
        )
    text = PolicyText(newest.title, newest.owner_post, newest.contact, newest.language, newest.source)
    fresh = _add_version(session, policy, text, newest.number + 1, actor, today, actor.name)
    if policy.state == "withdrawn":
        policy.state = "draft"
    session.flush()
    _tell(session, policy, fresh.number)
    return fresh.id


def submit(session: Session, version_id: UUID, version: int) -> None:
    """Hand a draft over for review.

    Raises:
        RuleBroken: it is no draft, or has no section yet.
    """
    draft = take(session, PolicyVersion, version_id, version)
    _expect(draft, {"draft"}, _("Only a draft can be sent for review."))
    if not any(section.heading for section in sections.sections(sections.parse(draft.source))):
        raise RuleBroken(
            _("The policy has no section yet."), _("Begin a section with a line such as “# Background”."), field="source"
        )
    _move(session, draft, "under_review")


def send_back(session: Session, version_id: UUID, version: int) -> None:
    """Make a version under review a draft again, so that it can be changed."""
    draft = take(session, PolicyVersion, version_id, version)
    _expect(draft, {"under_review"}, _("Only a version under review can be taken back to draft."))
    _move(session, draft, "draft")


def needs_four_eyes(session: Session, setting: str) -> bool:
    """Whether the author may not decide: as the office set it, or by itself with more than one user."""
    if setting in ("on", "off"):
        return setting == "on"
    users = session.scalar(select(func.count()).select_from(UserAccount).where(UserAccount.active))
    return (users or 0) > 1


def decide(session: Session, version_id: UUID, version: int, *, actor: Actor, today: date, four_eyes: bool) -> None:
    """Decide a version under review; from now on its text never changes and it may be signed.

    Raises:
        RuleBroken: it is not under review, or `actor` wrote it and `four_eyes` are asked for.
    """
    text = take(session, PolicyVersion, version_id, version)
    _expect(text, {"under_review"}, _("Only a version under review can be decided."), _("Send it for review first."))
    if four_eyes and text.author_id == actor.id:
        raise RuleBroken(
            _("Whoever wrote a version does not decide it."),
            _("Ask somebody else to decide, or change the setting of the office."),
        )
    text.decided_on, text.decided_by = today, actor.name
    _move(session, text, "decided")


def put_in_force(session: Session, version_id: UUID, version: int, *, actor: Actor, calendar: Calendar) -> None:
    """Let a decided version hold from today; the one in force until now is replaced, and everybody signs anew."""
    fresh = take(session, PolicyVersion, version_id, version)
    _expect(fresh, {"decided"}, _("Only a decided version can be put in force."), _("Have it decided first."))
    policy = _policy(session, fresh.policy_id)
    for former in _versions(session, policy.id):
        if former.state == "current":
            former.state, former.ended_on = "replaced", calendar.today
    session.flush()
    fresh.in_force_on = calendar.today
    _move(session, fresh, "current")
    _follow(policy, fresh, post_named(session, fresh.owner_post).id)
    policy.next_review = revision.months_later(calendar.today, calendar.months)
    revision.note_review(session, policy.id, fresh.id, "new_version", actor=actor, today=calendar.today)
    revision.end_task(session, policy.id, calendar.now)
    revision.keep_task(session, policy, calendar.zone)
    session.flush()


def reviewed_no_change(
    session: Session, policy_id: UUID, version: int, *, actor: Actor, calendar: Calendar, note: str = ""
) -> None:
    """Note that the version in force was looked through and still holds; counts as the yearly revision.

    Raises:
        RuleBroken: no version is in force.
    """
    policy = take(session, Policy, policy_id, version)
    current = next((row for row in _versions(session, policy_id) if row.state == "current"), None)
    if current is None:
        raise RuleBroken(_("No version of this policy is in force."), _("Put a version in force first."))
    revision.note_review(session, policy_id, current.id, "no_change", actor=actor, today=calendar.today, note=note)
    policy.next_review = revision.months_later(calendar.today, calendar.months)
    revision.end_task(session, policy_id, calendar.now)
    revision.keep_task(session, policy, calendar.zone)
    session.flush()
    _tell(session, policy, current.number)


def plan_review(session: Session, policy_id: UUID, version: int, day: date, *, calendar: Calendar) -> None:
    """Set the day of the next revision, such as the day the next chair takes over; its task moves along.

    Raises:
        RuleBroken: the day lies in the past, or nothing is in force.
    """
    policy = take(session, Policy, policy_id, version)
    if policy.state != "current":
        raise RuleBroken(_("No version of this policy is in force."), _("Put a version in force first."))
    if day < calendar.today:
        raise RuleBroken(
            _("The day of the next revision lies in the past."), _("Choose today or a later day."), field="next_review"
        )
    policy.next_review = day
    revision.keep_task(session, policy, calendar.zone)
    session.flush()
    describe(session, title=policy.title)
    about(session, policy.id)


def withdraw(session: Session, policy_id: UUID, version: int, *, calendar: Calendar) -> None:
    """End a policy without a successor; nothing is removed, and nobody needs to sign it or look through it any more."""
    policy = take(session, Policy, policy_id, version)
    if policy.state == "withdrawn":
        raise RuleBroken(_("This policy was withdrawn already."))
    for row in _versions(session, policy_id):
        if row.state not in ("replaced", "withdrawn"):
            row.state, row.ended_on = "withdrawn", calendar.today
    policy.state, policy.next_review = "withdrawn", None
    revision.end_task(session, policy_id, calendar.now)
    session.flush()
    describe(session, title=policy.title)
    about(session, policy.id)


def _checked(text: PolicyText) -> PolicyText:
    title = " ".join(text.title.split())
    if not title:
        raise RuleBroken(_("A policy needs a title."), _("Write a title."), field="title")
    if text.language not in LANGUAGES:
        raise RuleBroken(
            _("The language of a policy is Swedish, Finnish or English."), _("Choose one of them."), field="language"
        )
    owner = " ".join(text.owner_post.split())
    return PolicyText(title, owner, " ".join(text.contact.split()), text.language, text.source, text.note.strip())


def _must_be_new(session: Session, text: PolicyText, own: UUID | None) -> None:
    one_at_a_time(session, f"policy {text.language} {fold(text.title)}")
    same = select(Policy.id).where(
        Policy.title_folded == fold(text.title), Policy.language == text.language, Policy.state != "withdrawn"
    )
    if any(found != own for found in session.scalars(same)):
        raise RuleBroken(
            _("There is a policy called “{title}” in this language already."),
            _("Change that one, or choose another title."), field="title", title=text.title,
        )  # fmt: skip


def _add_version(
    session: Session, policy: Policy, text: PolicyText, number: int, actor: Actor, day: date, name: str
) -> PolicyVersion:
    owner = post_named(session, text.owner_post).title
    fresh = PolicyVersion(
        id=new_id(), policy_id=policy.id, number=number, state="draft", title=text.title, owner_post=owner, contact=text.contact,
        language=text.language, source=text.source, content_hash=_hash(text, owner), note=text.note, author_id=actor.id,
        revised_on=day, revised_by=name,
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    return fresh


def _hash(text: PolicyText, owner: str) -> str:
    return content_hash(text.title, owner, text.contact, text.language, text.source)


def _follow(policy: Policy, version: PolicyVersion, owner_id: UUID) -> None:
    """The policy is known by what its leading version says."""
    policy.title, policy.title_key, policy.title_folded = version.title, sort_key(version.title), fold(version.title)
    policy.language, policy.owner_post_id, policy.state = version.language, owner_id, version.state


def _versions(session: Session, policy_id: UUID) -> list[PolicyVersion]:
    """Newest first."""
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id).order_by(PolicyVersion.number.desc())
    return list(session.scalars(query))


def newest_version(session: Session, policy_id: UUID) -> PolicyVersion:
    """The version with the highest number."""
    return _versions(session, policy_id)[0]


def _policy(session: Session, policy_id: UUID) -> Policy:
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise Conflict(_("This policy is no longer there."), _("Go back to the list of policies."))
    return policy


def _expect(version: PolicyVersion, states: set[str], what: Msgid, to_do: Msgid = NO_TEXT) -> None:
    if version.state not in states:
        raise RuleBroken(what, to_do)


def _move(session: Session, version: PolicyVersion, state: str) -> None:
    version.state = state
    policy = _policy(session, version.policy_id)
    if policy.state != "current":
        policy.state = state
    session.flush()
    _tell(session, policy, version.number)


def _tell(session: Session, policy: Policy, number: int) -> None:
    about(session, policy.id)
    describe(session, title=policy.title, number=number)
