"""What `kontinuum person` does: all that is held about one person as files, and erasing them."""

from __future__ import annotations

from argparse import Namespace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.errors import Denied, RuleBroken, Unavailable
from db.identity_numbers import recognise
from db.numbers import holders
from db.texts import _
from desktop.core.context import ModuleContext
from desktop.people.erasing.erase import Order, World, checked_case, erase_person
from desktop.people.erasing.plan import How
from desktop.people.erasing.protected import erase_protected
from desktop.people.reporting import protected
from desktop.people.reporting.files import save_report
from desktop.people.reporting.making import Asked, make_report
from desktop.people.reporting.protected import find_protected


def report(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """Make an access report and save both files; for programs, for people. Who handles protected identities gives a handle, too.

    Raises:
        Told: there is nobody, no reason, no right, or no room.
    """
    from desktop.people.reporting.reports import render_report  # loads what sets documents

    with context.database.read() as session:
        line = find_protected(session, asked.person) if context.may(protected.RIGHT) else None
        person_id = line.id if line is not None else find_person(session, asked.person, context)
    make = protected.make_protected_report if line is not None else make_report
    made = make(context, Asked(person_id, asked.reason, asked.lang))
    content = render_report(made, context.texts.other(made.language))
    saved = save_report(made, content, asked.out.resolve(), context.texts)
    return {"pdf": str(saved.pdf), "json": str(saved.json), "number": made.number}, [str(saved.pdf), str(saved.json)]


def erase(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """Erase or anonymise one person; for programs, for people. Who handles protected identities gives a handle, too.

    Raises:
        Told: there is nobody, no right, no decision, or the person is kept.
    """
    with context.database.read() as session:
        line = find_protected(session, asked.person) if context.may(protected.RIGHT) else None
    sure(context, protected.RIGHT if line is not None else "people.erase", asked.yes)
    how: How = "anonymise" if asked.anonymise else "erase"
    case = f"{checked_case(asked.case)}: {checked_case(asked.reason)}"
    if line is not None:
        if asked.anonymise:
            raise RuleBroken(_("Somebody protected is erased, not anonymised."), _("Leave --anonymise out."))
        clean = erase_protected(context.database, context.actor, line.id, case, World.of(context))
        return {"person": line.handle, "how": how, "clean": clean}, [f"{line.handle}: {how}d, for good"]
    with context.database.read() as session:
        person_id = find_person(session, asked.person, context)
    clean = erase_person(context.database, context.actor, Order(person_id, how, case), World.of(context))
    return {"person": str(person_id), "how": how, "clean": clean}, [f"{person_id}: {how}d, for good"]


def allowed(context: ModuleContext, rights: str) -> None:
    """Before anything is read.

    Raises:
        Denied: the user does not hold the rights.
    """
    if not context.may(rights):
        raise Denied(_("You may not do this."), _("Ask whoever looks after users for the right."))


def sure(context: ModuleContext, rights: str, yes: bool) -> None:
    """Before people go for good.

    Raises:
        Denied: the user does not hold the rights.
        RuleBroken: nobody said that they know it.
    """
    allowed(context, rights)
    if not yes:
        raise RuleBroken(_("Nobody can take this back."), _("Nothing was done. Add --yes to do it."))


def find_person(session: Session, given: str, context: ModuleContext) -> UUID:
    """Who is meant by an id as the command `search` prints it, or by a number.

    Raises:
        RuleBroken: it is no id, and numbers may not be looked up by this user.
        Unavailable: nobody has it, or several people have.
    """
    try:
        return UUID(given)
    except ValueError:
        pass
    if not context.may("people.identifiers"):
        raise RuleBroken(_("You may not find people by number."), _("Give the id that “kontinuum search” prints."))
    country = context.settings.get("core.office_country")
    number = recognise(given, country=country, today=context.clock.today()) or ("registry_id", " ".join(given.split()))
    found = {holder.person_id for holder in holders(session, [number])}
    if len(found) != 1:
        several = _("Several people have this number.")
        raise Unavailable(several if found else _("Nobody has this number."), _("Give the id that “kontinuum search” prints."))
    return found.pop()
