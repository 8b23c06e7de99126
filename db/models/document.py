"""Files and printed documents, stored once by their content."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class FileContent(Base):
    """Bytes under their SHA-256. Never changed, so it needs no history; a taken-back file leaves its bytes behind."""

    __tablename__ = "file_content"
    hash: Mapped[str] = mapped_column(primary_key=True)  # 64 hexadecimal digits
    data: Mapped[bytes]


class Attachment(Row, Base):
    """A file that belongs to a record: `subject` is its id, `module` says whose it is."""

    __tablename__ = "attachment"
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    hash: Mapped[str] = mapped_column(ForeignKey("file_content.hash"), index=True)
    module: Mapped[str]
    subject: Mapped[UUID] = mapped_column(index=True)
    added_at: Mapped[datetime]
