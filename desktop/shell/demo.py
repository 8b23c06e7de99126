"""Makes the demo database: the one place of the shell that knows how invented people come about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts import sign_in
from db.database import Database
from db.errors import Stopped, Unavailable
from db.models.history import ChangeSet
from db.models.person import Person
from db.texts import _
from desktop.assembly import system_login
from desktop.core.clock import Clock
from desktop.core.context import ModuleContext
from desktop.core.lanes import Report
from desktop.core.registry import LoadFailed

PEOPLE = 400
EARLY = 20  # a demo is made at the very beginning of a database
MAKER = "desktop.people.demo_data"  # make_demo(database, actor, people, now, report)


def fill(database: Database, clock: Clock, report: Report, people: int) -> None:
    """Bring invented people into a new database; runs beside the window's thread.

    Raises:
        Unavailable: this installation has no demo data.
    """
    try:
        make: Any = import_module(MAKER).make_demo
    except ImportError as error:
        raise Unavailable(_("This installation cannot make demo data."), _("Start with an empty database instead.")) from error
    actor = sign_in(database, system_login(), make=True)
    make(database, actor, people, clock.now(), report)


def fill_or_remove(database: Database, clock: Clock, report: Report) -> None:
    """As `fill`, with the usual number of people; a new file that cannot be filled, or shall not, goes again."""
    try:
        fill(database, clock, report, PEOPLE)
    except (Stopped, Unavailable):
        with database.read() as session:
            empty = session.scalar(select(Person.id).limit(1)) is None
        database.close()
        if empty:
            database.path.unlink(missing_ok=True)
        raise


def is_demo(session: Session) -> bool:
    """Whether the people of this database were invented: its history begins with that."""
    steps = ChangeSet.__table__.c  # asked at every start, before any mapper is configured
    made = select(steps.number).where(steps.number <= EARLY, steps.verb == "make_demo").limit(1)
    return session.scalar(made) is not None


def module_work(context: ModuleContext) -> list[Callable[[Report], None]]:
    """What the modules add to the people of a new demo, to be run beside the window's thread one after the other.

    Call it in the window's thread: modules are imported here. One that cannot be imported adds nothing and is told.
    """
    found: list[Callable[[Report], None]] = []
    for offer in context.offers("demo_data"):
        try:
            make: Callable[[ModuleContext, Sequence[UUID]], None] = context.load(offer.contribution.opens)
        except LoadFailed as error:
            context.messages.show(error)
            continue
        found.append(partial(_add, make, context))
    return found


def _add(make: Callable[[ModuleContext, Sequence[UUID]], None], context: ModuleContext, report: Report) -> None:
    with context.database.read() as session:
        people = session.scalars(select(Person.id).order_by(Person.name_key)).all()
    make(context, people)
    report(1, 1)
