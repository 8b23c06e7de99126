"""The menu bar, built from the list of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from db.texts import _
from desktop.core.texts import Texts
from desktop.shell.commands import MENUS, Command
from desktop.widgets.icons import icon


def fill(bar: QMenuBar, commands: Iterable[Command], texts: Texts) -> None:
    """Put every command that has a menu into it; the shortcuts live as long as the menus."""
    former = [action.menu() for action in bar.actions()]
    bar.clear()
    for old in former:
        old.deleteLater()  # clearing only takes them out of sight
    menus = {key: bar.addMenu(texts.say(title)) for key, title in MENUS.items()}
    below: dict[tuple[str, str], QMenu] = {}
    _editing(menus["edit"], texts)
    order = sorted((c for c in commands if c.menu), key=lambda c: (c.key == "quit", c.menu == "help" and c.key == "about"))
    for command in order:
        menu = menus[command.menu]
        if command.below:
            key = (command.menu, command.below)
            if key not in below:
                below[key] = menu.addMenu(command.below)
            menu = below[key]
        if command.line:
            menu.addSeparator()
        add(menu, command)


def add(menu: QMenu, command: Command) -> QAction:
    """One command as a line of a menu."""
    action = menu.addAction(command.title.replace("&", "&&"))
    if command.icon:
        action.setIcon(icon(command.icon))
    action.setIconVisibleInMenu(False)
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
    if command.chosen is not None:
        action.setCheckable(True)
        action.setChecked(command.chosen)
    action.triggered.connect(lambda _checked=False: command.run())
    return action


def _editing(menu: QMenu, texts: Texts) -> None:
    """The usual acts on the field that has the keyboard; the field itself knows their keys."""
    for title, act in (
        (_("Undo typing"), "undo"),
        (_("Cut"), "cut"),
        (_("Copy"), "copy"),
        (_("Paste"), "paste"),
        (_("Select all"), "selectAll"),
    ):
        menu.addAction(texts.say(title)).triggered.connect(lambda _checked=False, name=act: _on_field(name))
    menu.addSeparator()


def _on_field(name: str) -> None:
    field: QWidget | None = QApplication.focusWidget()
    act: Callable[[], object] | None = getattr(field, name, None)
    if callable(act):
        act()
