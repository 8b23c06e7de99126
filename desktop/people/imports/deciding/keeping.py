"""Keeps decisions about a file beside the history until it is imported, for the user who made them and known by its content.

They lie among the drafts, under a page of their own that is never offered at the start.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from db.drafts import ASIDE, KeptDraft, draft_aside, drop_draft, keep_draft
from desktop.people.imports.deciding.decisions import Decisions, read_decisions

PAGE = f"{ASIDE}people.import"


def kept_decisions(session: Session, user: UUID, digest: str) -> Decisions:
    """What this user decided about a file with this content and did not import yet."""
    kept = draft_aside(session, user, PAGE, digest)
    return read_decisions(kept) if kept else Decisions()


def keep_decisions(session: Session, user: UUID, digest: str, text: str, now: datetime) -> None:
    """Keep these instead, inside an upkeep scope; none are kept of an empty text."""
    if text:
        keep_draft(session, user, KeptDraft(PAGE, digest, text, now))
    else:
        drop_draft(session, user, PAGE, digest)
