"""Every page of every module: opens with and without data in each language, can be heard, reached and seen whole."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import select

from db.profiles import Address
from desktop.core.texts import LANGUAGES
from desktop.widgets.query_model import QueryModel
from desktop.widgets.spoken import plain_text_offenders, unnamed_controls

from .conftest import OpenWindow, Window, wanted_ids

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the screen of tests has no window manager
SCREEN = (1366, 768)
OTHERS = [language for language in LANGUAGES if language != "en"]


def every_page(window: Window, *, filled: bool) -> list[tuple[str, QWidget]]:
    """Every page this file can fill, opened one after the other; each is looked at before the next opens."""
    shown = []
    for manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        widget = window.show_filled(manifest, page) if filled else (window.show(page) if not wanted_ids(page) else None)
        if widget is not None:
            shown.append((page.key, widget))
    return shown


@pytest.mark.parametrize("language", OTHERS)
def test_each_page_opens_on_an_empty_file(open_window: OpenWindow, language: str) -> None:
    open_all_empty(open_window(language=language))


def test_each_page_opens_on_an_empty_database(open_window: OpenWindow, address: Address) -> None:
    open_all_empty(open_window(path=address))


def open_all_empty(window: Window) -> None:
    shown = every_page(window, filled=False)
    assert len(shown) > len(window.registry.running())
    assert window.told == []


def test_each_page_of_a_record_says_so_when_the_record_is_gone(open_window: OpenWindow, address: Address) -> None:
    from db.base import new_id

    window = open_window(path=address)
    for _manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        for name in wanted_ids(page):
            window.show(page, **{name: new_id()})
    assert [message.kind for message in window.told if message.kind == "defect"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_can_be_used_on_a_demo(open_window: OpenWindow, language: str) -> None:
    """Heard, reached by Tab, shown letter by letter, and whole on a small screen."""
    window = open_window(demo=True, language=language)
    unfilled, wrong = [], []
    for manifest, page in window.registry.pages(window.app.view.context.rights):  # type: ignore[union-attr]
        widget = window.show_filled(manifest, page)
        if widget is None:
            unfilled.append(page.key)
            continue
        wrong += [f"{page.key}: no name: {what}" for what in unnamed_controls(widget)]
        wrong += [f"{page.key}: may be mark-up: {what}" for what in plain_text_offenders(widget)]
        wrong += [f"{page.key}: not reached by Tab: {what}" for what in out_of_reach(widget)]
        least = window.app.window.minimumSizeHint()
        if least.width() > SCREEN[0] or least.height() > SCREEN[1]:
            wrong.append(f"{page.key}: needs {least.width()} x {least.height()}")
    assert wrong == []
    assert unfilled == [], "the demo holds nothing these pages could show"


@pytest.mark.parametrize("language", OTHERS)
def test_each_page_fits_the_width_of_a_small_screen_with_large_text(open_window: OpenWindow, language: str) -> None:
    window = open_window(demo=True, language=language)
    window.app.look.set_text_size(150)
    try:
        wide = [(key, least_width(widget)) for key, widget in every_page(window, filled=True)]
        assert [(key, width) for key, width in wide if width > SCREEN[0]] == []
    finally:
        window.app.look.set_text_size(100)


def least_width(widget: QWidget) -> int:
    return max(widget.minimumSizeHint().width(), widget.minimumWidth())


def test_each_list_holds_what_it_shows_and_never_sorts_by_nothing(open_window: OpenWindow, demo: Address) -> None:
    window = open_window(path=demo)
    assert window.app.desk is not None
    seen = 0
    for _key, widget in every_page(window, filled=True):
        for model in widget.findChildren(QueryModel):
            check_list(window, model)
            seen += 1
    assert seen > 3 and window.told == []


def check_list(window: Window, model: Any) -> None:
    spec, filter = model.spec, model.filter
    query = spec.query(filter)
    held = set(query.subquery().c.keys())
    sorts = {column.sort for column in spec.columns if column.sort}
    fields = {*get_annotations(spec.row)}
    asked_for = {name for column in spec.columns for name in column.needs.split()}  # read only where their column is shown
    assert {"id"} | (fields - asked_for) | sorts <= held, spec.row.__name__
    if asked_for:
        whole = set(spec.query(filter, more=frozenset(asked_for)).subquery().c.keys())
        assert asked_for <= fields <= whole, spec.row.__name__
    rows = query.subquery()
    with window.app.desk.database.read() as session:  # type: ignore[union-attr]
        for sort in sorts:
            assert session.scalars(select(rows.c.id).where(rows.c[sort].is_(None)).limit(1)).first() is None, sort
    assert spec.columns[spec.start].sort, spec.row.__name__
    for number in range(len(spec.columns)):
        if spec.columns[number].sort:
            model.sort(number, Qt.SortOrder.DescendingOrder)
            QApplication.processEvents()
            assert model.rowCount() == 0 or model.index(0, 0).data() is not None


def out_of_reach(page: QWidget) -> list[str]:
    """Controls that take Tab and that no number of Tabs reaches."""
    reached, start, at = set(), page.window(), page.window()
    while True:
        at = at.nextInFocusChain()
        if at is None or at is start or at in reached:
            break
        reached.add(at)
    return [
        type(part).__name__
        for part in page.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isEnabled() and part.isVisibleTo(page)
        and part not in reached and not part.isWindow()
    ]  # fmt: skip


def test_pages_come_and_go_without_a_trace(open_window: OpenWindow) -> None:
    """A page that is closed leaves no child behind that still listens."""
    window = open_window(demo=True)
    every_page(window, filled=True)
    assert window.app.view is not None
    bar = window.app.view.workspace.bar
    while bar.count() > 1:
        before = bar.count()
        window.app.view.workspace.close_tab(bar.count() - 1)
        if bar.count() == before:
            break
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert bar.count() == 1
    assert window.app.desk is not None
    with window.app.desk.database.write(window.app.desk.actor, "change_setting"):
        pass
    QApplication.processEvents()
