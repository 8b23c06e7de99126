"""Rounds, their form, adding people, the hotline and today's callbacks, as the office uses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from db.base import new_id
from db.database import Database
from db.models.interaction import Interaction
from db.models.person import Person
from desktop.core.context import ModuleContext
from desktop.core.manifest import Page
from desktop.core.selection import PeopleSelection, TimelineLine
from desktop.modules.phones import words
from desktop.modules.phones.adding import AddDialog
from desktop.modules.phones.callbacks_card import CallbacksCard
from desktop.modules.phones.demo import make_demo
from desktop.modules.phones.hotline import HotlinePage
from desktop.modules.phones.manifest import MANIFEST
from desktop.modules.phones.queue_panel import PromiseButton
from desktop.modules.phones.round_form import RoundFormPage
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.rounds_page import RoundsPage
from desktop.modules.phones.tables import Call, CallEntry, CallRound
from desktop.modules.phones.tests.conftest import ANNA, NOW, Made, add_person
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls

MakeRound = Callable[..., Made]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
HOSTILE = (
    "<b>bold</b> & <img src=x>",
    "{{7*7}} {name} %s",
    "=cmd|' /C calc'!A0",
    'O\'Neil "Bob"',
    "Åsa 👩‍🎓 Öberg",
    "x" * 10_000,
)


def count(base: Database, kind: type[Any]) -> int:
    with base.read() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def test_the_list_tells_how_far_each_round_is_and_opens_it(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound
) -> None:
    made = make_round("Aa", "Bb")
    with base.write(ANNA, "test") as session:
        session.scalars(select(CallEntry)).first().state = "done"  # type: ignore[union-attr]
    opened: list[tuple[str, UUID]] = []
    page = RoundsPage(replace(context, navigate=lambda key, **given: opened.append((key, given["round_id"]))))
    qtbot.addWidget(page)
    page.show()
    assert [page.model.index(0, n).data() for n in (0, 2)] == ["Welcome calls 2027", "1 of 2"]
    assert page.side.lacking.text() == "No caller from: Civil engineering"
    page.side.start.click()
    assert opened == [("phones.round", made.round_id)]
    page.side.close_round.click()
    assert page.model.total == 0
    page.closed.click()
    assert page.model.index(0, 4).data() == "Closed"


def test_a_round_is_made_from_those_admitted_in_a_term(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound
) -> None:
    make_round("Aa", "Bb", form=RoundForm("Other"))
    page = RoundFormPage(context)
    qtbot.addWidget(page)
    assert page.people.itemText(1) == "Admitted, autumn 2027 (2)"
    page.people.setCurrentIndex(1)
    page.save.click()
    assert "The round has no title." in page.title.accessibleDescription()
    page.title.setText("Late <b>calls</b>")
    page.opens.setText("25")
    page.save.click()
    assert "no time of the day" in page.opens.accessibleDescription() and page.unsaved()
    page.opens.setText("9.30")
    page.script.setText("# hej\nHej {given}\n1. Ja -> ingenstans")
    page.save.click()
    assert "ingenstans" in page.script.accessibleDescription()
    page.script.setText("# hej\nHej {given}")
    page.save.click()
    assert not page.unsaved()
    with base.read() as session:
        row = session.scalars(select(CallRound).where(CallRound.title == "Late <b>calls</b>")).one()
        inside = session.scalar(select(func.count()).where(CallEntry.round_id == row.id))
    assert (row.opens, inside, set(row.script)) == (570, 2, {"sv", "fi", "en"})


def test_a_changed_round_keeps_its_people(qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound) -> None:
    made = make_round("Aa")
    page = RoundFormPage(context, round_id=made.round_id)
    qtbot.addWidget(page)
    assert page.title.text() == "Welcome calls 2027"
    page.title.setText("Renamed")
    page.most.setText("3")
    page.save.click()
    with base.read() as session:
        row = session.get_one(CallRound, made.round_id)
    assert (row.title, row.max_tries, count(base, CallEntry)) == ("Renamed", 3, 1)


@pytest.mark.parametrize("text", HOSTILE)
def test_odd_texts_come_back_letter_for_letter(qtbot: QtBot, base: Database, context: ModuleContext, text: str) -> None:
    page = RoundFormPage(context)
    qtbot.addWidget(page)
    page.title.setText(text[:200])
    page.help.setText(f"{text}\n{text}")
    page.save.click()
    with base.read() as session:
        row = session.scalars(select(CallRound)).one()
    assert (row.title, row.help["sv"]) == (text[:200], [{"question": text, "answer": text}])


def test_chosen_people_make_a_round_and_come_only_once(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound
) -> None:
    made = make_round("Aa")
    with base.write(ANNA, "test") as session:
        add_person(session, "Late", "+46701740699")
    chosen = PeopleSelection(select(Person.id), 2, "Everybody")
    dialog = AddDialog(context, chosen)
    qtbot.addWidget(dialog)
    assert dialog.round.count() == 2
    dialog.round.set_code(str(made.round_id))
    dialog.add()
    assert context.messages.last is not None
    assert context.messages.last.text == "1 person added to the call round. 1 was there already."
    dialog = AddDialog(context, chosen)
    qtbot.addWidget(dialog)
    dialog.title.setText(" ")
    dialog.add()
    assert "The round has no title." in dialog.title.accessibleDescription()
    dialog.title.setText("Again")
    dialog.add()
    assert (count(base, CallRound), count(base, CallEntry)) == (2, 4)


def test_the_hotline_finds_the_caller_by_number_and_knows_nobody_too(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound
) -> None:
    make_round("Aa")
    line = make_round(form=RoundForm("Hotline 2027", kind="hotline"))
    page = HotlinePage(context, round_id=line.round_id)
    qtbot.addWidget(page)
    page.show()
    page.save_call()
    assert "Nothing is written" in page.slip.text()
    QTest.keyClicks(page.note, "Where is the library?")
    page.save_call()
    page.search.setText("070-174 06 30")
    page.search.settled.emit(page.search.text())
    page._choose_number(1)
    assert page.caller.text() == "The call is logged for Aa, Alma."
    page.topic.set_code("housing")
    QTest.keyClick(page.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    page.save_call() if count(base, Call) == 1 else None
    with base.read() as session:
        calls = session.scalars(select(Call).order_by(Call.ended, Call.id)).all()
        contact = session.scalars(select(Interaction)).one()
    assert [call.interaction_id for call in calls] == [None, contact.id]
    assert (contact.direction, calls[1].topics) == ("in", ["housing"])
    assert unnamed_controls(page) == [] and plain_text_offenders(page) == []


def test_my_day_shows_the_callbacks_of_today_and_hides_when_there_are_none(
    qtbot: QtBot, base: Database, context: ModuleContext, make_round: MakeRound
) -> None:
    make_round("Aa", "Bb", "Cc")
    opened: list[Any] = []
    card = CallbacksCard(replace(context, navigate=lambda key, **given: opened.append((key, given))))
    qtbot.addWidget(card)
    assert card.isHidden()
    with base.write(ANNA, "test") as session:
        mine, anyones, others = session.scalars(select(CallEntry).order_by(CallEntry.position))
        for entry, user in ((mine, ANNA.id), (anyones, None), (others, new_id())):
            entry.state, entry.callback_at, entry.callback_user = "callback", NOW + timedelta(hours=1), user
        expected = mine.id
    buttons = [button for button in card.findChildren(PromiseButton) if not button.isHidden()]
    assert {button.accessibleName() for button in buttons} == {
        "Call Aa, Alma back, 11:00, mine", "Call Bb, Alma back, 11:00, anyone"
    }  # fmt: skip
    assert not card.isHidden()
    next(b for b in buttons if "mine" in b.accessibleName()).click()
    assert opened == [("phones.record", {"subject": expected})]


def test_the_demo_is_a_round_in_full_swing(base: Database, context: ModuleContext) -> None:
    with base.write(ANNA, "test") as session:
        people = [add_person(session, f"P{n:02}", f"+467017406{n:02}") for n in range(50)]
    make_demo(context, people)
    with base.read() as session:
        outgoing = session.scalars(select(CallRound).where(CallRound.kind == "outgoing")).one()
        states = dict(session.execute(select(CallEntry.state, func.count()).group_by(CallEntry.state)).all())  # type: ignore[arg-type]
    assert set(outgoing.script) == {"sv", "fi", "en"}
    assert sum(states.values()) == 42 and states["callback"] == 3 and states["done"] >= 4
    assert count(base, Call) == count(base, Interaction) == 13


def test_a_demo_without_anybody_to_call_adds_nothing(base: Database, context: ModuleContext) -> None:
    make_demo(context, [])
    assert count(base, CallRound) == 0


def test_a_call_has_its_title_on_the_timeline(context: ModuleContext) -> None:
    line = TimelineLine("call", NOW, "out", "no_answer", "Welcome 2027", "", 28)
    assert words.timeline_title(line, context.texts) == "Call · Welcome 2027 · No answer · 00:28"
    unknown = replace(line, outcome="gone", direction="in", seconds=None)
    assert words.timeline_title(unknown, context.texts) == "Call from them · Welcome 2027 · gone"


@pytest.mark.parametrize("page", MANIFEST.pages, ids=lambda page: page.key)
def test_every_page_can_be_imported(page: Page) -> None:
    module, _colon, name = page.opens.partition(":")
    assert hasattr(__import__(module, fromlist=[name]), name)
