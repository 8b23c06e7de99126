"""What the list promises to hands and eyes: it opens, ticks, copies, and never jumps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QPaintEvent
from PySide6.QtWidgets import QApplication
from sqlalchemy import delete, insert

from desktop.widgets.list_view import EmptyState, ListView
from desktop.widgets.query_model import QueryModel
from desktop.widgets.theme import Theme, apply_theme
from tests.widgets.conftest import NAMES, SPEC, NameFilter, writing


@pytest.fixture
def view(names: Any, qtbot: Any) -> ListView:
    model = QueryModel(SPEC, names)
    view = ListView(model, "Names")
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    model.show(NameFilter())
    return view


def model_of(view: ListView) -> QueryModel[Any, Any]:
    model = view.model()
    assert isinstance(model, QueryModel)
    return model


def test_a_row_above_appears_and_the_list_does_not_jump(view: ListView, names: Any, qtbot: Any) -> None:
    model = model_of(view)
    view.setCurrentIndex(model.index(1200, 0))
    before, place = model.id_at(view.rowAt(0)), view.rowViewportPosition(view.rowAt(0))
    told = list[Any]()
    view.pointed_at.connect(told.append)
    with writing(names.engine) as connection:
        connection.execute(insert(NAMES).values(id=UUID(int=5000), name="Aaron", age=1))
        connection.execute(delete(NAMES).where(NAMES.c.id < UUID(int=3)))
    model.refresh()
    assert model.id_at(view.rowAt(0)) == before
    assert view.rowViewportPosition(view.rowAt(0)) == place
    assert view.currentIndex().row() == 1198 and model.id_at(1198) == UUID(int=1200)
    assert told == []


def test_a_record_that_left_is_no_longer_pointed_at(view: ListView, names: Any) -> None:
    view.setCurrentIndex(model_of(view).index(5, 0))
    told = list[Any]()
    view.pointed_at.connect(told.append)
    with writing(names.engine) as connection:
        connection.execute(delete(NAMES).where(NAMES.c.id == UUID(int=5)))
    model_of(view).refresh()
    assert told == [None] and not view.currentIndex().isValid()


def test_keys_point_open_tick_and_copy(view: ListView, qtbot: Any) -> None:
    pointed, opened = list[Any](), list[Any]()
    view.pointed_at.connect(pointed.append)
    view.opened.connect(opened.append)
    view.point_first()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert pointed[-1] == UUID(int=1) and opened == [UUID(int=1)]
    assert model_of(view).selection.ids == {UUID(int=1)}
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Person 0001\tStudent, Mentee\t1"
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert model_of(view).selection.all_matching


def test_a_click_on_the_tick_ticks_and_one_beside_it_does_not(view: ListView, qtbot: Any) -> None:
    cell = view.visualRect(model_of(view).index(2, 0))
    for x, ticked in ((cell.left() + 20, {UUID(int=2)}), (cell.left() + 90, {UUID(int=2)})):
        at = cell.center()
        at.setX(x)
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert model_of(view).selection.ids == ticked


def test_the_order_is_kept_in_sight_of_the_record(view: ListView) -> None:
    model = model_of(view)
    view.setCurrentIndex(model.index(7, 0))
    view.sort_by(0)
    assert model.sorting == (0, True) and model.index(0, 0).data() == "Person 1999"
    view.sort_by(2)
    assert model.sorting == (2, False) and model.index(0, 2).data() == "0"


def test_columns_can_be_chosen_by_keyboard(view: ListView) -> None:
    button = view.columns_button()
    button.menu().aboutToShow.emit()
    acts = {act.text(): act for act in button.menu().actions()}
    acts["Roles"].trigger()
    assert view.isColumnHidden(1)
    acts["Sort by Age"].trigger()
    assert model_of(view).sorting == (2, False)
    acts["Columns as at first"].trigger()
    assert not view.isColumnHidden(1)


def test_an_empty_list_says_what_to_do(view: ListView) -> None:
    empty = EmptyState("Nobody here", "Import a file", "Import…")
    view.set_empty(empty)
    model_of(view).show(NameFilter("nobody"))
    assert empty.isVisible()
    model_of(view).show(NameFilter())
    assert not empty.isVisible()


def test_only_what_comes_into_sight_is_painted_when_the_list_scrolls(view: ListView, qapp: QApplication, qtbot: Any) -> None:
    apply_theme(qapp, Theme())
    painted = Painted(view)
    view.viewport().installEventFilter(painted)

    def scrolled() -> bool:
        painted.heights.clear()
        view.verticalScrollBar().setValue(view.verticalScrollBar().value() + 7)
        qapp.processEvents()
        return painted.heights == [7]

    qtbot.waitUntil(scrolled)  # the first time the whole list may still be waiting to be painted


class Painted(QObject):
    """Notes how high a part of a widget is painted each time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.heights: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.heights.append(event.rect().height())
        return False
