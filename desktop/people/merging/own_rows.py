"""What the register itself says of its rows when two records become one: which are the same, what survives, their words."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.identity_numbers import ISSUED_KINDS
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Identifier
from db.models.post import Post, PostHolding
from db.models.role import Role
from db.models.task import Task
from db.numbers import numbers_by_row
from db.sorting import fold
from desktop.core.selection import TimelineLine
from desktop.core.texts import Texts
from desktop.people import words
from desktop.people.card import ContactLine, RoleLine, person_card
from desktop.people.duplicates.reading import address_of, number_key
from desktop.people.timeline_words import line_title

Shown = dict[UUID, str]


def same_points(session: Session, person: UUID) -> dict[UUID, Hashable]:
    """Ways to reach them as they are compared: however an address or a number was typed."""
    found: dict[UUID, Hashable] = {}
    own = select(ContactPoint).where(ContactPoint.person_id == person)
    for point in session.scalars(own.order_by(ContactPoint.position, ContactPoint.id)):
        if point.kind == "address":
            found[point.id] = point.kind, address_of(point.street, point.postcode, point.city), point.country
        else:
            found[point.id] = point.kind, point.normal or fold(point.value.strip())
    return found


def settle_points(session: Session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]:
    """A hold of either survives; a label fills one that is missing."""
    one, other = session.get_one(ContactPoint, remains), session.get_one(ContactPoint, goes)
    return {key: getattr(one, key) or getattr(other, key) for key in ("hold", "label")}


def same_numbers(session: Session, person: UUID) -> dict[UUID, Hashable]:
    """Numbers as they are compared. On a server nobody reads them: there each is called by the first row that holds it."""
    called = numbers_by_row(session, person)
    rows = select(Identifier.id, Identifier.kind, Identifier.issuer).where(Identifier.person_id == person)
    found: dict[UUID, Hashable] = {}
    for id, kind, issuer in session.execute(rows.order_by(Identifier.id)):
        if kind not in ISSUED_KINDS or issuer:
            found[id] = number_key(kind, issuer, called[id])
    return found


def settle_numbers(session: Session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]:
    """A number that one record still has is no history."""
    ends = session.scalars(select(Identifier.valid_to).where(Identifier.id.in_([remains, goes]))).all()
    return {"valid_to": None} if None in ends else {}


def show_points(session: Session, ids: Sequence[UUID], texts: Texts) -> Shown:
    """Ways to reach somebody in words."""
    found = {}
    for point in session.scalars(select(ContactPoint).where(ContactPoint.id.in_(ids))):
        line = ContactLine(*(getattr(point, name) for name in ContactLine.__dataclass_fields__))
        held = f" ({words.hold(line.hold, texts)})" if line.hold else ""
        found[point.id] = f"{words.contact_name(line, texts)}: {line.shown}{held}"
    return found


def show_roles(session: Session, ids: Sequence[UUID], texts: Texts) -> Shown:
    """Roles in words."""
    found = {}
    for role in session.scalars(select(Role).where(Role.id.in_(ids))):
        line = RoleLine(*(getattr(role, name) for name in RoleLine.__dataclass_fields__))
        more = (line.programme, words.term(line.term, texts), words.days(line, texts))
        found[role.id] = ", ".join(filter(None, (words.role(line.kind, texts), *more)))
    return found


def show_numbers(session: Session, ids: Sequence[UUID], texts: Texts) -> Shown:
    """Numbers in words, masked."""
    people = session.scalars(select(Identifier.person_id).where(Identifier.id.in_(ids)).distinct()).all()
    lines = [line for person in people for line in person_card(session, person).identifiers]
    return {line.id: f"{words.identifier(line.kind, texts, line.issuer)}: {line.masked}" for line in lines}


def show_contacts(session: Session, ids: Sequence[UUID], texts: Texts) -> Shown:
    """Lines of the timeline in words."""
    found = {}
    for line in session.scalars(select(Interaction).where(Interaction.id.in_(ids))):
        told = TimelineLine(line.kind, line.at, line.direction, line.outcome, line.title, line.text, line.seconds)
        found[line.id] = f"{texts.day(line.at.astimezone(texts.zone).date())}: {line_title(told, texts)[:80]}"
    return found


def show_tasks(session: Session, ids: Sequence[UUID], texts: Texts) -> Shown:
    """Tasks by their titles."""
    return {row[0]: row[1] for row in session.execute(select(Task.id, Task.title).where(Task.id.in_(ids)))}


def show_posts(session: Session, ids: Sequence[UUID], texts: Texts) -> Shown:
    """Posts held, by their titles."""
    held = select(PostHolding.id, Post.title).join(Post, Post.id == PostHolding.post_id).where(PostHolding.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(held)}
