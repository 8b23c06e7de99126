"""What is said of a person who is not there: of somebody hidden the same as of nobody."""

from __future__ import annotations

from db.errors import Unavailable
from db.texts import _


def absent() -> Unavailable:
    """Nobody is there by that id."""
    return Unavailable(_("This person is no longer there."), _("Look in the history: adding them may have been taken back."))
