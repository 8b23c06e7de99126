"""The program as `app.main` starts it, telling when its first page is on the screen, then its cards, then the list of people."""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from bench import locked  # noqa: F401 - so that an encrypted file opens
from bench.sites import address_of
from bench.started import tell
from desktop import app


def watched(*arguments: Any, **more: Any) -> Any:
    """Make the program, and look at it every few milliseconds until it is at rest."""
    from PySide6.QtCore import QTimer  # where the program itself first wants Qt

    program = _make(*arguments, **more)
    timer = QTimer(program, interval=2)
    shown: list[str] = []

    def look() -> None:
        view: Any = program.view
        if view is None or not program.idle() or view.workspace.page is None:
            return
        if not shown:
            shown.append("window")
            QTimer.singleShot(0, lambda: QTimer.singleShot(0, lambda: tell("window")))
        elif shown[-1] == "window" and view.workspace.page.cards.complete:
            shown.append("cards")
            QTimer.singleShot(0, lambda: QTimer.singleShot(0, people))
        elif shown[-1] == "people" and view.workspace.page.model.rowCount() > 0:
            timer.stop()
            QTimer.singleShot(0, lambda: QTimer.singleShot(0, lambda: tell("people", last=True)))

    def people() -> None:
        tell("cards")
        program.open_page("people.list")
        shown.append("people")

    timer.timeout.connect(look)
    timer.start()
    return program


if __name__ == "__main__":
    _make = app.make_application
    app.make_application = watched
    sys.exit(app.main(address_of(sys.argv[1])))
