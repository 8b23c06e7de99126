"""Signed disposal certificates: each is filed with exactly the disposal it is about. No Qt in this file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import about, describe
from db.errors import Conflict, RuleBroken
from db.models.document import Attachment
from db.models.retention import Disposal
from db.texts import _
from desktop.core.sheets import Sheet, store

VERB = "file_certificate"
MODULE = "people"
_MARK = re.compile(r"KONTINUUM:DISPOSAL:([0-9A-F]{32})")


@dataclass(frozen=True, slots=True)
class Filed:
    """A signed certificate that was filed."""

    id: UUID
    added_at: datetime


def write_mark(disposal: UUID) -> str:
    """What stands on a certificate so that the sheet is known again."""
    return f"KONTINUUM:DISPOSAL:{disposal.hex}".upper()


def read_mark(text: str) -> UUID | None:
    """The disposal a sheet says it is about, as the text of a PDF gives it."""
    found = _MARK.search(text.upper())
    return UUID(found[1]) if found else None


def file_certificate(session: Session, disposal: UUID, sheet: Sheet, *, now: datetime) -> UUID:
    """Keep a signed certificate with its disposal.

    Raises:
        RuleBroken: the disposal goes on, the sheet says it is about another one, or the same sheet is filed already.
        Conflict: the disposal is not there.
    """
    own = session.get(Disposal, disposal)
    if own is None:
        raise Conflict(_("This record is no longer there."), _("Nothing was filed. Go back and choose again."))
    if own.state == "open":
        raise RuleBroken(
            _("This disposal is not finished."), _("Carry it out or end it, then print the certificate and sign it.")
        )
    if read_mark(sheet.text) not in (None, disposal):
        raise RuleBroken(_("The sheet is the certificate of another disposal."), _("Nothing was filed. Choose that disposal."))
    attachment = store(session, sheet, MODULE, disposal, now)
    same = select(Attachment.hash).where(Attachment.subject == disposal, Attachment.id != attachment)
    if session.get_one(Attachment, attachment).hash in session.scalars(same).all():
        raise RuleBroken(_("This sheet is filed already."), _("Nothing was filed."))
    about(session, disposal)
    describe(session, case=own.case_number)
    return attachment


def certificates(session: Session, disposals: Sequence[UUID]) -> dict[UUID, tuple[Filed, ...]]:
    """What was filed with each of these disposals, the oldest first."""
    found: dict[UUID, tuple[Filed, ...]] = {}
    filed = select(Attachment.subject, Attachment.id, Attachment.added_at)
    wanted = filed.where(Attachment.subject.in_(disposals)).order_by(Attachment.added_at, Attachment.id)
    for disposal, id, added_at in session.execute(wanted):
        found[disposal] = (*found.get(disposal, ()), Filed(id, added_at))
    return found
