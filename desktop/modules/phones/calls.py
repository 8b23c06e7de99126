"""Logging a call: one step that writes the call, the timeline, the queue, the number's hold and the callback."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import Key, new_id
from db.database import about, describe, own_change_set, take
from db.errors import RuleBroken
from db.history import take_back
from db.models.person import ContactPoint, Person
from db.models.task import Task
from db.prepared import Prepared, together
from db.search import title_of
from db.texts import _
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment, purpose_of, stop_contact, write_consent
from desktop.core.contacting.recording import Contact, record_contact
from desktop.modules.phones import queue, rules
from desktop.modules.phones.outcomes import outcome as outcome_of
from desktop.modules.phones.rules import Outcome
from desktop.modules.phones.standing import Desk
from desktop.modules.phones.tables import Call, CallEntry, CallRound

MOST_NOTE = 20_000  # letters


_ENTRY: Any = bindparam("entry", type_=Key())
_ALIKE = Prepared(select(func.count()).select_from(Call).where(Call.entry_id == _ENTRY, Call.outcome == bindparam("outcome")))
_PROMISED = Prepared(select(Task.id).where(Task.subject == _ENTRY, Task.kind == "callback", Task.done_at.is_(None)))


@dataclass(frozen=True, slots=True)
class Draft:
    """A call as the caller leaves it. `answers` are pairs of step and answer, `topics` codes of `rules.TOPICS`.

    `callback_at` is needed by outcomes that ask for a time; `callback_mine` decides where the outcome lets the caller. `promise`
    names the task that follows, in the caller's language.
    """

    round_id: UUID
    outcome: str
    started: datetime
    ended: datetime
    note: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    topics: tuple[str, ...] = ()
    contact_point_id: UUID | None = None
    callback_at: datetime | None = None
    callback_mine: bool = True
    promise: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved; `change_set` is what a taking back needs. `against` is a code of `WHY` where the call was against a rule."""

    call_id: UUID
    change_set: UUID
    name: str
    at: datetime
    against: str = ""


def save_call(
    session: Session, entry_id: UUID, version: int, draft: Draft, *, actor: Actor, now: datetime, zone: tzinfo
) -> Saved:
    """Log a call with someone of a round; the claim on them ends with it.

    Args:
        version: The entry's, as the console read it.

    Raises:
        RuleBroken: no outcome, a callback without a time to come, a wrong number without saying which, or an answer
            about a purpose in a round that has none.
        Conflict: somebody else logged a call with the same person since.
    """
    entry = take(session, CallEntry, entry_id, version)
    row = session.get_one(CallRound, entry.round_id)
    person = session.get_one(Person, entry.person_id)
    outcome = _checked(session, draft, now)
    asked = {"entry": entry.id}
    alike, promised = together(session.connection(), (_ALIKE, {**asked, "outcome": outcome.code}), (_PROMISED, asked))
    name = title_of(person.family, person.given)
    contact = _contact(draft, actor, direction="out", title=row.title)
    line = record_contact(session, person.id, replace(contact, purpose=row.purpose or "", asked=entry.state == "callback"))
    call = _call(draft, actor, entry_id=entry.id, interaction_id=line.id)
    session.add(call)
    _write_answer(session, row, person, draft, line.id, actor=actor, when=Moment(now, zone))
    if outcome.hold:
        _hold(session, draft, person.id, outcome)
    for (task_id,) in promised:  # kept with this call; a new promise makes a new task
        session.get_one(Task, task_id).done_at = now
    tries = entry.attempts + (1 if outcome.counts else 0)
    then = rules.after(outcome, now, zone, tries=tries, alike=alike[0][0] + 1, most=row.max_tries)
    entry.attempts = tries
    _move(entry, then, outcome, draft, actor=actor, now=now)
    if entry.state == "callback" or outcome.for_staff:
        session.add(_task(entry, outcome, row.title, draft, now))
    about(session, person.id, entry.round_id)
    describe(session, name=name, outcome=outcome.code)
    session.flush()
    queue.release(session, entry.id)  # last: a desk that looks at the entry just now waits for whoever ends its claim
    return Saved(call.id, own_change_set(session), name, now, line.against)


def save_hotline_call(
    session: Session, person_id: UUID | None, draft: Draft, *, actor: Actor, now: datetime, who: str = ""
) -> Saved:
    """Log a call that came in; without a person it stays in the hotline's log alone.

    Args:
        who: What an anonymous caller is called in the history.

    Raises:
        RuleBroken: nothing was written about the call, or too much.
    """
    _check_note(draft)
    if not draft.note.strip() and not draft.topics:
        raise RuleBroken(_("Nothing is written about this call."), _("Write a note or choose what it was about."), field="note")
    row = session.get_one(CallRound, draft.round_id)
    line: UUID | None = None
    name = who
    if person_id is not None:
        person = session.get_one(Person, person_id)
        name = title_of(person.family, person.given)
        line = record_contact(session, person_id, _contact(draft, actor, direction="in", title=row.title)).id
        about(session, person_id)
    call = _call(draft, actor, entry_id=None, interaction_id=line)
    session.add(call)
    about(session, draft.round_id)
    describe(session, name=name, outcome=draft.outcome)
    session.flush()
    return Saved(call.id, own_change_set(session), name, now)


