"""Who is due is found in one pass over each table however many rules ask, and of a few people by indexes alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from db.base import new_id
from db.database import Database
from desktop.core.context import ModuleContext
from desktop.people.retention.due import DueFilter, due_counts, still_due
from desktop.people.retention.rules import Rule, known_rules

ZONE, TODAY = ZoneInfo("Europe/Stockholm"), date(2026, 11, 23)
BIG = ("interaction", "consent", "role")


@pytest.fixture
def all_on(context: ModuleContext) -> tuple[Rule, ...]:
    """Every rule there is, switched on."""
    return tuple(Rule(one, one.offer.months, one.offer.action, "", active=True) for one in known_rules(context))


def explained(session: Session, ask: Callable[[], object]) -> list[str]:
    """The steps by which the engine answers the one question that is asked; full scans only where nothing else is possible."""
    connection, asked = session.connection(), list[tuple[str, Any]]()
    is_file = connection.dialect.name == "sqlite"
    if not is_file:
        session.execute(
            text("SET LOCAL enable_seqscan = off")
        )  # the tables are empty, where a server would not look for an index

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    ((statement, values),) = asked
    said = connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if is_file else ''}{statement}", values)
    return [str(row[-1]) for row in said]


def reads(plan: list[str], table: str) -> list[str]:
    """The steps that read a table."""
    found = re.compile(rf"(SCAN|SEARCH) {table}\b| on {table}\b")
    return [line for line in plan if found.search(line)]


def test_many_rules_read_each_big_table_once(database: Database, all_on: tuple[Rule, ...]) -> None:
    assert len(all_on) > 7
    with database.read() as session:
        plan = explained(session, lambda: due_counts(session, DueFilter(TODAY, ZONE, all_on)))
    for table in BIG:
        assert len(reads(plan, table)) == 1, (table, plan)
    assert any("ix_interaction_" in line for line in plan), "contacts are found by their index"


def test_of_a_few_people_nothing_is_read_but_theirs(database: Database, all_on: tuple[Rule, ...]) -> None:
    people = [new_id() for _place in range(20)]
    with database.read() as session:
        for rule in all_on:
            plan = explained(session, lambda one=rule: still_due(session, one, TODAY, ZONE, people))  # type: ignore[misc]
            for table in ("person", *BIG):
                whole = [line for line in reads(plan, table) if line.strip().startswith(("SCAN", "Seq Scan", "->  Seq Scan"))]
                assert whole == [], (rule.code, plan)
                by_key = [line for line in reads(plan, table) if "USING" in line or "Index" in line or "Bitmap" in line]
                assert by_key == reads(plan, table), (rule.code, plan)
