"""Pages as tests look at them: as large as a window, and in sight."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

LONG = 30_000  # milliseconds: no test depends on how fast a machine is
W = TypeVar("W", bound=QWidget)


def shown(qtbot: QtBot, page: W, width: int = 1240, height: int = 820) -> W:
    """The page, in sight."""
    qtbot.addWidget(page)
    page.resize(width, height)
    with qtbot.waitExposed(page, timeout=LONG):
        page.show()
    return page


def active(qtbot: QtBot, page: W) -> W:
    """The page in the window that has the keyboard."""
    shown(qtbot, page, 1200, 800).activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=LONG)
    return page


def said(widget: QWidget) -> str:
    """The words in sight, and what is spoken of them."""
    QApplication.processEvents()
    labels = [label for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(f"{label.text()} {label.accessibleName()}" for label in labels)
