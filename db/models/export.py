"""Lists of people that left the program as files: who took which, why, and for whom."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, Row


class ExportEntry(Row, Base):
    """One file, written down before it takes its name; who and when stand in the change set that made the row."""

    __tablename__ = "export_entry"
    file: Mapped[str]  # its name, without the folder
    people: Mapped[int]
    columns: Mapped[str]  # keys of the columns with spaces between them
    choice: Mapped[str] = mapped_column(default="")  # which people, in the words the user saw
    held: Mapped[bool] = mapped_column(default=False)  # whether addresses on hold went with it
    purpose: Mapped[str]
    recipient: Mapped[str] = mapped_column(default="")
    __table_args__ = (CheckConstraint("people >= 0", name="counted"),)
