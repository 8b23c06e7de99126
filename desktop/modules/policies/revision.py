"""The yearly revision: when it is due, the task that reminds of it, and the record that it was done."""

from __future__ import annotations

import calendar as months_of_the_year
from datetime import date, datetime, time, tzinfo
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.models.task import Task
from db.texts import _
from desktop.modules.policies.tables import Policy, PolicyReview

MODULE, KIND = "policies", "review"
OUTCOMES = {"no_change": _("Reviewed, no change"), "new_version": _("New version in force")}
MORNING = time(8, 0)


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, months_of_the_year.monthrange(year, month + 1)[1]))


def note_review(
    session: Session, policy_id: UUID, version_id: UUID, outcome: str, *, actor: Actor, today: date, note: str = ""
) -> None:
    """Record that a version was looked through."""
    session.add(
        PolicyReview(
            policy_id=policy_id,
            version_id=version_id,
            reviewed_on=today,
            reviewed_by=actor.name,
            outcome=outcome,
            note=note.strip(),
        )
    )


def keep_task(session: Session, policy: Policy, zone: tzinfo) -> None:
    """Keep the one open task of this policy in step with its next revision; it belongs to the owner post, not to a person."""
    if policy.next_review is None:
        return
    due = datetime.combine(policy.next_review, MORNING, zone)
    task = open_task(session, policy.id)
    if task is None:
        session.add(Task(title=policy.title, kind=KIND, module=MODULE, subject=policy.id, post_id=policy.owner_post_id, due=due))
    else:
        task.title, task.due, task.post_id = policy.title, due, policy.owner_post_id


def end_task(session: Session, policy_id: UUID, now: datetime) -> None:
    """The revision is done, or no longer needed."""
    task = open_task(session, policy_id)
    if task is not None:
        task.done_at = now
        session.flush()


def open_task(session: Session, policy_id: UUID) -> Task | None:
    """The task that reminds of this policy's next revision."""
    query = select(Task).where(Task.module == MODULE, Task.kind == KIND, Task.subject == policy_id, Task.done_at.is_(None))
    return session.scalars(query).first()
