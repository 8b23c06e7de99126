"""Keeping views of the list of people: whose they are, who sees them, how many people each shows. No Qt in this file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import describe, take
from db.errors import Denied, RuleBroken
from db.models.saved_view import REACHES, SavedView
from db.sorting import fold
from db.texts import _
from desktop.core.clock import Clock
from desktop.people import listing
from desktop.people.segments.using import Asker, narrowed
from desktop.people.views.view import View, from_plain, to_plain

PAGE = "people.list"
LONGEST = 60  # letters of a name


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved view as this user sees it."""

    id: UUID
    version: int
    name: str
    reach: str  # a key of REACHES
    own: bool
    view: View

    @property
    def mine_to_change(self) -> bool:
        """Whether this user may change, rename or remove it."""
        return self.own or self.reach == "office"


def views(session: Session, actor: Actor, clock: Clock) -> list[Kept]:
    """Every view this user sees, by name; first their own, then the office's."""
    seen = or_(SavedView.reach != "own", SavedView.user_id == actor.id)
    rows = session.scalars(select(SavedView).where(SavedView.page == PAGE, seen)).all()
    found = [
        Kept(row.id, row.version, row.name, row.reach, row.user_id == actor.id, from_plain(row.shows, clock)) for row in rows
    ]
    return sorted(found, key=lambda kept: (kept.reach != "own", fold(kept.name), kept.id))


def find(session: Session, actor: Actor, clock: Clock, name: str) -> Kept:
    """The view of this name; one's own comes before the office's.

    Raises:
        RuleBroken: there is none.
    """
    there = views(session, actor, clock)
    for kept in there:
        if fold(kept.name) == fold(name.strip()):
            return kept
    known = ", ".join(kept.name for kept in there)
    raise RuleBroken(_("There is no view called {name}."), _("Possible: {known}."), name=name, known=known)


def save(session: Session, view: View, *, name: str, reach: str, actor: Actor, clock: Clock) -> UUID:
    """Keep a new view; gives its id.

    Raises:
        RuleBroken: it has no name, or one that another view in sight has.
    """
    words = _named(session, name, reach, actor, None)
    row = SavedView(user_id=actor.id, page=PAGE, name=words, reach=reach, shows=to_plain(view, clock))
    session.add(row)
    session.flush()
    describe(session, view=words)
    return row.id


def change(
    session: Session, kept: Kept, *, actor: Actor, clock: Clock, view: View | None = None, name: str = "", reach: str = ""
) -> None:
    """Let a view show something else, or give it another name or reach.

    Raises:
        Conflict: somebody else changed or removed it since it was read.
        Denied: it is another user's.
        RuleBroken: the name is taken, or somebody else's view would be made personal or locked.
    """
    row = _taken(session, kept, actor)
    if name:
        row.name = _named(session, name, reach or row.reach, actor, row.id)
    if reach and reach != row.reach:
        if row.user_id != actor.id:
            raise RuleBroken(_("Only who made a view says who may use it."), _("Save one of your own."), field="reach")
        row.reach = reach
    if view is not None:
        row.shows = to_plain(view, clock)
    describe(session, view=row.name)
    session.flush()


def remove(session: Session, kept: Kept, *, actor: Actor) -> None:
    """Forget a view; the people in it stay as they are.

    Raises:
        Conflict: somebody else changed or removed it since it was read.
        Denied: it is another user's.
    """
    row = _taken(session, kept, actor)
    describe(session, view=row.name)
    session.delete(row)
    session.flush()


def counts(session: Session, asked: Mapping[UUID, View], ask: Asker) -> dict[UUID, int]:
    """How many people each of these views shows; one whose segment cannot be worked out is left out."""
    found = {}
    for id, view in asked.items():
        with suppress(RuleBroken):
            found[id] = listing.count(session, narrowed(session, view.filter, ask))
    return found


def _taken(session: Session, kept: Kept, actor: Actor) -> SavedView:
    row = take(session, SavedView, kept.id, kept.version)
    if row.user_id != actor.id and row.reach != "office":
        raise Denied(_("This view is locked."), _("Save one of your own instead."))
    return row


def _named(session: Session, name: str, reach: str, actor: Actor, own: UUID | None) -> str:
    words = " ".join(name.split())
    if not words:
        raise RuleBroken(_("The view needs a name."), _("Write what it shows."), field="name")
    if len(words) > LONGEST:
        raise RuleBroken(_("The name is too long."), _("Use {count} letters or fewer."), field="name", count=LONGEST)
    if reach not in REACHES:
        raise RuleBroken(_("This value is not possible here."), _("Choose one that is offered."), field="reach")
    seen: Any = SavedView.user_id == actor.id if reach == "own" else or_(SavedView.reach != "own", SavedView.user_id == actor.id)
    rows = session.execute(select(SavedView.id, SavedView.name).where(SavedView.page == PAGE, seen))
    if any(fold(other) == fold(words) for id, other in rows if id != own):
        raise RuleBroken(_("Another view has this name."), _("Choose another name."), field="name")
    return words
