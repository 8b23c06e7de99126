"""How a signature reads on a person's timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.texts import _

if TYPE_CHECKING:
    from desktop.core.selection import TimelineLine
    from desktop.core.texts import Texts


def signature_title(entry: TimelineLine, texts: Texts) -> str:
    """Which policy was signed, and which of its versions."""
    number = entry.outcome.removeprefix("version_")
    return texts.say(_("Signed “{title}”, version {number}"), title=entry.title, number=number)
