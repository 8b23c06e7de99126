"""Copies of a database file: whole under their name, or not there at all."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from db.keys import key_of
from db.sqlite import opening
from db.sqlite.opening import quoted as quoted

Report = Callable[[int, int], None]
STEP = 4096  # pages copied between two reports
STALE_SECONDS = 3600  # an unfinished copy nobody wrote to for so long belongs to a program that was killed


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to make a new file at, which at the end takes the place of `target`; a failed one leaves nothing behind.

    Once this ends well, the new file outlives a power cut.
    """
    sweep(target.parent, glob.escape(target.name))
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    try:
        yield partial
        with partial.open("r+b") as file:  # Windows syncs only what may be written
            os.fsync(file.fileno())
        os.replace(partial, target)
        _keep_name(target.parent)
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError):  # whatever went wrong before is what shall be told
                partial.with_name(partial.name + end).unlink(missing_ok=True)


def copy(source: Path, target: Path, report: Report = lambda _done, _total: None) -> None:
    """A consistent copy of a database that may be in use, as one file without a log beside it; encrypted if the source is.

    Args:
        report: Told how many pages of how many are copied; what it raises stops the copying.
    """
    key = key_of(source)
    with closing(opening.connect(source, key, "ro")) as read, closing(opening.connect(target, key)) as write:
        read.execute("BEGIN").close()  # one moment for all steps: who writes meanwhile does not make us begin again
        read.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        read.backup(write, pages=STEP, progress=lambda _status, left, total: report(total - left, total), sleep=0)
        write.execute("PRAGMA journal_mode = DELETE").close()


def _keep_name(folder: Path) -> None:
    """Make a renaming last; where folders cannot be synced, the system does it by itself."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sweep(folder: Path, name: str = "*") -> None:
    """Remove what killed programs left of copies in this folder; `name` is a pattern for what they were to become."""
    for left in folder.glob(f".{name}.????????.part*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
