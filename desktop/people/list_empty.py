"""What stands in the list of people when nobody is in it, and what can be done about that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.manifest import NUMBERS
from desktop.widgets.list_view import EmptyState


def nobody_fits(context: ModuleContext, show_all: Callable[[], object]) -> EmptyState:
    """There are people, but none of whom the filter is true."""
    say = context.texts.say
    return EmptyState(
        say(_("Nobody fits.")), say(_("Try fewer words, or take a filter away.")), say(_("Show everybody")), show_all
    )


def no_people(context: ModuleContext, new_person: Callable[[], object]) -> EmptyState:
    """The register is empty; offered is what this user may do."""
    say = context.texts.say
    if context.may(NUMBERS):
        hint = say(_("Bring in a list from your registry, or add the first person yourself."))
        return EmptyState(say(_("No people yet")), hint, say(_("Import people…")), partial(context.navigate, "people.import"))
    if context.may("people.edit"):
        return EmptyState(say(_("No people yet")), "", say(_("New person")), new_person)
    return EmptyState(say(_("No people yet")), "", "", None)
