"""Everything the program can be told to do, once: menus, the search box and the key map all read this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from db.texts import Msgid, _
from desktop.core.settings import CORE_SETTINGS
from desktop.core.texts import LANGUAGES
from desktop.shell.desk import Desk
from desktop.shell.navigation import icon_of, places

if TYPE_CHECKING:
    from desktop.shell.application import Application

MENUS: dict[str, Msgid] = {
    "file": _("&File"),
    "edit": _("&Edit"),
    "view": _("&View"),
    "go": _("&Go"),
    "help": _("&Help"),
}
_CHOICES = {setting.key: setting.choices for setting in CORE_SETTINGS}


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do. `title` is in the reader's language; `chosen` marks the state that holds now."""

    key: str
    title: str
    run: Callable[[], object]
    menu: str = ""
    below: str = ""  # the title of the submenu
    shortcut: str = ""
    icon: str | Path = ""
    chosen: bool | None = None
    searched: bool = True  # offered by the search box
    line: bool = False  # a rule stands above it in the menu


def window_commands(app: Application) -> list[Command]:
    """What is possible without an open database."""
    say = app.texts.say
    commands = [
        Command("open", say(_("Open a database…")), app.acts.choose_database, "file", shortcut="Ctrl+O", icon="folder-open"),
        Command(
            "open_server", say(_("Open on a server…")), app.acts.choose_server, "file", shortcut="Ctrl+Shift+O", icon="database"
        ),
        Command("welcome", say(_("Start page")), app.show_welcome, "file", icon="home"),
        Command("quit", say(_("Quit")), app.acts.quit, "file", shortcut="Ctrl+Q", searched=False, line=True),
    ]
    for theme, title in _CHOICES["theme"]:
        commands.append(
            Command(
                f"theme.{theme}",
                say(title),
                partial(app.look.set_theme, theme),
                "view",
                say(_("Colours")),
                chosen=app.look.theme == theme,
            )
        )
    sizes = ((_("Larger text"), 10, "Ctrl++"), (_("Smaller text"), -10, "Ctrl+-"))
    for title, by, shortcut in sizes:
        commands.append(Command(f"size.{by}", say(title), partial(app.look.grow_text, by), "view", say(_("Text size")), shortcut))
    commands.append(
        Command(
            "size.0", say(_("Text at normal size")), partial(app.look.set_text_size, 100), "view", say(_("Text size")), "Ctrl+0"
        )
    )
    for density, title in _CHOICES["density"]:
        chosen = app.look.density == density
        commands.append(
            Command(
                f"density.{density}", say(title), partial(app.look.set_density, density), "view", say(_("Lists")), chosen=chosen
            )
        )
    for code, name in LANGUAGES.items():
        chosen = app.texts.language == code
        commands.append(
            Command(f"language.{code}", name, partial(app.look.set_language, code), "view", say(_("Language")), chosen=chosen)
        )
    commands += [
        Command("keys", say(_("Keys of this page")), app.acts.show_keys, "help", shortcut="F1", icon="keyboard"),
        Command("folder", say(_("Open the data folder")), app.acts.open_data_folder, "help", icon="folder"),
        Command("about", say(_("About Kontinuum")), app.acts.show_about, "help", icon="info", line=True),
    ]
    return commands


def desk_commands(app: Application, desk: Desk) -> list[Command]:
    """What the user may do while a database is open."""
    return [*_going(app, desk), *_making(app, desk), *_looking_after(app, desk), *_taking_back(app, desk)]


