"""Starting without modules: asked for, or offered after a start that did not finish."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QTimer

from db.texts import _
from desktop.core.discovery import ENTRY_POINTS

if TYPE_CHECKING:
    from desktop.shell.application import Application

MARK = "starting.lock"  # in the user's folder of settings
FORMER = _("The last start did not finish.")


class StartMark:
    """A file that is there while the program starts. One whose program is gone tells of a start that did not finish.

    Args:
        path: None leaves no mark, as for the tour.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._lock = path, QLockFile(str(path)) if path is not None else None
        if self._lock is not None:
            self._lock.setStaleLockTime(0)  # a mark is as good as its program, however long the start takes

    def begin(self) -> bool:
        """Leave the mark; answers whether the start before did not finish. Another start under way is none of ours."""
        if self._path is None or self._lock is None:
            return False
        former = self._path.exists()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._lock.tryLock(0) and former

    def end(self) -> None:
        """The window is usable."""
        if self._lock is not None and self._lock.isLocked():
            self._lock.unlock()


class SafeStart:
    """Whether modules are left out, and the ways into and out of that."""

    def __init__(self, app: Application, mark: StartMark | None, *, on: bool) -> None:
        self._app, self.on = app, on
        self._mark = mark or StartMark()

    def begin(self, go_on: Callable[[], object]) -> None:
        """Start: at once, or, where the last start did not finish, after asking how."""
        unfinished = self._mark.begin()
        if not unfinished or self.on:
            go_on()
            return
        self.arrived()
        self._app.show_welcome()
        welcome = self._app.welcome
        assert welcome is not None
        say = self._app.texts.say

        def choose(on: bool) -> None:
            self.on = on
            self._mark.begin()
            go_on()

        welcome.notices.tell(
            say(FORMER),
            say(_("Modules may be the reason. Without them you can look after people and see what is wrong.")),
            "warn",
            ((say(_("Start without modules")), lambda: choose(True)), (say(_("Start as usual")), lambda: choose(False))),
        )

    def arrived(self) -> None:
        """Something usable is shown: once it has answered to the system, the start is finished."""
        QTimer.singleShot(0, self._mark.end)

    def tell(self) -> None:
        """Say that modules are left out, with the way back."""
        view, say = self._app.view, self._app.texts.say
        if self.on and view is not None:
            view.workspace.notices.tell(
                say(_("Started without modules.")),
                say(_("Your data is complete; what the modules show of it rests.")),
                "warn",
                ((say(_("Bring the modules back")), self.leave),),
            )

    def leave(self) -> None:
        """Open the same database with all modules."""
        app = self._app
        if self.on and app.desk is not None and app.may_leave():
            self.on = False
            self._mark.begin()
            app.open_database(app.desk.address)

    def left_out(self) -> list[tuple[str, str]]:
        """The names and origins of the modules that are left out, without running any of their code."""
        found = []
        for package in self._app.packages:
            spec = find_spec(package)
            for place in (spec.submodule_search_locations or ()) if spec else ():
                found += [(part.name, package) for part in sorted(Path(place).iterdir()) if (part / "manifest.py").is_file()]
        return found + [(point.name, point.dist.name if point.dist else "") for point in entry_points(group=ENTRY_POINTS)]
