"""The rules for posts: found by their title, who holds them and when, and what is open with them. The caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.person import Person
from db.models.post import Post, PostHolding
from db.models.task import Task
from db.sorting import fold
from db.texts import _


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds which post; plain values."""

    holding_id: UUID
    post_id: UUID
    post: str
    person_id: UUID
    given: str
    family: str
    starts: date
    ends: date | None
    version: int = 1

    @property
    def name(self) -> str:
        """As one says it."""
        return f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post as the tree shows it; plain values."""

    id: UUID
    version: int
    title: str
    unit_id: UUID | None
    holders: tuple[Holder, ...]  # on the day asked for
    tasks: int  # open ones


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Something that stays with the post when its holder changes."""

    title: str
    due: datetime
    person: str  # "" when it is about nobody
    note: str


def post_named(session: Session, title: str, unit_id: UUID | None = None) -> Post:
    """The post with this title, made (in this unit) when nobody has named it before; case and accents do not tell posts apart.

    Raises:
        RuleBroken: the title is empty.
    """
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(_("A post needs a title."), _("Write a post such as “Chair”."), field="owner_post")
    post = session.scalars(select(Post).where(Post.title_key == fold(title))).one_or_none()
    if post is None:
        post = Post(id=new_id(), title=title, title_key=fold(title), unit_id=unit_id)
        session.add(post)
        session.flush()
    return post


def post_titles(session: Session) -> list[str]:
    """Every post's title, for choosing."""
    return list(session.scalars(select(Post.title).order_by(Post.title_key)))


def holders(session: Session, post_ids: list[UUID], today: date) -> list[Holder]:
    """Who holds one of the posts on `today`; several people may share a post."""
    query = _holdings().where(
        PostHolding.post_id.in_(post_ids), PostHolding.starts <= today, Person.retired_at.is_(None),
        or_(PostHolding.ends.is_(None), PostHolding.ends >= today),
    )  # fmt: skip
    return _read(session, query.order_by(Post.title_key, Person.name_key, PostHolding.id))


def history(session: Session, post_id: UUID) -> list[Holder]:
    """Everybody who held, holds or will hold the post, the latest first."""
    query = _holdings().where(PostHolding.post_id == post_id)
    return _read(session, query.order_by(PostHolding.starts.desc(), Person.name_key, PostHolding.id))


def posts(session: Session, today: date) -> list[PostRow]:
    """Every post with who holds it that day, by title."""
    rows = session.execute(select(Post.id, Post.version, Post.title, Post.unit_id).order_by(Post.title_key)).all()
    held: dict[UUID, list[Holder]] = {}
    for holder in holders(session, [row.id for row in rows], today):
        held.setdefault(holder.post_id, []).append(holder)
    waiting = select(Task.post_id, func.count()).where(Task.done_at.is_(None), Task.post_id.is_not(None)).group_by(Task.post_id)
    tasks = {row[0]: row[1] for row in session.execute(waiting)}
    return [
        PostRow(row.id, row.version, row.title, row.unit_id, tuple(held.get(row.id, ())), tasks.get(row.id, 0)) for row in rows
    ]


def posts_held(session: Session, person_id: UUID, today: date) -> list[UUID]:
    """The posts a person holds on that day."""
    held = select(PostHolding.post_id).where(
        PostHolding.person_id == person_id,
        PostHolding.starts <= today,
        or_(PostHolding.ends.is_(None), PostHolding.ends >= today),
    )
    return list(session.scalars(held))


def open_tasks(session: Session, post_id: UUID) -> list[OpenTask]:
    """What is open with the post, the soonest first."""
    rows = session.execute(
        select(Task.title, Task.due, Task.note, Person.given, Person.family)
        .outerjoin(Person, Person.id == Task.person_id)
        .where(Task.post_id == post_id, Task.done_at.is_(None))
        .order_by(Task.due, Task.id)
    )
    return [OpenTask(title, due, f"{given or ''} {family or ''}".strip(), note) for title, due, note, given, family in rows]


