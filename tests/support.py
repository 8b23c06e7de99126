"""Types and texts that tests share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import Database
from db.models.history import ChangeSet
from db.putting_back import Back, put_back
from db.row_changes import RowChange
from desktop.core.records import by_table
from desktop.people.recorded import RECORDS
from desktop.shell import draft_text

MakePerson = Callable[..., UUID]
OFFICE = ZoneInfo("Europe/Stockholm")
# Texts that break programs which treat data as mark-up, formulas or templates.
HOSTILE = (
    "<b>bold</b> & <img src=x>",
    "{{7*7}} {name} %s",
    "=cmd|' /C calc'!A0",
    'O\'Neil "Bob" `x`',
    "Åsa 👩‍🎓 Öberg",
    "x" * 10_000,
)


def after_a_crash(state: Any) -> Any:
    """What a page is given back of its `state` when the program ended without closing: it went through the drafts."""
    return draft_text.read(draft_text.written(state))


def put_line_back(session: Session, line: RowChange, column: str = "") -> None:
    """Put a line about the register back, as its tables say."""
    back = by_table(RECORDS)[line.area].back
    assert isinstance(back, Back)
    put_back(session, line, column, back)


def day_stored(database: Database) -> date:
    """The day of the newest step at the office: a server keeps its own clock, whatever the test's says."""
    with database.read() as session:
        return session.scalars(select(ChangeSet.at).order_by(ChangeSet.number.desc()).limit(1)).one().astimezone(OFFICE).date()
