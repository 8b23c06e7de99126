"""Disposing of people: one decision about everybody who is due, carried out in portions that are each a step. No Qt in this file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.actor import Actor
from db.base import new_id
from db.bulk import insert_rows
from db.database import describe, take
from db.engine import hold_still, one_at_a_time
from db.erasing.holds import is_held
from db.errors import Conflict, RuleBroken
from db.models.history import ChangeAbout, ChangeSet
from db.models.person import Person
from db.models.retention import Disposal, DisposalPerson, DisposalRule
from db.stated import LEAST
from db.texts import _
from desktop.people.erasing.erase import LONGEST, World, checked_case, take_out
from desktop.people.erasing.plan import How
from desktop.people.retention.due import DueFilter, DueRow, due_query, still_due
from desktop.people.retention.rules import Known, Rule

DECIDE, DISPOSE, END = "decide_disposal", "dispose_people", "end_disposal"
PORTION = 20  # people erased in one step
READ = 1000  # people read at once while deciding


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody agreed to: everybody who is due by `filter`. `agreed` is how many that were when they looked."""

    filter: DueFilter
    reason: str
    case: str
    agreed: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a decision is carried out. `people` are those who are gone by this portion."""

    waiting: int
    people: dict[UUID, str]


def decide(session: Session, decision: Decision, *, actor: Actor, now: datetime) -> UUID:
    """Write down who is to be disposed of; nobody is yet.

    Raises:
        RuleBroken: no case or reason is given, nobody is due, or an earlier decision is not carried out.
        Conflict: others are due than when they were looked at.
    """
    own = open_disposal(session, decision.case, decision.reason, decision.filter.day, actor=actor, now=now)
    found = _find(session, decision.filter)
    count = sum(len(rows) for rows in found.values())
    if not count:
        raise RuleBroken(_("Nobody is due."), _("Nothing was done."))
    if decision.agreed is not None and decision.agreed != count:
        raise Conflict(_("Others are due than when you looked."), _("Nothing was done. Look at the list again."))
    for rule, rows in found.items():
        _queue(session, own.id, rule, rows, decision.filter.zone)
    describe(session, case=own.case_number, count=count)
    return own.id


def open_disposal(session: Session, case: str, reason: str, day: date, *, actor: Actor, now: datetime) -> Disposal:
    """The decision itself, before anybody or anything is written down for it.

    Raises:
        RuleBroken: no case or reason is given, or an earlier decision is not carried out.
    """
    case, reason = checked_case(case), " ".join(reason.split())
    if not LEAST <= len(reason) <= LONGEST:
        raise RuleBroken(_("Say why this is disposed of."), _("Without names: it is kept for good."), field="reason")
    one_at_a_time(session, "disposal")
    if session.scalar(select(Disposal.id).where(Disposal.state == "open").limit(1)) is not None:
        raise RuleBroken(
            _("An earlier decision is not carried out yet."), _("Continue it, or end it, among what was disposed of.")
        )
    own = Disposal(
        case_number=case,
        reason=reason,
        day=day,
        decided_at=now,
        decided_by=actor.name,
        mark=session.scalar(select(func.max(ChangeSet.number))) or 0,
        finished_at=None,
    )
    session.add(own)
    session.flush()
    return own


def dispose_portion(session: Session, disposal: UUID, known: Sequence[Known], world: World, zone: tzinfo) -> Progress:
    """Dispose of the next ones, inside a write scope that is about nobody. Whoever was written about since is left out.

    All of the portion is done and counted, or nothing: whoever waits afterwards is nobody who was done.
    """
    one_at_a_time(session, "disposal")
    own = session.get(Disposal, disposal)
    if own is None or own.state != "open":
        return Progress(0, {})
    case, day, mark = own.case_number, own.day, own.mark
    waiting = select(DisposalPerson.id, DisposalPerson.person_id, DisposalPerson.seen, DisposalPerson.rule_id).join(DisposalRule)
    portion = session.execute(
        waiting.where(DisposalRule.disposal_id == disposal).order_by(DisposalPerson.id).limit(PORTION)
    ).all()
    hold_still(session, [row.person_id for row in portion])
    rules = {
        row.id: row for row in session.execute(select(*DisposalRule.__table__.c).where(DisposalRule.disposal_id == disposal))
    }
    offers = {one.offer.key: one for one in known}
    counts: dict[UUID, dict[str, int]] = {}
    gone: dict[UUID, str] = {}
    left: list[UUID] = []
    for rule_id in {row.rule_id for row in portion}:
        stored = rules[rule_id]
        of_rule = [row for row in portion if row.rule_id == rule_id]
        people = [row.person_id for row in of_rule]
        held = set(session.scalars(select(Person.id).where(Person.id.in_(people), is_held(Person.id, day))))
        fit = _unchanged(session, {row.person_id: row.seen for row in of_rule}, mark)
        if stored.code in offers:
            rule = Rule(offers[stored.code], stored.months, stored.action, stored.ground, active=True)
            fit &= still_due(session, rule, day, zone, people)
        else:
            fit = set()
        how: How = "anonymise" if stored.action == "anonymise" else "erase"
        for row in of_rule:
            if row.person_id in fit:
                gone.update(dict.fromkeys(take_out(session, row.person_id, how, world), how))
            else:
                left.append(row.id)
        counts[rule_id] = {"done": len(fit), "held": len(held), "changed": len(people) - len(fit) - len(held)}
    # Last of all: rows that a step changed before it erases stand for the person in it.
    session.execute(delete(DisposalPerson).where(DisposalPerson.id.in_(left)))
    rest = _count(session, disposal, counts, now=session.info["now"]())
    describe(session, case=case, count=sum(one["done"] for one in counts.values()))
    return Progress(rest, gone)


def end_disposal(session: Session, disposal: UUID, version: int, *, now: datetime) -> None:
    """Leave off: whoever still waits is not disposed of by this decision.

    Raises:
        Conflict: it was carried out or ended since.
    """
    one_at_a_time(session, "disposal")
    own = take(session, Disposal, disposal, version)
    if own.state != "open":
        raise Conflict(_("This decision is carried out or ended already."), _("Look at the list again."))
    own.state, own.finished_at = "ended", now
    session.flush()
    rules = select(DisposalRule.id).where(DisposalRule.disposal_id == disposal)
    session.execute(delete(DisposalPerson).where(DisposalPerson.rule_id.in_(rules)).execution_options(synchronize_session=False))
    describe(session, case=own.case_number)


def _find(session: Session, filter: DueFilter) -> dict[Rule, list[DueRow]]:
    names = [one.name for one in fields(DueRow)]
    found = due_query(filter).subquery()
    asked, by_rule = filter.asked, dict[Rule, list[DueRow]]()
    for part in session.execute(select(*(found.c[name] for name in names)).order_by(found.c.id)).partitions(READ):
        for row in part:
            by_rule.setdefault(asked[row.rule], []).append(DueRow(*row))
    return {rule: by_rule[rule] for rule in asked if rule in by_rule}


def _queue(session: Session, disposal: UUID, rule: Rule, rows: Sequence[DueRow], zone: tzinfo) -> None:
    days: list[date] = [row.since(zone)[1] for row in rows]
    own = DisposalRule(
        disposal_id=disposal, code=rule.code, title=str(rule.title), ground=str(rule.ground), months=rule.months,
        action=rule.action, due=len(rows), first_day=min(days), last_day=max(days),
    )  # fmt: skip
    session.add(own)
    session.flush()
    insert_rows(
        session, DisposalPerson, ("id", "person_id", "seen"), [(new_id(), row.id, row.version) for row in rows], rule_id=own.id
    )


def _unchanged(session: Session, seen: dict[UUID, int], mark: int) -> set[UUID]:
    """Who is there as they were, and about whom no later step was."""
    there = session.execute(select(Person.id, Person.version).where(Person.id.in_(seen)))
    same = {person for person, version in there if version == seen[person]}
    later = select(ChangeAbout.ref).where(ChangeAbout.ref.in_(seen), ChangeAbout.change_set > mark)
    return same - set(session.scalars(later))


def _count(session: Session, disposal: UUID, counts: dict[UUID, dict[str, int]], *, now: datetime) -> int:
    """Add to the counts of the rules, and end the disposal when nobody waits any more; how many do."""
    rules = session.scalars(select(DisposalRule).where(DisposalRule.disposal_id == disposal)).all()
    for rule in rules:
        for key, more in counts.get(rule.id, {}).items():
            setattr(rule, key, getattr(rule, key) + more)
    of_it = [rule.id for rule in rules]
    rest = session.scalar(select(func.count()).select_from(DisposalPerson).where(DisposalPerson.rule_id.in_(of_it))) or 0
    if not rest:
        own = session.get_one(Disposal, disposal)
        own.state, own.finished_at = "done", now
        for rule in rules:  # whoever went by hand meanwhile, or is protected since, was left out as well
            rule.changed = rule.due - rule.done - rule.held
    session.flush()
    return rest
