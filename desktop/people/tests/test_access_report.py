"""The page and the command that make access reports, and the corrections they tell of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.database import Database
from db.errors import RuleBroken, Unavailable
from db.looks import LookFilter, looks
from db.models.history import ChangeSet
from db.models.person import Person
from db.protected.people import ProtectionForm, protect
from desktop.core.context import ModuleContext
from desktop.people.contacts import ContactForm, add_contact, edit_contact
from desktop.people.duplicates.verdicts import not_a_duplicate
from desktop.people.record_page import PersonPage
from desktop.people.record_parts import HistoryView
from desktop.people.reporting.json_file import as_json
from desktop.people.reporting.making import Asked, make_report
from desktop.people.reporting.page import REASONS, ReportPage
from tests.support import MakePerson


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where reports go; nothing is there yet."""
    return tmp_path / "reports"


def files(folder: Path) -> dict[str, Path]:
    return {path.suffix: path for path in folder.iterdir()} if folder.is_dir() else {}


def words_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())


def test_the_page_asks_why_then_saves_both_files_in_the_person_s_own_language(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson, folder: Path
) -> None:
    person = make_person("Åberg", "Mia", email="mia@post.example", language="sv")
    page = ReportPage(context, person_id=person)
    qtbot.addWidget(page)
    page.start(folder)
    assert page.reason.property("wrong") and not files(folder)
    page.chips[0].click()
    assert page.reason.text() == REASONS[0]
    page.start(folder)
    qtbot.waitUntil(lambda: not page.busy, timeout=30_000)
    made = files(folder)
    assert set(made) == {".pdf", ".json"}
    assert "Åberg" not in made[".pdf"].name and "Mia" not in made[".pdf"].name
    told = json.loads(made[".json"].read_text("utf-8"))
    assert (told["person"], told["language"]) == ("Åberg, Mia", "sv")
    printed = words_of(made[".pdf"])
    assert "mia@post.example" in printed and "Registerutdrag" in printed


def test_without_a_person_the_page_lets_one_be_chosen(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson, folder: Path
) -> None:
    person = make_person("Åberg", "Mia")
    page = ReportPage(context)
    qtbot.addWidget(page)
    page.reason.setText("The person asks")
    page.start(folder)
    assert not files(folder) and not page.banner.isHidden()
    page.picker.choose(person, "Åberg, Mia")
    assert page.name.text() == "Åberg, Mia"
    page.start(folder)
    qtbot.waitUntil(lambda: len(files(folder)) == 2, timeout=30_000)


def test_the_record_leads_to_the_page_for_who_may_make_reports(
    qtbot: QtBot, context: ModuleContext, make_person: MakePerson
) -> None:
    went: list[tuple[str, UUID]] = []
    person = make_person()
    free = replace(context, navigate=lambda key, /, **given: went.append((key, given["person_id"])))
    page = PersonPage(free, person_id=person)
    qtbot.addWidget(page)
    page.report_button.click()
    assert went == [("people.report", person)]
    other = PersonPage(replace(context, rights=frozenset({"people.view", "people.edit"})), person_id=person)
    qtbot.addWidget(other)
    assert other.report_button.isHidden()


def test_a_report_is_in_the_log_with_its_reason_and_tells_of_itself(
    context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    person = make_person()
    told = json.loads(as_json(make_report(context, Asked(person, "Case 2026/17"))))
    with database.read() as session:
        [line] = looks(session, LookFilter(people=(person,)))
    assert line.reason == "Access report: Case 2026/17"
    assert [(look["reason"], look["count"]) for look in told["looks"]] == [("Access report: Case 2026/17", 1)]


def test_without_the_right_or_a_reason_nothing_is_read_or_logged(
    context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    person = make_person()
    with pytest.raises(RuleBroken):
        make_report(replace(context, rights=frozenset({"people.view", "people.identifiers"})), Asked(person, "Why not"))
    with pytest.raises(RuleBroken):
        make_report(context, Asked(person, "  "))
    with database.read() as session:
        assert looks(session, LookFilter()) == []


def test_somebody_protected_and_nobody_at_all_are_refused_alike(
    context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    person, nobody = make_person(), UUID("01a20000-0000-7000-8000-00000000dead")
    protect(database, context.actor, person, ProtectionForm("secrecy", "Decision 7"), now=context.clock.now())
    told = set()
    for asked in (person, nobody):
        with pytest.raises(Unavailable) as refused:
            make_report(context, Asked(asked, "The person asks"))
        told.add(str(refused.value))
    assert len(told) == 1
    with database.read() as session:
        assert looks(session, LookFilter()) == []


def test_of_a_step_about_two_people_the_other_is_not_named(
    context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    one, other = make_person("Åberg", "Mia"), make_person("Öberg", "Nea")
    with database.write(context.actor, "not_a_duplicate") as session:
        not_a_duplicate(session, one, other, 100, "name_same")
    for asked, own, hidden in ((one, "Åberg", "Öberg"), (other, "Öberg", "Åberg")):
        told = as_json(make_report(context, Asked(asked, "The person asks", "en"))).decode()
        assert own in told and hidden not in told and "another person" in told


def test_a_correction_carries_its_note_into_the_history_and_the_report(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    person = make_person("Åberg", "Mia")
    page = PersonPage(context, person_id=person)
    qtbot.addWidget(page)
    page.edit("person")
    box = page.boxes["person", None]
    box.form.write({"given": "Maja", "why": "Asked for by the person"})
    box.save()
    with database.read() as session:
        assert session.get_one(Person, person).given == "Maja"
        details = session.scalars(select(ChangeSet.details).order_by(ChangeSet.number.desc()).limit(1)).one()
    assert details is not None and details["reason"] == "Asked for by the person"
    report = make_report(context, Asked(person, "The person asks", "en"))
    [step] = [step for step in report.steps if step.corrects]
    assert step.reason == "Asked for by the person"
    assert [row.lines for row in step.rows] == [(("Given names", "Mia", "Maja"),)]


def test_the_history_of_a_record_narrows_to_corrections(
    qtbot: QtBot, context: ModuleContext, database: Database, make_person: MakePerson
) -> None:
    person = make_person("Åberg", "Mia")
    with database.write(context.actor, "add_contact") as session:
        way = add_contact(session, person, ContactForm("email", "old@post.example"), country="SE")
    with database.write(context.actor, "edit_contact") as session:
        edit_contact(session, way, 1, ContactForm("email", "new@post.example"), country="SE")
    view = HistoryView(context, person)
    qtbot.addWidget(view)
    view.refresh()
    assert view.view.model.rowCount() == 3
    view.only_corrections.click()
    assert view.view.model.rowCount() == 1
