"""Every page a role may open reads what it needs from a server, and is told of no missing right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from sqlalchemy import select

from db.actor import Actor
from db.base import new_id
from db.database import Database
from desktop.core.clock import FixedClock
from desktop.core.manifest import Page
from desktop.core.messages import Message
from desktop.core.registry import Registry
from desktop.core.rights import ROLES
from desktop.core.tasks_immediate import ImmediateTasks
from desktop.modules.phones.tables import CallEntry
from desktop.shell.desk import Desk, Surroundings
from desktop.shell.errands import Errands
from desktop.shell.users_page import UsersPage
from tests.server.conftest import Office, login_of
from tests.server.steps import entry, policy

ELSEWHERE = {"shell.backups", "shell.modules"}  # copies of a server are its administrator's; the other reads no table


@pytest.fixture(scope="module")
def records(founded: Office) -> dict[str, Any]:
    """Something each page of a record can show, by the names of their arguments."""
    owner = Database(founded.admin, parts=founded.plan.parts)
    try:
        with owner.write(Actor(new_id(), "DBA"), "prepare") as session:
            to_call, _number = entry(session, Actor(new_id(), "DBA"))
            promised, _number = entry(session, Actor(new_id(), "DBA"))  # of another round, for nobody holds two people at once
            text = policy(session, Actor(new_id(), "DBA"))
            found = {"person_id": to_call.person_id, "round_id": to_call.round_id, "entry": promised.id, "policy": text.policy_id}
        with owner.read() as session:
            assert session.scalar(select(CallEntry.id).where(CallEntry.id == found["entry"])) is not None
    finally:
        owner.close()
    return found


@pytest.fixture
def opened(qapp: QApplication) -> Iterator[list[QWidget]]:
    """Pages to be closed when the test ends."""
    pages: list[QWidget] = []
    yield pages
    for page in pages:
        page.close()
        page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk_of(office: Office, registry: Registry, clock: FixedClock) -> Iterator[Callable[[str], Desk]]:
    """The desk of somebody with a role. Its clocks stop here: the collector may look for garbage in another thread."""
    around = Surroundings(make_tasks=ImmediateTasks, clock=clock, opener=lambda _url: True)
    made: list[Desk] = []

    def make(role: str) -> Desk:
        made.append(Desk(office.database(role), registry, Errands(clock, at_once=True), None, around, "en"))
        return made[-1]

    yield make
    for desk in made:
        desk.ground.context.presence.close()


def _arguments(page: Page, kind: type[QWidget], records: dict[str, Any]) -> dict[str, Any]:
    wanted = signature(kind).parameters
    found = {name: records[name] for name in wanted if name in records}
    if "subject" in wanted and page.key.endswith(".record"):
        found = {"subject": records["policy" if page.key.startswith("policies") else "entry"]}
    return found


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_its_pages(
    desk_of: Callable[[str], Desk], registry: Registry, records: dict[str, Any], opened: list[QWidget], role: str
) -> None:
    desk = desk_of(role)
    told: list[tuple[str, Message]] = []
    seen, now = [], ""
    desk.messages.told.connect(lambda message: told.append((now, message)))
    assert not desk.alone
    for _manifest, page in registry.pages(desk.rights):
        if page.key in ELSEWHERE:
            continue
        now = page.key
        kind = registry.open(page.opens)
        arguments = _arguments(page, kind, records)
        if "desk" in signature(kind).parameters:
            arguments["desk"] = desk
        opened.append(kind(desk.ground.context, None, **arguments))
        QApplication.processEvents()
        seen.append(page.key)
    assert [(where, message.text) for where, message in told if message.kind != "said"] == []
    assert {"shell.my_day", "shell.jobs", "shell.settings"} <= {*seen}
    print(f"{role}: {len(seen)} pages read, nothing refused")


def test_users_are_let_in_by_the_servers_administrator(
    desk_of: Callable[[str], Desk], opened: list[QWidget], qapp: QApplication
) -> None:
    desk = desk_of("administrator")
    page = UsersPage(desk.ground.context, None, desk=desk)
    opened.append(page)
    page.show()
    shown = [label.text() for label in page.findChildren(QLabel)]
    assert any("kontinuum server user" in text for text in shown)
    assert [button.text() for button in page.findChildren(QPushButton) if button.isVisible()] == []
    assert any(login_of("caller") in text for text in shown)
