"""Retention of the demo: rules that are on, somebody on hold, and a disposal that was carried out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from db.erasing.holds import hold_person
from db.models.retention import Disposal, DisposalRule
from desktop.core.context import ModuleContext
from desktop.people.retention.manifest import RETENTION, ROW_RETENTION
from desktop.people.retention.rules import RuleForm, change_rule

ON = {"people.prospects": 6, "people.students": 12, "people.alumni": 24}  # months, fewer than an office would choose
OLD_ROWS = {"people.contacts": 36}
PLAN = "Informationshanteringsplan 2026, punkt 4.2"
EARLIER = timedelta(days=330)  # since the disposal that was carried out


def add_retention(context: ModuleContext, people: Sequence[UUID]) -> None:
    """Switch rules on, and write down what was done by one of them last year."""
    offers = {offer.key: offer for offer in RETENTION}
    of_rows = {offer.key: offer for offer in ROW_RETENTION}
    now, say = context.clock.now(), context.texts.say
    before, day = now - EARLIER, context.clock.today() - EARLIER
    with context.database.write(context.actor, "make_demo") as session:
        for code, months in ON.items():
            offer = offers[code]
            ground = PLAN if code == "people.students" else ""
            change_rule(session, RuleForm(code, say(offer.title), months, offer.action, ground, active=True), 0)
        for code, months in OLD_ROWS.items():
            change_rule(session, RuleForm(code, say(of_rows[code].title), months, "erase", "", active=True), 0)
        kept = people[len(people) // 2]
        hold_person(session, kept, "Överklagande, dnr 2026/44", None, actor=context.actor, now=before, today=day)
        rule = offers["people.prospects"]
        own = Disposal(
            case_number="Dnr 2025/117", reason="Årlig gallring", day=day, decided_at=before, decided_by="Vera Väktare",
            state="done", finished_at=before + timedelta(minutes=4), mark=0,
        )  # fmt: skip
        session.add(own)
        session.flush()
        session.add(
            DisposalRule(
                disposal_id=own.id,
                code=rule.key,
                title=str(rule.title),
                ground=str(rule.ground),
                months=24,
                action="erase",
                due=31,
                done=29,
                held=1,
                changed=1,
                first_day=day - timedelta(days=1900),
                last_day=day - timedelta(days=732),
            )
        )
