"""Rules are switched on, people kept, decided about and disposed of from the page; the certificate says what was done and names nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.database import Database
from db.models.interaction import Interaction
from db.models.person import Person
from db.models.retention import LegalHold, RetentionRule
from db.models.role import Role
from desktop.core.context import ModuleContext
from desktop.people.record_page import PersonPage
from desktop.people.retention import disposing
from desktop.people.retention.disposals import DisposalLine, DisposedRule, disposals
from desktop.people.retention.hold_page import HoldPage
from desktop.people.retention.page import RetentionPage
from desktop.people.retention.reports import Certificate, render_certificate
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.pages import said, shown
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LONG_AGO = datetime(2020, 3, 2, 10, 0, tzinfo=UTC)
PROSPECTS = "people.prospects"
LONG = 30_000


@pytest.fixture
def people(context: ModuleContext, make_person: MakePerson) -> list[UUID]:
    """Three prospects whose time is over."""
    made = [make_person(f"Zqmark{number}", "Zorro") for number in range(3)]
    with context.database.write(context.actor, "add_interaction") as session:
        for person in made:
            session.add(Role(person_id=person, kind="prospect"))
            session.add(Interaction(person_id=person, kind="call", at=LONG_AGO))
    return made


@pytest.fixture
def went(context: ModuleContext) -> list[tuple[str, dict[str, Any]]]:
    """The pages opened."""
    return []


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext, people: list[UUID], went: list[Any]) -> RetentionPage:
    """With the rule about prospects switched on."""
    with context.database.write(context.actor, "change_retention_rule") as session:
        session.add(RetentionRule(code=PROSPECTS, months=24, action="erase", active=True))
    made = RetentionPage(replace(context, navigate=lambda key, **more: went.append((key, more))))
    shown(qtbot, made, 1200, 900)
    qtbot.waitUntil(lambda: made.due.total == 3, timeout=LONG)
    return made


def write(form: Any, **texts: str) -> None:
    for key, words in texts.items():
        field = form.field(key)
        assert isinstance(field, QLineEdit)
        field.setText(words)


def there(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Person.family)))


def test_the_list_says_who_is_due_by_which_rule_and_since_when(
    qtbot: QtBot, page: RetentionPage, went: list[Any], people: list[UUID]
) -> None:
    model = page.due.model
    assert [str(model.index(0, column).data()) for column in range(3)] == [
        "Zqmark0, Zorro", "Prospects who never applied", "2 Mar 2020 · last contact",
    ]  # fmt: skip
    qtbot.waitUntil(lambda: "3 people" in said(page.due) and "Prospects who never applied: 3" in said(page.due), timeout=LONG)
    assert page.due.act.isEnabled() and page.due.act.isVisibleTo(page)
    page.due.table.setCurrentIndex(model.index(1, 0))
    page.due.keep.click()
    assert went == [("people.hold", {"person_id": people[1]})]
    page.due.day.set_day(date(2022, 3, 1))
    page.due.look()
    assert page.due.total == 0 and not page.due.act.isEnabled()
    page.due.day.set_day(date(2030, 1, 1))
    page.due.look()
    assert page.due.total == 3 and not page.due.act.isEnabled(), "what will be due is only looked at"
    for tab in range(5):
        page.tabs.setCurrentIndex(tab)
        assert unnamed_controls(page) == [] and plain_text_offenders(page) == []


def test_whoever_may_not_erase_decides_nothing(qtbot: QtBot, context: ModuleContext, page: RetentionPage) -> None:
    other = RetentionPage(replace(context, rights=context.rights - {"people.erase"}))
    shown(qtbot, other, 1200, 900)
    qtbot.waitUntil(lambda: other.due.total == 3, timeout=LONG)
    assert not other.due.act.isVisibleTo(other)


def test_a_decision_takes_a_case_a_reason_and_the_number_and_then_nobody_is_there(
    qtbot: QtBot, page: RetentionPage, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposing, "PORTION", 2)
    page.due.act.click()
    box: Any = page.due.beside.form
    assert "nobody can take it back" in said(box)
    write(box.form, case="Dnr 17/2026", reason="By the plan", count="2")
    box.act()
    assert "This is not how many are due." in said(box.form)
    write(box.form, case="", count="3")
    box.act()
    assert "Write the case" in said(box.form) and len(there(context.database)) == 3
    write(box.form, case="Dnr 17/2026")
    field = box.form.field("case")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: there(context.database) == set() and not page.disposals.run.busy, timeout=LONG)
    assert page.tabs.currentWidget() is page.disposals
    page.disposals.look()
    qtbot.waitUntil(lambda: "3 of 3 disposed of" in said(page.disposals), timeout=LONG)
    words = said(page.disposals)
    assert "By the plan" in words and "Zqmark" not in words
    with context.database.read() as session:
        assert [line.state for line in disposals(session)] == ["done"]


def test_a_run_that_is_stopped_is_gone_on_with_or_ended(
    qtbot: QtBot, page: RetentionPage, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposing, "PORTION", 1)
    view = page.disposals
    view.run.progressed.connect(lambda _waiting: view.stop.click())
    page.due.act.click()
    box: Any = page.due.beside.form
    write(box.form, case="Dnr 17/2026", reason="By the plan", count="3")
    box.act()
    qtbot.waitUntil(lambda: len(there(context.database)) == 2 and not view.run.busy, timeout=LONG)
    view.look()
    qtbot.waitUntil(lambda: "Not finished" in said(view) and "1 of 3 disposed of" in said(view), timeout=LONG)
    view.carry_out(view.lines[0].id)
    qtbot.waitUntil(lambda: len(there(context.database)) == 1 and not view.run.busy, timeout=LONG)
    view.look()
    view._end(view.lines[0])
    qtbot.waitUntil(lambda: bool(view.lines) and view.lines[0].state == "ended", timeout=LONG)
    assert view.lines[0].waiting == 1 and len(there(context.database)) == 1


def test_a_rule_is_switched_on_in_its_form(qtbot: QtBot, page: RetentionPage, context: ModuleContext) -> None:
    page.tabs.setCurrentWidget(page.rules)
    page.rules.buttons["people.alumni"].click()
    box = page.rules.box
    assert box is not None
    form: Any = box.form
    assert (form.read("period"), form.read("unit"), form.read("active")) == ("10", "years", "")
    write(form, period="ten")
    box.save()
    assert "This is no number." in said(form)
    write(form, period="18")
    form.field("unit").set_code("months")
    form.field("active").set_code("on")
    assert page.unsaved() and page.state()["rules"]["rule"] == "people.alumni"
    box.save()
    qtbot.waitUntil(lambda: page.rules.box is None, timeout=LONG)
    with context.database.read() as session:
        row = session.scalars(select(RetentionRule).where(RetentionRule.code == "people.alumni")).one()
        assert (row.months, row.active, row.action, row.ground) == (18, True, "anonymise", "")


def test_what_was_typed_about_a_rule_comes_back(qtbot: QtBot, page: RetentionPage, context: ModuleContext) -> None:
    page.rules.edit("people.alumni")
    assert page.rules.box is not None
    write(page.rules.box.form, period="18")
    again = RetentionPage(context)
    again.restore(page.state())
    shown(qtbot, again, 1200, 900)
    qtbot.waitUntil(lambda: again.rules.box is not None, timeout=LONG)
    assert again.rules.box is not None and again.rules.box.form.read("period") == "18"  # type: ignore[attr-defined]


def test_a_hold_is_put_on_somebody_and_lifted(
    qtbot: QtBot, context: ModuleContext, people: list[UUID], page: RetentionPage
) -> None:
    record = PersonPage(context, person_id=people[0])
    shown(qtbot, record, 1200, 900)
    assert record.hold_button.isVisibleTo(record)
    own = HoldPage(context, person_id=people[0])
    shown(qtbot, own, 1200, 900)
    qtbot.waitUntil(lambda: "This person has no hold." in said(own), timeout=LONG)
    assert unnamed_controls(own) == []
    own.box.save()
    qtbot.waitUntil(lambda: "Say why" in said(own.form), timeout=LONG)
    write(own.form, reason="A case in court")
    own.box.save()
    qtbot.waitUntil(lambda: "A case in court" in said(own.grid), timeout=LONG)
    page.due.look()
    page.holds.look()
    qtbot.waitUntil(lambda: page.due.total == 2, timeout=LONG)
    page.tabs.setCurrentWidget(page.holds)
    qtbot.waitUntil(lambda: "Zqmark0" in said(page.holds), timeout=LONG)
    lift = next(button for button in page.holds.findChildren(QWidget) if "Lift the hold" in button.accessibleName())
    qtbot.mouseClick(lift, Qt.MouseButton.LeftButton)

    def lifted() -> bool:
        with context.database.read() as session:
            return session.scalars(select(LegalHold)).first() is None

    qtbot.waitUntil(lifted, timeout=LONG)


RULE = DisposedRule(
    "Prospects who never applied", "Data protection law: no longer than the purpose needs (article 5.1 e).", 24, "erase",
    1234, 1200, 3, 31, date(2019, 1, 7), date(2024, 11, 23),
)  # fmt: skip
LINE = DisposalLine(
    UUID(int=1), 3, "Dnr 17/2026", "By the plan", date(2026, 11, 23), datetime(2026, 11, 23, 9, 30, tzinfo=UTC), "Eva Ek", "done",
    datetime(2026, 11, 23, 10, 30, tzinfo=UTC), (RULE, replace(RULE, title="Own words", ground="Beslut 12/2026", done=900)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "Disposal certificate",
                "Legal ground",
                "Prospects who never applied",
                "2 years",
                "1,234",
                "7 Jan 2019",
                "Name in print",
            ),
        ),
        ("sv", ("Gallringsintyg", "Rättslig grund", "2 år", "1 234", "Namnförtydligande")),
        ("fi", ("Hävittämistodistus", "Oikeusperuste", "2 vuotta", "1 234", "Nimenselvennys")),
    ],
)
def test_the_certificate_says_what_was_done_in_the_reader_s_language(
    context: ModuleContext, language: str, words: tuple[str, ...]
) -> None:
    content = render_certificate(
        Certificate("Studiekansliet", LINE, datetime(2026, 11, 24, tzinfo=UTC)), context.texts.other(language)
    )
    read = PdfReader(BytesIO(content))
    text = " ".join(" ".join(sheet.extract_text() for sheet in read.pages).replace("\u00a0", " ").replace("\u202f", " ").split())
    for word in (*words, "Dnr 17/2026", "By the plan", "Eva Ek", "Studiekansliet", "Beslut 12/2026", "Own words"):
        assert word in text, word
    assert str(read.metadata.title if read.metadata else "").endswith("Dnr 17/2026")


def test_the_certificate_of_a_real_disposal_names_nobody(qtbot: QtBot, page: RetentionPage, context: ModuleContext) -> None:
    page.due.act.click()
    box: Any = page.due.beside.form
    write(box.form, case="Dnr 17/2026", reason="By the plan", count="3")
    box.act()
    qtbot.waitUntil(lambda: there(context.database) == set() and not page.disposals.run.busy, timeout=LONG)
    with context.database.read() as session:
        line = disposals(session)[0]
    content = render_certificate(Certificate("", line, context.clock.now()), context.texts)
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
    assert "Disposed of: 3" in text and "2 Mar 2020" in text
    assert "zqmark" not in text.lower() and "zorro" not in text.lower() and b"Zqmark" not in content


@pytest.fixture
def notes(context: ModuleContext, people: list[UUID]) -> None:
    """Three old notes about one of them, and the rule about notes switched on."""
    with context.database.write(context.actor, "add_interaction") as session:
        session.add_all(Interaction(person_id=people[0], kind="note", at=LONG_AGO, text=f"Zqnote {n}") for n in range(3))
        session.add(RetentionRule(code="people.notes", months=24, action="erase", active=True))


def note_texts(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Interaction.text).where(Interaction.kind == "note")))


def test_old_rows_are_counted_decided_about_and_certified(
    qtbot: QtBot, notes: None, page: RetentionPage, context: ModuleContext
) -> None:
    page.tabs.setCurrentWidget(page.rows)
    qtbot.waitUntil(lambda: "3 single rows · 1 person · 2 Mar 2020 – 2 Mar 2020" in said(page.rows), timeout=LONG)
    page.rows.act.click()
    box: Any = page.rows.beside.form
    assert "Type how many rows" in said(box) and unnamed_controls(page) == []
    write(box.form, case="Dnr 18/2026", reason="By the plan", count="2")
    box.act()
    assert "This is not how many are due." in said(box.form)
    write(box.form, count="3")
    box.act()
    qtbot.waitUntil(lambda: note_texts(context.database) == set() and not page.disposals.run.busy, timeout=LONG)
    assert len(there(context.database)) == 3 and page.tabs.currentWidget() is page.disposals
    page.disposals.look()
    qtbot.waitUntil(lambda: "3 of 3 disposed of" in said(page.disposals), timeout=LONG)
    with context.database.read() as session:
        line = disposals(session)[0]
    content = render_certificate(Certificate("", line, context.clock.now()), context.texts)
    text = " ".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
    assert "Rows that were due: 3" in text and "Old notes" in text and "zq" not in text.lower() and "People who" not in text


def test_a_rule_for_rows_has_no_choice_of_what_is_done(qtbot: QtBot, page: RetentionPage, context: ModuleContext) -> None:
    page.tabs.setCurrentWidget(page.rules)
    assert "5 years after the contact" in said(page.rules)
    page.rules.buttons["people.contacts"].click()
    assert page.rules.box is not None
    form: Any = page.rules.box.form
    assert "action" not in form.keys
    form.field("active").set_code("on")
    page.rules.box.save()
    qtbot.waitUntil(lambda: page.rules.box is None, timeout=LONG)
    qtbot.waitUntil(lambda: "nothing is due" in said(page.rows), timeout=LONG)


def test_whoever_may_not_erase_disposes_of_no_rows(qtbot: QtBot, notes: None, context: ModuleContext) -> None:
    other = RetentionPage(replace(context, rights=context.rights - {"people.erase"}))
    shown(qtbot, other, 1200, 900)
    other.tabs.setCurrentWidget(other.rows)
    qtbot.waitUntil(lambda: "3 single rows" in said(other.rows), timeout=LONG)
    assert not other.rows.act.isVisibleTo(other)
