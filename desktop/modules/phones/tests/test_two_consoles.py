"""Whom a colleague at another desk has in hand, one's own queue shows by itself, and calls when they are given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from db.changes import Moved
from db.database import Database
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.modules.phones import queue
from desktop.modules.phones.console import ConsolePage
from desktop.modules.phones.tests.conftest import BO, PART, ZONE, Made, desk_of

WAIT = 30_000


@pytest.fixture
def elsewhere(base: Database, address: Path | str) -> Iterator[Database]:
    """The database as a colleague's desk has it open."""
    opened = Database(address, parts=[PART])
    base.follow()
    yield opened
    opened.close()


def _figures(page: ConsolePage) -> dict[str, str]:
    return {name.text(): number.text() for name, number in page.queue.figures._lines if not name.isHidden()}


def test_a_claim_of_another_desk_shows_and_ends_by_itself(
    qtbot: QtBot,
    base: Database,
    elsewhere: Database,
    context: ModuleContext,
    make_round: Callable[..., Made],
    clock: FixedClock,
) -> None:
    made, theirs = make_round("Aa", "Bb"), desk_of(BO)
    page = ConsolePage(context, round_id=made.round_id)
    qtbot.addWidget(page)
    page.show()
    held = page.call.data
    assert held is not None and "In a colleague's hands" not in _figures(page)
    page.call.note.setPlainText("Half a sentence")
    with elsewhere.upkeep() as session:
        assert queue.pop_next(session, made.round_id, theirs, now=clock.now(), zone=ZONE) not in (None, held.entry_id)
    qtbot.waitUntil(lambda: _figures(page).get("In a colleague's hands") == "1", timeout=WAIT)
    with elsewhere.upkeep() as session:
        queue.give_back(session, theirs.token)
    qtbot.waitUntil(lambda: "In a colleague's hands" not in _figures(page), timeout=WAIT)
    assert (page.call.data, page.call.note.toPlainText()) == (held, "Half a sentence")


def test_whoever_waits_gets_the_person_a_colleague_gives_back(
    qtbot: QtBot,
    base: Database,
    elsewhere: Database,
    context: ModuleContext,
    make_round: Callable[..., Made],
    clock: FixedClock,
) -> None:
    made, theirs = make_round("Aa"), desk_of(BO)
    with elsewhere.upkeep() as session:
        assert queue.pop_next(session, made.round_id, theirs, now=clock.now(), zone=ZONE) is not None
    page = ConsolePage(context, round_id=made.round_id)
    qtbot.addWidget(page)
    page.show()
    assert page.call.data is None
    with elsewhere.upkeep() as session:
        queue.give_back(session, theirs.token)
    qtbot.waitUntil(lambda: page.call.data is not None, timeout=WAIT)


def test_changes_without_end_do_not_keep_the_queue_from_being_read(
    qtbot: QtBot, context: ModuleContext, make_round: Callable[..., Made]
) -> None:
    made = make_round("Aa")
    page = ConsolePage(context, round_id=made.round_id)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: not page._settle.isActive(), timeout=WAIT)
    begun = page._board

    def hint() -> bool:
        context.changes.tell(Moved(frozenset({"call_claim"}), by_others=True))
        return page._board is not begun

    qtbot.waitUntil(hint, timeout=WAIT)  # asks every ten milliseconds
