"""What the list model promises: any row one read away, place and ticks kept, the window never waiting."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import delete, insert

from db.changes import Moved
from desktop.widgets.list_reading import PAGE
from desktop.widgets.query_model import TAGS, TONE, QueryModel
from tests.widgets.conftest import NAMES, SPEC, NameFilter, Threaded, writing


@pytest.fixture
def model(names: Any, qapp: Any) -> QueryModel[Any, Any]:
    model = QueryModel(SPEC, names)
    model.show(NameFilter())
    return model


def test_every_row_is_one_read_away(model: QueryModel[Any, Any], names: Any) -> None:
    assert model.rowCount() == 2000
    names.tasks.asked.clear()
    assert model.index(1999, 0).data() in ("…", "Person 1999")
    assert model.index(1999, 0).data() == "Person 1999"
    assert names.tasks.asked == ["page"]


def test_pages_join_without_gap_or_double(model: QueryModel[Any, Any]) -> None:
    for row in range(2000):
        model.row_at(row)
    assert [model.index(row, 0).data() for row in range(2000)] == [f"Person {n:04}" for n in range(2000)]


def test_sorting_by_equal_values_shows_each_row_once_in_both_directions(model: QueryModel[Any, Any]) -> None:
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        model.sort(2, order)
        for row in range(2000):
            model.row_at(row)
        seen = [model.row_at(row) for row in range(2000)]
        assert len({row.id for row in seen if row}) == 2000
        ages = [row.age for row in seen if row]
        assert ages == sorted(ages, reverse=order == Qt.SortOrder.DescendingOrder)


def test_the_first_page_is_shown_before_the_list_is_counted(names: Any, qtbot: Any) -> None:
    names.tasks = Threaded(names.engine)
    model, seen = QueryModel(SPEC, names), list[int]()
    model.loaded.connect(lambda: seen.append(model.rowCount()))
    with qtbot.waitSignal(model.counted) as counted:
        model.show(NameFilter())
    assert seen == [PAGE] and counted.args == [2000]
    names.tasks.pool.waitForDone()


def test_a_later_search_makes_an_earlier_answer_void(names: Any, qtbot: Any) -> None:
    names.tasks = Threaded(names.engine)
    model = QueryModel(SPEC, names)
    model.show(NameFilter())
    with qtbot.waitSignal(model.counted) as counted:
        model.show(NameFilter("Person 000"))
    assert counted.args == [10] and model.rowCount() == 10
    names.tasks.pool.waitForDone()


def test_a_change_elsewhere_is_seen_and_one_of_another_table_is_not(model: QueryModel[Any, Any], names: Any, qtbot: Any) -> None:
    with writing(names.engine) as connection:
        connection.execute(insert(NAMES).values(id=UUID(int=5000), name="Aaron", age=1))
    with qtbot.waitSignal(model.counted) as counted:
        names.changes.changed.emit(Moved(frozenset({"name"})))
    assert counted.args == [2001] and model.index(0, 0).data() == "Aaron"
    with qtbot.assertNotEmitted(model.counted, wait=400):
        names.changes.changed.emit(Moved(frozenset({"other"})))


def test_ticks_are_kept_by_record_when_rows_move(model: QueryModel[Any, Any], names: Any) -> None:
    model.setData(model.index(3, 0), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    with writing(names.engine) as connection:
        connection.execute(delete(NAMES).where(NAMES.c.id == UUID(int=0)))
    model.refresh()
    assert model.selection.ids == {UUID(int=3)}
    assert model.index(2, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
    assert model.index(3, 0).data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked


def test_all_is_a_rule_and_not_a_list_of_what_was_read(model: QueryModel[Any, Any]) -> None:
    model.select_all()
    model.toggle(UUID(int=7))
    assert model.selection.all_matching and model.selection.filter == NameFilter() and not model.selection.ids
    assert model.selected_count == 1999 and UUID(int=7) not in model.selection and UUID(int=1800) in model.selection


def test_another_search_takes_the_ticks_off(model: QueryModel[Any, Any]) -> None:
    model.select_all()
    model.show(NameFilter("1"))
    assert not model.selection


def test_a_failing_page_is_told_once_and_tried_again_after_a_refresh(model: QueryModel[Any, Any], names: Any) -> None:
    told = list[Exception]()
    model.failed.connect(told.append)
    names.tasks.breaks = ZeroDivisionError()
    assert [model.index(1500, 0).data() for _ in range(3)] == ["…", "…", "…"]
    assert len(told) == 1
    names.tasks.breaks = None
    model.refresh()
    model.row_at(1500)
    assert model.index(1500, 0).data() == "Person 1500"


def test_a_list_nobody_sees_reads_when_it_is_seen_again(model: QueryModel[Any, Any], names: Any, qtbot: Any) -> None:
    model.wake(False)
    names.tasks.asked.clear()
    model.refresh()
    assert names.tasks.asked == []
    model.wake(True)
    assert names.tasks.asked == ["list"]


def test_cells_say_what_they_show_to_eyes_and_ears(model: QueryModel[Any, Any]) -> None:
    assert model.index(1, 1).data(TAGS) == ("Student", "Mentee")
    assert model.index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Roles: Student, Mentee"
    assert model.index(60, 2).data(TONE) == "warn"


def test_the_model_keeps_qt_rules(qtmodeltester: Any, model: QueryModel[Any, Any], names: Any) -> None:
    qtmodeltester.check(model)
    model.sort(2)
    model.show(NameFilter("nobody"))
    model.show(NameFilter())
    model.refresh()
    model.show(NameFilter("Person 000"))


def test_rows_of_each_value_are_counted_in_the_same_look(names: Any) -> None:
    model = QueryModel(replace(SPEC, tally="age"), names)
    for wanted in (NameFilter(), NameFilter("Person 000")):  # of many pages, and of one
        model.show(wanted)
        for row in range(model.total):
            model.row_at(row)
        shown = Counter(one.age for place in range(model.total) if (one := model.row_at(place)) is not None)
        assert shown.total() == model.total and model.tally == shown
    with writing(names.engine) as connection:
        connection.execute(delete(NAMES).where(NAMES.c.id == UUID(int=0)))
    model.refresh()
    assert sum(model.tally.values()) == 9
    model.show(NameFilter("Nobody"))
    assert model.tally == {}
