"""Calls what a module contributes: whatever it does wrong is told, and the caller goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from db.texts import Msgid
from desktop.core.faults import ANYTHING, as_exception
from desktop.core.messages import Messages

T = TypeVar("T")


def tried(make: Callable[[], T], messages: Messages, doing: Msgid) -> T | None:
    """What `make` gives, or None if it broke, which was told; the window counts it against the module it arose in."""
    try:
        return make()
    except ANYTHING as caught:  # a module's code: contained, whatever it is
        messages.show(as_exception(caught), doing)
        return None
