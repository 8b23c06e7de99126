"""A masked number is shown to who says why, for a while; who looked is there for whoever answers for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.looks import LookFilter, looks, reveal
from db.models.look import Look
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.people import looks_page
from desktop.people.card_parts import Value
from desktop.people.looks_page import LooksPage
from desktop.people.numbers import COPIED_FOR, REASONS, NumbersSection, forget_copied
from desktop.people.record_page import PersonPage
from desktop.people.roles import IdentifierForm, add_identifier, remove_identifier
from desktop.widgets.buttons import Button
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls
from tests.support import MakePerson

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
MASKED, PLAIN = "19640823-••••", "19640823-3234"
WHY = "She asks about her data"


@pytest.fixture
def person(database: Database, actor: Actor, make_person: MakePerson, clock: FixedClock) -> UUID:
    """Mia Testesson with an identity number and one of a register."""
    who = make_person()
    with database.write(actor, "add_identifier", [who]) as session:
        add_identifier(session, who, IdentifierForm("personnummer", PLAIN), today=clock.today())
        add_identifier(session, who, IdentifierForm("registry_id", "A-000017", "admission"), today=clock.today())
    return who


@pytest.fixture
def page(qtbot: QtBot, context: ModuleContext, person: UUID) -> PersonPage:
    """Their record, in sight."""
    made = PersonPage(context, person_id=person)
    qtbot.addWidget(made)
    made.resize(1240, 820)
    made.show()
    qtbot.waitExposed(made)
    return made


def said(widget: QWidget) -> list[str]:
    QApplication.processEvents()  # what was just made comes into sight
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def act(widget: QWidget, name: str) -> Button:
    """The button in sight that is read aloud like this."""
    QApplication.processEvents()
    found = [b for b in widget.findChildren(Button) if b.isVisibleTo(widget) and b.accessibleName().startswith(name)]
    assert len(found) == 1, [b.accessibleName() for b in widget.findChildren(Button)]
    return found[0]


def keyboard(page: QWidget) -> str:
    """The name of what has the keyboard."""
    QApplication.processEvents()
    return (page.window().focusWidget() or page).accessibleName()


def kept(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(line.user, line.reason) for line in looks(session, LookFilter())]


def shown_by_keyboard(qtbot: QtBot, numbers: NumbersSection, reason: str = WHY) -> None:
    qtbot.keyClick(act(numbers, "Show Swedish personal identity number…"), Qt.Key.Key_Space)
    assert numbers.box is not None and numbers.window().focusWidget() is numbers.box.reason
    qtbot.keyClicks(numbers.box.reason, reason)
    qtbot.keyClick(numbers.box.reason, Qt.Key.Key_Return)


def test_a_number_is_shown_by_keyboard_for_a_reason_which_is_kept(
    qtbot: QtBot, page: PersonPage, database: Database, context: ModuleContext
) -> None:
    assert MASKED in said(page.numbers) and PLAIN not in said(page.numbers)
    shown_by_keyboard(qtbot, page.numbers)
    assert page.numbers.box is None
    assert PLAIN in said(page.numbers) and MASKED not in said(page.numbers) and "••••••17" in said(page.numbers)
    assert kept(database) == [(context.actor.name, WHY)]
    assert keyboard(page) == "Copy Swedish personal identity number"
    act(page.numbers, "Hide").click()
    assert MASKED in said(page.numbers) and PLAIN not in said(page.numbers)


def test_it_is_masked_again_after_a_while_and_when_the_page_is_left(qtbot: QtBot, page: PersonPage) -> None:
    numbers = page.numbers
    shown_by_keyboard(qtbot, numbers)
    assert numbers._until.isActive() and numbers._until.interval() == 30_000
    numbers._until.timeout.emit()
    assert MASKED in said(numbers)
    shown_by_keyboard(qtbot, numbers)
    page.read()
    assert PLAIN in said(numbers)  # what others save meanwhile hides nothing
    page.hide()
    page.show()
    assert MASKED in said(numbers) and PLAIN not in said(numbers)


def test_an_answer_to_a_page_that_was_left_is_not_shown(page: PersonPage) -> None:
    number = page.card.identifiers[0]  # type: ignore[union-attr]
    page.hide()
    page.numbers._shown(number, {number.id: "196408233234"})
    page.show()
    assert PLAIN not in said(page.numbers)


def test_without_a_reason_nothing_is_shown_or_kept(qtbot: QtBot, page: PersonPage, database: Database) -> None:
    for reason in ("", "  x "):
        act(page.numbers, "Show Swedish").click()
        assert page.numbers.box is not None
        page.numbers.box.reason.setText(reason)
        page.numbers.box.show_button.click()
        assert any("Say why you need the number." in text for text in said(page.numbers.box))
        assert page.numbers.box.show_button.isEnabled()
        qtbot.keyClick(page.numbers.box.reason, Qt.Key.Key_Escape)
        assert page.numbers.box is None
        assert keyboard(page).startswith("Show Swedish")
    assert kept(database) == [] and PLAIN not in said(page.numbers)


def test_a_frequent_reason_is_one_press_away(qtbot: QtBot, page: PersonPage, database: Database) -> None:
    act(page.numbers, "Show Swedish").click()
    box = page.numbers.box
    assert box is not None and [chip.text() for chip in box.chips] == list(REASONS)
    qtbot.keyClick(box.chips[2], Qt.Key.Key_Space)
    assert page.window().focusWidget() is box.show_button
    qtbot.keyClick(box.show_button, Qt.Key.Key_Space)
    assert PLAIN in said(page.numbers) and kept(database)[0][1] == "Two people may be the same one"


def test_it_is_copied_on_purpose_only_and_leaves_the_clipboard(qtbot: QtBot, page: PersonPage) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    shown_by_keyboard(qtbot, page.numbers)
    value = next(label for label in page.numbers.findChildren(Value) if label.text() == PLAIN)
    assert value.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction or not value.hasSelectedText()
    assert clipboard.text() == "" and COPIED_FOR == 60
    act(page.numbers, "Copy").click()
    assert clipboard.text() == PLAIN
    forget_copied(PLAIN)
    assert clipboard.text() == ""
    clipboard.setText("something else")
    forget_copied(PLAIN)
    assert clipboard.text() == "something else"


def test_what_a_file_cannot_hide_is_said(page: PersonPage, kept_in: str) -> None:
    act(page.numbers, "Show Swedish").click()
    assert any("can read the numbers unseen" in text for text in said(page.numbers)) == (kept_in == "sqlite")


def test_a_number_that_is_gone_is_told(
    page: PersonPage, database: Database, actor: Actor, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = page.card.identifiers[0]  # type: ignore[union-attr]
    page.numbers.ask(number)
    with database.write(actor, "remove_identifier") as session:
        remove_identifier(session, number.id, number.version)
    box = page.numbers.box
    assert box is not None
    box.given.emit(WHY)
    assert page.numbers.box is None and PLAIN not in said(page.numbers)


def test_who_may_not_see_numbers_is_not_offered_them(qtbot: QtBot, context: ModuleContext, person: UUID) -> None:
    made = PersonPage(replace(context, rights=frozenset({"people.view", "people.edit"})), person_id=person)
    qtbot.addWidget(made)
    made.show()
    names = [button.accessibleName() for button in made.findChildren(Button) if button.isVisibleTo(made)]
    assert not [name for name in names if name.startswith(("Show Swedish", "Who looked"))]


def test_a_failing_look_is_told_in_the_box(page: PersonPage, context: ModuleContext) -> None:
    page.numbers.ask(page.card.identifiers[0])  # type: ignore[union-attr]
    box: Any = page.numbers.box
    context.tasks.breaks = ZeroDivisionError()  # type: ignore[attr-defined]
    box.reason.setText(WHY)
    box.show_button.click()
    assert page.numbers.box is box and box.banner.text and box.show_button.isEnabled()


def test_the_look_is_stored_before_the_number_is_read(
    database: Database, actor: Actor, person: UUID, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens while the number is read: the line is there."""

    def fail(*_anything: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("db.looks.select", fail)
    with pytest.raises(ZeroDivisionError):
        reveal(database, actor, person, WHY, now=clock.now())
    monkeypatch.undo()
    assert kept(database) == [(actor.name, WHY)]


def test_a_line_is_never_changed_or_removed(database: Database, actor: Actor, person: UUID, clock: FixedClock) -> None:
    reveal(database, actor, person, WHY, now=clock.now())
    for statement in ("UPDATE look SET reason = 'x'", "DELETE FROM look"):
        with pytest.raises(DBAPIError, match="only written on"), database.engine.writer.begin() as connection:
            connection.execute(text(statement))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Look)) == 1


