"""Exporting a list from the command line: the people of a saved view, written down like any other export. No Qt in this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desktop.core.context import ModuleContext
from desktop.core.selection import PeopleSelection
from desktop.people import listing, words
from desktop.people.exports.making import Asked, Making
from desktop.people.exports.service import VERB, Reason
from desktop.people.segments.using import asker, narrowed
from desktop.people.views.service import find
from desktop.people.views.view import View


def export_file(context: ModuleContext, path: Path, view: str, purpose: str, recipient: str) -> dict[str, Any]:
    """Export everybody in the view of this name, or in the whole register, in its columns and order.

    Raises:
        RuleBroken: no such view, no purpose, nobody in it.
        Unavailable: the file cannot be written.
    """
    database, clock = context.database, context.clock
    with database.read() as session:
        shown = find(session, context.actor, clock, view).view if view else View()
        filter = narrowed(session, shown.filter, asker(context))
        count = listing.count(session, filter)
    people = PeopleSelection(listing.people_ids(filter), count, words.selection(filter, count, True, context.texts))
    asked = Asked(people, shown.columns, path, Reason(purpose, recipient), clock.today(), shown.sort, shown.down)
    making = Making(asked, context.texts)
    try:
        with database.read() as session:
            making.begin(session)
        while not making.done:
            with database.read() as session:
                making.portion(session)
        with database.write(context.actor, VERB) as session:
            making.write_down(session)
        making.place()
    finally:
        making.abandon()
    return {"people": making.written, "file": str(path)}
