"""Officers mark somebody on the record, see them by handle alone, and who they are for a reason and for a while."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from db.base import new_id
from db.database import Database
from db.errors import RuleBroken
from db.protected.people import ProtectedLine, ProtectionForm, protect, protected_people
from db.protected.showing import protected_events
from desktop.core.context import ModuleContext
from desktop.core.letters import Letter
from desktop.core.registry import Registry
from desktop.core.rights import ADMINISTRATOR, all_rights, bundles
from desktop.people.protecting.boxes import changing, ending, seeing, writing
from desktop.people.protecting.erase_box import erasing
from desktop.people.protecting.letter import letter_to, render_letter
from desktop.people.protecting.page import ProtectedPage
from desktop.people.record_page import PersonPage
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests import pages
from tests.db.support import found
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
FORM = ProtectionForm("secrecy", "Decision 17/2026", forwarding="Skatteverket\nBox 17\n403 20 Göteborg")


@pytest.fixture
def officer(context: ModuleContext) -> ModuleContext:
    """Somebody who holds the right."""
    return replace(context, rights=context.rights | {"people.protected"})


@pytest.fixture
def person(make_person: MakePerson) -> UUID:
    return make_person("Hemligsson", "Zorro", phone="+46701740605", city="Luleå")


def shown(qtbot: QtBot, page: QWidget) -> None:
    pages.shown(qtbot, page)
    QApplication.processEvents()


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(f"{label.text()} {label.accessibleName()}" for label in labels)


@pytest.fixture
def page(qtbot: QtBot, officer: ModuleContext, person: UUID) -> ProtectedPage:
    """The page, with one who is protected."""
    protect(officer.database, officer.actor, person, FORM, now=officer.clock.now())
    made = ProtectedPage(officer)
    shown(qtbot, made)
    return made


def lines(database: Database) -> list[ProtectedLine]:
    with database.read() as session:
        return protected_people(session)


def test_somebody_is_marked_on_the_record_by_keyboard_and_gone_from_it(
    qtbot: QtBot, officer: ModuleContext, person: UUID
) -> None:
    went: list[str] = []
    own = replace(officer, navigate=lambda page, **_more: went.append(page))
    record = PersonPage(own, person_id=person)
    shown(qtbot, record)
    assert record.windowTitle() == "Hemligsson, Zorro"
    qtbot.keyClick(record.marking.button, Qt.Key.Key_Space)
    assert record.marking.box is not None
    box = record.marking.box
    box.act()
    assert "ground" in box.form.keys and not lines(officer.database)  # a slip is marked, and nobody is moved
    qtbot.keyClicks(box.form.field("ground"), "Decision 17/2026")
    qtbot.keyClick(box.form.field("ground"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [line.ground for line in lines(officer.database)] == ["Decision 17/2026"]
    assert went == ["people.protected"] and record.marking.box is None
    qtbot.waitUntil(lambda: record.windowTitle() == "Person", timeout=30_000)
    assert "Hemligsson" not in said(record) and "Luleå" not in said(record) and "+46" not in said(record)


def test_a_record_of_somebody_hidden_says_what_one_of_nobody_says(qtbot: QtBot, officer: ModuleContext, person: UUID) -> None:
    protect(officer.database, officer.actor, person, FORM, now=officer.clock.now())
    both = [PersonPage(officer, person_id=who) for who in (person, new_id())]
    for record in both:
        shown(qtbot, record)
    first, second = (said(record) for record in both)
    assert first == second and "no longer there" in first
    assert both[0].windowTitle() == both[1].windowTitle() == "Person"


def test_who_does_not_hold_the_right_is_offered_nothing(
    qtbot: QtBot, context: ModuleContext, person: UUID, registry: Registry
) -> None:
    record = PersonPage(replace(context, rights=context.rights - {"people.protected"}), person_id=person)
    shown(qtbot, record)
    assert not record.marking.button.isVisible()
    held = bundles(registry.manifests)
    assert [role for role, rights in held.items() if "people.protected" in rights] == ["protected_officer"]
    assert all_rights(registry.manifests) - held[ADMINISTRATOR] == {"people.protected"}


def test_the_page_names_nobody_until_somebody_says_why(qtbot: QtBot, page: ProtectedPage, officer: ModuleContext) -> None:
    (line,) = lines(officer.database)
    assert page.windowTitle() == "Protected people" and page.header.count.text() == "1"
    assert line.handle in said(page) and "Hemligsson" not in said(page) and "Decision 17/2026" in said(page)
    panel = page.panel
    qtbot.keyClick(panel.buttons[seeing], Qt.Key.Key_Space)
    assert panel.box is not None
    reason = panel.box.form.field("reason")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert panel.box is not None and "Hemligsson" not in said(page)
    qtbot.keyClicks(reason, "She asks")
    qtbot.keyClick(reason, Qt.Key.Key_Return)
    assert panel.box is None
    assert all(text in said(page) for text in ("Hemligsson, Zorro", "+46701740605", "Luleå"))
    assert page.windowTitle() == "Protected people"
    assert unnamed_controls(page) == [] and plain_text_offenders(page) == []
    panel._until.timeout.emit()
    assert "Hemligsson" not in said(page)


def test_who_was_shown_is_masked_when_the_page_is_left_or_another_chosen(
    qtbot: QtBot, page: ProtectedPage, officer: ModuleContext, make_person: MakePerson
) -> None:
    def show_again() -> None:
        page.panel.open_box(seeing)
        assert page.panel.box is not None
        qtbot.keyClicks(page.panel.box.form.field("reason"), "She asks")
        page.panel.box.act()

    show_again()
    assert "Hemligsson" in said(page)
    page.hide()
    page.show()
    assert "Hemligsson" not in said(page)
    show_again()
    other = protect(officer.database, officer.actor, make_person("Annan", "Eva"), FORM, now=officer.clock.now())
    page.look()
    row = [line.handle for line in page.lines].index(other)
    page.people.stream.setCurrentIndex(page.people.model.index(row, 0))
    assert "Hemligsson" not in said(page) and other in said(page)


def test_a_protection_is_changed_and_ended(qtbot: QtBot, page: ProtectedPage, officer: ModuleContext) -> None:
    page.panel.open_box(changing)
    assert page.panel.box is not None
    ground = page.panel.box.form.field("ground")
    ground.setText("Decision 18/2026")  # type: ignore[attr-defined]
    page.panel.box.act()
    assert "Decision 18/2026" in said(page)
    page.panel.open_box(ending)
    assert page.panel.box is not None
    qtbot.keyClicks(page.panel.box.form.field("reason"), "Withdrawn")
    page.panel.box.act()
    assert lines(officer.database) == [] and found(officer.database, "hemligsson") == ["Hemligsson, Zorro"]
    assert page.header.count.text() == "0" and "Mark somebody" in said(page)
    assert [entry.title.partition(" ")[0] for entry in page.events.model.entries][:2] == ["Ended", "Changed"]


def test_a_letter_goes_to_the_forwarding_address_alone(officer: ModuleContext, page: ProtectedPage, tmp_path: Path) -> None:
    (line,) = lines(officer.database)
    letter = letter_to(line, "Your certificate", "It is ready.", "23 November 2026")
    assert letter == Letter(
        line.id, tuple(FORM.forwarding.splitlines()), "23 November 2026", f"Your certificate ({line.handle})", "It is ready."
    )
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter(letter, officer.texts))
    reader = PdfReader(path)
    text = reader.pages[0].extract_text()
    assert "Skatteverket" in text and "Hemligsson" not in text and "Luleå" not in text
    assert reader.metadata is not None and reader.metadata.title == "Letter"


def test_without_a_forwarding_address_no_letter_is_made(qtbot: QtBot, page: ProtectedPage, officer: ModuleContext) -> None:
    (line,) = lines(officer.database)
    with pytest.raises(RuleBroken, match="goes nowhere else"):
        letter_to(replace(line, forwarding=" \n "), "Subject", "Text", "today")
    page.panel.show_line(replace(line, forwarding=""))
    page.panel.open_box(writing)
    assert page.panel.box is not None
    qtbot.keyClicks(page.panel.box.form.field("subject"), "Certificate")
    page.panel.box.act()
    assert "goes nowhere else" in page.panel.box.banner.text


def test_an_officer_erases_by_case_and_handle_and_the_page_says_what_law_keeps(
    qtbot: QtBot, page: ProtectedPage, officer: ModuleContext
) -> None:
    (line,) = lines(officer.database)
    page.panel.buttons[erasing].click()
    box = page.panel.box
    assert box is not None and "Archive law" in said(box)
    box.form.write({"case": "Dnr 17/2026", "handle": "ABCDEF"})
    box.act()
    assert lines(officer.database) == [line]  # a slip is marked, and nobody goes
    box.form.write({"handle": line.handle.lower()})
    qtbot.keyClick(box.form.field("handle"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert lines(officer.database) == [] and page.panel.box is None
    page.look()
    assert page.header.count.text() == "0"
    with officer.database.read() as session:
        event = protected_events(session)[0]
    assert (event.act, event.handle, event.reason) == ("erased", line.handle, "Dnr 17/2026")
