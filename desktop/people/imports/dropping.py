"""A page on which files can be dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FileDrop(QWidget):
    """Tells of files held over it and dropped on it, while it takes any.

    Args:
        takes: Whether a file would be taken now.
    """

    inviting = Signal(bool)  # whether what is held over the page would be taken
    dropped = Signal(list)  # paths of files, at least one

    def __init__(self, takes: Callable[[], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._takes = takes
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()) and self._takes():
            event.acceptProposedAction()
            self.inviting.emit(True)

    def dragLeaveEvent(self, event: Any) -> None:
        self.inviting.emit(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.inviting.emit(False)
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(files) == 1:
            event.acceptProposedAction()
        if files:
            self.dropped.emit(files)
