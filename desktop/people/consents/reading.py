"""What a person's record shows of consents: every purpose with the answers given, newest first. No Qt in this file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from db.models.consent import Consent, ConsentText
from db.models.document import Attachment
from db.models.interaction import Interaction
from desktop.core.contacting.purposes import PurposeLine, purposes


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that proves an answer."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer, with the text that was shown, the contact in which it was given and the files that prove it."""

    id: UUID
    purpose_id: UUID
    state: str
    at: datetime
    ends_at: datetime | None
    way: str
    note: str
    by_name: str
    language: str | None
    number: int | None
    evidence_kind: str | None
    evidence_at: datetime | None
    files: tuple[FileLine, ...] = ()

    def holds(self, now: datetime) -> bool:
        """Whether it is a yes that has not run out."""
        return self.state == "given" and (self.ends_at is None or self.ends_at > now)


@dataclass(frozen=True, slots=True)
class PersonConsents:
    """The purposes in use, and those no longer in use that the person has answered, with the answers by purpose."""

    purposes: tuple[PurposeLine, ...] = ()
    answers: dict[UUID, tuple[AnswerLine, ...]] = field(default_factory=dict)


def person_consents(session: Session, person_id: UUID) -> PersonConsents:
    """Everything a person has answered; the first answer of each purpose is the one that counts."""
    strict = case((Consent.state == "given", 1), else_=0)
    rows = session.execute(
        select(
            Consent.id, Consent.purpose_id, Consent.state, Consent.at, Consent.ends_at, Consent.way, Consent.note, Consent.by_name,
            ConsentText.language, ConsentText.number, Interaction.kind, Interaction.at.label("said_at"),
        )
        .outerjoin(ConsentText, ConsentText.id == Consent.text_id)
        .outerjoin(Interaction, Interaction.id == Consent.evidence_id)
        .where(Consent.person_id == person_id)
        .order_by(Consent.at.desc(), strict, Consent.id.desc())
    )  # fmt: skip
    files: dict[UUID, list[FileLine]] = {}
    kept = select(Attachment.id, Attachment.name, Attachment.subject).join(Consent, Consent.id == Attachment.subject)
    for file in session.execute(kept.where(Consent.person_id == person_id).order_by(Attachment.added_at, Attachment.id)):
        files.setdefault(file.subject, []).append(FileLine(file.id, file.name))
    answers: dict[UUID, list[AnswerLine]] = {}
    for row in rows:
        line = replace(AnswerLine(*tuple(row)), files=tuple(files.get(row.id, ())))
        answers.setdefault(row.purpose_id, []).append(line)
    known = tuple(line for line in purposes(session, retired=True) if not line.retired or line.id in answers)
    return PersonConsents(known, {purpose: tuple(lines) for purpose, lines in answers.items()})
