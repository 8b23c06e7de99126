"""Building and using segments as somebody at the keyboard does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.models.segment import Segment
from desktop.assembly import Ground
from desktop.core.context import ModuleContext
from desktop.core.tasks import Tasks
from desktop.people.list_page import PeopleListPage
from desktop.people.segments import storing
from desktop.people.segments.condition_edit import ConditionEdit
from desktop.people.segments.definition import Clause, Condition, Definition, Group, Sets, from_json
from desktop.people.segments.edit_page import SegmentPage
from desktop.people.segments.group_edit import GroupEdit
from desktop.people.segments.page import SegmentsPage
from desktop.people.segments.sets_edit import SetsEdit
from desktop.people.segments.storing import SegmentForm
from desktop.people.segments.using import asker
from desktop.widgets.many_choice import ManyChoice
from tests import pages
from tests.support import MakePerson, after_a_crash

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the screen of tests has no window manager
LONG = 30_000  # milliseconds; what is waited for comes at once, but on a busy machine
FINNISH = Condition("people.language", "any_of", ("fi",))
Keep = Callable[..., UUID]


@pytest.fixture
def keep(context: ModuleContext) -> Keep:
    """Keeps a segment: `keep("Finns", Group("all", (FINNISH,)))`."""

    def make(title: str, definition: Definition) -> UUID:
        with context.database.write(context.actor, "make_segment") as session:
            form = SegmentForm(title, definition, shared=True)
            return storing.make_segment(session, form, asker(context)(session), actor=context.actor)

    return make


def kept(context: ModuleContext) -> list[tuple[str, Definition]]:
    with context.database.read() as session:
        rows = session.execute(select(Segment.title, Segment.definition).order_by(Segment.id))
        return [(title, from_json(written)) for title, written in rows]


def shown(qtbot: QtBot, page: Any) -> Any:
    return pages.shown(qtbot, page, 1200, 800)


def counted(qtbot: QtBot, page: SegmentPage, words: str) -> None:
    qtbot.waitUntil(lambda: page.members.whole.text() == words, timeout=LONG)


def first(page: SegmentPage) -> ConditionEdit:
    assert isinstance(page.editor, GroupEdit)
    line = page.editor.lines[0]
    assert isinstance(line, ConditionEdit)
    return line


def test_a_sentence_is_built_with_keys_alone(qtbot: QtBot, context: ModuleContext, make_person: MakePerson) -> None:
    make_person("Finn", language="fi")
    make_person("Swede", language="sv")
    page = shown(qtbot, SegmentPage(context))
    counted(qtbot, page, "2 of 2")
    qtbot.keyClicks(page.title, "Finns")
    qtbot.keyClick(page.editor.add, Qt.Key.Key_Space)
    line = first(page)
    assert line.field.hasFocus()
    qtbot.keyClicks(line.field, "Lang")
    assert line.field.code() == "people.language" and line.comparison is not None
    choice = line.comparison.value
    assert isinstance(choice, ManyChoice)
    qtbot.keyClick(choice, Qt.Key.Key_Space)
    assert choice.popup is not None and choice.popup.isVisible()
    qtbot.keyClicks(choice.popup.box, "fin")
    qtbot.keyClick(choice.popup.box, Qt.Key.Key_Return)
    qtbot.keyClick(choice.popup.box, Qt.Key.Key_Escape)
    assert choice.text() == "Finnish" and not choice.popup.isVisible()
    counted(qtbot, page, "1 of 2")
    assert line.count.text() == "1 alone · 1 so far"
    assert [page.members.model.index(0, 0).data(), page.members.model.rowCount()] == ["Finn, Mia", 1]
    qtbot.keyClick(page.save, Qt.Key.Key_Space)
    assert kept(context) == [("Finns", Group("all", (FINNISH,)))]
    assert not page.unsaved()


def test_a_relation_asks_several_things_of_the_same_one(qtbot: QtBot, context: ModuleContext) -> None:
    page = shown(qtbot, SegmentPage(context))
    page.editor.add.click()
    line = first(page)
    line.field.set_code("people.contact")
    assert line.comparison is not None
    line.comparison.op.set_code("none")
    kind = line.clauses[0].comparison.value
    assert isinstance(kind, ManyChoice)
    kind.set_codes(("call",))
    line.more.click()
    assert line.clauses[1].part.code() == "when" and line.clauses[1].part.hasFocus()
    line.clauses[1].comparison.op.set_code("last")
    days = line.clauses[1].comparison.value
    assert isinstance(days, QLineEdit)
    qtbot.keyClicks(days, "30")
    expected = Condition("people.contact", "none", "", (Clause("kind", "any_of", ("call",)), Clause("when", "last", 30)))
    assert page.editor.group() == Group("all", (expected,))
    qtbot.keyClick(line.clauses[0].remove, Qt.Key.Key_Space)
    assert page.editor.group() == Group("all", (Condition("people.contact", "none", "", (Clause("when", "last", 30),)),))
    assert line.more.hasFocus()


def test_groups_stand_in_groups_and_what_is_taken_away_is_gone(qtbot: QtBot, context: ModuleContext) -> None:
    page = shown(qtbot, SegmentPage(context))
    page._edit(Group("all", (FINNISH, Group("any", (FINNISH, Condition("people.age", "at_least", 30))))))
    inner = page.editor.lines[1]
    assert isinstance(inner, GroupEdit)
    inner.join.set_code("none")
    inner.lines[0].remove.click()
    assert page.editor.group() == Group("all", (FINNISH, Group("none", (Condition("people.age", "at_least", 30),))))
    inner.remove.click()
    assert page.editor.group() == Group("all", (FINNISH,))
    assert page.editor.lines[0].remove.hasFocus()


def test_what_cannot_be_saved_stays_and_is_said(qtbot: QtBot, context: ModuleContext) -> None:
    page = shown(qtbot, SegmentPage(context))
    page.editor.add.click()
    page.save.click()
    assert page.title.property("wrong") and page.title.hasFocus()
    qtbot.keyClicks(page.title, "Half")
    page.save.click()
    assert "not complete" in page.banner.text
    assert page.unsaved() and kept(context) == []


def test_a_segment_is_changed_where_it_was_left(
    qtbot: QtBot, context: ModuleContext, keep: Keep, make_person: MakePerson
) -> None:
    make_person(language="fi")
    definition = Group("all", (FINNISH, Condition("people.role", "at_least", 0)))
    segment = keep("Finns", definition)
    page = shown(qtbot, SegmentPage(context, segment_id=segment))
    assert page.title.text() == "Finns" and page.editor.group() == definition and page.shared.isChecked()
    assert not page.unsaved()
    page.editor.lines[1].remove.click()
    assert page.unsaved()
    again = SegmentPage(context, segment_id=segment)
    qtbot.addWidget(again)
    again.restore(after_a_crash(page.state()))
    assert again.editor is not None and again.unsaved()
    again.save_segment()
    assert kept(context) == [("Finns", Group("all", (FINNISH,)))]
    page.save_segment()  # the older page knows that it is old
    assert "Someone else changed" in page.banner.text and page.unsaved()


def test_what_asks_for_a_module_that_is_off_says_so_and_is_kept_as_it_is(
    qtbot: QtBot, ground: Ground, context: ModuleContext, keep: Keep
) -> None:
    asked = Group("all", (FINNISH, Condition("phones.call", "none")))
    segment = keep("Uncalled", asked)
    ground.registry.switch("phones", False)
    page = shown(qtbot, SegmentPage(context, segment_id=segment))
    assert page.editor.group() == asked
    counted(qtbot, page, "Cannot be counted")
    assert "phones.call" in page.members.detail.text() and not page.members.table.isVisible()
    listed = shown(qtbot, SegmentsPage(context))
    qtbot.waitUntil(lambda: listed.model.index(0, 1).data() == "cannot be counted", timeout=LONG)
    assert not listed.panel.show_people.isEnabled() and listed.panel.problem.isVisible()
    people = shown(qtbot, PeopleListPage(context, segment=segment))
    assert people.model.rowCount() == 0 and context.messages.last is not None  # type: ignore[attr-defined]


def test_segments_are_put_together_and_tell_who_fell_out(
    qtbot: QtBot, context: ModuleContext, keep: Keep, make_person: MakePerson
) -> None:
    make_person("Finn", language="fi")
    make_person("Åberg", language="fi")
    finns = keep("Finns", Group("all", (FINNISH,)))
    named = keep("With Å", Group("all", (Condition("people.family", "begins", "å"),)))
    page = shown(qtbot, SegmentPage(context, sets=True))
    assert isinstance(page.editor, SetsEdit)
    for line, segment in zip(page.editor.lines, (finns, named), strict=True):
        line.segment.set_code(str(segment))
    counted(qtbot, page, "1 of 2")
    assert [line.count.text() for line in page.editor.lines] == ["2 alone · 2 so far", "1 alone · 1 so far"]
    assert page.members.outside.text() == "Left out: 1"
    qtbot.keyClick(page.members.outside, Qt.Key.Key_Space)
    model = page.members.model
    assert [model.index(0, column).data() for column in (0, 1)] == ["Åberg, Mia", "With Å"]
    qtbot.keyClicks(page.title, "Finns without Å")
    page.save_segment()
    assert kept(context)[-1] == ("Finns without Å", Sets(plus=(finns,), minus=(named,)))


def test_the_list_counts_freezes_and_retires(qtbot: QtBot, context: ModuleContext, keep: Keep, make_person: MakePerson) -> None:
    make_person(language="fi")
    keep("Finns", Group("all", (FINNISH,)))
    page = shown(qtbot, SegmentsPage(context))
    qtbot.waitUntil(lambda: page.model.index(0, 1).data() == "1", timeout=LONG)
    assert page.panel.sentence.text() == "· Language is Finnish"
    page.panel.freeze.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=LONG)
    titles = [page.model.index(row, 0).data() for row in range(2)]
    assert titles == ["Finns", "Finns, 23 Nov 2026"]
    make_person(language="fi")
    qtbot.waitUntil(lambda: [page.model.index(row, 1).data() for row in range(2)] == ["2", "1"], timeout=LONG)
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.panel.title.text() == "Finns, 23 Nov 2026", timeout=LONG)
    assert page.panel.freeze.isHidden()
    page.panel.retire.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=LONG)


def test_the_list_of_people_shows_a_segment_as_a_chip(
    qtbot: QtBot, context: ModuleContext, keep: Keep, make_person: MakePerson
) -> None:
    make_person("Finn", language="fi")
    make_person("Swede", language="sv")
    segment = keep("Finns", Group("all", (FINNISH,)))
    page = shown(qtbot, PeopleListPage(context, segment=segment))
    assert page.model.rowCount() == 1 and page.header.count.text() == "1 of 2"
    (chip,) = page.filters._chips
    assert chip.text() == "Segment: Finns"
    page.model.select_all()
    chosen = page.bar._chosen()
    assert (chosen.count, chosen.words, chosen.segment) == (1, "1 person (Segment: Finns)", segment)
    with context.database.read() as session:
        assert len(session.scalars(chosen.people).all()) == 1
    again = PeopleListPage(context)
    qtbot.addWidget(again)
    again.restore(after_a_crash(page.state()))
    assert again.model.rowCount() == 1
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert page.model.rowCount() == 2
    page.filters.open_popup()
    qtbot.keyClicks(page.filters.popup.box, "finns")
    qtbot.keyClick(page.filters.popup.box, Qt.Key.Key_Return)
    assert page.model.rowCount() == 1


@pytest.fixture
def threaded(ground: Ground) -> Iterator[ModuleContext]:
    """A context whose background work runs in threads."""
    tasks = Tasks(ground.context.database, ground.context.actor, ground.context.clock)
    yield replace(ground.context, tasks=tasks)
    tasks.close()


def test_only_the_newest_question_is_answered(qtbot: QtBot, threaded: ModuleContext, make_person: MakePerson) -> None:
    for number in range(5):
        make_person(f"Finn {number}", language="fi")
    page = shown(qtbot, SegmentPage(threaded))
    counted(qtbot, page, "5 of 5")
    told: list[int] = []
    page.members.tell = lambda counts, titles: told.append(counts.whole)
    for number in range(1, 6):
        page._edit(Group("all", (Condition("people.family", "contains", f"finn {number}"),)))
    qtbot.waitUntil(lambda: threaded.tasks.idle() and bool(told), timeout=LONG)
    assert told == [0]


def test_a_segment_worked_out_too_late_changes_no_other_list(
    qtbot: QtBot, threaded: ModuleContext, keep: Keep, make_person: MakePerson
) -> None:
    make_person("Finn", language="fi")
    make_person("Swede", language="sv")
    segment = keep("Finns", Group("all", (FINNISH,)))
    page = shown(qtbot, PeopleListPage(threaded))
    qtbot.waitUntil(lambda: page.model.rowCount() == 2, timeout=LONG)
    page.arrive(segment=segment)
    page.arrive(retired=False)
    qtbot.waitUntil(lambda: threaded.tasks.idle(), timeout=LONG)
    assert page.filters._chips == [] and page.people().whereclause is not None
    qtbot.waitUntil(lambda: page.header.count.text() == "2", timeout=LONG)
