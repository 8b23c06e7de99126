"""The access report of somebody protected, for those alone who handle protected identities: the protection stays. No Qt in this file."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from db.absent import absent
from db.base import new_id
from db.errors import RuleBroken
from db.protected.kept import Kept, read_kept
from db.protected.people import KINDS, ProtectedLine, protected_people
from db.search import title_of
from db.texts import _
from desktop.core.contacting.purposes import purposes
from desktop.core.context import ModuleContext
from desktop.core.texts import LANGUAGES, Texts
from desktop.people.reporting.gathering import PERSON, Modules
from desktop.people.reporting.held import AccessReport, HeldModule, HeldRow, HeldTable
from desktop.people.reporting.kept import KeptGathering, KeptRows, newest_answers
from desktop.people.reporting.making import LOGGED, Asked, checked_reason, left_out, looks_held, purposes_held
from desktop.people.reporting.masking import initials
from desktop.people.reporting.trail import Trail
from desktop.people.reporting.wording import held_modules

RIGHT = "people.protected"


def find_protected(session: Session, given: str) -> ProtectedLine | None:
    """Who is meant by a handle or an id; for those alone who hold the right."""
    wanted = given.strip()
    return next((line for line in protected_people(session) if wanted.upper() == line.handle or wanted == str(line.id)), None)


def make_protected_report(context: ModuleContext, asked: Asked) -> AccessReport:
    """Read all that is kept of the person where it is kept.

    That it was asked for, by whom and why, stands in the record of what was done before anything is read.

    Raises:
        RuleBroken: no reason, or the user lacks the right.
        Unavailable: nobody protected is there by that id.
        Denied: the server does not let this user see protected people.
    """
    if not context.may(RIGHT):
        raise RuleBroken(_("You may not make access reports."), _("Ask whoever gives out the rights."))
    reason = checked_reason(asked.reason)
    database, now = context.database, context.clock.now()
    with database.read() as session:
        line = next((line for line in protected_people(session) if line.id == asked.person_id), None)
    if line is None:
        raise absent()
    kept = read_kept(database, context.actor, line.id, context.texts.say(LOGGED, reason=reason), now=now)
    with database.read() as session:
        return _report(session, context, asked, line, kept, reason)


def _report(session: Session, context: ModuleContext, asked: Asked, line: ProtectedLine, kept: Kept, reason: str) -> AccessReport:
    rows = KeptRows(session, kept)
    person = next(row for row in rows.of(PERSON) if row["id"] == line.id)
    language = asked.language or person["language"]
    modules = Modules.of(context, language if language in LANGUAGES else context.texts.language)
    people = rows.people(line.id)
    gathered = KeptGathering(session, people, modules, rows, context.rights).all()
    moves = rows.moves()
    trail = Trail(gathered, modules, moves, rows.lines(session, moves))
    numbers: dict[UUID, str] = {row["id"]: row["value"] for row in rows.of("identifier")}
    answers = newest_answers(rows, line.id)
    asked_for = [purpose for purpose in purposes(session, retired=True) if not purpose.retired or purpose.id in answers]
    return AccessReport(
        number=new_id().hex[-8:].upper(),
        name=title_of(person["family"], person["given"]),
        language=modules.texts.language,
        made_at=context.clock.now(),
        made_by=initials(context.actor.name),
        reason=reason,
        modules=(*held_modules(gathered, people, numbers, modules), _protection(line, modules.texts)),
        sources=trail.sources(),
        purposes=purposes_held(asked_for, answers, modules.texts),
        looks=looks_held(kept.looks),
        steps=trail.steps(),
        left_out=left_out(modules),
        handle=line.handle,
        forwarding=tuple(line.forwarding.splitlines()),
    )


def _protection(line: ProtectedLine, texts: Texts) -> HeldModule:
    """What is written of the protection itself."""
    say = texts.say
    lines = {
        say(_("Handle")): line.handle,
        say(_("Kind")): say(KINDS[line.kind]),
        say(_("Ground")): line.ground,
        say(_("Decided on")): texts.day(line.decided_on) if line.decided_on else "",
        say(_("Valid until")): texts.day(line.valid_until) if line.valid_until else "",
        say(_("Letters go to")): ", ".join(line.forwarding.splitlines()),
        say(_("Marked")): say(_("{moment} by {name}"), moment=texts.moment(line.since), name=initials(line.by_name)),
    }
    values = {
        "handle": line.handle,
        "kind": line.kind,
        "ground": line.ground,
        "decided_on": line.decided_on.isoformat() if line.decided_on else None,
        "valid_until": line.valid_until.isoformat() if line.valid_until else None,
        "forwarding": line.forwarding,
        "since": line.since.isoformat(),
        "by_name": initials(line.by_name),
    }
    row = HeldRow(values, "", tuple((name, value) for name, value in lines.items() if value), ())
    title = say(_("Protected identity"))
    return HeldModule("protected", title, (HeldTable("protected_person", title, (row,)),))
