"""Ways to begin a merge: two people ticked in a list."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy.orm import Session

from db.texts import _
from desktop.core.context import ModuleContext
from desktop.core.selection import PeopleSelection


def merge_selected(context: ModuleContext, people: PeopleSelection, parent: QWidget | None) -> None:
    """Open the page that merges with the two people chosen; of more or fewer it says that it takes two."""
    say = context.texts.say
    if people.count != 2:
        context.messages.say(say(_("Tick exactly two records to merge them.")), "warn")
        return

    def work(session: Session) -> list[UUID]:
        return sorted(session.scalars(people.people))

    def open_page(ids: list[UUID]) -> None:
        if len(ids) == 2:
            context.navigate("people.merge", person_id=ids[0], other_id=ids[1])
        else:
            context.messages.say(say(_("One of the records is no longer there.")), "warn")

    owner = parent if parent is not None else context.messages
    context.tasks.read(
        owner, work, open_page, lambda error: context.messages.show(error, _("reading who was chosen")), slot="merge"
    )
