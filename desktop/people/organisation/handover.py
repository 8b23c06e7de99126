"""What whoever takes over a post should know: gathered from the register and from every module, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from db.errors import Conflict
from db.models.post import Post
from db.models.unit import Unit
from db.texts import _
from desktop.core.texts import Texts
from desktop.people.organisation.posts import Holder, OpenTask, history, open_tasks

RENDER = "desktop.people.organisation.reports:render_handover"


@dataclass(frozen=True, slots=True)
class Matter:
    """Something a module keeps for a post: what it is, and its state in words of the reader's language."""

    what: str
    state: str
    due: date | None = None


Gather = Callable[[Session, UUID, date, Texts], Sequence[Matter]]  # what a contribution "handover" opens


@dataclass(frozen=True, slots=True)
class HandOver:
    """The hand-over list of one post on one day."""

    post: str
    unit: str
    day: date
    holders: tuple[Holder, ...]  # the latest first
    tasks: tuple[OpenTask, ...]
    matters: tuple[tuple[str, tuple[Matter, ...]], ...]  # by the title of what they come from


def gather(session: Session, post_id: UUID, day: date, texts: Texts, modules: Sequence[tuple[str, Gather]]) -> HandOver:
    """Everything about a post.

    Args:
        modules: The title of each part and the function that fills it; parts without anything are left out.

    Raises:
        Conflict: the post is gone.
    """
    post = session.get(Post, post_id)
    if post is None:
        raise Conflict(_("This post is no longer there."), _("Look at the list again."))
    unit = session.get(Unit, post.unit_id) if post.unit_id is not None else None
    names = {"sv": unit.name_sv, "fi": unit.name_fi, "en": unit.name_en} if unit else {}
    found = [(title, tuple(function(session, post_id, day, texts))) for title, function in modules]
    return HandOver(
        post=post.title,
        unit=names.get(texts.language) or next(filter(None, names.values()), ""),
        day=day,
        holders=tuple(history(session, post_id)),
        tasks=tuple(open_tasks(session, post_id)),
        matters=tuple((title, matters) for title, matters in found if matters),
    )
