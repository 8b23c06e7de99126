"""Walks through the real window off-screen: presses keys, waits for what should happen, takes pictures."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QUrl
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.core.clock import FixedClock
from desktop.core.messages import Message, as_text
from desktop.shell.application import Application

THEMES = ("light", "dark")
PATIENCE = 60.0  # seconds a step may take
CALM = 0.35  # seconds without background work: longer than any pause the window waits for before it looks again
NO_KEY = Qt.KeyboardModifier.NoModifier


class TourFailed(Exception):
    """A step of the tour did not happen; says which."""


class Guide:
    """Drives one window for one tour.

    Args:
        folder: Where pictures and documents go; it must be there.
        clock: The office's clock, which stands still unless the guide lets time pass.
    """

    def __init__(self, app: Application, folder: Path, clock: FixedClock) -> None:
        self.app, self.folder, self.clock = app, folder, clock
        self.made: list[Path] = []
        self.opened: list[Path] = []  # files the program handed to the system, newest last
        self._pictures = 0
        self._trouble: list[str] = []

    # What the program does outside

    def take(self, url: QUrl) -> bool:
        """Stand in for the system's programs: remember files, dial nothing."""
        if url.isLocalFile():
            self.opened.append(Path(url.toLocalFile()))
        return True

    def keep(self, name: str) -> Path:
        """Keep the document opened last among what the tour made, as `name`."""
        kept = self.folder / name
        kept.write_bytes(self.opened[-1].read_bytes())
        self.made.append(kept)
        return kept

    def listen(self) -> None:
        """Take every error the open database tells of for a failure of the tour."""
        assert self.app.desk is not None
        self.app.desk.messages.told.connect(self._hear)

    def _hear(self, message: Message) -> None:
        if message.kind != "said":
            self._trouble.append(as_text(message))

    # Waiting

    def wait(self, what: str, happened: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Let the program work until `happened()`.

        Raises:
            TourFailed: it did not happen in time, or the program told of an error.
        """
        until = time.monotonic() + seconds
        while not happened():
            self._turn()
            if time.monotonic() > until:
                raise TourFailed(f"waited in vain: {what}")
        self._check(what)

    def calm(self) -> None:
        """Let the program work until it has nothing to do."""
        until, quiet_since = time.monotonic() + PATIENCE, time.monotonic()
        while time.monotonic() - quiet_since < CALM:
            self._turn()
            if not self.app.idle():
                quiet_since = time.monotonic()
            if time.monotonic() > until:
                raise TourFailed("the program does not come to rest")
        self._check("resting")

    def _turn(self) -> None:
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        time.sleep(0.005)

    def _check(self, what: str) -> None:
        if self._trouble:
            raise TourFailed(f"{what}: {' '.join(self._trouble)}")

    def pass_time(self, seconds: int) -> None:
        """Let the office's clock run on."""
        self.clock.move(self.clock.now() + timedelta(seconds=seconds))

    # Hands

    @property
    def window(self) -> QWidget:
        """The program's window."""
        return self.app.window

    @property
    def page(self) -> Any:
        """The page in sight."""
        assert self.app.view is not None
        return self.app.view.workspace.page

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(self._keyboard(), key, held)
        self._turn()

    def type(self, text: str) -> None:
        """Type where the keyboard is."""
        for letter in text:
            field = self._keyboard()
            if letter.isascii():
                QTest.keyClicks(field, letter)
                continue
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(field, QKeyEvent(kind, ord(letter.upper()), NO_KEY, letter))
        self._turn()

    def _keyboard(self) -> QWidget:
        """Where the keyboard is; without a window manager, a window has to be told that it is in front."""
        self._come_forward(self.window)
        return QApplication.focusWidget() or self.window

    def _come_forward(self, window: QWidget) -> None:
        if QApplication.activeWindow() is None:
            window.activateWindow()
            self.wait("the window is in front", window.isActiveWindow)

    def click(self, button: QWidget) -> None:
        """Click a button that is in sight."""
        if not (button.isVisible() and button.isEnabled()):
            raise TourFailed(f"cannot be clicked: {button.accessibleName() or button.objectName() or button}")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self._turn()

    def has(self, key: str) -> bool:
        """Whether this page is part of this installation."""
        desk = self.app.desk
        return desk is not None and desk.registry.page(key, desk.rights) is not None

    def go(self, key: str, **arguments: Any) -> Any:
        """Open a page and give it once the program rests."""
        self.app.open_page(key, **arguments)
        workspace = self.app.view.workspace if self.app.view else None
        if workspace is None or workspace.current is None or workspace.current.key != key:
            raise TourFailed(f"the page {key} does not open")
        self.calm()
        return self.page

    # Pictures

    def picture(self, name: str, of: QWidget | None = None) -> None:
        """Take a picture of the window (or of a dialog) in every theme, as "03-name-dark.png"."""
        self._pictures += 1
        self.calm()
        for theme in THEMES:
            self.wear(theme)
            self._come_forward(of or self.window)
            path = self.folder / f"{self._pictures:02}-{name}-{theme}.png"
            if not (of or self.window).grab().save(str(path)):
                raise TourFailed(f"the picture {path} could not be saved")
            self.made.append(path)
        self.wear(THEMES[0])

    def wear(self, theme: str) -> None:
        """Dress the program without keeping that as anybody's choice."""
        self.app.appearance.dress(theme, self.app.look.text_size, self.app.look.density)
        for _again in range(3):  # style, layout, paint
            self._turn()
