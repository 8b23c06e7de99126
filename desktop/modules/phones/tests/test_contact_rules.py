"""Who may be called is decided when they are called: in the queue, at the telephone, and by what they say in the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from db.database import Database
from db.errors import RuleBroken
from db.models.consent import Consent, ConsentText, ContactBlock
from db.models.interaction import Interaction
from db.models.person import Person
from db.settings import write_setting
from desktop.core.contacting import decisions
from desktop.core.contacting.decisions import BlockForm, ConsentForm, Moment
from desktop.core.context import ModuleContext
from desktop.modules.phones import calls, console_reading, queue, rounds
from desktop.modules.phones.calls import Draft, Saved
from desktop.modules.phones.console import ConsolePage
from desktop.modules.phones.rounds import RoundForm
from desktop.modules.phones.tables import CallEntry
from desktop.modules.phones.tests.conftest import ANNA, NOW, ZONE, Made, desk_of

MakeRound = Callable[..., Made]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
WHEN = Moment(NOW, ZONE)
NEWS = RoundForm("Newsletter", purpose="newsletter")


def entry_of(base: Database, person: UUID) -> CallEntry:
    with base.read() as session:
        return session.scalars(select(CallEntry).where(CallEntry.person_id == person)).one()


def save(base: Database, made: Made, name: str, outcome: str, **more: object) -> Saved:
    entry = entry_of(base, made.people[name])
    draft = replace(Draft(made.round_id, outcome, NOW, NOW + timedelta(minutes=2)), **more)  # type: ignore[arg-type]
    with base.write(ANNA, "log_call") as session:
        return calls.save_call(session, entry.id, entry.version, draft, actor=ANNA, now=NOW + timedelta(minutes=2), zone=ZONE)


def stop(base: Database, person: UUID, channel: str = "phone") -> None:
    with base.write(ANNA, "stop_contact") as session:
        decisions.stop_contact(session, person, BlockForm(channel), actor=ANNA, when=WHEN)


def answer(base: Database, person: UUID, state: str, code: str = "newsletter") -> None:
    with base.write(ANNA, "write_consent") as session:
        form = ConsentForm(decisions.purpose_of(session, code), state)
        decisions.write_consent(session, person, form, actor=ANNA, when=WHEN)


def blocked(base: Database, made: Made) -> dict[str, int]:
    with base.read() as session:
        return queue.queue_counts(session, made.round_id, desk_of(ANNA), now=NOW, zone=ZONE).blocked


def test_nobody_is_called_who_said_no_and_the_queue_says_why(base: Database, make_round: MakeRound) -> None:
    made = make_round("Calls", "All", "Dead", "Never", "Refused", "Free", form=NEWS)
    stop(base, made.people["Calls"])
    stop(base, made.people["All"], "all")
    answer(base, made.people["Refused"], "refused")
    answer(base, made.people["Free"], "given")
    with base.write(ANNA, "edit_person") as session:
        session.get_one(Person, made.people["Dead"]).deceased_on = NOW.date()
    assert blocked(base, made) == {"deceased": 1, "no_contact": 1, "no_phone": 1, "refused": 1, "no_consent": 1}
    with base.upkeep() as session:
        desk = desk_of(ANNA)
        assert queue.pop_next(session, made.round_id, desk, now=NOW, zone=ZONE) == entry_of(base, made.people["Free"]).id


def test_choosing_somebody_by_hand_is_refused_in_words(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    stop(base, made.people["Aa"])
    with pytest.raises(RuleBroken, match="asked not to be called"), base.upkeep() as session:
        queue.claim(session, entry_of(base, made.people["Aa"]).id, desk_of(ANNA), now=NOW)


def test_a_round_without_a_purpose_asks_for_no_consent(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa")
    answer(base, made.people["Aa"], "refused")
    assert blocked(base, made) == {}


def test_do_not_call_is_kept_and_taken_back_with_the_call(base: Database, make_round: MakeRound) -> None:
    made, other = make_round("Aa"), make_round("Bb")
    with base.write(ANNA, "add_to_call_round") as session:
        rounds.add_people(session, other.round_id, [made.people["Aa"]], now=NOW)
    with base.read() as session:
        entry = session.scalars(select(CallEntry).where(CallEntry.round_id == made.round_id)).one()
    draft = Draft(made.round_id, "do_not_call", NOW, NOW, note="Never again")
    with base.write(ANNA, "log_call") as session:
        saved = calls.save_call(session, entry.id, entry.version, draft, actor=ANNA, now=NOW, zone=ZONE)
    with base.read() as session:
        block = session.scalars(select(ContactBlock)).one()
        assert (block.channel, block.reason, block.by_name, block.ends_at) == ("phone", "Never again", ANNA.name, None)
    assert blocked(base, other) == {"no_phone": 1}
    with base.write(ANNA, "take_back") as session:
        calls.take_back_call(session, saved, desk_of(ANNA), now=NOW)
    assert blocked(base, other) == {}


@pytest.mark.parametrize(("outcome", "state"), [("consent_given", "given"), ("consent_withdrawn", "withdrawn")])
def test_an_answer_in_a_call_is_kept_with_the_call_as_its_evidence(
    base: Database, make_round: MakeRound, outcome: str, state: str
) -> None:
    made = make_round("Aa", form=NEWS)
    if state == "withdrawn":
        answer(base, made.people["Aa"], "given")
    save(base, made, "Aa", outcome)
    with base.read() as session:
        kept = session.scalars(select(Consent).where(Consent.way == "call")).one()
        line = session.scalars(select(Interaction)).one()
        assert (kept.state, kept.evidence_id, kept.by_name) == (state, line.id, ANNA.name)
        assert (line.purpose, line.direction) == ("newsletter", "out")
        assert kept.text_id is not None and session.get_one(ConsentText, kept.text_id).language == "sv"


def test_a_round_without_a_purpose_offers_no_answer_about_one(base: Database, make_round: MakeRound) -> None:
    plain, news = make_round("Aa"), make_round("Bb", form=NEWS)
    with base.read() as session:
        offered = {
            made.round_id: {o.code for o in console_reading.read_round(session, round_id=made.round_id, entry_id=None).outcomes}
            for made in (plain, news)
        }
    assert "do_not_call" in offered[plain.round_id] and "consent_given" not in offered[plain.round_id]
    assert {"do_not_call", "consent_given", "consent_withdrawn"} <= offered[news.round_id]
    with pytest.raises(RuleBroken) as caught:
        save(base, plain, "Aa", "consent_given")
    assert caught.value.field == "outcome"


def test_too_often_stops_all_but_the_callback_that_was_asked_for(base: Database, make_round: MakeRound) -> None:
    made = make_round("Aa", "Bb")
    with base.write(ANNA, "change_setting") as session:
        write_setting(session, "people.pressure_act", "stop")
        write_setting(session, "people.pressure_information", 1)
    save(base, made, "Aa", "busy")
    save(base, made, "Bb", "callback_any", callback_at=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    with base.read() as session:
        counts = queue.queue_counts(session, made.round_id, desk_of(ANNA), now=later, zone=ZONE)
    assert (counts.blocked, counts.callbacks_any) == ({"pressure": 1}, 1)
    with base.read() as session:
        counts = queue.queue_counts(session, made.round_id, desk_of(ANNA), now=NOW + timedelta(days=31), zone=ZONE)
    assert counts.blocked == {}


def opened(qtbot: QtBot, context: ModuleContext, made: Made) -> ConsolePage:
    page = ConsolePage(context, round_id=made.round_id)
    qtbot.addWidget(page)
    page.resize(1240, 860)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isVisible, timeout=30_000)
    return page


def test_what_a_colleague_wrote_a_moment_ago_counts_at_the_telephone(
    qtbot: QtBot, context: ModuleContext, base: Database, make_round: MakeRound, handed_off: list[str]
) -> None:
    made = make_round("Aa")
    told: list[str] = []
    context.messages.told.connect(lambda message: told.append(message.text))
    page = opened(qtbot, context, made)
    stop(base, made.people["Aa"])
    QTest.keyClick(page.call.note, Qt.Key.Key_F2)
    assert (handed_off, page.call.on_line) == ([], False)
    assert told == ["This person asked not to be called. Nothing was dialled or opened."]


def test_a_call_that_was_made_all_the_same_is_saved_and_says_so(
    qtbot: QtBot, context: ModuleContext, base: Database, make_round: MakeRound
) -> None:
    made = make_round("Aa")
    told: list[str] = []
    context.messages.told.connect(lambda message: told.append(message.text))
    page = opened(qtbot, context, made)
    stop(base, made.people["Aa"])
    QTest.keyClick(page.call.note, Qt.Key.Key_F5)
    QTest.keyClick(page.call.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told == ["The call is saved. This person asked not to be called."]
    assert entry_of(base, made.people["Aa"]).state == "done"


def test_f12_says_do_not_call(qtbot: QtBot, context: ModuleContext, base: Database, make_round: MakeRound) -> None:
    page = opened(qtbot, context, make_round("Aa"))
    QTest.keyClick(page.call.note, Qt.Key.Key_F12)
    assert page.call.outcomes.code == "do_not_call"
    QTest.keyClick(page.call.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    with base.read() as session:
        assert session.scalars(select(ContactBlock.channel)).all() == ["phone"]
