"""Types and texts that tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.putting_back import Back, put_back
from db.row_changes import RowChange
from desktop.core.records import by_table
from desktop.people.recorded import RECORDS
from desktop.shell import draft_text

MakePerson = Callable[..., UUID]
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
