"""What becomes of signatures when two records turn out to be one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.core.texts import Texts
from desktop.modules.policies.tables import Policy, PolicySignature, PolicySigner, PolicyVersion

_SHEET = ("post_title", "signed_on", "place", "attachment_id", "filed_at", "filed_by")


def settle_signatures(session: Session, remains: UUID, goes: UUID, now: datetime) -> dict[str, Any]:
    """One signature under a version remains: the one with a scanned sheet, or the one of the record that stays."""
    one, other = session.get_one(PolicySignature, remains), session.get_one(PolicySignature, goes)
    if one.attachment_id is not None or other.attachment_id is None:
        return {}
    return {name: getattr(other, name) for name in _SHEET}


def show_signatures(session: Session, signatures: Sequence[UUID], texts: Texts) -> dict[UUID, str]:
    """Signatures by the policy and the number of its version."""
    signed = select(PolicySignature.id, Policy.title, PolicyVersion.number).join(
        PolicyVersion, PolicyVersion.id == PolicySignature.version_id
    )
    rows = session.execute(signed.join(Policy, Policy.id == PolicyVersion.policy_id).where(PolicySignature.id.in_(signatures)))
    return {id: f"{title} {number}" for id, title, number in rows}


def show_signers(session: Session, signers: Sequence[UUID], texts: Texts) -> dict[UUID, str]:
    """Who must sign, by the policy."""
    asked = select(PolicySigner.id, Policy.title).join(Policy, Policy.id == PolicySigner.policy_id)
    return {row[0]: row[1] for row in session.execute(asked.where(PolicySigner.id.in_(signers)))}
