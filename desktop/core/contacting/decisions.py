"""Writing down what somebody allows: consents given, refused and withdrawn, and ways by which they are not to be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.database import about, describe, take
from db.engine import one_at_a_time
from db.errors import RuleBroken
from db.models.consent import BLOCKABLE, CONSENT_STATES, CONSENT_WAYS, Consent, ConsentPurpose, ConsentText, ContactBlock
from db.models.person import Person
from db.search import title_of
from db.texts import _

LONGEST = 500  # letters of a reason or of where the evidence is
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is written down: now, and what day that is at the office."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The calendar day at the office."""
        return self.now.astimezone(self.zone).date()

    def at(self, day: date) -> datetime:
        """This very moment where the day is today; else noon of that day."""
        return self.now if day == self.today else datetime.combine(day, NOON, self.zone)

    def after(self, day: date) -> datetime:
        """When that day is over at the office."""
        return datetime.combine(day + timedelta(days=1), time(), self.zone)


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """An answer about a purpose. `day` is when it was given, None for today; `evidence_id` a line of the timeline."""

    purpose_id: UUID
    state: str
    way: str = "other"
    day: date | None = None
    note: str = ""
    language: str = ""  # in which the text was shown; empty where none was
    evidence_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BlockForm:
    """Do not contact somebody by `channel` of `BLOCKABLE`; `until` is the last day, None for good."""

    channel: str
    reason: str = ""
    until: date | None = None


def write_consent(session: Session, person_id: UUID, form: ConsentForm, *, actor: Actor, when: Moment) -> UUID:
    """Keep what somebody answered about a purpose; earlier answers stay. One that was given ends as the purpose says.

    Raises:
        RuleBroken: the day lies ahead, the purpose is not asked about any more, or a note is too long.
    """
    purpose = session.get(ConsentPurpose, form.purpose_id)
    if purpose is None or (purpose.retired and form.state == "given"):
        raise RuleBroken(_("This purpose is no longer in use."), _("Choose another one."), field="purpose")
    if form.state not in CONSENT_STATES or form.way not in CONSENT_WAYS:
        raise ValueError(f"unknown answer: {form.state}/{form.way}")
    day = form.day or when.today
    if day > when.today:
        raise RuleBroken(_("The day lies ahead."), _("Choose today or an earlier day."), field="day")
    _check_length(form.note, "note")
    row = Consent(
        id=new_id(), person_id=person_id, purpose_id=purpose.id, state=form.state, at=when.at(day), way=form.way,
        note=form.note.strip(), by_name=actor.name, evidence_id=form.evidence_id,
        ends_at=when.after(months_later(day, purpose.months)) if form.state == "given" and purpose.months else None,
        text_id=_text_shown(session, purpose.id, form.language, day) if form.language else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tell(session, person_id, purpose=purpose.code, state=form.state)
    return row.id


def withdraw(session: Session, person_id: UUID, purpose_id: UUID, *, actor: Actor, when: Moment, way: str = "other") -> UUID:
    """Take a consent back: as easy as giving it, so it asks for nothing else."""
    return write_consent(session, person_id, ConsentForm(purpose_id, "withdrawn", way), actor=actor, when=when)


def stop_contact(session: Session, person_id: UUID, form: BlockForm, *, actor: Actor, when: Moment) -> UUID:
    """Let nobody contact somebody by this channel. A stop there is already is made longer, never shorter.

    Raises:
        RuleBroken: its last day is past, or the reason is too long.
    """
    if form.channel not in BLOCKABLE:
        raise ValueError(f"unknown channel: {form.channel}")
    if form.until is not None and form.until < when.today:
        raise RuleBroken(_("The last day is past."), _("Choose a day to come, or none."), field="until")
    _check_length(form.reason, "reason")
    ends_at = when.after(form.until) if form.until is not None else None
    one_at_a_time(session, f"stop {form.channel} {person_id}")
    there = select(ContactBlock).where(ContactBlock.person_id == person_id, ContactBlock.channel == form.channel)
    _tell(session, person_id, channel=form.channel)
    for row in session.scalars(there.order_by(ContactBlock.id)):
        if row.ends_at is not None and (ends_at is None or row.ends_at < ends_at):
            row.ends_at = ends_at
        row.reason = row.reason or form.reason.strip()
        session.flush()
        return row.id
    block = ContactBlock(
        id=new_id(), person_id=person_id, channel=form.channel, reason=form.reason.strip(), since=when.now, ends_at=ends_at,
        by_name=actor.name,
    )  # fmt: skip
    session.add(block)
    session.flush()
    return block.id


def lift_stop(session: Session, block_id: UUID, version: int) -> None:
    """Let somebody be contacted again by a channel; the history keeps that they were not.

    Raises:
        Conflict: somebody else changed or lifted it since.
    """
    block = take(session, ContactBlock, block_id, version)
    _tell(session, block.person_id, channel=block.channel)
    session.delete(block)
    session.flush()


def purpose_of(session: Session, code: str) -> UUID:
    """The purpose of that code.

    Raises:
        RuleBroken: there is none.
    """
    found = session.scalar(select(ConsentPurpose.id).where(ConsentPurpose.code == code))
    if found is None:
        raise RuleBroken(_("This purpose is no longer in use."), _("Choose another one."), field="purpose")
    return found


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)  # every month has a 28th


def _text_shown(session: Session, purpose_id: UUID, language: str, day: date) -> UUID | None:
    """The newest version in that language on that day; before the first one, the first."""
    texts = select(ConsentText.id).where(ConsentText.purpose_id == purpose_id, ConsentText.language == language)
    earlier = texts.where(ConsentText.since <= day).order_by(ConsentText.number.desc()).limit(1)
    return session.scalar(earlier) or session.scalar(texts.order_by(ConsentText.number).limit(1))


def _check_length(text: str, field: str) -> None:
    if len(text) > LONGEST:
        raise RuleBroken(_("This is too long."), _("Keep it under 500 letters."), field=field)


def _tell(session: Session, person_id: UUID, **details: str) -> None:
    """Let the history say whom this is about."""
    name = session.execute(select(Person.family, Person.given).where(Person.id == person_id)).first()
    if name is None:
        raise RuleBroken(_("This person is no longer there."), _("Look in the history: adding them may have been taken back."))
    about(session, person_id)
    describe(session, name=title_of(*name), **details)
