"""What `kontinuum retention` does: who is due, and disposing of them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import RuleBroken
from db.models.retention import Disposal
from db.texts import _
from desktop.command_people import allowed, sure
from desktop.core.context import ModuleContext
from desktop.core.documents import save
from desktop.people.retention.disposals import disposal
from desktop.people.retention.disposing import DECIDE, Decision, decide
from desktop.people.retention.due import DueFilter, due_counts
from desktop.people.retention.rules import known_rules, rules
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


def carry_out(context: ModuleContext, asked: Namespace) -> tuple[dict[str, Any], list[str]]:
    """Dispose of whoever is due today; a run under the same case that was broken off is gone on with first.

    Raises:
        Told: no right, no decision, nobody is due, or no such rule.
    """
    sure(context, f"{RIGHT} people.erase", asked.yes)
    filter = _filter(context, context.clock.today(), tuple(asked.rule))
    unknown = sorted({*asked.rule} - {rule.code for rule in filter.asked})
    if unknown:
        known = ", ".join(rule.code for rule in filter.asked)
        raise RuleBroken(
            _("No such rule is switched on: {rules}."), _("Possible: {known}."), rules=", ".join(unknown), known=known
        )
    with context.database.read() as session:
        own = _broken_off(session, asked.case)
    if own is None:
        decision = Decision(filter, asked.reason, asked.case)
        with context.database.write(context.actor, DECIDE) as session:
            own = decide(session, decision, actor=context.actor, now=context.clock.now())
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


def _filter(context: ModuleContext, day: Any, only: tuple[str, ...] = ()) -> DueFilter:
    with context.database.read() as session:
        return DueFilter(day, context.clock.zone, rules(session, known_rules(context)), only)


def _broken_off(session: Session, case: str) -> UUID | None:
    words = " ".join(case.split())
    return session.scalar(select(Disposal.id).where(Disposal.state == "open", Disposal.case_number == words))


def _certify(context: ModuleContext, own: UUID, path: Path) -> None:
    from desktop.people.retention.reports import Certificate, render_certificate  # loads what sets documents

    with context.database.read() as session:
        line = disposal(session, own)
    office = context.settings.get("core.office_name")
    save(path, render_certificate(Certificate(office, line, context.clock.now()), context.texts))
