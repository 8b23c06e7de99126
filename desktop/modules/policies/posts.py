"""Posts as policies need them: found by their title, and who holds them on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import about, describe
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.person import Person
from db.models.post import Post, PostHolding
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


def post_named(session: Session, title: str) -> Post:
    """The post with this title, made when nobody has named it before; case and accents do not tell posts apart.

    Raises:
        RuleBroken: the title is empty.
    """
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(
            _("A policy needs a post that is responsible for it."), _("Write a post such as “Chair”."), field="owner_post"
        )
    post = session.scalars(select(Post).where(Post.title_key == fold(title))).one_or_none()
    if post is None:
        post = Post(id=new_id(), title=title, title_key=fold(title))
        session.add(post)
        session.flush()
    return post


def post_titles(session: Session) -> list[str]:
    """Every post's title, for choosing."""
    return list(session.scalars(select(Post.title).order_by(Post.title_key)))


def holders(session: Session, post_ids: list[UUID], today: date) -> list[Holder]:
    """Who holds one of the posts on `today`; several people may share a post."""
    rows = session.execute(
        select(
            PostHolding.id, PostHolding.post_id, Post.title, Person.id, Person.given, Person.preferred, Person.family,
            PostHolding.starts, PostHolding.ends,
        )
        .join(Post, Post.id == PostHolding.post_id)
        .join(Person, Person.id == PostHolding.person_id)
        .where(
            PostHolding.post_id.in_(post_ids), PostHolding.starts <= today, Person.retired_at.is_(None),
            or_(PostHolding.ends.is_(None), PostHolding.ends >= today),
        )
        .order_by(Post.title_key, Person.name_key, PostHolding.id)
    ).all()  # fmt: skip
    return [Holder(row[0], row[1], row[2], row[3], row[5] or row[4], row[6], row[7], row[8]) for row in rows]


def give_post(
    session: Session, title: str, person_id: UUID, starts: date, ends: date | None = None, *, replacing: bool = False
) -> UUID:
    """Let a person hold the post from `starts`; an open end means until further notice.

    Args:
        replacing: Whoever holds the post on that day steps down the day before. Tasks stay with the post.

    Raises:
        RuleBroken: the last day lies before the first, or the person holds the post already on the first day.
    """
    if ends is not None and ends < starts:
        raise RuleBroken(_("The last day lies before the first."), _("Change one of the two days."), field="ends")
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
