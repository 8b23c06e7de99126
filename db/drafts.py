"""Keeping what was typed and not saved. For `upkeep` scopes: drafts are machine state and leave no history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models.draft import Draft

ASIDE = "~"  # begins the name of what a page keeps for itself: nothing typed, and never offered at the start
_KEPT = Draft.__table__.c  # columns of the table: read at every start, before any mapper is configured


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
    """What this user typed, oldest first."""
    kept = select(_KEPT.page, _KEPT.arguments, _KEPT.state, _KEPT.at).where(_KEPT.user_id == user)
    kept = kept.where(~_KEPT.page.startswith(ASIDE, autoescape=True))
    return [KeptDraft(*row) for row in session.execute(kept.order_by(_KEPT.at, _KEPT.page, _KEPT.arguments))]


def draft_aside(session: Session, user: UUID, page: str, arguments: str) -> str:
    """What a page keeps for itself; empty when it keeps nothing."""
    kept = select(_KEPT.state).where(_KEPT.user_id == user, _KEPT.page == page, _KEPT.arguments == arguments)
    return session.scalar(kept) or ""


def drop_draft(session: Session, user: UUID, page: str, arguments: str) -> None:
    """Let go of one draft; it need not be there."""
    session.execute(delete(Draft).where(Draft.user_id == user, Draft.page == page, Draft.arguments == arguments))


def drop_drafts_before(session: Session, moment: datetime) -> None:
    """Let go of everybody's drafts last typed in before `moment`."""
    session.execute(delete(Draft).where(Draft.at < moment))


def has_drafts_before(session: Session, moment: datetime) -> bool:
    """Whether `drop_drafts_before` would drop any; needs no write scope."""
    return session.scalar(select(_KEPT.page).where(_KEPT.at < moment).limit(1)) is not None
