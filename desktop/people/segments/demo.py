"""Segments to try things out with: some sentences, some of them put together, and a frozen one. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from uuid import UUID

from sqlalchemy.orm import Session

from desktop.core.context import ModuleContext
from desktop.core.manifest import Offer
from desktop.people.segments.compiling import Asking
from desktop.people.segments.definition import Clause, Condition, Definition, Group, Sets
from desktop.people.segments.fields import Asked, Field, Fields
from desktop.people.segments.manifest import FIELDS
from desktop.people.segments.storing import SegmentForm, freeze_segment, make_segment, usable_segments

_ADMITTED = Condition("people.role", "some", "", (Clause("kind", "any_of", ("admitted",)), Clause("held", "yes")))
_ALUMNI = Condition("people.role", "some", "", (Clause("kind", "any_of", ("alumnus",)),))
_UNCALLED = Condition("people.contact", "none", "", (Clause("kind", "any_of", ("call",)), Clause("when", "last", 30)))
_REACHED = tuple(Condition(f"people.{way}", "yes") for way in ("mailable", "callable", "postable"))
# In Swedish like most of the demo.
UNCALLED, ALUMNI, LATELY, UNREACHED = "Antagna att ringa", "Alumner med e-post", "Kontaktade det senaste året", "Kan inte nås"
MAILING = "Alumnbrevet"
SENTENCES: tuple[tuple[str, Group], ...] = (
    (UNCALLED, Group("all", (_ADMITTED, _UNCALLED, Group("any", (_REACHED[1], _REACHED[0]))))),
    (ALUMNI, Group("all", (_ALUMNI, _REACHED[0]))),
    (LATELY, Group("all", (Condition("people.last_contact", "last", 365),))),
    (UNREACHED, Group("none", _REACHED)),
)


def make_demo(context: ModuleContext, people: Sequence[UUID]) -> None:
    """Describe some of the people as an office might; `people` are found by what is asked, like any others."""
    if not people:
        return
    fields, user = core(), context.actor.id
    asked = Asked(context.clock.today(), context.clock.zone)

    def asking(session: Session) -> Asking:
        return Asking(fields, asked, usable_segments(session, user))

    made: dict[str, UUID] = {}

    def keep(title: str, definition: Definition, *, shared: bool) -> None:
        with context.database.write(context.actor, "make_segment") as session:
            form = SegmentForm(title, definition, shared)
            made[title] = make_segment(session, form, asking(session), actor=context.actor)

    for title, sentence in SENTENCES:
        keep(title, sentence, shared=title != UNREACHED)
    keep(MAILING, Sets(plus=(made[ALUMNI],), minus=(made[LATELY],)), shared=True)
    title = f"{UNCALLED} {asked.today.isoformat()}"
    with context.database.write(context.actor, "freeze_segment") as session:
        freeze_segment(session, made[UNCALLED], title, asking(session), actor=context.actor, now=context.clock.now())


def core() -> Fields:
    """The register's own fields, which are there whatever modules are."""
    found = {}
    for one in FIELDS:
        place, _colon, name = one.opens.partition(":")
        if one.asks is not None:
            found[one.key] = Field(Offer("people", one), one.asks, getattr(import_module(place), name))
    return found
