"""Types and texts that tests share."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

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