def change_post(session: Session, post_id: UUID, version: int, title: str, unit_id: UUID | None) -> None:
    """Rename a post, or place it in a unit. Old papers keep the former title.

    Raises:
        Conflict: somebody else changed it, or it is gone.
        RuleBroken: the title is empty or another post's.
    """
    post = take(session, Post, post_id, version)
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(_("A post needs a title."), _("Write a post such as “Chair”."), field="title")
    _refuse_title(session, title, post_id)
    post.title, post.title_key, post.unit_id = title, fold(title), unit_id
    session.flush()
    about(session, post_id)
    describe(session, post=title)


def add_post(session: Session, title: str, unit_id: UUID | None) -> UUID:
    """Add a post nobody holds yet.

    Raises:
        RuleBroken: the title is empty or another post's.
    """
    _refuse_title(session, " ".join(title.split()))
    post = post_named(session, title, unit_id)
    about(session, post.id)
    describe(session, post=post.title)
    return post.id


def end_holding(session: Session, holding_id: UUID, version: int, ends: date | None) -> None:
    """Say when somebody's time in a post ends; None: until further notice.

    Raises:
        Conflict: somebody else changed it, or it is gone.
        RuleBroken: the last day lies before the first.
    """
    holding = take(session, PostHolding, holding_id, version)
    _check_days(holding.starts, ends)
    holding.ends = ends
    session.flush()
    about(session, holding.person_id)
    describe(session, post=session.get_one(Post, holding.post_id).title)


def give_post(
    session: Session, title: str, person_id: UUID, starts: date, ends: date | None = None, *, replacing: bool = False
) -> UUID:
    """Let a person hold the post from `starts`; an open end means until further notice.

    Args:
        replacing: Whoever holds the post on that day steps down the day before. Tasks stay with the post.

    Raises:
        RuleBroken: the last day lies before the first, or the person holds the post already on the first day.
    """
    _check_days(starts, ends)
    post = post_named(session, title)
    one_at_a_time(session, f"post {post.id}")
    for holder in holders(session, [post.id], starts):
        if holder.person_id == person_id:
            raise RuleBroken(_("This person holds the post already."), field="person")
        if replacing and holder.starts < starts:
            session.get_one(PostHolding, holder.holding_id).ends = starts - timedelta(days=1)
            about(session, holder.person_id)
    holding = PostHolding(id=new_id(), post_id=post.id, person_id=person_id, starts=starts, ends=ends)
    session.add(holding)
    session.flush()
    about(session, person_id)
    describe(session, post=post.title)
    return holding.id


def check_post(session: Session, post: Post) -> None:
    """Look at a post as it will be.

    Raises:
        RuleBroken: its title is another post's.
    """
    _refuse_title(session, post.title, post.id)


def check_holding(session: Session, holding: PostHolding) -> None:
    """Look at the days of a holder as they will be.

    Raises:
        RuleBroken: the last day lies before the first.
    """
    _check_days(holding.starts, holding.ends)


def _refuse_title(session: Session, title: str, but: UUID | None = None) -> None:
    found = session.scalar(select(Post.id).where(Post.title_key == fold(title)))
    if found is not None and found != but:
        raise RuleBroken(_("There is already a post called {title}."), _("Choose another title."), field="title", title=title)


def _check_days(starts: date, ends: date | None) -> None:
    if ends is not None and ends < starts:
        raise RuleBroken(_("The last day lies before the first."), _("Change one of the two days."), field="ends")


def _holdings() -> Select[Any]:
    columns: Any = select(
        PostHolding.id, PostHolding.post_id, Post.title, Person.id, Person.given, Person.preferred, Person.family,
        PostHolding.starts, PostHolding.ends, PostHolding.version,
    )  # fmt: skip
    joined: Select[Any] = columns.join(Post, Post.id == PostHolding.post_id).join(Person, Person.id == PostHolding.person_id)
    return joined


def _read(session: Session, query: Select[Any]) -> list[Holder]:
    rows = session.execute(query).all()
    return [Holder(row[0], row[1], row[2], row[3], row[5] or row[4], row[6], row[7], row[8], row[9]) for row in rows]