def take_back_call(session: Session, saved: Saved, desk: Desk, *, now: datetime) -> UUID | None:
    """Undo the call just saved and claim the person again, so that they are back before the caller.

    Runs in a write scope with the verb "take_back". Gives the entry, or None for a hotline call.

    Raises:
        RuleBroken: the time for it is over, or it was taken back already.
        Conflict: a colleague is calling the person by now.
    """
    if abs(now - saved.at) > timedelta(seconds=rules.UNDO_SECONDS):  # also where the clock was set back since
        raise RuleBroken(_("The time to take back this call is over."), _("Take it back in the history."))
    call = session.get(Call, saved.call_id)
    entry_id = call.entry_id if call else None
    take_back(session, saved.change_set)
    if entry_id is not None:
        queue.claim(session, entry_id, desk, now=now)
    return entry_id


def _checked(session: Session, draft: Draft, now: datetime) -> Outcome:
    if not draft.outcome:
        raise RuleBroken(_("No outcome is chosen."), _("Say how the call ended."), field="outcome")
    _check_note(draft)
    outcome = outcome_of(session, draft.outcome)
    if outcome.callback and draft.callback_at is None:
        raise RuleBroken(_("The callback has no time."), _("Write when, such as “tomorrow 10”."), field="callback")
    if outcome.callback and draft.callback_at is not None and draft.callback_at <= now:
        raise RuleBroken(_("The time for the callback is past."), _("Choose a time to come."), field="callback")
    if outcome.hold and draft.contact_point_id is None:
        raise RuleBroken(_("It is not known which number was dialled."), _("Choose the number."), field="number")
    return outcome


def _check_note(draft: Draft) -> None:
    if len(draft.note) > MOST_NOTE:
        raise RuleBroken(_("The note is too long."), _("Keep it under 20,000 letters."), field="note")


def _call(draft: Draft, actor: Actor, *, entry_id: UUID | None, interaction_id: UUID | None) -> Call:
    return Call(
        id=new_id(),
        round_id=draft.round_id,
        entry_id=entry_id,
        interaction_id=interaction_id,
        contact_point_id=draft.contact_point_id,
        outcome=draft.outcome,
        answers=[list(pair) for pair in draft.answers],
        topics=list(draft.topics),
        note=draft.note,
        caller_id=actor.id,
        caller_name=actor.name,
        started=draft.started,
        ended=max(draft.started, draft.ended),  # the clock may have been set back during the call
    )


def _contact(draft: Draft, actor: Actor, *, direction: str, title: str) -> Contact:
    return Contact(
        kind="call",
        at=draft.started,
        direction=direction,
        seconds=max(0, round((draft.ended - draft.started).total_seconds())),
        outcome=draft.outcome,
        title=title,
        text=draft.note,
        module="phones",
        by_name=actor.name,
    )


def _write_answer(
    session: Session, row: CallRound, person: Person, draft: Draft, line: UUID, *, actor: Actor, when: Moment
) -> None:
    """What the person allows from now on, where the outcome says so; the call is the evidence."""
    if draft.outcome == rules.DO_NOT_CALL:
        stop_contact(session, person.id, BlockForm("phone", draft.note[:500]), actor=actor, when=when)
    state = rules.ANSWERS.get(draft.outcome)
    if state is None:
        return
    if not row.purpose:
        raise RuleBroken(
            _("This round has no purpose that anybody could agree to."), _("Choose another outcome."), field="outcome"
        )
    spoken = person.language if person.language in row.script else row.language
    form = ConsentForm(purpose_of(session, row.purpose), state, "call", language=spoken, evidence_id=line)
    write_consent(session, person.id, form, actor=actor, when=when)


def _hold(session: Session, draft: Draft, person_id: UUID, outcome: Outcome) -> None:
    """Nobody dials this number again; the person stays callable on another."""
    assert draft.contact_point_id is not None  # checked before
    point = session.get(ContactPoint, draft.contact_point_id)
    if point is not None and point.person_id == person_id:
        point.hold = outcome.hold


def _move(entry: CallEntry, then: rules.Next, outcome: Outcome, draft: Draft, *, actor: Actor, now: datetime) -> None:
    """Put the entry where the outcome's rule says."""
    entry.state, entry.why, entry.ready_at = then.state, then.why, then.ready_at
    entry.last_outcome = outcome.code
    entry.done_at = now if then.state == "done" else None
    entry.callback_at = entry.callback_user = None
    if then.state == "callback":
        mine = outcome.callback == "own" or (outcome.callback == "ask" and draft.callback_mine)
        entry.callback_at, entry.callback_user = draft.callback_at, actor.id if mine else None


def _task(entry: CallEntry, outcome: Outcome, title: str, draft: Draft, now: datetime) -> Task:
    """The promise on somebody's list: a callback, or what staff must look at now."""
    return Task(
        id=new_id(),
        title=f"{draft.promise}: {title}" if draft.promise else title,
        kind="callback" if entry.state == "callback" else outcome.code,
        module="phones",
        subject=entry.id,
        person_id=entry.person_id,
        user_id=entry.callback_user,
        due=entry.callback_at or now,
        note=draft.note[:500],
    )
