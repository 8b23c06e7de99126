"""Fixtures of the tests about people."""

from __future__ import annotations

from typing import Any

import pytest

from db.actor import Actor
from db.database import Database
from desktop.people.imports.deciding.plans import RowPlan
from desktop.people.imports.deciding.settling import Wishes
from desktop.people.imports.storing import IMPORT_VERB, ImportCounts, import_people, plan_import
from desktop.people.tests.arguing import TODAY, Bring, Plan, read


@pytest.fixture
def bring(database: Database, actor: Actor) -> Bring:
    """Import a list written as text."""

    def run(text: str, **wishes: Any) -> ImportCounts:
        past_brake = wishes.pop("past_brake", True)
        with database.write(actor, IMPORT_VERB) as session:
            return import_people(
                session, read(text).rows, source="list.csv", faulty=0, report=lambda _done, _of: None,
                wishes=Wishes(**wishes), past_brake=past_brake, today=TODAY,
            )  # fmt: skip

    return run


@pytest.fixture
def plan(database: Database) -> Plan:
    """Preview a list written as text."""

    def run(text: str, **wishes: Any) -> list[RowPlan]:
        with database.read() as session:
            return plan_import(session, read(text).rows, lambda _done, _of: None, Wishes(**wishes))

    return run
