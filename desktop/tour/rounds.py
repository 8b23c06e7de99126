"""The guided tour: walks through the program off-screen on invented people and leaves pictures and documents."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from desktop.core.clock import FixedClock
from desktop.core.settings import DeskSettings
from desktop.shell.desk import Surroundings
from desktop.tour.guide import Guide
from desktop.tour.stops import walk

MORNING = datetime(2027, 7, 15, 7, 30, tzinfo=UTC)
USER = "kim"  # who sits at the desk, whatever the computer calls its user
WIDTH, HEIGHT = 1440, 900


@dataclass(frozen=True, slots=True)
class Round:
    """One walk: in which language and at which text size, in per cent."""

    language: str
    text_size: int = 100

    @property
    def name(self) -> str:
        """The folder its pictures go to."""
        return self.language if self.text_size == 100 else f"{self.language}-{self.text_size}"


ROUNDS = (Round("en"), Round("sv"), Round("fi"))


def run_tour(out: Path, rounds: Sequence[Round] = ROUNDS) -> list[Path]:
    """Walk through the program in every language and theme.

    Args:
        out: Gets a folder for each round; what lies there already is overwritten.

    Returns:
        The pictures and documents made.

    Raises:
        TourFailed: a step did not happen; what was made until then stays.
    """
    from desktop.app import prepare  # after the platform is chosen

    if QApplication.instance() is None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qt = prepare()
    made: list[Path] = []
    with _signed_in_as(USER):
        for one in rounds:
            made += _walk(qt, one, out.resolve() / one.name)
    return made


def _walk(qt: QApplication, one: Round, folder: Path) -> list[Path]:
    """One round in a window of its own, on a database of its own."""
    from desktop.shell.application import Application

    folder.mkdir(parents=True, exist_ok=True)
    clock = FixedClock(MORNING, ZoneInfo("Europe/Stockholm"))
    with TemporaryDirectory(prefix="kontinuum-tour-", ignore_cleanup_errors=True) as temporary:
        aside = Path(temporary)
        helpers: list[Guide] = []
        around = Surroundings(clock=clock, opener=lambda url: helpers[0].take(url))
        kept = DeskSettings(aside / "desk.json")
        kept.set("text_size", one.text_size)
        app = Application(qt, kept=kept, around=around, language=one.language)
        guide = Guide(app, folder, clock)
        helpers.append(guide)
        try:
            app.window.resize(WIDTH, HEIGHT)
            _begin(guide, aside / "Demo.kontinuum", one)
            walk(guide, aside)
        finally:
            app.close()
            app.window.hide()
            app.window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return guide.made


def _begin(guide: Guide, database: Path, one: Round) -> None:
    """The first start: the welcome, then a demo database made before our eyes."""
    app = guide.app
    app.start()
    app.window.activateWindow()
    guide.wait("the window is in front", app.window.isActiveWindow)
    guide.picture("first-start")
    app.open_database(database, fill=True)
    guide.wait("the demo opens", lambda: app.view is not None)
    guide.listen()
    guide.calm()
    if one.text_size != app.look.text_size:
        app.look.set_text_size(one.text_size)
        guide.wait("the text is larger", lambda: app.look.text_size == one.text_size)
    app.window.resize(WIDTH, HEIGHT)
    guide.calm()


@contextmanager
def _signed_in_as(name: str) -> Iterator[None]:
    """Let the computer's user be called `name` meanwhile."""
    before = os.environ.get("LOGNAME")
    os.environ["LOGNAME"] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ["LOGNAME"]
        else:
            os.environ["LOGNAME"] = before
