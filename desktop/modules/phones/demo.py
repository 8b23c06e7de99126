"""Invents a round of welcome calls among demo people: some made, some promised for today, the rest waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.models.person import ContactPoint, Person
from db.models.role import Role
from desktop.core.contacting.allowed import may_contact, plan_contact
from desktop.core.context import ModuleContext
from desktop.modules.phones import calls, rounds
from desktop.modules.phones.calls import Draft
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import CallEntry
from desktop.modules.phones.welcome import welcome_help, welcome_scripts

SIZE, SEED = 42, 7
PURPOSE = "admission"
COLLEAGUE = "Vera Väktare"
_COLLEAGUES = (1, 3, 9)  # which of the calls were theirs
# How the calls made so far ended: outcome, minutes ago, length in seconds, note; in Swedish like the round.
_MADE = (
    ("reached_yes", 64, 312, "Kommer i höst. Undrar om cykelförråd i studentbostäderna."),
    ("no_answer", 59, 28, ""),
    ("reached_yes", 52, 221, "Mycket glad! Har redan tittat på kurslitteraturen."),
    ("busy", 9, 11, ""),
    ("reached_thinks", 44, 404, "Funderar på ett annat erbjudande. Ville veta mer om utbytesåret."),
    ("voicemail_left", 38, 41, "Lämnade hälsning och numret till jouren."),
    ("reached_no", 33, 128, "Har fått jobb och tar ett år ledigt."),
    ("callback_own", 29, 36, "Satt på bussen."),
    ("callback_any", 25, 22, "Hjälper sin mamma, ring senare."),
    ("wrong_number", 21, 19, "Annan familj."),
    ("no_answer", 17, 30, ""),
    ("reached_yes", 12, 187, "Frågade om sjukintyg vid praktik."),
    ("callback_own", 6, 44, "Vill prata i lugn och ro i eftermiddag."),
)
_PROMISED = (timedelta(minutes=-10), timedelta(minutes=75), timedelta(minutes=160))


def make_demo(context: ModuleContext, people: Sequence[UUID]) -> None:
    """Add a round of those of `people` who were admitted or are prospects, as the signed-in user and a colleague left it."""
    rng, now = Random(SEED), context.clock.now()
    colleague = Actor(new_id(), COLLEAGUE, frozenset({"caller"}))
    with context.database.read() as session:
        chosen = _choose(session, people, rng, now)
    if not chosen:
        return
    with context.database.write(context.actor, "create_call_round") as session:
        hotline = RoundForm(f"Jourtelefonen {context.clock.today().year}", kind="hotline", help=welcome_help())
        rounds.create_round(session, hotline, (), now=now - timedelta(days=2))
    title = f"Välkomstsamtal {context.clock.today().year}"
    form = RoundForm(title, scripts=welcome_scripts(), help=welcome_help(), language="sv", purpose=PURPOSE)
    with context.database.write(context.actor, "create_call_round") as session:
        made = rounds.create_round(session, form, chosen, now=now - timedelta(days=1))
    promised = iter(_PROMISED)
    for number, (outcome, minutes, seconds, note) in enumerate(_MADE):
        actor = colleague if number in _COLLEAGUES else context.actor
        at = now - timedelta(minutes=minutes)
        callback = now + next(promised) if outcome.startswith("callback") else None
        _call(context, made.round_id, actor, outcome, at, seconds, note, callback)


def _choose(session: Session, people: Sequence[UUID], rng: Random, now: datetime) -> list[UUID]:
    """The admitted first, then prospects until there are enough; those who cannot or must not be called come last."""
    known = set(people)
    found: list[UUID] = []
    for kind in ("admitted", "prospect", "applicant"):
        of_kind = select(Role.person_id).where(Role.kind == kind)
        query = select(Person.id).where(Person.id.in_(of_kind), Person.retired_at.is_(None)).order_by(Person.name_key, Person.id)
        fitting = [person for person in session.scalars(query) if person in known and person not in found]
        found += rng.sample(fitting, min(len(fitting), SIZE - len(found)))
    rng.shuffle(found)
    plan = plan_contact(session, "phone", PURPOSE)
    reachable = may_contact(session, found, plan, now=now, today=now.date()).people
    return sorted(found, key=lambda person: person not in reachable)


def _call(
    context: ModuleContext,
    round_id: UUID,
    actor: Actor,
    outcome: str,
    at: datetime,
    seconds: int,
    note: str,
    callback: datetime | None,
) -> None:
    """Log one call as it was then; a promise due by now was made for a time after its call."""
    with context.database.write(actor, "log_call") as session:
        entry = session.scalars(
            select(CallEntry).where(CallEntry.round_id == round_id, CallEntry.attempts == 0).order_by(CallEntry.position).limit(1)
        ).first()
        if entry is None:
            return
        number = session.scalars(
            select(ContactPoint.id)
            .where(ContactPoint.person_id == entry.person_id, ContactPoint.kind == "phone", ContactPoint.hold == "")
            .order_by(ContactPoint.position)
        ).first()
        ended = at + timedelta(seconds=seconds)
        code = outcome if number or outcome != "wrong_number" else "no_answer"
        draft = Draft(
            round_id,
            code,
            at,
            ended,
            note=note,
            contact_point_id=number,
            callback_at=callback,
            callback_mine="own" in outcome,
            promise="Ring tillbaka",
        )
        calls.save_call(session, entry.id, entry.version, draft, actor=actor, now=ended, zone=context.clock.zone)
