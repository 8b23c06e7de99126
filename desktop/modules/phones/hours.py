"""Calling hours as the office writes them: 9, 9:30, 09.30."""

from __future__ import annotations

import re

from db.errors import RuleBroken
from db.texts import _

_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?")
_DAY = 24 * 60


def parse_hour(text: str, field: str) -> int | None:
    """Minutes after midnight; None when nothing is written.

    Raises:
        RuleBroken: this is no time of the day.
    """
    typed = text.strip()
    if not typed:
        return None
    found = _HOUR.fullmatch(typed)
    minutes = int(found[1]) * 60 + int(found[2] or 0) if found and int(found[2] or 0) < 60 else _DAY + 1
    if minutes > _DAY:
        raise RuleBroken(_("This is no time of the day."), _("Write it as 9 or 9:30."), field=field)
    return minutes


def written_hour(minutes: int | None) -> str:
    """As it is typed: 9:30."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"
