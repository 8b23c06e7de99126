"""Runs a module's code where the shell must go on whatever happens: making pages and cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from db.errors import Told
from db.texts import Msgid
from desktop.core.faults import ANYTHING, as_exception
from desktop.core.messages import Message, Messages
from desktop.core.registry import Registry

T = TypeVar("T")


def attempt(make: Callable[[], T], registry: Registry, messages: Messages, doing: Msgid) -> T | Message:
    """What `make` gives, or the words for why not; a defect is logged and counted against the module it arose in."""
    try:
        return make()
    except ANYTHING as caught:  # a module's code: contained, whatever it is
        message = messages.explain(as_exception(caught), doing)
        if not isinstance(caught, Told):
            registry.note(caught)
        return message
