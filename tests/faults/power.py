"""A disk that loses power: what was not synced is there in part, in any order, and sectors are torn."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from tests.faults.disk import OK, Touch

SECTOR = 512


@dataclass
class _File:
    """What surely is on the disk, and what was written since."""

    sure: bytearray = field(default_factory=bytearray)
    waiting: list[Touch] = field(default_factory=list)

    def write(self, touch: Touch) -> None:
        _lay(self.sure, touch)

    def sync(self) -> None:
        """All that waits is on the disk."""
        for touch in self.waiting:
            _lay(self.sure, touch)
        self.waiting.clear()

    def after_the_cut(self, rng: Random) -> bytes:
        """Of each sector written since the last sync, any state it went through; some are torn in the middle."""
        left, now = bytearray(self.sure), bytearray(self.sure)
        survives = rng.choice((0.0, rng.random(), rng.random(), 1.0))
        for touch in self.waiting:
            _lay(now, touch)
            if touch.kind == "truncate":
                if rng.random() < survives:
                    _lay(left, touch)
                continue
            end = touch.offset + len(touch.data)
            for start in range(touch.offset // SECTOR * SECTOR, end, SECTOR):
                if rng.random() < survives:
                    sector = now[start : min(start + SECTOR, end)]
                    if rng.random() < 0.1:
                        sector = sector[: rng.randrange(len(sector))]
                    _lay(left, Touch("write", touch.path, start, bytes(sector)))
        return bytes(left)


def _lay(content: bytearray, touch: Touch) -> None:
    if touch.kind == "truncate":
        del content[touch.offset :]
        return
    if len(content) < touch.offset:
        content.extend(bytes(touch.offset - len(content)))
    content[touch.offset : touch.offset + len(touch.data)] = touch.data


class Disk:
    """Follows a recording. Names change in order, as journalling file systems do it, but later than they were told to."""

    def __init__(self, files: dict[str, bytes], *, lies: bool = False) -> None:
        """
        Args:
            lies: Syncing is said to be done and is not.
        """
        self._numbers = count()
        self._lies = lies
        self._files: dict[int, _File] = {}
        self._names: dict[str, int] = {}  # as the program sees them
        for path, content in files.items():
            self._files[self._name(path)] = _File(bytearray(content))
        self._sure_names = dict(self._names)
        self._renamed: list[dict[str, int]] = []  # how the names stood after each change that waits

    def _name(self, path: str) -> int:
        number = next(self._numbers)
        self._names[path] = number
        self._files[number] = _File()
        return number

    def follow(self, touch: Touch) -> None:
        """Something reached the disk's memory."""
        if touch.kind == "make":
            self._name(touch.path)
            self._renamed.append(dict(self._names))
        elif touch.kind in ("write", "truncate"):
            if touch.path not in self._names:  # Python made it
                self.follow(Touch("make", touch.path))
            self._files[self._names[touch.path]].waiting.append(touch)
        elif touch.kind == "sync":
            if not self._lies:
                if touch.path in self._names:
                    self._files[self._names[touch.path]].sync()
                self._settle_names()  # the engine syncs the folder of a new log with the log
        else:
            number = self._names.pop(touch.path)
            if touch.kind == "replace":
                self._names[touch.target] = number
            self._renamed.append(dict(self._names))
            if touch.kind == "remove" and touch.offset and not self._lies:
                self._settle_names()

    def _settle_names(self) -> None:
        self._sure_names = dict(self._names)
        self._renamed.clear()

    def cut(self, folder: Path, rng: Random) -> None:
        """Leave in `folder` what a computer finds that starts again now."""
        for old in folder.iterdir():
            old.unlink()
        names = rng.choice([self._sure_names, *self._renamed])
        for path, number in names.items():
            (folder / Path(path).name).write_bytes(self._files[number].after_the_cut(rng))


class Recording:
    """Everything on its way to the disk, and between it what the user was told."""

    def __init__(self) -> None:
        self.events: list[Touch | int] = []  # a number: that many steps are acknowledged

    def note(self, touch: Touch) -> int:
        """Watches."""
        self.events.append(touch)
        return OK
