"""What policies let segments ask about people: what they have signed. No Qt in this file."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from desktop.core.texts import Texts
from desktop.modules.policies.states import SIGNABLE
from desktop.modules.policies.tables import Policy, PolicySignature, PolicyVersion
from desktop.people.segments.core_fields import ids
from desktop.people.segments.fields import Asked, Rows


def signature(_asked: Asked) -> Rows:
    """The signatures somebody has given; one is valid while the version signed is the one that holds."""
    own, version = PolicySignature.__table__, PolicyVersion.__table__
    parts = {
        "policy": ids(PolicyVersion.policy_id),
        "signed_on": PolicySignature.signed_on,
        "valid": PolicyVersion.state.in_(sorted(SIGNABLE)),
    }
    return Rows(PolicySignature.person_id, parts, among=own.join(version, version.c.id == own.c.version_id))


def titles(session: Session, _texts: Texts) -> list[tuple[str, str]]:
    """Every policy."""
    return [(str(id), title) for id, title in session.execute(select(Policy.id, Policy.title).order_by(Policy.title_key))]
