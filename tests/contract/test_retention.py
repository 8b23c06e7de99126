"""Every module whose rows belong to people says by which rules they end, or why by none; and every rule finds somebody."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Text
from sqlalchemy.orm import Session

from db.actor import Actor
from db.database import Database
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.role import Role
from desktop.core.context import ModuleContext
from desktop.core.manifest import Manifest
from desktop.core.registry import Registry
from desktop.people.retention.due import DueFilter, due_counts
from desktop.people.retention.rules import Known, Rule, known_row_rules, known_rules, rules
from desktop.people.retention.signs import SIGNS

LONG_AGO, TODAY = datetime(2001, 3, 2, 10, 0, tzinfo=UTC), date(2026, 11, 23)
EXAMPLES = Path(__file__).parents[2] / "examples"
Make = Callable[[Session, UUID], None]


def _role(kind: str) -> Make:
    def make(session: Session, person: UUID) -> None:
        session.add(Role(person_id=person, kind=kind, starts=LONG_AGO.date(), ends=LONG_AGO.date() + timedelta(days=90)))

    return make


def _died(session: Session, person: UUID) -> None:
    session.get_one(Person, person).deceased_on = LONG_AGO.date()


def _left(session: Session, person: UUID) -> None:
    session.get_one(Person, person).retired_at = LONG_AGO


def _had_a_contact(session: Session, person: UUID) -> None:
    session.add(Interaction(person_id=person, kind="visit", at=LONG_AGO))


def _was_called(session: Session, person: UUID) -> None:
    from desktop.modules.phones.rounds import RoundForm, create_round  # only where the module is there

    _had_a_contact(session, person)
    create_round(session, RoundForm("Welcome"), [person], now=LONG_AGO)


# Whom each rule finds; a rule without somebody here fails.
SOMEBODY: dict[str, Make] = {
    "people.deceased": _died,
    "people.retired": _left,
    "people.prospects": _role("prospect"),
    "people.applicants": _role("admitted"),
    "people.partners": _role("mentor"),
    "people.students": _role("doctoral"),
    "people.alumni": _role("alumnus"),
    "people.strangers": _had_a_contact,
    "phones.called": _was_called,
}


# Rows without a rule of their own, and why.
AS_LONG_AS_THE_PERSON = {
    "contact_point": "how somebody is reached is true or removed",
    "identifier": "numbers tell who somebody is",
    "role": "what somebody was here decides how long they are kept",
    "post_holding": "archive law",
    "attachment": "files go with what they belong to",
    "segment_member": "goes with the frozen segment",
    "legal_hold": "is lifted",
    "disposal_person": "goes as the decision is carried out",
    "merged_person": "leads on from an old id",
    "kept_apart": "a mark without a day",
    "not_a_duplicate": "keeps the question from being asked again",
    "policy_signer": "lives as long as the policy",
    "policy_signature": "archive law",
}


@pytest.fixture
def known(context: ModuleContext) -> tuple[Known, ...]:
    return known_rules(context)


def _examples() -> list[Manifest]:
    """The manifests of modules that are shipped as examples, which nobody switched on."""
    return [runpy.run_path(str(path))["MANIFEST"] for path in sorted(EXAMPLES.glob("*/src/*/manifest.py"))]


def test_every_module_with_rows_of_people_has_a_rule_or_says_why_not(registry: Registry) -> None:
    modules = [*registry.manifests, *_examples()]
    assert {"people", "loans"} <= {one.key for one in modules}
    wanting = [one.key for one in modules if (one.person_rows or one.erasing) and bool(one.retention) == bool(one.no_retention)]
    assert wanting == []


def test_rules_say_what_there_is(registry: Registry, known: tuple[Known, ...]) -> None:
    offers = [(manifest.key, offer) for manifest in registry.manifests for offer in manifest.retention]
    codes = [offer.key for _module, offer in offers]
    assert sorted(codes) == sorted(set(codes)) and all(one.find is not None for one in known)
    for module, offer in offers:
        assert offer.key.startswith(f"{module}.") and offer.months > 0 and offer.title and offer.ground, offer.key
        assert offer.since and {*offer.since.split()} <= SIGNS.keys(), offer.key


def test_rules_for_rows_say_what_there_is(registry: Registry, context: ModuleContext) -> None:
    fates = {fate.erasing.table: fate.erasing for fate in registry.fates()}
    known = {one.offer.key: one for one in known_row_rules(context)}
    codes = [offer.key for manifest in registry.manifests for offer in (*manifest.retention, *manifest.row_retention)]
    assert sorted(codes) == sorted(set(codes))
    for manifest in registry.manifests:
        for offer in manifest.row_retention:
            assert offer.key.startswith(f"{manifest.key}.") and offer.months > 0 and offer.title and offer.ground and offer.since
            assert offer.table in fates and not fates[offer.table].ground, f"{offer.key}: a law keeps these rows"
            over = known[offer.key].over
            assert over is not None
            columns = over().kind.__table__.c
            assert over().kind.__tablename__ == offer.table and {"person_id", *offer.said.split()} <= {*columns.keys()}
            assert all(isinstance(columns[name].type, Text) for name in offer.said.split())


def test_every_table_of_rows_about_people_has_a_rule_or_lives_as_long_as_they_do(registry: Registry) -> None:
    """A new table makes somebody think how long its rows are kept."""
    tables = {rows.table for manifest in registry.manifests for rows in manifest.person_rows}
    ruled = {offer.table for manifest in registry.manifests for offer in manifest.row_retention}
    lasting = {name: why for name, why in AS_LONG_AS_THE_PERSON.items() if name in tables}
    assert tables == ruled | lasting.keys() and not ruled & lasting.keys()


def test_no_rule_is_on_by_itself(database: Database, known: tuple[Known, ...], context: ModuleContext) -> None:
    with database.read() as session:
        assert [rule.code for rule in rules(session, known_row_rules(context)) if rule.active] == []
        assert [rule.code for rule in rules(session, known) if rule.active] == []


def test_every_rule_finds_its_own_and_nobody_of_another(
    database: Database, actor: Actor, known: tuple[Known, ...], clock: Any
) -> None:
    codes = {one.offer.key for one in known}
    assert codes - SOMEBODY.keys() == set(), "nobody is here whom the rule would find"
    with database.write(actor, "create_person") as session:
        for code in sorted(codes):
            person = Person(family=code, name_key=code.encode())
            session.add(person)
            session.flush()
            SOMEBODY[code](session, person.id)
    with database.read() as session:
        for rule in rules(session, known):
            counts = due_counts(session, DueFilter(TODAY, clock.zone, (_on(rule),)))
            both = rule.code == "people.strangers" and "phones.called" in codes
            assert [count for _rule, count in counts] == [2 if both else 1], rule.code
            early = DueFilter(LONG_AGO.date() + timedelta(days=1), clock.zone, (_on(rule),))
            assert [count for _rule, count in due_counts(session, early)] == [0], rule.code


def _on(rule: Rule) -> Rule:
    return replace(rule, active=True)
