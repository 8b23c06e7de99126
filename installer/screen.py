"""A virtual screen that is looked at from outside: pictures of it, and how long a program takes until it stands still."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

WIDTH, HEIGHT = 1440, 900
_EVERY = 5  # of so many lines of the screen one is looked at
_ALIKE = 0.97  # of the lines looked at: a blinking text cursor is no change
_REST = 8.0  # seconds without a change after which the first start counts as over
Lines = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A start as it looked: seconds until the first picture and until the one that stayed, and lines of that one."""

    first: float
    settled: float
    last: Lines


class Screen:
    """An X server without a display, whose picture lies in a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        reading, writing = os.pipe()
        size = f"{WIDTH}x{HEIGHT}x24"
        words = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp", "-ac"]
        self._server = subprocess.Popen(words, pass_fds=(writing,), stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = f":{told.readline().strip()}"
        with (folder / "Xvfb_screen0").open("rb") as file:
            self._memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        head = struct.unpack(">25I", self._memory[:100])
        self._line = head[12]
        self._start = head[0] + head[19] * 12

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._memory.close()
        self._server.terminate()
        self._server.wait()

    def lines(self) -> Lines:
        """Some lines of the picture as it is now."""
        begin = self._start
        return tuple(self._memory[begin + y * self._line : begin + y * self._line + WIDTH * 4] for y in range(0, HEIGHT, _EVERY))

    def picture(self, path: Path) -> None:
        """Save the picture as it is now."""
        from PySide6.QtGui import QImage

        content = self._memory[self._start : self._start + self._line * HEIGHT]
        QImage(content, WIDTH, HEIGHT, self._line, QImage.Format.Format_RGB32).save(str(path))

    def watch(
        self,
        command: Sequence[str],
        environment: dict[str, str],
        wanted: Lines = (),
        *,
        longest: float = 60,
        shot: Path | None = None,
    ) -> Seen:
        """Start a program, wait for its picture, end it.

        Args:
            wanted: The picture to wait for; without one, until nothing has changed for a good while.

        Raises:
            TimeoutError: it showed nothing, never came to rest, or showed something else.
        """
        empty = last = self.lines()
        first = moved = 0.0
        begun = time.monotonic()
        program = subprocess.Popen(command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL)
        try:
            while not (first and (_alike(last, wanted) if wanted else time.monotonic() - begun - moved > _REST)):
                time.sleep(0.004)
                now, after = self.lines(), time.monotonic() - begun
                if not _alike(now, last):
                    first, moved, last = first or after, after, now
                if after > longest:
                    raise TimeoutError("the window did not come to what was awaited")
            if shot is not None:
                self.picture(shot)
        finally:
            os.killpg(program.pid, signal.SIGTERM)
            program.wait()
        self._emptied(empty)
        return Seen(first, moved, last)

    def _emptied(self, empty: Lines) -> None:
        """Wait until the window is gone."""
        deadline = time.monotonic() + 10
        while not _alike(self.lines(), empty) and time.monotonic() < deadline:
            time.sleep(0.02)


def _alike(one: Lines, other: Lines) -> bool:
    return sum(a == b for a, b in zip(one, other)) >= _ALIKE * len(one)


def forget(folders: Sequence[Path]) -> None:
    """Ask the system to drop these files from memory, so that the next start reads them from the disk."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                handle = os.open(path, os.O_RDONLY)
                try:
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(handle)
