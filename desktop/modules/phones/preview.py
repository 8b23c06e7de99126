"""What a caller sees about a person before and while calling: enough for the call and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.contact_forms import national_display
from db.models.interaction import Interaction
from db.models.person import ContactPoint, Person
from db.models.role import Role
from db.search import title_of
from desktop.core.contacting.allowed import may_contact, plan_contact
from desktop.core.contacting.rules import Answer
from desktop.modules.phones import script
from desktop.modules.phones.rounds import LIFE
from desktop.modules.phones.tables import CallEntry, CallRound

EARLIER = 12  # contacts shown


@dataclass(frozen=True, slots=True)
class Number:
    """One phone number; `hold` says why it is not dialled, `dial` is what a telephone program is given."""

    id: UUID
    label: str
    shown: str
    dial: str
    hold: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """One line of the person's timeline."""

    kind: str
    at: datetime
    direction: str
    outcome: str
    title: str
    text: str
    seconds: int | None
    module: str
    by_name: str


@dataclass(frozen=True, slots=True)
class Help:
    """A question the person may ask, its answer, and the day the answer was last looked over."""

    question: str
    answer: str
    reviewed: str


@dataclass(frozen=True, slots=True)
class ConsoleData:
    """All of one person on the console; `version` is the entry's, `stage` a code of `ROLE_KINDS`."""

    entry_id: UUID
    version: int
    round_id: UUID
    person_id: UUID
    name: str
    given: str
    language: str
    stage: str
    programme: str
    term: str
    note: str
    numbers: tuple[Number, ...]
    earlier: tuple[Earlier, ...]
    scripts: dict[str, tuple[script.Step, ...]]
    spoken: str
    help: tuple[Help, ...]
    attempts: int
    last_outcome: str
    callback_at: datetime | None
    purpose: str = ""
    against: str = ""  # a code of `WHY`: why this person may not be called after all
    pressed: bool = False  # called or written to as often as is enough already

    @property
    def usable(self) -> tuple[Number, ...]:
        """The numbers that may be dialled."""
        return tuple(number for number in self.numbers if not number.hold)


def console_data(session: Session, entry_id: UUID, *, caller: str, today: date, now: datetime) -> ConsoleData:
    """Everything the console shows about the person of an entry, the script filled with their names."""
    entry = session.get_one(CallEntry, entry_id)
    row = session.get_one(CallRound, entry.round_id)
    person = session.get_one(Person, entry.person_id)
    stage = _stage(session, person.id, today)
    given = person.preferred or person.given
    names = {
        "given": person.preferred or person.given.partition(" ")[0] or person.family,
        "family": person.family,
        "name": f"{given} {person.family}".strip(),
        "programme": stage[1] or "…",
        "caller": caller,
    }
    scripts = {language: script.filled(script.from_json(steps), names) for language, steps in row.script.items()}
    spoken = script.choose(scripts, person.language, row.language)
    leave = _leave(session, row, entry, now)
    return ConsoleData(
        entry_id=entry.id,
        version=entry.version,
        round_id=row.id,
        person_id=person.id,
        name=title_of(person.family, given),
        given=given,
        language=person.language,
        stage=stage[0],
        programme=stage[1],
        term=stage[2],
        note=person.note,
        numbers=_numbers(session, person.id),
        earlier=_earlier(session, person.id),
        scripts=scripts,
        spoken=spoken,
        help=help_texts(row, spoken),
        attempts=entry.attempts,
        last_outcome=entry.last_outcome,
        callback_at=entry.callback_at if entry.state == "callback" else None,
        purpose=row.purpose or "",
        against=leave.stopped.get(person.id, ""),
        pressed=person.id in leave.pressed,
    )


def _leave(session: Session, row: CallRound, entry: CallEntry, now: datetime) -> Answer:
    """Whether the rules still let this person be called."""
    plan = plan_contact(session, "phone", row.purpose or "", asked=entry.state == "callback")
    return may_contact(session, (entry.person_id,), plan, now=now, today=now.date(), ways=False)


def help_texts(row: CallRound, spoken: str) -> tuple[Help, ...]:
    """The round's questions and answers in the language spoken, else in the round's own."""
    found = row.help.get(spoken) or row.help.get(row.language) or ()
    return tuple(Help(one.get("question", ""), one.get("answer", ""), one.get("reviewed", "")) for one in found)


def _stage(session: Session, person_id: UUID, today: date) -> tuple[str, str, str]:
    """The stage the call is about: the latest of life before and during the studies, as kind, programme and term."""
    rows = session.execute(
        select(Role.kind, Role.programme, Role.term, Role.ends)
        .where(Role.person_id == person_id, Role.kind.in_(LIFE))
        .order_by(Role.starts.desc().nulls_last(), Role.id.desc())
    ).all()
    current = [row for row in rows if row.ends is None or row.ends >= today] or list(rows)
    best = max(current, key=lambda row: LIFE.index(row.kind), default=None)
    return (best.kind, best.programme, best.term) if best else ("", "", "")


def _numbers(session: Session, person_id: UUID) -> tuple[Number, ...]:
    points = session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id, ContactPoint.kind == "phone")
        .order_by(ContactPoint.position, ContactPoint.id)
    )
    return tuple(
        Number(p.id, p.label, national_display(p.normal) if p.normal else p.value, p.normal or p.value, p.hold) for p in points
    )


def _earlier(session: Session, person_id: UUID) -> tuple[Earlier, ...]:
    rows = session.scalars(
        select(Interaction)
        .where(Interaction.person_id == person_id)
        .order_by(Interaction.at.desc(), Interaction.id)
        .limit(EARLIER)
    )
    return tuple(Earlier(r.kind, r.at, r.direction, r.outcome, r.title, r.text, r.seconds, r.module, r.by_name) for r in rows)
