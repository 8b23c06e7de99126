"""Which databases this computer knows, where they lie, and who has one open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from db.errors import Unavailable
from db.profiles import Address, Places, is_server
from db.texts import _
from desktop.core.settings import DeskSettings

RECENT = 6
_RECENT, _LAST, _BACKUPS = "recent", "last_database", "backups"


class KnownFiles:
    """The databases opened lately, and when each was last backed up, kept on this desk."""

    def __init__(self, kept: DeskSettings) -> None:
        self._kept = kept

    @property
    def recent(self) -> list[Address]:
        """The last ones opened that are still there, newest first; of servers nobody can say without asking them."""
        listed = self._kept.get(_RECENT, [])
        return [found for text in listed if isinstance(text, str) and (found := _still_there(text)) is not None]

    @property
    def last(self) -> Address | None:
        """The one opened last, if it is still there."""
        return _still_there(str(self._kept.get(_LAST) or ""))

    @property
    def first(self) -> Address | None:
        """What a start opens by itself: the last one; on a desk that never opened any, the user's own if it is there."""
        own = Places.of_this_machine().own_database
        if self._kept.get(_LAST) is None and own.is_file():
            return own
        return self.last

    def opened(self, path: Address) -> None:
        """Remember that this one was opened."""
        listed = [str(path), *(str(other) for other in self.recent if other != path)]
        self._kept.set(_RECENT, listed[:RECENT])
        self._kept.set(_LAST, str(path))

    def left(self) -> None:
        """The next start begins with the welcome."""
        self._kept.set(_LAST, "")

    def backed_up(self, path: Path) -> datetime | None:
        """When this database was last backed up from here."""
        try:
            return datetime.fromisoformat(self._kept.get(_BACKUPS, {})[str(path)]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            return None

    def note_backup(self, path: Path, moment: datetime) -> None:
        """A backup of this database was made and checked."""
        self._kept.set(_BACKUPS, {**self._kept.get(_BACKUPS, {}), str(path): moment.isoformat()})


def _still_there(text: str) -> Address | None:
    if is_server(text):
        return text
    path = Path(text)
    return path if path.is_file() else None


class OneWindow:
    """Keeps a database to one window: two would each believe to show the last state of a form."""

    def __init__(self) -> None:
        self._lock: QLockFile | None = None

    def take(self, path: Path) -> None:
        """Claim `path`; a claim whose program died is taken over.

        Raises:
            Unavailable: another window has it open.
        """
        self.release()
        lock = QLockFile(str(path.with_name(f".{path.name}.lock")))
        lock.setStaleLockTime(0)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
            raise Unavailable(
                _("“{name}” is already open in another window of Kontinuum."),
                _("Use that window, or close it and try again."),
                name=path.stem,
            )
        self._lock = lock

    def release(self) -> None:
        """Let others open it."""
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
