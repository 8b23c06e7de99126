"""What forms, messages, lifelines and timelines promise to hands, eyes and ears."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.widgets.banner import Banner, Question
from desktop.widgets.form import CodeField, DayField, Form, TextArea, parse_day
from desktop.widgets.lifeline import Lifeline, Stage
from desktop.widgets.panels import Facts
from desktop.widgets.search_box import SearchBox
from desktop.widgets.spoken import plain_text_offenders, spoken_name, unnamed_controls
from desktop.widgets.timeline import TimelineEntry, TimelineView
from tests.widgets.gallery import PAGES

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("text", ["2026-12-31", "20261231", "31.12.2026", "31/12/2026", "31/12", "31.12.", " 31.12.26 "])
def test_a_day_may_be_typed_as_people_write_it(text: str) -> None:
    assert parse_day(text, TODAY) == date(2026, 12, 31)


@pytest.mark.parametrize("text", ["31.2.", "2026-13-01", "tomorrow", "31"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text, TODAY)


def test_a_day_is_written_out_when_the_field_is_left(qtbot: Any) -> None:
    field = DayField(TODAY)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "31/12")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "2026-12-31" and field.day() == date(2026, 12, 31)


def form(qtbot: Any) -> Form:
    form = Form()
    form.add("name", "Name", QLineEdit(), "As in the passport")
    form.add("stage", "Stage", CodeField([("new", "New"), ("old", "Old")]))
    form.add("note", "Note", TextArea())
    qtbot.addWidget(form)
    form.show()
    return form


def test_a_slip_is_said_under_its_field_and_cleared_by_the_next_edit(qtbot: Any) -> None:
    shown = form(qtbot)
    assert shown.mark("name", "A name is needed.") and not shown.mark("other", "?")
    name = shown.field("name")
    texts = lambda: [label.text() for label in shown.findChildren(QLabel) if label.isVisible()]
    assert "! A name is needed." in texts() and name.accessibleDescription() == "A name is needed."
    qtbot.keyClicks(name, "Åsa")
    assert "! A name is needed." not in texts() and "As in the passport" in texts()


def test_every_field_is_named_and_tells_of_its_edits(qtbot: Any) -> None:
    shown, edited = form(qtbot), list[str]()
    shown.edited.connect(edited.append)
    assert unnamed_controls(shown) == [] and spoken_name(shown.field("stage")) == "Stage"
    qtbot.keyClick(shown.field("stage"), Qt.Key.Key_Down)
    qtbot.keyClicks(shown.field("note"), "x")
    assert edited == ["stage", "note"]


def test_codes_are_stored_and_retired_ones_stay(qtbot: Any) -> None:
    field = CodeField([("new", "New"), ("old", "Old")], "retired")
    qtbot.addWidget(field)
    assert field.code() == "retired"
    field.set_choices([("new", "Ny")])
    assert field.code() == "retired"


def test_a_message_takes_no_focus_and_goes_by_its_action(qtbot: Any) -> None:
    box = QWidget()
    layout, field, banner, done = QVBoxLayout(box), QLineEdit(), Banner(), list[str]()
    layout.addWidget(field)
    layout.addWidget(banner)
    qtbot.addWidget(box)
    box.show()
    field.setFocus()
    banner.tell("Saved.", "Nothing else to do.", tone="ok", actions=[("Undo", lambda: done.append("undo"))])
    assert banner.isVisible() and banner.text == "Saved. Nothing else to do." and box.focusWidget() is field
    next(button for button in banner.findChildren(QPushButton) if button.text() == "Undo").click()
    assert done == ["undo"] and not banner.isVisible()


def test_a_dangerous_question_is_answered_no_by_enter(qtbot: Any) -> None:
    question = Question(None, "Delete 14 people?", "", "Delete people", danger=True)
    qtbot.addWidget(question)
    question.show()
    qtbot.keyClick(question, Qt.Key.Key_Return)
    assert question.result() == Question.DialogCode.Rejected


def test_a_search_speaks_once_after_a_pause(qtbot: Any) -> None:
    box, heard = SearchBox("Search by name"), list[str]()
    qtbot.addWidget(box)
    box.settled.connect(heard.append)
    qtbot.keyClicks(box, "åb")
    qtbot.waitUntil(lambda: heard == ["åb"])
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert heard == ["åb", ""]


def test_a_long_life_is_read_whole_and_walked_by_keys(qtbot: Any) -> None:
    life = Lifeline(
        [Stage(f"Stage {n}", f"{2000 + n}", "now" if n == 15 else "done") for n in range(16)], "Life", ("done", "now", "open")
    )
    qtbot.addWidget(life)
    life.resize(400, 100)
    life.show()
    assert "Stage 0, 2000, done" in life.accessibleDescription() and life.accessibleDescription().count(";") == 15
    assert life.accessibleName() == "Life: Stage 15, 2015, now"
    first = life._shown(life.width()).start
    qtbot.keyClick(life, Qt.Key.Key_Home)
    assert life.current == 0 and life._shown(life.width()).start == 0 < first
    with qtbot.waitSignal(life.picked) as picked:
        qtbot.keyClick(life, Qt.Key.Key_Return)
    assert picked.args == [0]


def test_a_timeline_asks_for_earlier_entries_and_keeps_its_place(qtbot: Any) -> None:
    view, opened = TimelineView("Timeline", "Show earlier"), list[Any]()
    qtbot.addWidget(view)
    view.opened.connect(opened.append)
    view.set([TimelineEntry(UUID(int=n), f"Entry {n}", ("a line",)) for n in range(1000)], more=True)
    view.resize(300, 400)
    view.show()
    view.stream.setCurrentIndex(view.model.index(2, 0))
    qtbot.keyClick(view.stream, Qt.Key.Key_Down)
    qtbot.keyClick(view.stream, Qt.Key.Key_Return)
    assert opened == [UUID(int=3)]
    with qtbot.waitSignal(view.earlier_wanted) as wanted:
        view.earlier.click()
    assert wanted.args[0].id == UUID(int=999)
    view.add_earlier([TimelineEntry(UUID(int=5000), "The first")], more=False)
    assert view.stream.currentIndex().row() == 3 and not view.earlier.isVisible() and view.model.rowCount() == 1001
    view.set([TimelineEntry(UUID(int=7000), "New"), *view.model.entries])
    assert view.stream.currentIndex().row() == 4


@pytest.mark.parametrize("name", PAGES)
def test_every_control_is_named_and_no_words_are_mark_up(name: str, qtbot: Any) -> None:
    page = PAGES[name]()
    qtbot.addWidget(page)
    page.show()
    assert unnamed_controls(page) == [] and plain_text_offenders(page) == []


def test_the_walk_finds_what_is_nameless_and_what_is_mark_up(qtbot: Any) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(QLineEdit(placeholderText="only a placeholder"))
    layout.addWidget(QLabel("guessed"))
    layout.addWidget(CodeField([("new", "New")]))
    qtbot.addWidget(page)
    assert unnamed_controls(page) == ["QLineEdit", "CodeField"] and plain_text_offenders(page) == ["QLabel"]


def test_other_facts_take_the_place_of_the_former_ones(qtbot) -> None:  # type: ignore[no-untyped-def]
    facts = Facts([("Name", "a.csv"), ("Rows", "3")])
    qtbot.addWidget(facts)
    facts.add("Mobile", "070", QPushButton("Call"))
    facts.show()

    def read() -> list[str]:
        return [label.text() for label in facts.findChildren(QLabel) if label.isVisible()]

    assert read() == ["Name", "a.csv", "Rows", "3", "Mobile", "070"]
    facts.set([("Size", "1 kB")])
    assert read() == ["Size", "1 kB"] and spoken_name(facts.findChildren(QLabel)[1]) == "Size: 1 kB"
    facts.set([("Name", "b.csv"), ("Rows", "4"), ("Size", "2 kB")])
    assert read() == ["Name", "b.csv", "Rows", "4", "Size", "2 kB"]
