"""Tells pages what moved in the database, in the window's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

if TYPE_CHECKING:
    from db.database import Database


class Changes(QObject):
    """`changed` carries a `db.changes.Moved` after each commit; pages listen here instead of to each other."""

    changed = Signal(object)
    _heard = Signal(object)

    def __init__(self, database: Database | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Commits happen in the writing thread; a queued signal brings them to the thread this object lives in.
        self._heard.connect(self.changed, Qt.ConnectionType.AutoConnection)
        if database is not None:
            database.listen(self.tell)

    def tell(self, moved: object) -> None:
        """Pass on what moved; from any thread, and in vain once Qt has removed this object."""
        if isValid(self):
            self._heard.emit(moved)
