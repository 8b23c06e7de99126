"""Makes a copy of the database before a risky step, whoever asks for the step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from db.backups import is_covered, last_change, make_backup
from db.copies import Checked
from db.history import BIG_TAKE_BACK
from db.protected.people import MARK
from desktop.core.clock import Clock
from desktop.core.manifest import Verb


class CopyFirst:
    """What `Database.before_step` is set to. Runs in the thread that is about to write.

    Args:
        verbs: Gives the words of every kind of change; those marked as risky get a copy.
        wanted: Whether the office wants such copies.
        made: Told of each copy, in the same thread.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        verbs: Callable[[], Mapping[str, Verb]],
        wanted: Callable[[], bool],
        made: Callable[[Checked], None] = lambda _checked: None,
    ) -> None:
        self._path, self._clock, self._verbs, self._wanted, self._made = path, clock, verbs, wanted, made

    def __call__(self, verb: str) -> None:
        """Make the copy if this step wants one.

        Raises:
            Unavailable: it cannot be made; the step shall not begin.
        """
        reason = self._reason(verb)
        if not reason or not self._wanted() or (last_change(self._path) or 0) <= 1 or is_covered(self._path, reason):
            return
        self._made(make_backup(self._path, reason, self._clock.now(), zone=self._clock.zone))

    def _reason(self, verb: str) -> str:
        if verb == BIG_TAKE_BACK:
            return "takeback"
        if verb == MARK:  # no manifest names it: no history does
            return "step"
        known = self._verbs().get(verb)
        return known.risky if known else ""
