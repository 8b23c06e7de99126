"""The real window, off-screen, in a process of its own: as `app.main` starts it, with its lanes, pages and collector."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import sqlalchemy  # noqa: F401 - before PySide6, as the program does
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from bench import locked  # noqa: F401 - so that an encrypted file opens
from db.collector import keep_what_is_there
from db.profiles import Address
from desktop.app import TURN, make_application, prepare
from desktop.core.settings import DeskSettings
from desktop.shell.application import Application

PATIENCE = 900.0  # seconds until something that never ends counts as broken
EVENTS = QEventLoop.ProcessEventsFlag.WaitForMoreEvents


class Window:
    """One running program and how to wait for it."""

    def __init__(self, qt: QApplication, program: Application) -> None:
        self._qt, self.program = qt, program
        self._beat = QTimer(interval=50)  # so that a wait wakes up now and then
        self._beat.start()

    @property
    def desk(self) -> Any:
        """What is open."""
        return self.program.desk

    @property
    def view(self) -> Any:
        """What is shown of it."""
        return self.program.view

    def wait(self, until: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Let the window live until something has come true.

        Raises:
            TimeoutError: not within so many seconds.
        """
        end = time.monotonic() + patience
        while not until():
            if time.monotonic() > end:
                raise TimeoutError("the window never came to it")
            self._qt.processEvents(EVENTS)

    def rest(self, seconds: float) -> None:
        """Let the window live for a while."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= end)

    def settle(self) -> None:
        """Wait until no background work is under way, twice with a pause between: lists refresh after a pause."""
        for _time in range(2):
            self.wait(self.program.idle)
            self.rest(0.25)
        self.wait(self.program.idle)

    def page(self, key: str) -> Any:
        """Open a page and give it once it has come to rest."""
        self.program.open_page(key)
        self.settle()
        return self.view.workspace.page


@contextmanager
def opened_window(address: Address) -> Iterator[Window]:
    """The program with this database open and its first page at rest; the user's own settings are left alone."""
    with TemporaryDirectory() as own:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = own
        sys.setswitchinterval(TURN)
        qt = prepare(["bench"])
        program = make_application(qt, kept=DeskSettings(Path(own) / "desk.json"), language="en")
        window = Window(qt, program)
        program.window.resize(1440, 900)
        program.start(address)
        try:
            window.wait(lambda: program.view is not None)
            window.settle()
            keep_what_is_there()  # as the program does once it stands
            yield window
        finally:
            program.window.close()
            program.close()
