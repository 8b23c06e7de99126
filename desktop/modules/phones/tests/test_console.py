"""The console as a caller uses it: by keyboard alone, and nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.database import Database
from db.models.person import ContactPoint
from db.models.task import Task
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.texts import Texts
from desktop.modules.phones.console import ConsolePage
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import Call, CallClaim, CallEntry
from desktop.modules.phones.tests.conftest import BO, ZONE, Made, make_context
from desktop.modules.phones.welcome import welcome_help, welcome_scripts
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls

MakeRound = Callable[..., Made]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
Key, Ctrl, Alt = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
WELCOME = RoundForm("Welcome <b>2027</b>", scripts=welcome_scripts(), help=welcome_help())


@pytest.fixture
def open_console(qtbot: QtBot, context: ModuleContext) -> Callable[..., ConsolePage]:
    """Opens the console of a round in a window that has the keyboard."""

    def make(made: Made, **arguments: object) -> ConsolePage:
        page = ConsolePage(context, round_id=made.round_id, **arguments)  # type: ignore[arg-type]
        qtbot.addWidget(page)
        page.resize(1240, 860)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isVisible)
        return page

    return make


Open = Callable[..., ConsolePage]


def press(page: ConsolePage, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused: QWidget = page.focusWidget() or page
    QTest.keyClick(focused, key, held)


def save(page: ConsolePage) -> None:
    press(page, Key.Key_Return, Ctrl)


def test_a_round_of_calls_needs_no_mouse(base: Database, open_console: Open, make_round: MakeRound, clock: FixedClock) -> None:
    made = make_round("Aa", "Bb", form=WELCOME)
    page = open_console(made)
    assert (page.call.header.name.text(), page.call.header.shown.text()) == ("Aa, Alma", "070-174 06 30")
    press(page, Key.Key_F2)
    clock.move(clock.now() + timedelta(seconds=134))
    press(page, Key.Key_1, Alt)
    press(page, Key.Key_2, Alt)
    QTest.keyClicks(page.call.note, "Housing & <b>20 August")
    press(page, Key.Key_F5)
    save(page)
    assert page.call.header.name.text() == "Bb, Alma"
    assert page.call.note.text() == "" and page.call.outcomes.code == ""
    with base.read() as session:
        call = session.scalars(select(Call)).one()
        assert session.scalars(select(CallEntry.state).order_by(CallEntry.position)).all() == ["done", "ready"]
    assert (call.note, call.outcome) == ("Housing & <b>20 August", "reached_yes")
    assert call.answers == [["hej", "Ja"], ["plats", "Jag är osäker"]]
    assert call.ended - call.started == timedelta(seconds=134)


def test_the_number_is_handed_to_the_telephone_program(
    open_console: Open, make_round: MakeRound, context: ModuleContext, handed_off: list[str]
) -> None:
    page = open_console(make_round("Aa", "Bb"))
    press(page, Key.Key_F2)
    press(page, Key.Key_F2)
    assert handed_off == ["tel:+46701740630"]
    context.settings.values["core.hand_off"] = "none"  # type: ignore[attr-defined]
    press(page, Key.Key_F2)
    assert handed_off == ["tel:+46701740630"]


def test_digits_and_space_move_the_script_outside_text_fields_only(open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa", form=WELCOME))
    QTest.keyClicks(page.call.note, "1 2")
    assert page.call.note.text() == "1 2"
    press(page, Key.Key_Escape)
    assert page.focusWidget() is page.call.script
    press(page, Key.Key_1)
    assert page.call.script.given == (("hej", "Ja"),)
    press(page, Key.Key_Left, Alt)
    assert (page.call.script.given, page.call.note.text()) == ((), "1 2")


def test_an_answer_may_stand_for_an_outcome(open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa", form=WELCOME))
    press(page, Key.Key_2, Alt)
    assert page.call.outcomes.code == "reached_cannot_talk"
    assert page.call.callback.isVisible()


def test_a_callback_is_typed_and_promised(base: Database, open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa"))
    press(page, Key.Key_F8)
    save(page)
    assert "The callback has no time." in page.call.slip.text()
    QTest.keyClicks(page.call.callback.line, "soon")
    save(page)
    assert "not understood" in page.call.slip.text()
    page.call.callback.line.clear()
    QTest.keyClicks(page.call.callback.line, "tomorrow 10")
    assert page.call.callback.understood.text() == "Tuesday 15 Jun 2027 10:00 (in 1 day)"
    press(page, Key.Key_A, Alt)
    save(page)
    with base.read() as session:
        task = session.scalars(select(Task)).one()
        entry = session.scalars(select(CallEntry)).one()
    assert (task.due.astimezone(ZONE).hour, task.user_id, entry.state) == (10, None, "callback")
    assert task.title == "Call back: Welcome calls 2027"
    assert entry.last_outcome == "callback_any"


def test_the_last_call_comes_back_with_all_that_was_written(
    base: Database, open_console: Open, make_round: MakeRound, clock: FixedClock
) -> None:
    page = open_console(make_round("Aa", "Bb", form=WELCOME))
    press(page, Key.Key_1, Alt)
    QTest.keyClicks(page.call.note, "A slip")
    press(page, Key.Key_F9)
    save(page)
    clock.move(clock.now() + timedelta(seconds=29))
    page._tick()
    assert page.call.undo.isVisible() and page.call.undo.text() == "1 s · Ctrl+Z takes back the call with Aa, Alma"
    press(page, Key.Key_Z, Ctrl)
    assert (page.call.header.name.text(), page.call.note.text(), page.call.outcomes.code) == (
        "Aa, Alma",
        "A slip",
        "wrong_number",
    )
    assert page.call.script.given == (("hej", "Ja"),)
    with base.read() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 0
        assert session.scalar(select(func.count()).where(ContactPoint.hold != "")) == 0
    page.call.choose("busy")
    save(page)
    assert page.call.header.name.text() == "Bb, Alma"


def test_after_half_a_minute_nothing_offers_to_take_back(open_console: Open, make_round: MakeRound, clock: FixedClock) -> None:
    page = open_console(make_round("Aa", "Bb"))
    press(page, Key.Key_F7)
    save(page)
    clock.move(clock.now() + timedelta(seconds=30))
    page._tick()
    assert not page.call.undo.isVisible()
    press(page, Key.Key_Z, Ctrl)
    assert page.call.header.name.text() == "Bb, Alma"


def test_undo_in_the_note_takes_back_letters_before_calls(open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa", "Bb"))
    press(page, Key.Key_F7)
    save(page)
    QTest.keyClicks(page.call.note, "abc")
    press(page, Key.Key_Z, Ctrl)
    assert (page.call.note.text(), page.call.header.name.text()) == ("", "Bb, Alma")
    press(page, Key.Key_Z, Ctrl)
    assert page.call.header.name.text() == "Aa, Alma"


def test_a_save_that_fails_keeps_every_word(open_console: Open, make_round: MakeRound, context: ModuleContext) -> None:
    page = open_console(make_round("Aa", "Bb"))
    QTest.keyClicks(page.call.note, "Keep me")
    press(page, Key.Key_F5)
    context.tasks.breaks = OSError("disk full")  # type: ignore[attr-defined]
    save(page)
    assert (page.call.note.text(), page.call.outcomes.code, page.call.header.name.text()) == (
        "Keep me",
        "reached_yes",
        "Aa, Alma",
    )
    assert context.messages.last_doing == "saving the call"
    context.tasks.breaks = None  # type: ignore[attr-defined]
    save(page)
    assert page.call.header.name.text() == "Bb, Alma"


def test_a_colleagues_call_with_the_same_person_is_a_conflict_once(
    base: Database, open_console: Open, make_round: MakeRound, context: ModuleContext
) -> None:
    made = make_round("Aa")
    page = open_console(made)
    QTest.keyClicks(page.call.note, "Mine")
    press(page, Key.Key_F5)
    with base.write(BO, "test") as session:
        session.scalars(select(CallEntry)).one().attempts = 5
    save(page)
    assert page.call.note.text() == "Mine" and context.messages.last is not None
    save(page)
    with base.read() as session:
        assert session.scalars(select(CallEntry.attempts)).one() == 6


def test_without_an_outcome_it_is_said_where_to_go(open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa"))
    save(page)
    assert page.call.slip.text() == "No outcome is chosen. Say how the call ended."
    assert page.focusWidget() is page.call.outcomes.buttons["reached_yes"]
    press(page, Key.Key_F6)
    assert not page.call.slip.isVisible()


def test_other_outcomes_are_found_by_their_first_letters(open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa"))
    page.call.outcomes.other.setFocus()
    QTest.keyClicks(page.call.outcomes.other, "voice")
    assert page.call.outcomes.code == "voicemail_left"
    press(page, Key.Key_F6)
    assert page.call.outcomes.code == "no_answer"


def test_a_second_caller_gets_the_next_person_and_an_empty_queue_says_why(
    qtbot: QtBot, base: Database, open_console: Open, make_round: MakeRound, clock: FixedClock
) -> None:
    made = make_round("Aa", None_=())
    open_console(made)
    other = ConsolePage(make_context(base, clock, Texts(strict=True, zone=ZONE, now=clock.now), actor=BO), round_id=made.round_id)
    qtbot.addWidget(other)
    other.show()
    assert other.call.data is None
    assert other.rest.why.text() == "1 person is in a colleague's hands. 1 person cannot be called."
    figures = {name.text(): number.text() for name, number in other.queue.figures._lines if name.isVisible()}
    assert figures["Blocked: no number"] == "1"


def test_leaving_gives_the_person_back_unless_something_is_written(
    base: Database, open_console: Open, make_round: MakeRound
) -> None:
    def claims() -> int:
        with base.read() as session:
            return session.scalar(select(func.count()).select_from(CallClaim)) or 0

    page = open_console(make_round("Aa"))
    page.hide()
    assert (claims(), page.call.data) == (0, None)
    page.show()
    assert claims() == 1
    QTest.keyClicks(page.call.note, "x")
    page.hide()
    assert (claims(), page.unsaved()) == (1, True)
    page.show()
    assert page.call.note.text() == "x"


def test_a_program_that_closes_gives_the_person_back_whatever_is_written(
    base: Database, open_console: Open, make_round: MakeRound, context: ModuleContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_console(make_round("Aa"))
    QTest.keyClicks(page.call.note, "x")

    def closed(*_asked: object, **_named: object) -> None:
        raise RuntimeError("background work was asked for after closing")

    monkeypatch.setattr(context.tasks, "read", closed)
    page.hide()
    with base.read() as session:
        assert session.scalars(select(CallClaim)).all() == []


def test_a_page_that_is_gone_gives_the_person_back(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound
) -> None:
    made = make_round("Aa")
    page = ConsolePage(context, round_id=made.round_id)
    page.show()
    page.deleteLater()
    del page

    def free() -> bool:
        with base.read() as session:
            return session.scalar(select(func.count()).select_from(CallClaim)) == 0

    qtbot.waitUntil(free)


def test_a_page_built_anew_goes_on_with_the_call(
    qtbot: QtBot, context: ModuleContext, open_console: Open, make_round: MakeRound
) -> None:
    made = make_round("Aa", form=WELCOME)
    page = open_console(made)
    press(page, Key.Key_1, Alt)
    QTest.keyClicks(page.call.note, "Half a sentence")
    press(page, Key.Key_F8)
    QTest.keyClicks(page.call.callback.line, "tomor")
    state = page.state()
    assert state is not None
    page.hide()
    new = open_console(made)
    new.restore(state)
    assert (new.call.header.name.text(), new.call.note.text()) == ("Aa, Alma", "Half a sentence")
    assert (new.call.script.given, new.call.outcomes.code) == ((("hej", "Ja"),), "callback_own")
    assert new.call.callback.line.text() == "tomor"


def test_what_a_crash_leaves_of_a_call_is_plain_and_goes_on_in_the_next_program(
    base: Database, context: ModuleContext, open_console: Open, make_round: MakeRound
) -> None:
    """No page is there to hand over: the claim is still in the file, and nobody else took it."""
    made = make_round("Aa", form=WELCOME)
    page = ConsolePage(context, round_id=made.round_id)
    page.show()
    QTest.keyClicks(page.call.note, "Half a sentence")
    page.draft()
    draft = page.draft()
    assert draft is not None
    kinds = {type(value) for part in (draft, draft["draft"], draft["clock"]) for value in part.values()}
    assert kinds <= {dict, str, list, tuple, bool, UUID, datetime, type(None)}
    new = open_console(made)
    new.restore(draft)
    assert (new.call.header.name.text(), new.call.note.text()) == ("Aa, Alma", "Half a sentence")
    assert new.unsaved()
    new.hands.hand_over()
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    with base.read() as session:
        assert session.scalar(select(func.count()).select_from(CallClaim)) == 0, "looking at a draft hands nothing over"


def test_a_pause_waits_for_the_call_and_nobody_comes(base: Database, open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("Aa", "Bb"))
    QTest.keyClicks(page.call.note, "x")
    press(page, Key.Key_F4)
    press(page, Key.Key_F5)
    save(page)
    assert page.call.data is None and page.rest.title.text() == "You are resting"
    page.pause()
    assert page.call.header.name.text() == "Bb, Alma"


def test_a_callback_is_picked_by_its_task(
    base: Database, open_console: Open, make_round: MakeRound, context: ModuleContext
) -> None:
    made = make_round("Aa", "Bb")
    with base.read() as session:
        entry = session.scalars(select(CallEntry).where(CallEntry.person_id == made.people["Bb"])).one().id
    page = ConsolePage(context, subject=entry)
    assert page.call.header.name.text() == "Bb, Alma"
    page.deleteLater()


def test_every_control_has_a_name_and_nothing_is_mark_up(open_console: Open, make_round: MakeRound) -> None:
    page = open_console(make_round("<b>Aa</b> & Co", form=WELCOME, Aa=("+46701740638", "+46701740639")))
    press(page, Key.Key_F8)
    assert page.call.header.name.text() == "<b>Aa</b> & Co, Alma"
    assert unnamed_controls(page) == []
    assert plain_text_offenders(page) == []
