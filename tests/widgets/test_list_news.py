"""A list somebody works in keeps its rows when others save: what is in sight is brought up to date, F5 shows the rest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget
from sqlalchemy import delete, insert, update

from db.changes import Moved
from desktop.core.texts import Texts
from desktop.widgets.list_news import NewsBar
from desktop.widgets.list_view import ListView
from desktop.widgets.query_model import ID, QueryModel
from tests.widgets.conftest import NAMES, SPEC, NameFilter, writing

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the off-screen platform has no window frames
WAIT = 30_000


class Page(QWidget):
    """A list with its bar, as pages have it."""

    def __init__(self, names: Any) -> None:
        super().__init__()
        self.names = names
        self.model: QueryModel[Any, Any] = QueryModel(SPEC, names, self)
        self.view = ListView(self.model, "Names", 0)
        self.editing = False
        self.bar = NewsBar(self.view, self.model.news, Texts(), lambda: self.editing)
        layout = QVBoxLayout(self)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.bar)
        self.model.show(NameFilter())

    def others(self, statement: Any, *ids: int) -> None:
        """A colleague saves this, about these records."""
        with writing(self.names.engine) as connection:
            connection.execute(statement)
        self.names.changes.changed.emit(Moved(frozenset({"name"}), frozenset(UUID(int=n) for n in ids), by_others=True))

    def stand(self) -> tuple[Any, ...]:
        """What is pointed at and in sight, and where."""
        at = self.view.currentIndex()
        top = self.view.rowAt(0)
        return at.data(ID), self.view.visualRect(at).top(), self.model.id_at(top), self.view.rowViewportPosition(top)


@pytest.fixture
def page(names: Any, qtbot: Any) -> Page:
    QCursor.setPos(0, 0)
    page = Page(names)
    qtbot.addWidget(page)
    page.resize(500, 400)
    page.show()
    return page


def _work(page: Page) -> None:
    """Half down the list, pointing at somebody."""
    page.view.setCurrentIndex(page.model.index(100, 0))
    page.view.scrollTo(page.model.index(104, 0))


def _added(number: int, name: str) -> Any:
    return insert(NAMES).values(id=UUID(int=number), name=name, age=1)


def test_what_came_is_counted_and_shown_by_f5_with_everything_where_it_stood(page: Page, qtbot: Any) -> None:
    _work(page)
    stand = page.stand()
    page.others(_added(5000, "Aaa"), 5000)
    page.others(_added(5001, "Aab"), 5001)
    qtbot.waitUntil(lambda: page.bar.label.text() == "2 changed by others", timeout=WAIT)
    assert (page.model.total, page.stand()) == (2000, stand)
    assert page.bar.isVisible()
    qtbot.keyClick(page.view, Qt.Key.Key_F5)
    assert (page.model.total, page.view.currentIndex().row(), page.bar.isHidden()) == (2002, 102, True)
    assert page.stand() == stand


def test_rows_in_sight_are_brought_up_to_date_where_they_stand_without_a_bar(page: Page, qtbot: Any) -> None:
    _work(page)
    stand = page.stand()
    page.others(update(NAMES).where(NAMES.c.id == UUID(int=101)).values(age=77), 101)
    qtbot.waitUntil(lambda: page.model.index(101, 2).data() == "77", timeout=WAIT)
    assert page.bar.isHidden() and page.stand() == stand


def test_who_went_or_belongs_elsewhere_stays_in_sight_until_shown(page: Page, qtbot: Any) -> None:
    _work(page)
    page.others(delete(NAMES).where(NAMES.c.id == UUID(int=99)), 99)
    page.others(update(NAMES).where(NAMES.c.id == UUID(int=102)).values(name="Person 0180"), 102)
    qtbot.waitUntil(lambda: page.bar.label.text() == "2 changed by others", timeout=WAIT)
    assert page.model.index(99, 0).data() == "Person 0099" and page.model.index(102, 0).data() == "Person 0180"
    page.bar.button.click()
    assert page.model.index(99, 0).data() == "Person 0100" and page.bar.isHidden()


def test_changes_nobody_named_are_still_told(page: Page, qtbot: Any) -> None:
    _work(page)
    page.others(delete(NAMES).where(NAMES.c.id == UUID(int=1900)))
    qtbot.waitUntil(lambda: page.bar.label.text() == "Others changed this list", timeout=WAIT)


@pytest.mark.parametrize("what", ["ticks", "scroll", "form", "menu"])
def test_each_kind_of_work_holds_the_rows(page: Page, qtbot: Any, what: str) -> None:
    if what == "ticks":
        page.model.toggle(UUID(int=3))
    elif what == "scroll":
        page.view.verticalScrollBar().setValue(40)
    elif what == "form":
        page.editing = True
    else:
        menu = QMenu(page)
        menu.addAction("Act")
        menu.popup(page.mapToGlobal(page.rect().center()))
    page.others(_added(5000, "Aaa"), 5000)
    qtbot.waitUntil(page.bar.isVisible, timeout=WAIT)
    assert page.model.total == 2000


def test_a_list_nobody_works_in_follows_at_once_and_so_does_everything_one_saves_oneself(page: Page, qtbot: Any) -> None:
    page.others(_added(5000, "Aaa"), 5000)
    qtbot.waitUntil(lambda: page.model.total == 2001, timeout=WAIT)
    _work(page)
    with writing(page.names.engine) as connection:
        connection.execute(_added(5001, "Aab"))
    page.names.changes.changed.emit(Moved(frozenset({"name"})))
    qtbot.waitUntil(lambda: page.model.total == 2002, timeout=WAIT)
    assert page.bar.isHidden()
