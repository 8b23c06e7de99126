"""Officers change what is known of somebody protected on the sheet they were shown, by keyboard, and are told of conflicts."""

from __future__ import annotations

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from db.protected.editing import RowEdit, edit_protected
from db.protected.people import protect
from db.protected.showing import show_protected
from desktop.core.context import ModuleContext
from desktop.people.protecting.boxes import seeing
from desktop.people.protecting.page import ProtectedPage
from desktop.people.protecting.sheet import HiddenSheet
from desktop.people.tests.test_protected_page import FORM, officer, person, said, shown
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls

__all__ = ["officer", "person"]  # fixtures
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def page(qtbot: QtBot, officer: ModuleContext, person: UUID) -> ProtectedPage:
    """The page, with one who is protected and was shown for a reason."""
    protect(officer.database, officer.actor, person, FORM, now=officer.clock.now())
    made = ProtectedPage(officer)
    shown(qtbot, made)
    made.panel.open_box(seeing)
    assert made.panel.box is not None
    qtbot.keyClicks(made.panel.box.form.field("reason"), "She asks")
    made.panel.box.act()
    return made


def act(page: ProtectedPage, spoken: str) -> QPushButton:
    """The act on the sheet that readers call so."""
    sheet = page.panel.findChildren(HiddenSheet)[-1]
    (found,) = [b for b in sheet.findChildren(QPushButton) if spoken in (b.accessibleName() or b.text(), b.text())]
    return found


def written(page: ProtectedPage, key: str) -> QWidget:
    """A field of the form that is open."""
    assert page.panel.box is not None
    field: QWidget = page.panel.box.form.field(key)
    return field


def test_names_ways_roles_and_numbers_are_changed_by_keyboard(qtbot: QtBot, page: ProtectedPage) -> None:
    qtbot.keyClick(act(page, "Change names and days"), Qt.Key.Key_Space)
    assert written(page, "family").text() == "Hemligsson"  # type: ignore[attr-defined]
    qtbot.keyClicks(written(page, "preferred"), "Zo")
    qtbot.keyClicks(written(page, "why"), "asked for")
    assert unnamed_controls(page) == [] and plain_text_offenders(page) == []
    qtbot.keyClick(written(page, "why"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.box is None and "Zo" in said(page)
    qtbot.keyClick(act(page, "Change Phone +46701740605"), Qt.Key.Key_Space)
    qtbot.keyClicks(written(page, "label"), "hem")
    qtbot.keyClick(written(page, "label"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "hem" in said(page)
    qtbot.keyClick(act(page, "E-mail"), Qt.Key.Key_Space)
    qtbot.keyClick(written(page, "value"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.box is not None and "empty" in said(page)  # a slip is marked
    qtbot.keyClicks(written(page, "value"), "z@hem.example")
    qtbot.keyClick(written(page, "value"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "z@hem.example" in said(page)
    for name, key, value in (("Role", "programme", "Nursing"), ("Number", "value", "190002012383")):
        qtbot.keyClick(act(page, name), Qt.Key.Key_Space)
        qtbot.keyClicks(written(page, key), value)
        qtbot.keyClick(written(page, key), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "Nursing" in said(page) and "19000201-2383" in said(page)
    qtbot.keyClick(act(page, "Remove E-mail"), Qt.Key.Key_Space)
    qtbot.keyClicks(written(page, "reason"), "not hers")
    qtbot.keyClick(written(page, "reason"), Qt.Key.Key_Return)
    assert "z@hem.example" not in said(page) and page.windowTitle() == "Protected people"
    done = [entry.detail[0] for entry in page.events.model.entries if entry.title.startswith("Edited")]
    assert done == [
        "A way to reach them, removed · not hers", "A number, added", "A role, added", "A way to reach them, added",
        "A way to reach them", "Names and days · asked for",
    ]  # fmt: skip


def test_a_conflict_is_told_and_what_is_there_now_is_shown_below(
    qtbot: QtBot, page: ProtectedPage, officer: ModuleContext, person: UUID
) -> None:
    act(page, "Change names and days").click()
    (theirs,) = show_protected(officer.database, officer.actor, person, "Another officer", now=officer.clock.now())
    row = theirs.rows["person"][0]
    change = RowEdit("person", row.id, row.version, {"preferred": "Zette"})
    edit_protected(officer.database, officer.actor, person, "edit_person", [change], name="x", now=officer.clock.now())
    qtbot.keyClicks(written(page, "former"), "Annan")
    assert page.panel.box is not None
    page.panel.box.act()
    assert page.panel.box is not None and "Someone else changed this" in page.panel.box.banner.text
    assert written(page, "former").text() == "Annan" and "Zette" in said(page)  # type: ignore[attr-defined]


def test_a_form_that_tells_who_it_is_goes_when_the_person_is_masked(qtbot: QtBot, page: ProtectedPage) -> None:
    act(page, "Change names and days").click()
    assert page.panel.box is not None
    page.panel._until.timeout.emit()
    assert page.panel.box is None and "Hemligsson" not in said(page)
