"""What one desk saves, the pages of another show by themselves, without moving what is being done there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.actor import Actor
from db.base import new_id
from db.database import Database
from db.models.person import Person
from db.sorting import name_key
from desktop.core.context import ModuleContext
from desktop.people.list_page import PeopleListPage
from desktop.widgets.query_model import ID
from tests.support import MakePerson


@pytest.fixture
def colleague(database: Database, address: Path | str) -> Iterator[Callable[[str], UUID]]:
    """Somebody at another desk, who adds a person of this family name."""
    other = Database(address, parts=database.parts[1:])

    def add(family: str) -> UUID:
        own = new_id()
        with other.write(Actor(new_id(), "Colleague"), "create_person", [own]) as session:
            session.add(Person(id=own, family=family, given="Mia", name_key=name_key(family, "Mia")))
        return own

    yield add
    other.close()


def test_a_list_takes_in_what_others_save_and_what_is_chosen_and_in_sight_stays(
    context: ModuleContext,
    database: Database,
    make_person: MakePerson,
    colleague: Callable[[str], UUID],
    qtbot: QtBot,
) -> None:
    for number in range(40):
        make_person(f"Berg{number:02}")
    page = PeopleListPage(context)
    qtbot.addWidget(page)
    page.resize(900, 400)
    page.show()
    page.table.setCurrentIndex(page.model.index(30, 0))
    page.table.scrollTo(page.model.index(30, 0))
    chosen = page.table.currentIndex().data(ID)
    place = page.table.visualRect(page.table.currentIndex()).top()
    database.follow()
    colleague("Aalto")
    qtbot.waitUntil(page.news.isVisible, timeout=30_000)
    assert page.news.label.text() == "1 changed by others" and page.model.total == 40
    assert page.table.visualRect(page.table.currentIndex()).top() == place
    qtbot.keyClick(page.table, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: page.model.total == 41, timeout=30_000)
    assert page.news.isHidden()
    assert page.table.currentIndex().data(ID) == chosen
    assert page.table.currentIndex().row() == 31
    assert abs(page.table.visualRect(page.table.currentIndex()).top() - place) <= page.table.rowHeight(0)
