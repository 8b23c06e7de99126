"""Somebody protected gets the same access report as anybody, from officers alone, and stays protected."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.base import new_id
from db.database import Database
from db.errors import RuleBroken, Unavailable
from db.identity_numbers import luhn_digit
from db.looks import reveal
from db.models.consent import ConsentPurpose
from db.protected.editing import RowEdit, edit_protected
from db.protected.people import ProtectionForm, protect, protected_people
from db.protected.showing import protected_events, show_protected
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment, stop_contact, write_consent
from desktop.core.context import ModuleContext
from desktop.people.contacts import ContactForm, InteractionForm, add_contact, add_interaction, edit_contact
from desktop.people.duplicates.verdicts import not_a_duplicate
from desktop.people.editing import PersonForm, create_person
from desktop.people.merging.belongings import World
from desktop.people.merging.merge import merge_people
from desktop.people.merging.plan import Choice, read_plan
from desktop.people.protecting.page import ProtectedPage
from desktop.people.protecting.report_box import reporting
from desktop.people.reporting.held import AccessReport
from desktop.people.reporting.json_file import as_json
from desktop.people.reporting.making import Asked, make_report
from desktop.people.reporting.protected import make_protected_report
from desktop.people.reporting.reports import render_report
from desktop.people.roles import IdentifierForm, RoleForm, add_identifier, add_role
from desktop.people.tasks import TaskForm, add_task
from desktop.people.tests.test_access_report import files, words_of
from tests import pages
from tests.support import MakePerson

NUMBER = "19000201357" + luhn_digit("000201357")
FORWARDING = "Skatteverket\nBox 17\n403 20 Göteborg"
FORM = ProtectionForm("secrecy", "Decision 17/2026", forwarding=FORWARDING)
MADE_ANEW = {"search_entry", "suspected_pair"}  # which nobody holds of somebody protected


@pytest.fixture
def officer(context: ModuleContext) -> ModuleContext:
    """Somebody who handles protected identities and may do nothing else of this."""
    return replace(context, rights=context.rights - {"people.report"} | {"people.protected"})


@pytest.fixture
def person(context: ModuleContext, database: Database) -> UUID:
    """Somebody of whom something stands in most tables, corrected once; judged against a colleague."""
    today, now, actor = context.clock.today(), context.clock.now(), context.actor
    with database.write(actor, "create_person") as session:
        made = create_person(session, PersonForm("Zorro", "Hemligsson", language="sv"), today=today)
        add_identifier(session, made, IdentifierForm("personnummer", NUMBER), today=today)
        way = add_contact(session, made, ContactForm("email", "old@post.example"), country="SE")
        add_role(session, made, RoleForm("student", "Law"))
        add_interaction(session, made, InteractionForm("note", now, text="Asked for a report"), actor=actor)
        add_task(session, TaskForm("Send it", now, person_id=made))
    with database.write(actor, "create_person") as session:
        other = create_person(session, PersonForm("Ada", "Bredvidsson"), today=today)
    with database.write(actor, "write_consent") as session:
        purpose = session.scalars(select(ConsentPurpose.id).limit(1)).one()
        when = Moment(now - timedelta(minutes=1), context.clock.zone)
        write_consent(session, made, ConsentForm(purpose, "given", "call"), actor=actor, when=when)
        write_consent(session, made, ConsentForm(purpose, "refused", "email"), actor=actor, when=Moment(now, context.clock.zone))
        stop_contact(session, made, BlockForm("phone", "Wishes it"), actor=actor, when=when)
    with database.write(actor, "edit_contact") as session:
        edit_contact(session, way, 1, ContactForm("email", "new@post.example"), country="SE")
    with database.write(actor, "not_a_duplicate") as session:
        not_a_duplicate(session, made, other, 100, "name_same")
    return made


def told(report: AccessReport) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(report))
    return found


def tables(report: AccessReport) -> dict[str, list[dict[str, Any]]]:
    modules = told(report)["modules"]
    return {
        name: table["rows"] for key, module in modules.items() if key != "protected" for name, table in module["tables"].items()
    }


def protected(officer: ModuleContext, person: UUID) -> str:
    return protect(officer.database, officer.actor, person, FORM, now=officer.clock.now())


def test_it_holds_what_the_report_held_before_they_were_protected(
    context: ModuleContext, officer: ModuleContext, person: UUID
) -> None:
    before = make_report(context, Asked(person, "The person asks", "en"))
    protected(officer, person)
    after = make_protected_report(officer, Asked(person, "The person asks", "en"))
    open_, kept = tables(before), tables(after)
    assert {"person", "consent", "consent_purpose", "identifier", "role", "task"} <= open_.keys()
    assert kept == {name: rows for name, rows in open_.items() if name not in MADE_ANEW}
    assert [row["value"] for row in kept["identifier"]] == [NUMBER]
    for part in ("purposes", "history", "sources", "left_out"):
        assert told(after)[part] == told(before)[part], part
    assert len(told(after)["history"]) > 3 and any(step["correction"] for step in told(after)["history"])
    assert "Bredvidsson" not in as_json(after).decode() and "third person" in as_json(after).decode()


def test_what_a_module_counts_as_theirs_comes_with_the_records_merged_into_theirs(
    context: ModuleContext, officer: ModuleContext, make_person: MakePerson
) -> None:
    stays, goes = make_person("Hemligsson", "Zorro", city="Luleå"), make_person("Hemligsson", "Z.", city="Kiruna")
    world, clock = World.of(context), context.clock
    with officer.database.read() as session:
        mark = read_plan(session, stays, goes, world).mark
    with officer.database.write(officer.actor, "merge_people") as session:
        merge_people(session, stays, goes, Choice(), mark, world, today=clock.today(), now=clock.now())
    before = make_report(context, Asked(stays, "The person asks", "en"))
    protected(officer, stays)
    after = make_protected_report(officer, Asked(stays, "The person asks", "en"))
    assert tables(after) == {name: rows for name, rows in tables(before).items() if name not in MADE_ANEW}
    assert len(tables(after)["person"]) == 2


def test_what_was_edited_since_and_every_look_is_in_it(context: ModuleContext, officer: ModuleContext, person: UUID) -> None:
    database, actor, now = officer.database, officer.actor, officer.clock.now()
    reveal(database, actor, person, "For the register", now=now)
    protected(officer, person)
    (shown,) = show_protected(database, actor, person, "To mend it", now=now)
    row = shown.rows["person"][0]
    edit = RowEdit("person", row.id, row.version, {"given": "Sixten"})
    edit_protected(database, actor, person, "edit_person", [edit], name="Hemligsson, Sixten", now=now)
    report = make_protected_report(officer, Asked(person, "Case 9", "en"))
    assert report.name == "Hemligsson, Sixten"
    lines = [line for step in report.steps for moved in step.rows for line in moved.lines]
    assert ("Given names", "Zorro", "Sixten") in lines
    if isinstance(database.address, Path):  # a server's log is asked by its own logins: see tests/server
        assert {look.reason for look in report.looks} == {"For the register", "To mend it", "Access report: Case 9"}


@pytest.mark.sqlite_only("the log of a server is written and read by its own logins: see tests/server")
def test_who_made_it_and_why_is_kept(officer: ModuleContext, person: UUID) -> None:
    handle = protected(officer, person)
    make_protected_report(officer, Asked(person, "Case 2026/17"))
    with officer.database.read() as session:
        [looked] = [event for event in protected_events(session) if event.act == "looked"]
    assert (looked.handle, looked.reason) == (handle, "Access report: Case 2026/17")


def test_they_stay_protected_and_the_ordinary_report_finds_nobody(officer: ModuleContext, person: UUID) -> None:
    handle = protected(officer, person)
    make_protected_report(officer, Asked(person, "Case 2026/17"))
    with officer.database.read() as session:
        assert [line.handle for line in protected_people(session)] == [handle]
    with pytest.raises(Unavailable):
        make_report(replace(officer, rights=officer.rights | {"people.report"}), Asked(person, "The person asks"))


def test_without_the_right_or_a_reason_nothing_is_read_and_nobody_is_answered_alike(
    context: ModuleContext, officer: ModuleContext, person: UUID
) -> None:
    protected(officer, person)
    with pytest.raises(RuleBroken):
        make_protected_report(replace(context, rights=context.rights - {"people.protected"}), Asked(person, "Why not"))
    with pytest.raises(RuleBroken):
        make_protected_report(officer, Asked(person, " "))
    with pytest.raises(Unavailable):
        make_protected_report(officer, Asked(new_id(), "The person asks"))
    with officer.database.read() as session:
        assert [event for event in protected_events(session) if event.act == "looked"] == []


@pytest.mark.parametrize("forwarding", [FORWARDING, ""])
def test_its_cover_says_where_it_may_be_sent(officer: ModuleContext, person: UUID, tmp_path: Path, forwarding: str) -> None:
    form = replace(FORM, forwarding=forwarding)
    handle = protect(officer.database, officer.actor, person, form, now=officer.clock.now())
    report = make_protected_report(officer, Asked(person, "The person asks", "en"))
    made = tmp_path / "report.pdf"
    made.write_bytes(render_report(report, officer.texts.other("en")))
    cover = words_of(made)[:900]
    assert handle in cover and ("403 20 Göteborg" if forwarding else "ask the authority for a forwarding address") in cover
    assert told(report)["send_only_to"] == forwarding.splitlines()


def test_an_officer_makes_it_on_the_page_and_its_files_bear_the_handle(
    qtbot: QtBot, officer: ModuleContext, person: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reports"
    handle = protected(officer, person)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(folder))
    page = ProtectedPage(officer)
    pages.shown(qtbot, page)
    page.panel.buttons[reporting].click()
    assert page.panel.box is not None
    page.panel.box.act()
    assert not files(folder)  # a slip: no reason
    page.panel.box.form.write({"reason": "The person asks", "language": "sv"})
    page.panel.box.act()
    qtbot.waitUntil(lambda: set(files(folder)) == {".pdf", ".json"}, timeout=30_000)
    assert {handle in path.name and "Hemligsson" not in path.name for path in files(folder).values()} == {True}
    assert "Hemligsson, Zorro" in words_of(files(folder)[".pdf"])
