"""An access report holds everything about the person, whichever module keeps it, and nothing about anybody else (T25)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest

from db.database import describe
from db.looks import reveal
from db.models.task import Task
from desktop.core.context import ModuleContext
from desktop.core.registry import Registry
from desktop.people.reporting.gathering import OWN_TABLES
from desktop.people.reporting.json_file import as_json
from desktop.people.reporting.making import Asked, make_report
from desktop.people.reporting.reports import render_report

from .planted import Planted, tables_of

REASON, LOOKED, OTHERS = "Whyq777z", "Lookq778z", "Lookq779z"


def answers(registry: Registry) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """What the manifests say of each table about people: "whole" or "part", its columns then, and those that name staff."""
    yield "person", "whole", frozenset(), frozenset()
    for manifest in registry.manifests:
        for rows in manifest.person_rows:
            yield rows.table, "whole", frozenset(), frozenset(rows.staff.split())
        for more in manifest.person_more:
            yield more.table, "part" if more.only else "whole", frozenset(more.only.split()), frozenset(more.staff.split())


def test_every_table_says_whether_a_report_holds_it(registry: Registry) -> None:
    """A new table needs an answer in its manifest: person_rows, person_more, or not_reported."""
    tables = set(tables_of(registry))
    reported = {table for table, _how, _only, _staff in answers(registry)} | OWN_TABLES
    left_out = [name for manifest in registry.manifests for left in manifest.not_reported for name in left.tables.split()]
    assert sorted(tables - reported - set(left_out)) == []
    assert sorted((reported | set(left_out)) - tables) == []
    assert sorted(reported & set(left_out)) == []
    assert [name for name, times in Counter(left_out).items() if times > 1] == []


def test_what_is_said_of_rows_that_hang_on_others_fits_the_tables(registry: Registry) -> None:
    tables, wrong = tables_of(registry), []
    for manifest in registry.manifests:
        for more in manifest.person_more:
            whose, _dot, column = more.of.partition(".")
            wrong += [] if column in tables[whose].c else [more.of]
            wrong += [name for name in (more.column, *more.only.split(), *more.staff.split()) if name not in tables[more.table].c]
        for rows in manifest.person_rows:
            wrong += [name for name in rows.staff.split() if name not in tables[rows.table].c]
    assert wrong == []


@dataclass
class Office:
    """Two people of whom every table holds something."""

    anna: Planted
    berta: Planted
    expected: dict[str, tuple[str, str]]  # Anna's markers, and where each stands
    staff: list[str]


@pytest.fixture
def office(context: ModuleContext, registry: Registry) -> Office:
    """Planted, changed once, and one row of each removed."""
    tables, database = tables_of(registry), context.database
    names = sorted({table for table, *_rest in answers(registry)} - {"search_entry"})  # which is written by itself
    with database.write(context.actor, "import_people", details={"file": "list.csv", "new": 2, "changed": 0}) as session:
        anna, berta = Planted(session, "Annaq"), Planted(session, "Bertaq")
        anna.other, berta.other = berta.person, None
        session.info["about"].update((anna.person, berta.person))
        for name in names:
            anna.plant(session, name)
        for name in set(names) - {"not_a_duplicate", "suspected_pair"}:  # a pair is both people's
            berta.plant(session, name)
    for planted in (anna, berta):
        with database.write(context.actor, "edit_person", about=[planted.person]) as session:
            for name in sorted(planted.rows):
                if "made_in" in tables[name].c:
                    planted.change(session, name)
            if planted is anna:
                describe(session, name="Anna", reason=REASON)
        with database.write(context.actor, "edit_person", about=[planted.person]) as session:
            session.delete(session.get_one(Task, planted.rows["task"]))
    reveal(database, context.actor, anna.person, LOOKED, now=context.clock.now())
    reveal(database, context.actor, berta.person, OTHERS, now=context.clock.now())
    return Office(anna, berta, *_expected(anna, registry))


def _expected(anna: Planted, registry: Registry) -> tuple[dict[str, tuple[str, str]], list[str]]:
    found, staff = {}, []
    for table, how, only, named in answers(registry):
        for (whose, column), markers in anna.markers.items():
            if whose != table or (how == "part" and column not in only):
                continue
            if column in named:
                staff += markers
            elif how == "part":
                found[markers[-1]] = (table, column)  # what it is called now
            elif (table, column) == ("identifier", "value"):
                found[markers[-1]] = (table, column)  # numbers of the past are masked
            else:
                found |= dict.fromkeys(markers, (table, column))
    return found, staff


def report_of(context: ModuleContext, planted: Planted) -> tuple[str, str]:
    """The report as JSON, and the words of the PDF without any space between them."""
    made = make_report(context, Asked(planted.person, "The person asks"))
    document = pypdfium2.PdfDocument(render_report(made, context.texts.other(made.language)))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return as_json(made).decode(), "".join(words.replace("￾", "").split())


def test_everything_about_the_person_is_in_both_files(context: ModuleContext, office: Office) -> None:
    told, printed = report_of(context, office.anna)
    wanted = {**office.expected, REASON: ("change_set", "details"), LOOKED: ("look", "reason")}
    assert len(wanted) > 100
    assert {place for marker, place in wanted.items() if marker not in told} == set()
    assert {place for marker, place in wanted.items() if marker not in printed} == set()


def test_nothing_about_anybody_else_is_and_colleagues_are_named_by_initials(context: ModuleContext, office: Office) -> None:
    told, printed = report_of(context, office.anna)
    everybodys = {
        marker for (table, _column), each in office.berta.markers.items() if table == "consent_purpose" for marker in each
    }
    others = [
        *(set(office.berta.all()) - everybodys),
        OTHERS,
        *office.staff,
        str(office.berta.person),
    ]  # purposes are the office's
    places = {marker: place for place, markers in office.berta.markers.items() for marker in markers}
    assert [(marker, places.get(marker)) for marker in others if marker in told or marker in printed] == []
    assert office.staff


def test_no_key_of_a_colleague_s_account_stands_in_it(context: ModuleContext, office: Office) -> None:
    told, printed = report_of(context, office.anna)
    keys = [form(key) for key in (*office.anna.users, context.actor.id) for form in (str, lambda key: key.hex)]
    assert office.anna.users and [key for key in keys if key in told.lower() or key in printed.lower()] == []


def test_records_that_were_merged_into_it_are_part_of_it_from_either_id(context: ModuleContext, office: Office) -> None:
    made = make_report(context, Asked(office.anna.earlier, "The person asks"))
    rows: list[dict[str, Any]] = json.loads(as_json(made))["modules"]["people"]["tables"]["person"]["rows"]
    assert {row["id"] for row in rows} == {str(office.anna.person), str(office.anna.earlier)}
