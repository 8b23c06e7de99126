"""Keeping what was typed and not saved. For `upkeep` scopes: drafts are machine state and leave no history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models.draft import Draft


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """The unsaved text of one page. `arguments` and `state` are texts of the caller's own making."""

    page: str
    arguments: str
    state: str
    at: datetime


def keep_draft(session: Session, user: UUID, draft: KeptDraft) -> None:
    """Keep this in the place of what was kept for the same page with the same arguments."""
    session.merge(Draft(user_id=user, page=draft.page, arguments=draft.arguments, state=draft.state, at=draft.at))
    session.flush()


def drafts_of(session: Session, user: UUID) -> list[KeptDraft]:
    """What is kept for this user, oldest first."""
    rows = session.scalars(select(Draft).where(Draft.user_id == user).order_by(Draft.at, Draft.page, Draft.arguments))
    return [KeptDraft(row.page, row.arguments, row.state, row.at) for row in rows]


def drop_draft(session: Session, user: UUID, page: str, arguments: str) -> None:
    """Let go of one draft; it need not be there."""
    session.execute(delete(Draft).where(Draft.user_id == user, Draft.page == page, Draft.arguments == arguments))


def drop_drafts_before(session: Session, moment: datetime) -> None:
    """Let go of everybody's drafts last typed in before `moment`."""
    session.execute(delete(Draft).where(Draft.at < moment))


def has_drafts_before(session: Session, moment: datetime) -> bool:
    """Whether `drop_drafts_before` would drop any; needs no write scope."""
    return session.scalar(select(Draft.page).where(Draft.at < moment).limit(1)) is not None
