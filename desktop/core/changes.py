"""Tells pages what moved in the database, in the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

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
        self._stop: Callable[[], Any] | None = database.listen(self.tell) if database is not None else None

    def tell(self, moved: object) -> None:
        """Pass on what moved; from any thread."""
        self._heard.emit(moved)
