"""What can be chosen in the fields of segments: the codes a manifest names, and those found in the data. No Qt in this file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from desktop.core.context import ModuleContext
from desktop.core.manifest import Asks
from desktop.core.registry import LoadFailed
from desktop.core.texts import Texts
from desktop.people.segments.fields import Fields

Choices = Mapping[str, list[tuple[str, str]]]  # by the dotted name that offers them


def choices_reader(context: ModuleContext, fields: Fields) -> Callable[[Session], Choices]:
    """What reads all that is offered, in any thread. Call it in the window's thread: modules are imported here."""
    texts, found = context.texts, {}
    for asks in _all(fields):
        if asks.offers and asks.offers not in found:
            try:
                found[asks.offers] = context.load(asks.offers)
            except LoadFailed as error:
                context.messages.show(error)
    return lambda session: {name: _read(offer, session, texts) for name, offer in found.items()}


def choices_of(asks: Asks, found: Choices, texts: Texts) -> list[tuple[str, str]]:
    """Codes and words of everything that can be chosen there."""
    return [*((code, texts.say(text)) for code, text in asks.choices), *found.get(asks.offers, [])]


def _read(offer: Callable[[Session, Texts], list[tuple[str, str]]], session: Session, texts: Texts) -> Any:
    return list(offer(session, texts))


def _all(fields: Fields) -> Iterator[Asks]:
    for field in fields.values():
        yield field.asks
        yield from (part.asks for part in field.asks.parts)
