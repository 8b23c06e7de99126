"""Remembers on this desk whose code was about to run, so that a run that ended there can be told from a good one."""

from __future__ import annotations

import json
import logging
import re
import threading
from collections.abc import Mapping
from pathlib import Path

from db.texts import Msgid, _

log = logging.getLogger(__name__)
SUSPECTS = "suspects.json"

_STARTING = _("The program ended last time while this module was starting. It is left off until you switch it on.")
MANIFEST = "manifest"  # the program ended before the module had even said what it is: it is not asked again
WHY = {
    MANIFEST: _STARTING,
    "starting": _STARTING,
    "stuck": _("Last time this module kept the window from answering. It is left off until you switch it on."),
    "crashed": _("The program ended last time in this module's code. It is left off until you switch it on."),
}
_FRAME = re.compile(r'^  File "(.+)", line \d+ in ', re.MULTILINE)


class Trail:
    """Which modules are suspects, with the reason; kept in one small file beside the desk's settings.

    Args:
        path: The file; None remembers nothing beyond this run.
        crash: What `desktop.core.log` kept of a crash of the run before.

    The file holds keys of modules and nothing else. That it cannot be written is no reason to stop: it is only logged.
    May be used from any thread.
    """

    def __init__(self, path: Path | None = None, crash: Path | None = None) -> None:
        self._path, self._one = path, threading.Lock()
        self._suspects: dict[str, str] = {}
        self._marks: dict[str, str] = {}  # of this run, which the next one takes for suspects
        if path is not None:
            self._suspects = _read(path)
        self._crash = _frames_of(crash) if crash is not None else ()

    @property
    def suspects(self) -> Mapping[str, Msgid]:
        """The modules to be left off, with the reason in words."""
        return {key: WHY[why] for key, why in self._suspects.items()}

    def unreadable(self, key: str) -> bool:
        """Whether not even its manifest may be asked for."""
        return self._suspects.get(key) == MANIFEST

    def accuse(self, key: str, folder: Path) -> None:
        """Suspect the module in `folder` if the run before crashed in its code."""
        if any(Path(file).is_relative_to(folder) for file in self._crash):
            self._suspects.setdefault(key, "crashed")
            self._save()

    def forgive(self, key: str) -> None:
        """The user wants it: suspect it no more."""
        if self._suspects.pop(key, None) is not None:
            self._save()

    def mark(self, key: str, why: str) -> None:
        """From now until `unmark`, a program that ends makes this module a suspect, for a reason of `WHY`."""
        self._marks[key] = why
        self._save()

    def unmark(self, key: str) -> None:
        """It went well."""
        if self._marks.pop(key, None) is not None:
            self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        with self._one:
            kept = {**self._suspects, **self._marks}
            try:
                if kept:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    fresh = self._path.with_suffix(".new")
                    fresh.write_text(json.dumps(kept, sort_keys=True), encoding="utf-8")
                    fresh.replace(self._path)
                else:
                    self._path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("which modules are starting could not be written down: %s", type(error).__name__)


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("the suspects of the last run could not be read: %s", type(error).__name__)
        return {}
    return {key: why for key, why in found.items() if why in WHY} if isinstance(found, dict) else {}


def _frames_of(crash: Path) -> tuple[str, ...]:
    """The files in whose code the crashed run was, as Python's fault handler wrote them."""
    try:
        told = crash.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    _others, found, current = told.partition("Current thread ")
    return tuple(_FRAME.findall(current.partition("\n\n")[0] if found else told))
