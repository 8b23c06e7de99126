"""Merges two records: one stays, the other becomes a handle that leads to it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.database import about, describe
from db.engine import one_at_a_time
from db.errors import Conflict
from db.models.merge import MergedPerson
from db.models.person import ContactPoint
from db.texts import _
from desktop.people.merging.belongings import Moving, World, hold_rows_still
from desktop.people.merging.plan import Choice, MergePlan, judgements_of, numbers_to_end, older_first, read_plan
from desktop.people.merging.sides import FIELDS, merged_fields
from desktop.people.merging.tables import Ledger, plain

LEFT_OUT = ("contact_point", "role")  # rows the user may leave out


def merge_people(
    session: Session, stays: UUID, goes: UUID, choice: Choice, mark: str, world: World, *, today: date, now: datetime
) -> UUID:
    """Bring everything of the record that goes over to the one that stays, and give the id of the merge.

    Args:
        mark: That of the plan the user saw; what changed since would be merged unseen.
        today: The last day of numbers that become history.

    Raises:
        RuleBroken: the two must not be merged; the first reason is told.
        Conflict: one of the records changed since the plan was read.
        Unavailable: one of them is no longer there.
    """
    for person in sorted((stays, goes)):
        one_at_a_time(session, f"merge {person}")
    hold_rows_still(session, (stays, goes), world)
    plan = read_plan(session, stays, goes, world)
    for broken in plan.hindrances:
        raise broken
    if plan.mark != mark:
        raise Conflict(
            _("One of the two records was changed while you looked at them."),
            _("Nothing was merged. Look at them again; your choices are kept where they still fit."),
        )
    ended = numbers_to_end(plan, choice)
    ledger = Ledger(session)
    for moving in plan.belongings.moving:
        _bring_over(ledger, moving, stays, choice)
    _line_up(session, ledger, stays)
    _leave_out(session, ledger, plan, choice)
    for number in ended:
        if number.hex not in ledger.gone.get("identifier", ()):
            ledger.change("identifier", number, {"valid_to": today})
    _bring_judgements(session, ledger, stays, goes)
    fields = merged_fields(plan.fields, choice.fields)
    ledger.change("person", stays, fields)
    ledger.change("person", goes, {"retired_at": now})
    merge = _write_down(session, ledger, plan, choice, {key: [getattr(plan.stays, key), fields[key]] for key in FIELDS})
    about(session, stays, goes)
    describe(session, name=plan.stays.title, other=plan.goes.title, reason=choice.reason)
    session.expire_all()
    return merge


def _bring_over(ledger: Ledger, moving: Moving, stays: UUID, choice: Choice) -> None:
    rows = moving.rows
    for double in moving.doubles:
        for reference in rows.followers:
            ledger.follow(reference, double.goes, double.remains)
        ledger.remove(rows.table, [double.goes])
        ledger.change(rows.table, double.remains, double.takes_over)
    left = choice.left_out if rows.table in LEFT_OUT else frozenset()
    ledger.move(rows.table, rows.column, [id for id in moving.moves if id not in left], stays)


def _line_up(session: Session, ledger: Ledger, stays: UUID) -> None:
    """Ways to reach them that came over are used after those the record had."""
    came = {UUID(id) for id in ledger.rows.get("contact_point.person_id", ())}
    own = select(ContactPoint.id, ContactPoint.kind, ContactPoint.position).where(ContactPoint.person_id == stays)
    points = session.execute(own.order_by(ContactPoint.position, ContactPoint.id)).all()
    for kind in {point.kind for point in points if point.id in came}:
        held = [point.position for point in points if point.kind == kind and point.id not in came]
        start = max(held) + 1 if held else 0
        for place, point in enumerate(p for p in points if p.kind == kind and p.id in came):
            ledger.change("contact_point", point.id, {"position": start + place})


def _leave_out(session: Session, ledger: Ledger, plan: MergePlan, choice: Choice) -> None:
    there = {
        "contact_point": {line.id for card in (plan.stays, plan.goes) for line in card.contacts},
        "role": {line.id for card in (plan.stays, plan.goes) for line in card.roles},
    }
    for table in LEFT_OUT:
        gone = {UUID(id) for id in ledger.gone.get(table, ())}
        ledger.remove(table, sorted((choice.left_out & there[table]) - gone))


def _bring_judgements(session: Session, ledger: Ledger, stays: UUID, goes: UUID) -> None:
    """Whoever is somebody else than the record that goes is somebody else than the one that stays, too."""
    known = {(said.first_id, said.second_id): said for said in judgements_of(session, stays)}
    for said in judgements_of(session, goes):
        third = said.second_id if said.first_id == goes else said.first_id
        if third == stays:
            continue
        pair = older_first(stays, third)
        if pair in known:
            ledger.change("not_a_duplicate", known[pair].id, {"score": max(known[pair].score, said.score)})
        else:
            ledger.change("not_a_duplicate", said.id, {"first_id": pair[0], "second_id": pair[1]})


def _write_down(session: Session, ledger: Ledger, plan: MergePlan, choice: Choice, fields: dict[str, list[object]]) -> UUID:
    moved = {
        "rows": ledger.rows,
        "gone": ledger.gone,
        "set": ledger.set,
        "fields": {key: [plain(value) for value in values] for key, values in fields.items()},
    }
    merge = MergedPerson(person_id=plan.goes.id, into_id=plan.stays.id, reason=choice.reason.strip(), moved=moved)
    session.add(merge)
    session.flush()
    return merge.id
