"""Types and texts that tests share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

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
