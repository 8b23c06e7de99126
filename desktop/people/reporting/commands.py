"""The access report as the search box offers it. No Qt in this file."""

from __future__ import annotations

from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.going import Going


def report_commands(session: Session, context: ModuleContext) -> list[Going]:
    """The page on which the person is chosen."""
    return [Going("report", context.texts.say(_("Access report")), "people.report")]