@pytest.fixture
def looked(database: Database, actor: Actor, person: UUID, make_person: MakePerson, clock: FixedClock) -> Callable[..., UUID]:
    """Looks of two users at two people."""
    other, second = make_person("Åberg", "Åsa"), Actor(new_id(), "Second")
    for who, user, days, reason in (
        (person, actor, 40, "long ago"), (other, actor, 3, "this week"), (person, second, 0, "today"), (new_id(), actor, 0, "gone"),
    ):  # fmt: skip
        reveal(database, user, who, reason, now=clock.now() - timedelta(days=days))
    return other  # type: ignore[return-value]


def opened(qtbot: QtBot, context: ModuleContext, **arguments: Any) -> LooksPage:
    made = LooksPage(context, **arguments)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def lines(page: LooksPage) -> list[tuple[str, str]]:
    return [(entry.title, entry.detail[0]) for entry in page.view.model.entries]


def test_who_looked_is_listed_by_person_user_and_time(
    qtbot: QtBot, context: ModuleContext, looked: UUID, person: UUID, actor: Actor
) -> None:
    page = opened(qtbot, context)
    gone = "Somebody who is no longer there"
    assert lines(page) == [
        (gone, "gone"), ("Testesson, Mia", "today"), ("Åberg, Åsa", "this week"), ("Testesson, Mia", "long ago"),
    ]  # fmt: skip
    assert "Second" in page.view.model.entries[1].detail[1]
    page.since.set_code("7")
    assert [reason for _name, reason in lines(page)] == ["gone", "today", "this week"]
    page.since.set_code("1")
    assert [reason for _name, reason in lines(page)] == ["gone", "today"]
    page.since.set_code("")
    page.search.setText("åbe")
    qtbot.waitUntil(lambda: lines(page) == [("Åberg, Åsa", "this week")])
    page.search.setText("nobody of this name")
    qtbot.waitUntil(lambda: lines(page) == [])
    assert page.view.empty.isVisible()
    page.search.setText("")
    qtbot.waitUntil(lambda: len(lines(page)) == 4)
    page.who.set_choices([("", "All"), (str(actor.id), "Tester")])
    page.who.set_code(str(actor.id))
    assert [reason for _name, reason in lines(page)] == ["gone", "this week", "long ago"]
    assert not unnamed_controls(page) and not plain_text_offenders(page)


