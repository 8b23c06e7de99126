"""Making an access report: that it is made is stored for good first, then everything is read at one moment. No Qt in this file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.absent import absent
from db.base import new_id
from db.errors import RuleBroken
from db.looks import LONGEST, LookFilter, LookLine, looks, reveal
from db.merged import records_of, survivor_of
from db.models.consent import BASES, CONSENT_STATES
from db.models.person import Person
from db.search import title_of
from db.stated import stated
from db.texts import _
from desktop.core.contacting.purposes import PurposeLine
from desktop.core.context import ModuleContext
from desktop.core.texts import LANGUAGES, Texts
from desktop.people.consents.reading import person_consents
from desktop.people.reporting.gathering import Gathering, Modules
from desktop.people.reporting.held import AccessReport, Looked, PurposeHeld
from desktop.people.reporting.masking import initials
from desktop.people.reporting.trail import Trail
from desktop.people.reporting.wording import held_modules

RIGHT = "people.report"
LOGGED = _("Access report: {reason}")  # in the log of looks
LINES = 200  # of the log of looks, read at one go


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report, why, and in which language: "sv", "fi" or "en"; the person's own where none is given."""

    person_id: UUID
    reason: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a report would be about."""

    id: UUID
    name: str
    language: str


def find_subject(session: Session, person_id: UUID) -> Subject:
    """The person, under the record that is in use; one that was merged leads there.

    Raises:
        Unavailable: nobody is there by that id; of protected people the same is said.
    """
    own = survivor_of(session, person_id)
    row = session.execute(select(Person.family, Person.given, Person.language).where(Person.id == own)).one_or_none()
    if row is None:
        raise absent()
    return Subject(own, title_of(row.family, row.given), row.language)


def checked_reason(reason: str) -> str:
    """The reason without needless spaces.

    Raises:
        RuleBroken: it says nothing.
    """
    refused = RuleBroken(_("Say why the report is made."), _("For example: the person asked for it."), field="reason")
    return stated(reason, LONGEST, refused)


def make_report(context: ModuleContext, asked: Asked) -> AccessReport:
    """Read all that is held about the person, as the user who is signed in.

    That the report was asked for, by whom and why, is in the log of looks before anything is read, whatever comes after.

    Raises:
        RuleBroken: no reason, or the user lacks the right.
        Unavailable: nobody is there by that id.
        Denied: the server does not let this user see something of it.
    """
    if not context.may(RIGHT):
        raise RuleBroken(_("You may not make access reports."), _("Ask whoever gives out the rights."))
    reason = checked_reason(asked.reason)
    database, now = context.database, context.clock.now()
    with database.read() as session:
        subject = find_subject(session, asked.person_id)
        people = records_of(session, subject.id)
    logged = context.texts.say(LOGGED, reason=reason)
    numbers = {row: value for own in people for row, value in reveal(database, context.actor, own, logged, now=now).items()}
    language = asked.language or subject.language
    modules = Modules.of(context, language if language in LANGUAGES else context.texts.language)
    with database.read() as session:
        gathered = Gathering(session, people, modules).all()
        trail = Trail.read(session, people, gathered, modules)
        consents = person_consents(session, subject.id)
        newest = {purpose: (lines[0].state, lines[0].at) for purpose, lines in consents.answers.items()}
        return AccessReport(
            number=new_id().hex[-8:].upper(),
            name=subject.name,
            language=modules.texts.language,
            made_at=now,
            made_by=initials(context.actor.name),
            reason=reason,
            modules=held_modules(gathered, people, numbers, modules),
            sources=trail.sources(),
            purposes=purposes_held(consents.purposes, newest, modules.texts),
            looks=looks_held((line.at, line.reason) for line in _looks(session, people)),
            steps=trail.steps(),
            left_out=left_out(modules),
        )


def purposes_held(
    purposes: Iterable[PurposeLine], answers: Mapping[UUID, tuple[str, datetime]], texts: Texts
) -> tuple[PurposeHeld, ...]:
    """Every purpose with the answer that counts: what was said, and when."""
    found = []
    for line in purposes:
        state, at = answers.get(line.id, ("", None))
        found.append(
            PurposeHeld(
                line.code,
                line.called(texts.language),
                line.kind,
                line.basis,
                texts.say(BASES[line.basis]),
                state,
                texts.say(CONSENT_STATES[state]) if state else "",
                at,
            )
        )
    return tuple(found)


def looks_held(looked: Iterable[tuple[datetime, str]]) -> tuple[Looked, ...]:
    """How often somebody looked at what is hidden, by reason; who it was is not told."""
    moments: dict[str, list[datetime]] = {}
    for at, reason in looked:
        moments.setdefault(reason, []).append(at)
    return tuple(Looked(reason, len(at), min(at), max(at)) for reason, at in moments.items())


def left_out(modules: Modules) -> tuple[str, ...]:
    """What no report holds, and why."""
    say = modules.texts.say
    told = [say(left.why) for manifest in modules.manifests for left in manifest.not_reported if left.why]
    return (*told, say(_("Backups: they hold what the register held on their day, and are removed by their age.")))


def _looks(session: Session, people: Sequence[UUID]) -> list[LookLine]:
    every: list[LookLine] = []
    before: int | None = None
    while True:
        some = looks(session, LookFilter(people=tuple(people)), before=before, limit=LINES)
        every += some
        if len(some) < LINES:
            return every
        before = some[-1].number
