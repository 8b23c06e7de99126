"""What the documents of this module are made from: plain values, gathered before the printing starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from desktop.modules.policies.states import UNDECIDED


@dataclass(frozen=True, slots=True)
class PolicyPrint:
    """One version of a policy, as it is printed. Days and names that are not known yet are left out."""

    policy_id: UUID
    number: int
    state: str
    title: str
    owner_post: str
    contact: str
    language: str
    source: str
    content_hash: str
    last_revised: date | None = None
    created_on: date | None = None
    created_by: str = ""
    revised_on: date | None = None
    revised_by: str = ""
    decided_on: date | None = None
    decided_by: str = ""

    @property
    def is_draft(self) -> bool:
        """Whether each page must say so."""
        return self.state in UNDECIDED


@dataclass(frozen=True, slots=True)
class ConsentPrint:
    """The form one holder signs; what is empty becomes a field to fill in."""

    policy: PolicyPrint
    post: str = ""
    name: str = ""
    place: str = ""
    day: date | None = None