def test_the_record_leads_to_who_looked_at_this_person(qtbot: QtBot, context: ModuleContext, looked: UUID, person: UUID) -> None:
    went: list[tuple[str, Any]] = []
    record = PersonPage(replace(context, navigate=lambda key, **more: went.append((key, more))), person_id=person)
    qtbot.addWidget(record)
    record.show()
    act(record, "Who looked at the numbers of this person").click()
    assert went == [("people.looks", {"person_id": person})]
    page = opened(qtbot, replace(context, navigate=lambda key, **more: went.append((key, more))), person_id=person)
    assert [reason for _name, reason in lines(page)] == ["today", "long ago"]
    assert page.only.isVisible() and page.only.text() == "Testesson, Mia" and not page.search.isVisible()
    page.view.opened.emit(page.view.model.entries[0].id)
    assert went[1:] == [("people.record", {"person_id": person})]
    qtbot.keyClick(page.only, Qt.Key.Key_Delete)
    assert len(lines(page)) == 4 and page.search.isVisible() and not page.only.isVisible()


def test_earlier_looks_are_read_when_asked_for(
    qtbot: QtBot, context: ModuleContext, looked: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks_page, "LINES", 3)
    page = opened(qtbot, context)
    assert len(lines(page)) == 3 and page.view.earlier.isVisible()
    page.view.earlier.click()
    assert [reason for _name, reason in lines(page)] == ["gone", "today", "this week", "long ago"]
    assert not page.view.earlier.isVisible()


def test_it_says_where_the_log_is_kept(qtbot: QtBot, context: ModuleContext, kept_in: str) -> None:
    page = opened(qtbot, context)
    assert any("without being seen here" in words for words in said(page)) == (kept_in == "sqlite")
    assert isinstance(context.database.address, Path) == (kept_in == "sqlite")
