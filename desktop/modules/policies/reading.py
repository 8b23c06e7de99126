"""Queries of the policies: the list, one policy with its versions, and finding one by what somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import Session

from db.errors import Conflict, RuleBroken
from db.models.post import Post
from db.sorting import fold
from db.texts import _, ngettext
from desktop.core.texts import Texts
from desktop.modules.policies import register
from desktop.modules.policies.register import Signed, Unsigned
from desktop.modules.policies.service import PolicyText
from desktop.modules.policies.states import STATES
from desktop.modules.policies.tables import Policy, PolicyReview, PolicyVersion
from desktop.people.organisation.handover import Matter

SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class PolicyFilter:
    """`today` decides what is overdue; `soon` days before its revision a policy counts as due soon."""

    today: date
    text: str = ""
    soon: int = SOON_DAYS
    due_only: bool = False


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One line of the list; `due` is "overdue", "soon" or ""."""

    id: UUID
    version: int
    title: str
    state: str
    number: int
    owner_post: str
    language: str
    next_review: date | None
    due: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version as the page of a policy shows it."""

    id: UUID
    version: int
    number: int
    state: str
    text: PolicyText
    content_hash: str
    revised_on: date
    revised_by: str
    decided_on: date | None
    decided_by: str
    in_force_on: date | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One time the policy was looked through."""

    reviewed_on: date
    reviewed_by: str
    outcome: str
    note: str


@dataclass(frozen=True, slots=True)
class PolicyDetail:
    """A policy with everything its page shows; versions newest first."""

    id: UUID
    version: int
    title: str
    state: str
    next_review: date | None
    due: str
    versions: tuple[VersionRow, ...]
    signed: tuple[Signed, ...]
    unsigned: tuple[Unsigned, ...]
    reviews: tuple[ReviewRow, ...]


def policies_query(filter: PolicyFilter) -> Select[Any]:
    """Every policy that fits, unordered and unlimited; one that is never due sorts last."""
    newest = (
        select(func.max(PolicyVersion.number)).where(PolicyVersion.policy_id == Policy.id).correlate(Policy).scalar_subquery()
    )
    current = (
        select(PolicyVersion.number)
        .where(PolicyVersion.policy_id == Policy.id, PolicyVersion.state == "current")
        .correlate(Policy)
        .scalar_subquery()
    )
    horizon = filter.today + timedelta(days=filter.soon)
    due = case((Policy.next_review < filter.today, "overdue"), (Policy.next_review <= horizon, "soon"), else_=literal(""))
    query = select(
        Policy.id, Policy.version, Policy.title, Policy.state, func.coalesce(current, newest).label("number"),
        Post.title.label("owner_post"), Policy.language, Policy.next_review, due.label("due"),
        Policy.title_key.label("title_sort"), Post.title_key.label("owner_sort"),
        case({code: n for n, code in enumerate(STATES)}, value=Policy.state, else_=len(STATES)).label("state_sort"),
        func.coalesce(Policy.next_review, date.max).label("review_sort"),
    ).join(Post, Post.id == Policy.owner_post_id)  # fmt: skip
    if filter.text.strip():
        for word in fold(filter.text).split():
            query = query.where(Policy.title_folded.contains(word, autoescape=True))
    if filter.due_only:
        query = query.where(Policy.next_review <= horizon)
    return query


def due_policies(session: Session, today: date, soon: int) -> list[PolicyRow]:
    """What must be looked through now or soon, most urgent first."""
    rows = policies_query(PolicyFilter(today, soon=soon, due_only=True)).subquery()
    names = ("id", "version", "title", "state", "number", "owner_post", "language", "next_review", "due")
    found = session.execute(select(*[rows.c[name] for name in names]).order_by(rows.c.review_sort, rows.c.id))
    return [PolicyRow(*row) for row in found]


def handed_over(session: Session, post_id: UUID, day: date, texts: Texts) -> list[Matter]:
    """The policies a post is responsible for, for whoever takes it over."""
    rows = session.execute(
        select(Policy.id, Policy.title, Policy.state, Policy.next_review)
        .where(Policy.owner_post_id == post_id)
        .order_by(Policy.title_key, Policy.id)
    ).all()
    found = []
    for row in rows:
        missing = len(register.unsigned(session, row.id, day))
        words = [texts.say(STATES[row.state])]
        words += [texts.say_n(ngettext("{count} signature missing", "{count} signatures missing"), missing)] if missing else []
        found.append(Matter(row.title, ", ".join(words), row.next_review))
    return found


def read_policy(session: Session, policy_id: UUID, today: date, soon: int = SOON_DAYS) -> PolicyDetail:
    """One policy with its versions, signatures and revisions.

    Raises:
        Conflict: it is no longer there.
    """
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise Conflict(_("This policy is no longer there."), _("Go back to the list of policies."))
    reviews = session.scalars(
        select(PolicyReview)
        .where(PolicyReview.policy_id == policy_id)
        .order_by(PolicyReview.reviewed_on.desc(), PolicyReview.id.desc())
    )
    return PolicyDetail(
        policy.id, policy.version, policy.title, policy.state, policy.next_review, _due(policy.next_review, today, soon),
        tuple(_version(row) for row in _versions(session, policy_id)), tuple(register.signatures(session, policy_id)),
        tuple(register.unsigned(session, policy_id, today)),
        tuple(ReviewRow(row.reviewed_on, row.reviewed_by, row.outcome, row.note) for row in reviews),
    )  # fmt: skip


def _versions(session: Session, policy_id: UUID) -> list[PolicyVersion]:
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy_id).order_by(PolicyVersion.number.desc())
    return list(session.scalars(query))


def _version(row: PolicyVersion) -> VersionRow:
    text = PolicyText(row.title, row.owner_post, row.contact, row.language, row.source, row.note)
    return VersionRow(
        row.id, row.version, row.number, row.state, text, row.content_hash, row.revised_on, row.revised_by, row.decided_on,
        row.decided_by, row.in_force_on, row.ended_on,
    )  # fmt: skip


def _due(day: date | None, today: date, soon: int) -> str:
    if day is None:
        return ""
    return "overdue" if day < today else "soon" if day <= today + timedelta(days=soon) else ""


def find_policy(session: Session, wanted: str) -> UUID:
    """The policy meant by a title, the beginning of a title, or the beginning or end of an id.

    Raises:
        RuleBroken: none fits, or several do; the sentence names them.
    """
    rows = session.execute(select(Policy.id, Policy.title, Policy.title_folded, Policy.state).order_by(Policy.title_key)).all()
    folded, short = fold(" ".join(wanted.split())), wanted.strip().lower().replace("-", "")
    for fits in (
        [row for row in rows if row.title_folded == folded and row.state != "withdrawn"],
        [row for row in rows if row.title_folded == folded],
        [row for row in rows if len(short) >= 4 and (row.id.hex.startswith(short) or row.id.hex.endswith(short))],
        [row for row in rows if folded and row.title_folded.startswith(folded)],
        [row for row in rows if folded and folded in row.title_folded],
    ):
        if len(fits) == 1:
            found: UUID = fits[0].id
            return found
        if fits:
            names = ", ".join(f"{row.title} ({row.id.hex[-8:]})" for row in fits[:5])
            raise RuleBroken(_("Several policies fit “{wanted}”: {names}."), _("Give the id."), wanted=wanted, names=names)
    raise RuleBroken(_("There is no policy “{wanted}”."), _("Look at the list of policies."), wanted=wanted)
