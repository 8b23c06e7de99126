"""Turning a plain database file into an encrypted one and back: row for row, beside the old file, which it then replaces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from db.keys import Key, key_of
from db.sqlite import opening
from db.sqlite.copying import Report

LOOK = 200_000  # steps of the engine's machine between two reports
BLOCK = 1 << 20
_ROWS = "SELECT name FROM %s.sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite_%%' ORDER BY name"


class NotTheSame(ValueError):
    """What was written does not hold what was read: never put in its place."""


def alone(path: Path) -> Any:
    """A connection that nobody shares until it is closed, its log folded in.

    Raises:
        dbapi2.OperationalError: the file is open elsewhere ("is locked").
    """
    raw = opening.connect(path, key_of(path), timeout=0.2)
    try:
        raw.execute("PRAGMA journal_mode = DELETE").close()  # refused while anybody has the file open
        raw.execute("PRAGMA locking_mode = EXCLUSIVE").close()
        raw.execute("BEGIN EXCLUSIVE").close()
        raw.execute("COMMIT").close()
    except dbapi2.Error:
        raw.close()
        raise
    return raw


def convert(source: Path, target: Path, key: Key | None, report: Report = lambda _done, _total: None) -> None:
    """Write all that `source` holds to the new file `target`, encrypted with `key`, or plain without one."""
    with closing(opening.connect(source, key_of(source), "rw")) as raw:
        convert_from(raw, source, target, key, report)


def convert_from(raw: Any, source: Path, target: Path, key: Key | None, report: Report) -> None:
    """As `convert`, by a connection to `source` that is open already.

    Raises:
        NotTheSame: a defect, or a file that changed meanwhile.
    """
    raw.execute("ATTACH ? AS made KEY ?", (str(target), key.spoken if key else "")).close()
    try:
        for pragma in ("journal_mode = OFF", "synchronous = OFF"):  # it counts only once all of it is there, and synced then
            raw.execute(f"PRAGMA made.{pragma}").close()
        with _reporting(raw, source, target, report):
            raw.execute("SELECT sqlcipher_export('made')").fetchall()
            _compare(raw)
    finally:
        with suppress(dbapi2.Error):
            raw.execute("DETACH made").close()


def _compare(raw: Any) -> None:
    """Every table is there with all its rows; what they hold was copied record by record by the engine."""
    here, there = ([row[0] for row in raw.execute(_ROWS % place)] for place in ("main", "made"))
    counts = [
        [raw.execute(f'SELECT count(*) FROM {place}."{table}"').fetchone()[0] for table in here] for place in ("main", "made")
    ]
    if here != there or counts[0] != counts[1]:
        raise NotTheSame("the converted file lacks tables or rows")


@contextmanager
def _reporting(raw: Any, source: Path, target: Path, report: Report) -> Iterator[None]:
    total = max(1, source.stat().st_size)
    failed: list[BaseException] = []
    report(0, total)

    def look() -> bool:
        try:
            report(min(total, target.stat().st_size), total)
        except Exception as error:  # noqa: BLE001 - the engine would swallow it; raised again below
            failed.append(error)
        return bool(failed)

    raw.set_progress_handler(look, LOOK)
    try:
        yield
    except dbapi2.Error:
        if failed:
            raise failed[0] from None
        raise
    finally:
        raw.set_progress_handler(None, 0)


@contextmanager
def overwriting(path: Path) -> Iterator[None]:
    """What `path` holds now is overwritten once another file has taken its place; nothing happens if that fails.

    Whoever waited to open the old file finds no database in it, instead of writing to a file that has no name any more.
    Disks that write elsewhere each time (solid-state ones), file systems with snapshots, and other copies keep the bytes.
    """
    if os.name != "posix":  # an open file cannot be replaced there
        yield
        return
    with path.open("r+b", buffering=0) as old:
        left = path.stat().st_size
        yield
        while left > 0:
            left -= old.write(bytes(min(BLOCK, left)))
        os.fsync(old.fileno())
