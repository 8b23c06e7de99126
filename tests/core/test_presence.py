"""Who else has a record open, as two windows say and see it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text

from db.accounts import add_user
from db.actor import Actor
from db.database import Database
from db.models.presence import Presence as Row
from db.presence import LEASE, Present
from desktop.assembly import assemble
from desktop.core.clock import FixedClock
from desktop.core.context import ModuleContext
from desktop.core.registry import Registry
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.people.record_page import PersonPage
from desktop.widgets.presence_line import who_else
from tests.support import MakePerson

WAIT = 30_000


@pytest.fixture
def colleague(
    context: ModuleContext, database: Database, address: Path | str, registry: Registry, clock: FixedClock
) -> Iterator[ModuleContext]:
    """Another window on the same database; in a file Anna's, on a server a login has one name only."""
    login = None
    if database.engine.name.endswith(".kontinuum"):
        with database.write(context.actor, "add_user") as session:
            add_user(session, "anna", "Anna Ek", frozenset({"office"}))
        login = "anna"
    opened = Database(address, parts=database.parts[1:], now=clock.now)
    other = assemble(opened, registry, login=login, make_tasks=ImmediateTasks, language="en", clock=clock).context
    for database in (context.database, opened):
        database.follow()
    other.presence.start()
    context.presence.start()
    yield other
    other.presence.close()
    context.presence.close()
    opened.close()


def _page(context: ModuleContext, person: object, qtbot: QtBot) -> PersonPage:
    page = PersonPage(context, person_id=person)  # type: ignore[arg-type]
    qtbot.addWidget(page)
    page.show()
    return page


def test_both_windows_say_so_within_moments_and_only_while_the_record_is_open(
    context: ModuleContext, colleague: ModuleContext, make_person: MakePerson, qtbot: QtBot
) -> None:
    person, somebody = make_person(), make_person("Ek")
    mine, aside = _page(context, person, qtbot), _page(context, somebody, qtbot)
    assert mine.present.isHidden(), "it takes no room while nobody else is there"
    theirs = _page(colleague, person, qtbot)
    own = colleague.actor.id == context.actor.id
    said = "You have this open in another window too." if own else "Anna Ek also has this open."
    qtbot.waitUntil(lambda: mine.present.text() == said and mine.present.isVisible(), timeout=WAIT)
    qtbot.waitUntil(lambda: theirs.present.text() != "", timeout=WAIT)
    assert aside.present.text() == ""
    theirs.hide()
    qtbot.waitUntil(lambda: mine.present.text() == "" and mine.present.isHidden(), timeout=WAIT)


def test_who_went_to_another_page_with_text_in_a_form_still_has_it_open(
    context: ModuleContext, colleague: ModuleContext, make_person: MakePerson, qtbot: QtBot
) -> None:
    person = make_person()
    theirs, mine = _page(colleague, person, qtbot), _page(context, person, qtbot)
    qtbot.waitUntil(lambda: mine.present.text() != "", timeout=WAIT)
    theirs.edit("person")
    qtbot.keyClicks(theirs.boxes["person", None].form.field("given"), "x")
    theirs.hide()
    another = make_person("Ek")
    aside, _theirs = _page(context, another, qtbot), _page(colleague, another, qtbot)
    qtbot.waitUntil(lambda: aside.present.text() != "", timeout=WAIT)  # so what came before has been heard of, too
    assert mine.present.text() != ""
    theirs.boxes["person", None].close_box()
    theirs.show()
    theirs.hide()
    qtbot.waitUntil(lambda: mine.present.text() == "", timeout=WAIT)


def test_a_window_that_is_closed_is_gone_at_once(
    context: ModuleContext, colleague: ModuleContext, make_person: MakePerson, qtbot: QtBot
) -> None:
    person = make_person()
    _page(colleague, person, qtbot)
    mine = _page(context, person, qtbot)
    qtbot.waitUntil(lambda: mine.present.text() != "", timeout=WAIT)
    colleague.presence.close()
    qtbot.waitUntil(lambda: mine.present.text() == "", timeout=WAIT)


_DESK = """
import sys
from pathlib import Path
from uuid import UUID
from desktop.assembly import assemble, new_registry, open_database
from desktop.core.clock import SystemClock, office_zone
from PySide6.QtCore import QCoreApplication
from desktop.core.tasks_immediate import ImmediateTasks
from db.presence import keep_presence
app, where = QCoreApplication([]), sys.argv[1]
registry = new_registry(SystemClock(office_zone()))
database = open_database(where if "://" in where or "=" in where else Path(where), registry)
context = assemble(database, registry, login=None if "=" in where or "://" in where else "tester", make_tasks=ImmediateTasks).context
context.presence.start()
context.presence.enter(app, "people.record", UUID(sys.argv[2]))
app.exec()
"""


def test_a_window_that_was_killed_is_gone_when_its_lease_has_run_out(
    context: ModuleContext, database: Database, address: Path | str, make_person: MakePerson, qtbot: QtBot, clock: FixedClock
) -> None:
    """The lease and one beat of ours are less than a minute."""
    person = make_person()
    where = str(address)
    process = subprocess.Popen(
        [sys.executable, "-c", _DESK, where, str(person)], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    try:
        database.follow()
        context.presence.start()
        qtbot.waitUntil(lambda: _rows(database) == 1, timeout=60_000)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    clock.move(_until(database) - timedelta(seconds=LEASE))  # the desk that was killed went by the computer's clock
    mine = _page(context, person, qtbot)
    qtbot.waitUntil(lambda: mine.present.text() == "You have this open in another window too.", timeout=WAIT)
    clock.move(clock.now() + timedelta(seconds=LEASE))
    if database.engine.name != "Åsa test.kontinuum":
        with database.engine.writer.begin() as connection:  # a server's clock is its own
            connection.execute(text(f"UPDATE presence SET until = until - interval '{LEASE} seconds'"))
    context.presence._say()  # the next beat
    assert mine.present.text() == ""
    context.presence.close()


def _rows(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(Row)).all())


def _until(database: Database) -> datetime:
    with database.read() as session:
        return session.scalars(select(Row.until)).one()


def test_nobody_is_named_twice_and_many_are_counted(context: ModuleContext) -> None:
    def said(*names: str, own: bool = False) -> str:
        ref = Actor(context.actor.id, "").id
        others = [Present(ref, name, own=False) for name in names] + ([Present(ref, "Me", own=True)] if own else [])
        return who_else(others, context.texts)

    assert said() == ""
    assert said("Anna Ek") == "Anna Ek also has this open."
    assert said("Anna Ek", "Bo Ås") == "Anna Ek and Bo Ås also have this open."
    assert said("Anna Ek", "Bo Ås", "Cai Ö", "Dan") == "Anna Ek, Bo Ås and 2 more also have this open."
    assert said("Anna Ek", own=True) == "Anna Ek also has this open. You have this open in another window too."
