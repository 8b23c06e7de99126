"""What `kontinuum retention` does: who and which old rows are due, and disposing of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.retention import ROWS, Disposal, DisposalRule
from db.texts import _
from desktop.command_line.person import allowed, sure
from desktop.core.context import ModuleContext
from desktop.core.documents import save
from desktop.people.retention.disposals import disposal
from desktop.people.retention.disposing import DECIDE, Decision, decide
from desktop.people.retention.disposing_rows import DECIDE_ROWS, RowDecision, decide_rows
from desktop.people.retention.due import DueFilter, due_counts
from desktop.people.retention.old_rows import RowFilter, rows_due, total
from desktop.people.retention.rules import Rule, known_row_rules, known_rules, rules
from desktop.people.retention.run import carry_out as run

RIGHT = "people.retention"


def due(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """How many are due by each rule that is on; for programs, for people.

    Raises:
        Denied: the user does not look after retention.
    """
    allowed(context, RIGHT)
    filter = _filter(context, asked.on or context.clock.today())
    with context.database.read() as session:
        counts = due_counts(session, filter)
    say = context.texts.say
    found = [
        {"rule": rule.code, "title": say(rule.title), "months": rule.months, "action": rule.action, "due": count}
        for rule, count in counts
    ]
    words = [f"{one['due']:>7}  {one['rule']:<20}  {one['title']}" for one in found]
    plain = {"day": filter.day.isoformat(), "due": sum(count for _rule, count in counts), "rules": found}
    return plain, words or [say(_("No rule is switched on."))]


def old_rows(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """How many single rows of people who stay are due by each rule that is on; for programs, for people.

    Raises:
        Denied: the user does not look after retention.
    """
    allowed(context, RIGHT)
    filter = _row_filter(context, asked.on or context.clock.today())
    with context.database.read() as session:
        due = rows_due(session, filter)
    say = context.texts.say
    found = [
        {"rule": one.rule.code, "title": say(one.rule.title), "months": one.rule.months, "due": one.rows, "people": one.people}
        for one in due
    ]
    words = [f"{one['due']:>7}  {one['rule']:<20}  {one['title']}" for one in found]
    plain = {"day": filter.day.isoformat(), "due": total(due), "rules": found}
    return plain, words or [say(_("No rule is switched on."))]


def carry_out(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """Dispose of whoever is due today; a run under the same case that was broken off is gone on with first.

    Raises:
        Told: no right, no decision, nobody is due, or no such rule.
    """
    sure(context, f"{RIGHT} people.erase", asked.yes)
    filter = _filter(context, context.clock.today(), tuple(asked.rule))
    _refuse_unknown(asked.rule, filter.asked)

    def deciding(session: Session) -> UUID:
        decision = Decision(filter, asked.reason, asked.case)
        return decide(session, decision, actor=context.actor, now=context.clock.now())

    return _disposed(context, asked, DECIDE, deciding, of_rows=False)


def carry_out_rows(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """The same for single rows of people who stay.

    Raises:
        Told: no right, no decision, nothing is due, or no such rule.
    """
    sure(context, f"{RIGHT} people.erase", asked.yes)
    every = _row_filter(context, context.clock.today())
    _refuse_unknown(asked.rule, every.asked)
    filter = RowFilter(every.day, every.zone, every.rules, tuple(asked.rule))

    def deciding(session: Session) -> UUID:
        decision = RowDecision(filter, asked.reason, asked.case)
        return decide_rows(session, decision, actor=context.actor, now=context.clock.now())

    return _disposed(context, asked, DECIDE_ROWS, deciding, of_rows=True)


def _disposed(
    context: ModuleContext, asked: Namespace, verb: str, deciding: Callable[[Session], UUID], *, of_rows: bool
) -> tuple[dict[str, Any], list[str]]:
    """Decide, unless a decision under the same case waits, carry it out, and write its certificate where it is asked for."""
    with context.database.read() as session:
        own = _broken_off(session, asked.case, of_rows=of_rows)
    if own is None:
        with context.database.write(context.actor, verb) as session:
            own = deciding(session)
    clean = run(context, own)
    with context.database.read() as session:
        line = disposal(session, own)
    if asked.certificate is not None:
        _certify(context, own, asked.certificate.resolve())
    plain = {
        "disposal": str(own), "case": line.case_number, "due": line.due, "done": line.done, "left_out": line.left_out,
        "clean": clean, "certificate": str(asked.certificate.resolve()) if asked.certificate else None,
    }  # fmt: skip
    return plain, [f"{line.done} of {line.due} disposed of, {line.left_out} left out: {line.case_number}"]


def _refuse_unknown(named: Sequence[str], on: Sequence[Rule]) -> None:
    """Rules by other names find nobody, which has to be said before anything is decided."""
    codes = [rule.code for rule in on]
    unknown = sorted({*named} - {*codes})
    if unknown:
        raise RuleBroken(
            _("No such rule is switched on: {rules}."),
            _("Possible: {known}."),
            rules=", ".join(unknown),
            known=", ".join(codes),
        )


def _filter(context: ModuleContext, day: Any, only: tuple[str, ...] = ()) -> DueFilter:
    with context.database.read() as session:
        return DueFilter(day, context.clock.zone, rules(session, known_rules(context)), only)


def _row_filter(context: ModuleContext, day: Any) -> RowFilter:
    with context.database.read() as session:
        return RowFilter(day, context.clock.zone, rules(session, known_row_rules(context)))


def _broken_off(session: Session, case: str, *, of_rows: bool) -> UUID | None:
    """The open decision under this case, about people or about rows."""
    words = " ".join(case.split())
    rows = exists().where(DisposalRule.disposal_id == Disposal.id, DisposalRule.action == ROWS)
    same = Disposal.state == "open", Disposal.case_number == words, rows if of_rows else ~rows
    return session.scalar(select(Disposal.id).where(*same))


def _certify(context: ModuleContext, own: UUID, path: Path) -> None:
    from desktop.people.retention.reports import Certificate, render_certificate  # loads what sets documents

    with context.database.read() as session:
        line = disposal(session, own)
    office = context.settings.get("core.office_name")
    save(path, render_certificate(Certificate(office, line, context.clock.now()), context.texts))


STEPS = {"due": due, "carry-out": carry_out, "old-rows": old_rows, "carry-out-rows": carry_out_rows}
