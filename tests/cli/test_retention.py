"""`kontinuum retention` and `kontinuum person erase`: the same decision as on the page, for scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.erasing.holds import hold_person
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.retention import RetentionRule
from db.models.role import Role
from desktop.assembly import new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from desktop.people.retention import disposing
from tests.cli.conftest import Run

ACTOR, LONG_AGO = Actor(new_id(), "T"), datetime(2001, 3, 2, 10, 0, tzinfo=UTC)
DECIDED = ("--reason", "By the plan", "--case", "Dnr 17/2026")


def opened(db: Path) -> Database:
    return open_database(db, new_registry(SystemClock(office_zone())))


@pytest.fixture
def due(office: Path) -> tuple[Path, list[UUID]]:
    """The office, in which all were prospects long ago."""
    database = opened(office)
    with database.write(ACTOR, "edit_person") as session:
        people = list(session.scalars(select(Person.id).order_by(Person.name_key)))
        for role in session.scalars(select(Role)):
            role.kind = "prospect"
        for person in people:
            session.add(Interaction(person_id=person, kind="call", at=LONG_AGO))
        session.add(RetentionRule(code="people.prospects", months=24, action="erase", active=True))
    database.close()
    return office, people


def there(db: Path) -> set[str]:
    database = opened(db)
    with database.read() as session:
        found = set(session.scalars(select(Person.family)))
    database.close()
    return found


def test_who_is_due_is_counted_by_rule(due: tuple[Path, list[UUID]], run: Run) -> None:
    db, people = due
    told = run("--db", db, "retention", "due", "--json")
    assert told.code == 0 and told.data["due"] == len(people)
    assert [(one["rule"], one["due"]) for one in told.data["rules"]] == [("people.prospects", len(people))]
    assert run("--db", db, "retention", "due", "--on", "2003-03-01", "--json").data["due"] == 0
    assert "people.prospects" in run("--db", db, "retention", "due").out
    assert "is no day like" in run("--db", db, "retention", "due", "--on", "soon").err


def test_nobody_goes_without_yes_or_by_a_rule_that_is_off(due: tuple[Path, list[UUID]], run: Run) -> None:
    db, people = due
    command = ("--db", db, "retention", "carry-out", *DECIDED)
    assert "--yes" in run(*command).sentence
    assert "people.alumni" in run(*command, "--yes", "--rule", "people.alumni").sentence
    assert "--yes" in run("--db", db, "person", "erase", people[0], *DECIDED).sentence
    assert len(there(db)) == len(people)


def test_carrying_out_disposes_of_them_and_writes_the_certificate(due: tuple[Path, list[UUID]], run: Run, tmp_path: Path) -> None:
    db, people = due
    names = there(db)
    sheet = tmp_path / "certificate.pdf"
    told = run("--db", db, "retention", "carry-out", *DECIDED, "--yes", "--certificate", sheet, "--json")
    assert told.code == 0, told.err
    assert (told.data["due"], told.data["done"], told.data["left_out"]) == (len(people), len(people), 0)
    assert there(db) == set()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(sheet.read_bytes())).pages)
    assert "Dnr 17/2026" in text and "By the plan" in text and not any(name in text for name in names)
    assert "Nobody is due" in run("--db", db, "retention", "carry-out", *DECIDED, "--yes").sentence


def test_a_run_that_was_broken_off_is_gone_on_with(
    due: tuple[Path, list[UUID]], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, people = due
    monkeypatch.setattr(disposing, "PORTION", 1)
    real, calls = disposing.take_out, iter(range(100))

    def dying(*given: object) -> object:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(disposing, "take_out", dying)
    command = ("--db", db, "retention", "carry-out", *DECIDED, "--yes", "--json")
    assert run(*command).code == 2 and len(there(db)) == len(people) - 1
    of_rows = run("--db", db, "retention", "carry-out-rows", *DECIDED, "--yes")  # under the same case, yet about something else
    assert "not carried out yet" in of_rows.sentence and len(there(db)) == len(people) - 1
    told = run(*command)
    assert (told.code, told.data["done"]) == (0, len(people)) and there(db) == set()


@pytest.fixture
def old(office: Path) -> tuple[Path, int]:
    """The office, where everybody was called long ago and a year later; how many people."""
    database = opened(office)
    with database.write(ACTOR, "edit_person") as session:
        people = list(session.scalars(select(Person.id)))
        for person in people:
            session.add(Interaction(person_id=person, kind="call", at=LONG_AGO))
            session.add(Interaction(person_id=person, kind="call", at=LONG_AGO.replace(year=2002)))
        session.add(RetentionRule(code="people.contacts", months=24, action="erase", active=True))
    database.close()
    return office, len(people)


def calls(db: Path) -> list[int]:
    """The years in which somebody was called."""
    database = opened(db)
    with database.read() as session:
        found = [
            at.year for at in session.scalars(select(Interaction.at).where(Interaction.at < datetime(2003, 1, 1, tzinfo=UTC)))
        ]
    database.close()
    return sorted(found)


def test_old_rows_are_counted_and_people_are_not(old: tuple[Path, int], run: Run) -> None:
    db, people = old
    told = run("--db", db, "retention", "old-rows", "--json")
    assert told.code == 0, told.err
    assert told.data["due"] == people and told.data["rules"][0]["people"] == people
    assert [(one["rule"], one["due"]) for one in told.data["rules"]] == [("people.contacts", people)]
    assert run("--db", db, "retention", "old-rows", "--on", "2003-03-01", "--json").data["due"] == 0
    assert "people.contacts" in run("--db", db, "retention", "old-rows").out
    assert run("--db", db, "retention", "due", "--json").data["rules"] == []


def test_old_rows_go_by_a_decision_with_a_certificate_and_everybody_stays(
    old: tuple[Path, int], run: Run, tmp_path: Path
) -> None:
    db, people = old
    names, before = there(db), calls(db)
    command = ("--db", db, "retention", "carry-out-rows", *DECIDED)
    assert "--yes" in run(*command).sentence
    assert "people.prospects" in run(*command, "--yes", "--rule", "people.prospects").sentence
    assert calls(db) == before
    sheet = tmp_path / "certificate.pdf"
    told = run(*command, "--yes", "--certificate", sheet, "--json")
    assert told.code == 0, told.err
    assert (told.data["due"], told.data["done"], told.data["left_out"]) == (people, people, 0)
    assert calls(db) == [2002] * people and there(db) == names
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(sheet.read_bytes())).pages)
    assert "Dnr 17/2026" in text and "By the plan" in text and not any(name in text for name in names)
    assert "Nothing is due" in run(*command, "--yes").sentence


def test_one_person_is_erased_and_a_hold_keeps_another(due: tuple[Path, list[UUID]], run: Run) -> None:
    db, people = due
    database = opened(db)
    with database.write(ACTOR, "hold_person") as session:
        now = datetime.now(UTC)
        hold_person(session, people[1], "A case in court", None, actor=ACTOR, now=now, today=now.date())
    database.close()
    told = run("--db", db, "person", "erase", people[0], *DECIDED, "--yes", "--json")
    assert told.code == 0 and told.data == {"person": str(people[0]), "how": "erase", "clean": True}
    assert "legal hold" in run("--db", db, "person", "erase", people[1], *DECIDED, "--yes", "--anonymise").sentence
    assert len(there(db)) == len(people) - 1
    assert "By the plan" in run("--db", db, "history", "list", "--limit", "1").out


def test_the_demo_has_people_and_single_rows_whose_time_is_over(tmp_path: Path, run: Run) -> None:
    """So that a new user sees on both pages what a decision would be about."""
    db = tmp_path / "demo.kontinuum"
    assert run("--db", db, "demo").code == 0
    assert all(run("--db", db, "retention", step, "--json").data["due"] > 0 for step in ("due", "old-rows"))
