"""Rows whose mark of protection belongs to nobody yet: a task tells the office of them until somebody says who they are."""

from __future__ import annotations

from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models.task import Task
from db.texts import _
from desktop.core.texts import Texts

KIND = "marked_rows"


class MarkTask(NamedTuple):
    """What the task says; it names no one of the list."""

    title: str
    note: str


def mark_task(file: str, texts: Texts) -> MarkTask:
    """The words of the task about a file, in the language of whoever brings it in."""
    note = _(
        "Rows marked as protected may be several people, and protect nobody until somebody says who they are. "
        "Import the file again and decide under “Who is it?”."
    )
    return MarkTask(texts.say(_("Say who is marked as protected in {file}"), file=file), texts.say(note))


def tell_of_marks(session: Session, file: str, waiting: int, told: MarkTask | None) -> None:
    """Keep one task open for everybody while rows of a file wait, and tick it off when none does any more.

    Args:
        file: What the file is known again by.
        told: What a new task says; without it none is made.
    """
    subject, now = uuid5(NAMESPACE_URL, f"kontinuum:{KIND}:{file}"), session.info["now"]()
    wanted = select(Task).where(Task.subject == subject, Task.kind == KIND, Task.done_at.is_(None))
    there = session.scalars(wanted).all()
    if waiting and not there and told is not None:
        session.add(Task(title=told.title, kind=KIND, subject=subject, due=now, note=told.note, done_at=None))
    elif not waiting:
        for task in there:
            task.done_at = now
    session.flush()
