"""Watches over modules while the window runs: one that does not come to an end, or wants to end the program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from db.texts import _
from desktop.core.faults import refuse_endings
from desktop.core.watchdog import ENDED, NOTICED, Watchdog

if TYPE_CHECKING:
    from desktop.shell.application import Application


def tell_suspects(app: Application) -> None:
    """Say which modules are left off because of how the run before ended, and where they can be switched on."""
    desk = app.desk
    if desk is None:
        return
    found = {module.key: module.title for module in desk.registry.modules if module.key in app.trail.suspects}
    for key, title in found.items():
        text = desk.say(_("{module}: {reason}"), module=title, reason=app.trail.suspects[key])
        desk.messages.say(
            text, "warn", action_text=desk.say(_("Look at the modules")), action=lambda: app.open_page("shell.modules")
        )


class Guards:
    """Set up for the whole run of a window; `crash` is the file of the fault handler."""

    def __init__(self, app: Application, crash: Path, *, noticed: float = NOTICED, ended: float = ENDED) -> None:
        self._app = app
        crash.parent.mkdir(parents=True, exist_ok=True)
        self._file = crash.open("a", encoding="utf-8")
        self._put_back = refuse_endings(self._culprit)
        self._watchdog = Watchdog(
            self._culprit, app.trail, crash=self._file, noticed=noticed, ended=ended, beat=noticed / 10, parent=app
        )
        self._watchdog.ended.connect(self._ended)
        self._watchdog.start()

    def stop(self) -> None:
        """Leave everything as it was."""
        self._watchdog.stop()
        self._put_back()
        self._file.close()

    def _culprit(self, names: list[str]) -> str:
        """Also asked from other threads. Before a database is open, its place in the package names a module."""
        desk = self._app.desk
        if desk is not None:
            return desk.registry.culprit(names)
        inside = [
            name.removeprefix(f"{place}.") for name in names for place in self._app.packages if name.startswith(f"{place}.")
        ]
        return inside[-1].partition(".")[0] if inside else ""

    def _ended(self, key: str) -> None:
        desk = self._app.desk
        if desk is None:
            return
        title = desk.say(desk.registry.module(key).title)
        desk.registry.stop(key)
        text = _("“{module}” kept the window from answering. It was stopped and switched off.")
        desk.messages.say(desk.say(text, module=title), "bad")
