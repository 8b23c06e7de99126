"""The keys of the page in sight and of the whole program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QWidget

from db.texts import _
from desktop.shell.commands import Command
from desktop.shell.reading import ReadingDialog
from desktop.widgets.buttons import Button
from desktop.widgets.labels import KeyCap, plain_label
from desktop.widgets.panels import Section
from desktop.widgets.theme import current_theme

if TYPE_CHECKING:
    from desktop.shell.application import Application


def page_keys(page: QWidget | None) -> list[tuple[str, str]]:
    """Key and meaning: what the page says by `keys()`, its actions with shortcuts, and buttons that bear a key."""
    if page is None:
        return []
    own = getattr(page, "keys", None)
    found: dict[str, str] = dict(own()) if callable(own) else {}
    for action in page.findChildren(QAction):
        if not action.shortcut().isEmpty() and action.text():
            found.setdefault(action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text().replace("&", ""))
    for button in page.findChildren(Button):
        if button.key and button.text():
            found.setdefault(button.key, button.text().replace("&", ""))
    for shortcut in page.findChildren(QShortcut):
        if shortcut.whatsThis():
            found.setdefault(shortcut.key().toString(QKeySequence.SequenceFormat.NativeText), shortcut.whatsThis())
    return list(found.items())


def program_keys(commands: Iterable[Command]) -> list[tuple[str, str]]:
    """The shortcuts of all commands."""
    return [(command.shortcut, command.title) for command in commands if command.shortcut]


class KeyMap(ReadingDialog):
    """Two columns of keys."""

    def __init__(self, app: Application) -> None:
        say = app.texts.say
        super().__init__(app.window, say(_("Keys")), app.texts, width=760, height=600, gap=20)
        page = app.view.workspace.page if app.view else None
        here = page_keys(page)
        if page is not None and here:
            name = page.windowTitle() or page.accessibleName()
            self.content.addWidget(self._section(say(_("On this page: {page}"), page=name), here, columns=1))
        lists = [
            (say(_("Up, Down")), say(_("Go through a list"))), (say(_("Enter")), say(_("Open"))), (say(_("Space")), say(_("Tick"))),
            ("Ctrl+A", say(_("Tick all that fit"))), ("Ctrl+C", say(_("Copy the line"))), ("Esc", say(_("Go back"))),
        ]  # fmt: skip
        self.content.addWidget(self._section(say(_("In lists")), lists))
        commands = app.view.commands if app.view else []
        self.content.addWidget(self._section(say(_("Everywhere")), program_keys(commands)))
        self.content.addStretch(1)

    def _section(self, title: str, keys: list[tuple[str, str]], columns: int = 2) -> Section:
        section, grid = Section(title), QGridLayout()
        theme = current_theme()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(6))
        half = -(-len(keys) // columns) if keys else 0
        for number, (key, meaning) in enumerate(keys):
            line, side = number % half, number // half
            cap = KeyCap(key)
            cap.setAccessibleName(f"{key}: {meaning}")
            grid.addWidget(cap, line, 2 * side)
            grid.addWidget(plain_label(meaning, wrap=True), line, 2 * side + 1)
            grid.setColumnStretch(2 * side + 1, 1)
        section.add(grid)
        return section
