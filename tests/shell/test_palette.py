"""The search box: people and commands, by keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.people.list_page import PeopleListPage
from desktop.people.listing import PeopleFilter
from desktop.people.views.service import save
from desktop.people.views.view import View
from desktop.widgets.spoken import spoken_name

from .conftest import Shell


def titles(shell: Shell) -> list[str]:
    return [line.title for line in shell.view.top.palette_box.results.lines]


def test_a_person_is_found_in_two_letters_and_opened_with_enter(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    person_id = shell.add_person("Åkertest", "Sixten")
    shell.add_person("Betasson", "Ester")
    shell.app.acts.focus_search()
    box = shell.view.top.palette_box
    qtbot.keyClicks(box, "åk")
    assert titles(shell)[0] == "Åkertest, Sixten"
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shell.view.workspace.current is not None and shell.view.workspace.current.key == "people.record")
    assert shell.view.workspace.current is not None
    assert shell.view.workspace.current.arguments == {"person_id": person_id}
    assert box.frame.isHidden() and box.text() == ""
    page, keyboard = shell.view.workspace.page, shell.app.window.focusWidget()
    assert page is not None and keyboard is not None and (page is keyboard or page.isAncestorOf(keyboard))


def test_a_command_is_found_with_its_shortcut_and_run(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.app.acts.focus_search()
    box = shell.view.top.palette_box
    qtbot.keyClicks(box, "hist")
    first = box.results.lines[0]
    assert (first.title, first.kind, first.shortcut) == ("History", "Page", "Ctrl+H")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shell.view.workspace.current is not None and shell.view.workspace.current.key == "shell.history")


def test_a_saved_view_is_found_by_its_name_and_opened(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    desk = shell.desk
    with desk.database.write(desk.actor, "save_view") as session:
        view = View(PeopleFilter(no_phone=True))
        save(session, view, name="Silent ones", reach="own", actor=desk.actor, clock=desk.clock)
    shell.app.acts.focus_search()
    box = shell.view.top.palette_box
    qtbot.keyClicks(box, "view sil")
    qtbot.waitUntil(lambda: titles(shell)[:1] == ["View: Silent ones"], timeout=30_000)
    qtbot.keyClick(box, Qt.Key.Key_Return)

    def shown() -> bool:
        page = shell.view.workspace.page
        return isinstance(page, PeopleListPage) and page.views.button.text() == "Silent ones"

    qtbot.waitUntil(shown, timeout=30_000)


def test_what_was_used_last_comes_first(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    box = shell.view.top.palette_box
    shell.app.acts.focus_search()
    qtbot.keyClicks(box, "modules")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    shell.app.acts.focus_search()
    assert titles(shell)[0] == "Modules"


def test_only_what_the_user_may_is_offered(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.desk.rights = frozenset({"people.view"})
    shell.app.rebuild()
    shell.app.acts.focus_search()
    qtbot.keyClicks(shell.view.top.palette_box, "backup")
    assert titles(shell) == []
    assert "Nothing found" in shell.view.top.palette_box.hint.text()


def test_results_never_take_the_keyboard_and_escape_gives_it_back(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.app.open_page("shell.history")
    page = shell.view.workspace.page
    assert page is not None
    search = page.search  # type: ignore[attr-defined]
    search.setFocus()
    shell.app.acts.focus_search()
    box = shell.view.top.palette_box
    assert shell.app.window.focusWidget() is box
    qtbot.keyClicks(box, "p")
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert shell.app.window.focusWidget() is box
    assert box.list.focusPolicy() == Qt.FocusPolicy.NoFocus
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.frame.isHidden()


def test_names_with_mark_up_are_shown_letter_for_letter_and_spoken_with_their_kind(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    shell.add_person("<b>Bold</b>", "& Co")
    shell.app.acts.focus_search()
    box = shell.view.top.palette_box
    qtbot.keyClicks(box, "bold")
    assert titles(shell)[0] == "<b>Bold</b>, & Co"
    assert box.results.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "<b>Bold</b>, & Co, Person"
    assert spoken_name(box) == "Search people and commands"
    assert spoken_name(box.list) == "Results"
    assert QAccessible.queryAccessibleInterface(box) is not None


def test_the_results_keep_qts_rules(shell: Shell, qtmodeltester: ModelTester) -> None:
    shell.open()
    shell.app.acts.focus_search()
    qtmodeltester.check(shell.view.top.palette_box.results)
