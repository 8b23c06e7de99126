"""Language, colours and text size move while the program runs; nothing typed or opened is lost."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop.widgets.theme import current_theme

from .conftest import Shell


def test_another_language_keeps_page_tabs_and_typed_text(shell: Shell) -> None:
    shell.open()
    shell.app.open_page("shell.modules")
    shell.app.open_page("shell.history")
    page = shell.view.workspace.page
    page.search.setText("Åke")  # type: ignore[union-attr]
    page.search.setModified(True)  # type: ignore[union-attr]
    shell.app.look.set_language("sv")
    assert shell.desk.texts.language == "sv"
    current = shell.view.workspace.current
    assert current is not None and current.key == "shell.history"
    assert current.widget is not page
    assert current.widget.search.text() == "Åke"  # type: ignore[union-attr]
    assert shell.view.workspace.bar.count() == 3
    shell.app.look.set_language("en")


def test_the_theme_moves_without_building_pages_anew(shell: Shell) -> None:
    shell.open()
    page = shell.view.workspace.page
    shell.app.look.set_theme("dark")
    assert current_theme().dark
    assert shell.view.workspace.page is page
    shell.app.look.set_theme("light")
    assert not current_theme().dark


@pytest.mark.parametrize("size", [80, 150, 200])
def test_the_window_fits_a_small_screen_at_every_text_size(shell: Shell, size: int) -> None:
    shell.open()
    shell.app.look.set_text_size(size)
    assert current_theme().scale == size / 100
    hint = shell.app.window.minimumSizeHint()
    assert hint.width() <= 1366 and hint.height() <= 768
    navigation = shell.view.navigation
    assert all(button.minimumSizeHint().width() < navigation.width() * 0.8 for button in navigation.buttons)
    shell.app.look.set_text_size(100)


def test_the_choice_is_the_users_and_is_there_at_the_next_start(shell: Shell, qtbot: QtBot) -> None:
    shell.open()
    path = shell.desk.path
    shell.app.look.set_theme("dark")
    shell.app.look.set_language("fi")
    shell.app.open_database(path)
    assert shell.desk.texts.language == "fi"
    assert current_theme().dark
    assert shell.app.kept.get("language") == "fi"
    shell.app.look.set_theme("light")


def test_what_was_chosen_on_the_start_page_holds_in_a_new_database(shell: Shell) -> None:
    shell.app.look.set_language("fi")
    shell.app.look.set_theme("dark")
    shell.app.open_database(shell.folder / "new.kontinuum")
    assert shell.desk.texts.language == "fi"
    assert shell.desk.settings.get("core.theme") == "dark"
    shell.app.look.set_theme("light")
