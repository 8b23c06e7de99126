"""What the services must know of the office, taken from the program around a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.texts import _
from desktop.modules.policies.service import Calendar

if TYPE_CHECKING:
    from datetime import date

    from desktop.core.context import ModuleContext
    from desktop.core.texts import Texts

DUE_TONES = {"overdue": "bad", "soon": "warn", "": ""}
STATE_TONES = {"draft": "", "under_review": "warn", "decided": "accent", "current": "ok", "replaced": "dim", "withdrawn": "dim"}


def calendar(context: ModuleContext) -> Calendar:
    """Now, today, the office's zone, and after how many months a policy is revised."""
    clock = context.clock
    return Calendar(clock.now(), clock.today(), clock.zone, context.settings.get("policies.review_months"))


def notice_days(context: ModuleContext) -> int:
    """So many days before its revision a policy is due soon."""
    days: int = context.settings.get("policies.notice_days")
    return days


def due_words(due: str, day: date | None, texts: Texts) -> str:
    """When the next revision is, in words that do without colour."""
    if day is None:
        return texts.say(_("not planned"))
    if due == "overdue":
        return texts.say(_("overdue since {day}"), day=texts.day(day))
    if due == "soon":
        return texts.say(_("due soon: {day}"), day=texts.day(day))
    return texts.day(day)
