"""Files that belong to records, kept once by their content. No Qt in this file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import new_id
from db.engine import one_at_a_time
from db.models.document import Attachment, FileContent


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was given in."""

    name: str
    content: bytes
    media_type: str


def keep_file(session: Session, file: StoredFile, module: str, subject: UUID, now: datetime, *, once: bool = False) -> UUID:
    """Keep it under the hash of its bytes and attach it to `subject`; the same bytes are stored once, whoever gives them in.

    Args:
        once: Where the same bytes are attached to `subject` already, these are meant.
    """
    digest = hashlib.sha256(file.content).hexdigest()
    one_at_a_time(session, f"file {digest}")
    if once:
        same = select(Attachment.id).where(Attachment.subject == subject, Attachment.hash == digest, Attachment.module == module)
        if (known := session.scalar(same.order_by(Attachment.id).limit(1))) is not None:
            return known
    if session.scalar(select(FileContent.hash).where(FileContent.hash == digest)) is None:
        session.add(FileContent(hash=digest, data=file.content))
        session.flush()
    attachment = Attachment(
        id=new_id(), name=file.name, media_type=file.media_type, size=len(file.content), hash=digest, module=module,
        subject=subject, added_at=now,
    )  # fmt: skip
    session.add(attachment)
    session.flush()
    return attachment.id


def kept_file(session: Session, attachment_id: UUID) -> StoredFile | None:
    """The file as it came in; None when it is not there any more."""
    attachment = session.get(Attachment, attachment_id)
    content = session.get(FileContent, attachment.hash) if attachment else None
    return StoredFile(attachment.name, content.data, attachment.media_type) if attachment and content else None
