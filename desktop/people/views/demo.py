"""Saved views and exported lists to try things out with. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from db.texts import _
from desktop.people.exports.service import VERB, Reason, write_down
from desktop.people.listing import PeopleFilter
from desktop.people.views import service
from desktop.people.views.view import View

if TYPE_CHECKING:
    from desktop.core.context import ModuleContext

_VIEWS = (
    (
        _("Alumni by town"), "office",
        View(PeopleFilter(roles=("alumnus",)), ("name", "town", "programme", "email", "contact"), (), "town_sort", group="city"),
    ),
    (
        _("Students to call"), "locked",
        View(PeopleFilter(roles=("student",)), ("name", "phone", "programme", "contact"), (), "contact_sort"),
    ),
    (_("Newest people"), "own", View(columns=("name", "roles", "programme", "created"), sort="created_sort", down=True)),
)  # fmt: skip
_EXPORTS = ((_("Invitation to the alumni day"), _("Alumni office"), 3), (_("Programme evaluation"), _("Quality unit"), 8))


def add_views(context: ModuleContext, people: Sequence[UUID]) -> None:
    """Views of each reach, and a log of exports with some lines; nothing without people."""
    if not people:
        return
    database, actor, clock, say = context.database, context.actor, context.clock, context.texts.say
    for name, reach, view in _VIEWS:
        with database.write(actor, "save_view") as session:
            service.save(session, view, name=say(name), reach=reach, actor=actor, clock=clock)
    for purpose, recipient, share in _EXPORTS:
        with database.write(actor, VERB) as session:
            write_down(
                session, file=f"{say(recipient)}.xlsx", people=max(1, len(people) // share), columns=("name", "email"),
                choice=say(_("Alumni by town")), held=False, reason=Reason(say(purpose), say(recipient)),
            )  # fmt: skip
