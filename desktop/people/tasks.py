"""The rules for what is to be done. Flushes; the caller's write scope commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.database import about, describe, take
from db.errors import RuleBroken
from db.models.task import Task
from db.texts import _
from desktop.people.editing import name_the_person


@dataclass(frozen=True, slots=True)
class TaskForm:
    """Something to be done by `due`, for a user, for the holder of a post or, with neither, for anybody.

    `module` makes it and `subject` is that module's own record behind it.
    """

    title: str
    due: datetime
    note: str = ""
    person_id: UUID | None = None
    user_id: UUID | None = None
    post_id: UUID | None = None
    kind: str = ""
    module: str = "people"
    subject: UUID | None = None


def add_task(session: Session, form: TaskForm) -> UUID:
    """Put something on the list of what is due and give its id.

    Raises:
        RuleBroken: it has no title.
    """
    if not form.title.strip():
        raise RuleBroken(_("The task is empty."), _("Write what is to be done."), field="title")
    if form.person_id is not None:
        name_the_person(session, form.person_id)
    task = Task(
        title=form.title.strip(), kind=form.kind, module=form.module, subject=form.subject, person_id=form.person_id,
        user_id=form.user_id, post_id=form.post_id, due=form.due, note=form.note.strip(), done_at=None,
    )  # fmt: skip
    session.add(task)
    session.flush()
    about(session, task.id)
    describe(session, task=task.title)
    return task.id


def finish_task(session: Session, task_id: UUID, version: int, *, now: datetime) -> None:
    """Tick a task off.

    Raises:
        RuleBroken: it is done already.
        Conflict: somebody else changed or removed it since.
    """
    task = take(session, Task, task_id, version)
    if task.done_at is not None:
        raise RuleBroken(_("This task is already done."))
    task.done_at = now
    session.flush()
    if task.person_id is not None:
        name_the_person(session, task.person_id)
    about(session, task.id)
    describe(session, task=task.title)
