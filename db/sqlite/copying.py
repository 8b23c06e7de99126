"""Copies of a database file: whole under their name, or not there at all."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from sqlcipher3 import dbapi2

STALE_SECONDS = 3600  # an unfinished copy nobody wrote to for so long belongs to a program that was killed


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path to make a new file at, which at the end takes the place of `target`; a failed one leaves nothing behind.

    Once this ends well, the new file outlives a power cut.
    """
    _sweep(target)
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


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, as one plain file without a log beside it."""
    with (
        closing(dbapi2.connect(f"file:{quoted(source)}?mode=ro", uri=True, isolation_level=None)) as read,
        closing(dbapi2.connect(str(target), isolation_level=None)) as write,
    ):
        read.backup(write)
        write.execute("PRAGMA journal_mode = DELETE").close()


def quoted(path: Path) -> str:
    """A path as it stands in a `file:` address."""
    return path.resolve().as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")


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


def _sweep(target: Path) -> None:
    """Remove what killed programs left of copies to the same place."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.????????.part*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()
