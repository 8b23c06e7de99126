"""By keys alone: every control of every page and dialog is reached, seen, left, and in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.core.texts import LANGUAGES
from tests.contract.conftest import OpenWindow, Window

from .keyboard import by_arrows, called, controls, out_of_order, walk
from .stations import dialogs, kinds_of_dialog, pages

Key, Alt, Control = Qt.Key, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "does not support")  # the screen of tests
TALL = ("shell.settings", "people.list", "people.record", "phones.record", "policies.record")  # with most to scroll
MNEMONIC = re.compile(r"(?<!&)&(?!&)(\w)")


def problems(window: QWidget, *, look: bool = True) -> list[str]:
    """What somebody without a mouse would stumble over here; with `look`, also what they would not see."""
    round = walk(window, look=look)
    back = list(out_of_order([*round.stops, *round.stops[:1]], window))
    there = controls(window)  # arrows choose, and a choice may show other fields
    reached = {*round.stops, *by_arrows(round.stops, window)}
    return [
        *([] if round.back == round.stops[::-1] else ["Shift+Tab goes another way than Tab"]),
        *(f"focus not seen: {what}" for what in round.unseen),
        *(f"not brought into sight: {what}" for what in round.hidden),
        *(f"not in reading order: {what}" for what in (back if len(back) > 1 else [])),  # one step closes the round
        *(f"not reached: {called(part)}" for part in there if part not in reached),
    ]


def menu_buttons(window: QWidget) -> Iterator[str]:
    """Buttons with a menu that do not open it by Space, or do not get the focus back after Escape."""
    for button in controls(window):
        if isinstance(button, QPushButton) and button.menu() is not None:
            seen: list[QWidget | None] = []

            def close(seen: list[QWidget | None] = seen) -> None:
                seen.append(QApplication.activePopupWidget())
                if seen[0] is not None:
                    QTest.keyClick(seen[0], Key.Key_Escape)

            button.setFocus()
            QTimer.singleShot(0, close)
            QTest.keyClick(button, Key.Key_Space)
            QApplication.processEvents()
            if seen != [button.menu()] or button.menu().isVisible() or window.focusWidget() is not button:
                yield f"its menu does not open and close by keys: {called(button)}"


def opened(open_window: OpenWindow, language: str = "en") -> Window:
    """The demo, in the active window."""
    window = open_window(demo=True, language=language)
    window.app.window.activateWindow()
    QApplication.processEvents()
    return window


def test_every_control_of_every_page_is_reached_seen_and_left_by_tab(open_window: OpenWindow) -> None:
    window, wrong = open_window(demo=True), []
    for key, _page in pages(window):
        wrong += [f"{key}: {what}" for what in (*problems(window.app.window), *menu_buttons(window.app.window))]
    assert wrong == []


def test_with_large_text_every_control_is_still_reached_and_brought_into_sight(open_window: OpenWindow) -> None:
    window, wrong = open_window(demo=True, language="fi"), []
    window.app.look.set_text_size(200)
    window.app.window.resize(1280, 720)
    for key, _page in pages(window, TALL):
        wrong += [f"{key}: {what}" for what in problems(window.app.window, look=False)]
    assert wrong == []


def test_every_dialog_is_walked_has_one_default_button_and_closes_with_escape(open_window: OpenWindow) -> None:
    window, wrong, seen = open_window(demo=True), [], set()
    for name, dialog in dialogs(window):
        seen.add(type(dialog))
        wrong += [f"{name}: {what}" for what in problems(dialog)]
        main = [button for button in dialog.findChildren(QPushButton) if button.isDefault()]
        closing = [button for button in dialog.findChildren(QPushButton) if not dialog.isAncestorOf(dialog.focusWidget())]
        if len(main) > 1 or (not main and closing):
            wrong.append(f"{name}: {len(main)} default buttons")
        QTest.keyClick(dialog.focusWidget() or dialog, Key.Key_Escape)
        if dialog.isVisible() or dialog.result() != QDialog.DialogCode.Rejected:
            wrong.append(f"{name}: Escape does not close it")
    assert wrong == []
    assert kinds_of_dialog() - seen == set(), "a dialog that no test has walked"


def test_enter_does_the_main_act_of_a_dialog(open_window: OpenWindow) -> None:
    window = open_window(demo=True)
    for name, dialog in dialogs(window):
        main = next((button for button in dialog.findChildren(QPushButton) if button.isDefault() and button.isEnabled()), None)
        field = next((part for part in dialog.findChildren(QLineEdit) if part.isVisible() and part.isEnabled()), None)
        if main is None or field is None or name == "AddDialog":
            continue
        pressed: list[bool] = []
        main.clicked.disconnect()
        main.clicked.connect(lambda _on=False, done=pressed: done.append(True))
        field.setFocus()
        QTest.keyClick(field, Key.Key_Return)
        assert pressed == [True], name


def test_the_start_page_is_walked(open_window: OpenWindow) -> None:
    window = open_window()
    window.app.show_welcome()
    QApplication.processEvents()
    assert problems(window.app.window) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_menu_opens_by_its_letter_is_walked_by_arrows_and_closes_with_escape(open_window: OpenWindow, language: str) -> None:
    window = opened(open_window, language)
    bar = window.app.window.menuBar()
    for action in bar.actions():
        letter = MNEMONIC.search(action.text())
        assert letter is not None, action.text()
        QTest.keyClick(window.app.window, Qt.Key(ord(letter[1].upper())), Alt)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu) and menu is action.menu(), action.text()
        lines = [line for line in menu.actions() if not line.isSeparator() and line.isEnabled()]
        met = []
        for _line in lines:
            met.append(menu.activeAction())
            QTest.keyClick(menu, Key.Key_Down)
        assert set(met) == set(lines), action.text()
        QTest.keyClick(menu, Key.Key_Escape)
        assert not menu.isVisible()
        QTest.keyClick(bar, Key.Key_Escape)


def test_the_search_box_is_entered_walked_and_left_by_keys(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = opened(open_window)
    assert window.app.view is not None
    box, workspace = window.app.view.top.palette_box, window.app.view.workspace
    QTest.keyClick(window.app.window, Key.Key_K, Control)
    assert window.app.window.focusWidget() is box
    QTest.keyClicks(box, "settings")
    qtbot.waitUntil(lambda: bool(box.results.lines))
    QTest.keyClick(box, Key.Key_Down)
    QTest.keyClick(box, Key.Key_Escape)
    assert not box.text() and box.frame.isHidden()
    QTest.keyClick(window.app.window, Key.Key_K, Control)
    QTest.keyClicks(box, "settings")
    qtbot.waitUntil(lambda: bool(box.results.lines))
    QTest.keyClick(box, Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.current is not None and workspace.current.key == "shell.settings")
    assert workspace.page is not None and workspace.page.isAncestorOf(window.app.window.focusWidget())


# The walk must see what it is for.


def test_the_walk_sees_a_trap_an_unreached_button_a_hidden_focus_and_a_wrong_order(qapp: QApplication) -> None:
    class Plain(QPushButton):
        def paintEvent(self, event: object) -> None:
            """Looks the same with and without the focus."""

    box = QWidget()
    left, right, plain, far = QPushButton("left"), QPushButton("right"), Plain("plain"), QPushButton("far")
    beside, layout = QHBoxLayout(), QVBoxLayout(box)
    for part in (left, right):
        beside.addWidget(part)
    layout.addLayout(beside)
    for part in (plain, far):
        layout.addWidget(part)
    far.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    QWidget.setTabOrder(plain, right)
    QWidget.setTabOrder(right, left)
    box.show()
    found = problems(box)
    assert [what for what in found if what.startswith("focus not seen") and "plain" in what]
    assert [what for what in found if what.startswith("not reached") and "far" in what]
    assert [what for what in found if what.startswith("not in reading order")]
    box.deleteLater()
