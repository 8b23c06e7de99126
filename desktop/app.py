"""Starts the window: makes the long-lived objects, joins them, and runs until the window closes.

Everything is imported by the functions, once imports are quick and the collector rests.
"""

from __future__ import annotations

import builtins
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from db.collector import keep_what_is_there

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from db.profiles import Address
    from desktop.core.settings import DeskSettings
    from desktop.core.trail import Trail
    from desktop.shell.application import Application
    from desktop.shell.desk import Surroundings
    from desktop.shell.safe_start import StartMark

# Seconds a busy thread keeps Python to itself: a tenth of the usual, so that the window draws three times as often
# while a long import is written.
TURN = 0.0005
STARTED = 2000  # milliseconds after which the first pages stand


def import_plainly() -> None:
    """Take PySide's hook out of Python's imports: it reads the source of whatever is imported, to find `__feature__` in it.

    Nothing here uses those features, and the sources of all modules would stay in memory.
    """
    import PySide6.QtCore  # noqa: F401 - hangs the hook in

    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def prepare(arguments: list[str] | None = None) -> QApplication:
    """The one QApplication of this process, named and dressed in our icon."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    from desktop.widgets.icons import icon

    QCoreApplication.setApplicationName("Kontinuum")
    QCoreApplication.setOrganizationName("Kontinuum")
    running = QApplication.instance()
    qt = running if isinstance(running, QApplication) else QApplication(arguments or sys.argv[:1])
    qt.setDesktopFileName("kontinuum")
    qt.setWindowIcon(icon("kontinuum", "accent"))
    return qt


def make_application(
    qt: QApplication,
    *,
    kept: DeskSettings | None = None,
    around: Surroundings | None = None,
    at_once: bool = False,
    language: str = "",
    trail: Trail | None = None,
    crash: Path | None = None,
    mark: StartMark | None = None,
    safe: bool = False,
) -> Application:
    """The program around a window not shown yet, for `main`, the tour and tests."""
    from desktop.shell.application import Application

    return Application(
        qt, kept=kept, around=around, at_once=at_once, language=language, trail=trail, crash=crash, mark=mark, safe=safe
    )


def main(address: Address | None = None, as_user: str | None = None, *, language: str = "", safe: bool = False) -> int:
    """Open the window on a database (else the last one, else the welcome) and answer with the exit code.

    Args:
        safe: Leave the modules out.
    """
    gc.disable()  # what is made while starting stays
    import_plainly()
    from PySide6.QtCore import QTimer

    from db.profiles import Places
    from desktop.core.log import CRASH, last_crash, start_log
    from desktop.core.trail import SUSPECTS, Trail
    from desktop.shell.safe_start import MARK, StartMark

    crashed = last_crash()
    crash = start_log().with_name(CRASH)
    trail = Trail(Places.of_this_machine().config / SUSPECTS, crashed)
    sys.setswitchinterval(TURN)
    qt = prepare()
    mark = StartMark(Places.of_this_machine().config / MARK)
    program = make_application(qt, language=language, trail=trail, crash=crash, mark=mark, safe=safe)
    program.start(address, as_user)
    QTimer.singleShot(STARTED, keep_what_is_there)
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