def _going(app: Application, desk: Desk) -> list[Command]:
    lines = places(desk.registry, desk.rights, desk.texts)
    commands = [
        Command(f"go.{p.page}", p.title, partial(app.open_page, p.page), "go", shortcut=p.shortcut, icon=p.icon) for p in lines
    ]
    say = desk.say
    commands += [
        Command("search", say(_("Search everything")), app.acts.focus_search, "go", shortcut="Ctrl+K", searched=False, line=True),
        Command("navigate", say(_("To the navigation")), app.acts.focus_navigation, "go", shortcut="F6", searched=False),
        Command("next_tab", say(_("Next tab")), partial(app.acts.step_tab, 1), "go", shortcut="Ctrl+Tab", searched=False),
        Command(
            "last_tab", say(_("Previous tab")), partial(app.acts.step_tab, -1), "go", shortcut="Ctrl+Shift+Tab", searched=False
        ),
        Command("close_tab", say(_("Close tab")), app.acts.close_tab, "go", shortcut="Ctrl+W", searched=False),
    ]
    return commands


def _making(app: Application, desk: Desk) -> list[Command]:
    """Hidden pages whose key ends in ".new" make a record; those that end in ".import" bring a file in."""
    found: list[Command] = []
    for manifest, page in desk.registry.pages(desk.rights):
        icon = icon_of(desk.registry, manifest.key, page.icon or manifest.icon)
        if page.hidden and page.key.endswith(".new"):
            shortcut = "" if any(c.key.startswith("new.") for c in found) else "Ctrl+N"
            title = desk.say(page.title)
            found.append(Command(f"new.{page.key}", title, partial(app.open_page, page.key), "file", "", shortcut, icon))
        elif page.hidden and page.key.endswith(".import"):
            shortcut = "" if any(c.key.startswith("import.") for c in found) else "Ctrl+I"
            title = desk.say(page.title)
            found.append(Command(f"import.{page.key}", title, partial(app.open_page, page.key), "file", "", shortcut, icon))
    return found


def _looking_after(app: Application, desk: Desk) -> list[Command]:
    say, registry = desk.say, desk.registry
    commands = []
    if desk.may("shell.backup") and not desk.on_server:  # a server's administrator keeps copies
        commands += [
            Command(
                "back_up", say(_("Back up now")), app.copies.back_up_now, "file", shortcut="Ctrl+B", icon="backup", line=True
            ),
            Command("back_up_to", say(_("Back up to…")), app.copies.back_up, "file", icon="backup"),
            Command("check", say(_("Check a backup…")), app.copies.check, "file", icon="check"),
            Command("restore", say(_("Restore a backup…")), app.copies.restore, "file", icon="restore"),
        ]
        if not desk.is_demo:
            commands += _protecting(app, desk)
            commands.append(Command("move_to_server", say(_("Move to a server…")), app.moving.begin, "file", icon="database"))
    shortcuts = {"shell.history": "Ctrl+H", "shell.settings": "Ctrl+,", "shell.jobs": "Ctrl+J"}
    menus = {
        "shell.backups": "file",
        "shell.history": "go",
        "shell.settings": "edit",
        "shell.users": "edit",
        "shell.modules": "help",
        "shell.jobs": "go",
        "people.looks": "go",
        "people.purposes": "edit",
        "people.retention": "edit",
        "people.exports": "go",
    }
    for key, menu in menus.items():
        page = registry.page(key, desk.rights)
        if page is not None:
            run = partial(app.open_page, key)
            commands.append(Command(f"go.{key}", say(page.title), run, menu, shortcut=shortcuts.get(key, ""), icon=page.icon))
    return commands


def _protecting(app: Application, desk: Desk) -> list[Command]:
    """What the user may do about the encryption of the file."""
    say, acts = desk.say, app.protection
    if not desk.encrypted:
        return [Command("encrypt", say(_("Encrypt this database…")), acts.encrypt, "file", icon="lock")]
    return [
        Command("recovery_key", say(_("Recovery key…")), acts.show_key, "file", icon="lock"),
        Command("decrypt", say(_("Remove the encryption…")), acts.decrypt, "file"),
    ]


def _taking_back(app: Application, desk: Desk) -> list[Command]:
    if not desk.may("shell.take_back"):
        return []
    title = desk.say(_("Take back my last change"))
    return [Command("take_back", title, app.acts.take_back_last, "edit", shortcut="Ctrl+Z", icon="undo", line=True)]
