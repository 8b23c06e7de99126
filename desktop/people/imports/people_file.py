"""Reads a file of people in the worker process, within limits of memory and time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from db.errors import RuleBroken, Unavailable
from db.texts import _
from desktop.core.limits import within
from desktop.core.worker import WorkerEnded, run_apart
from desktop.people.formats.sheet_file import OLD_OFFICE, ZIPS
from desktop.people.formats.table import SPLIT_ROWS
from desktop.people.imports.mapping.mapping import Mapping
from desktop.people.imports.mapping.ready import ReadyProfile
from desktop.people.imports.rows import ReadFile, read_people

MEGABYTE = 1024 * 1024
MEMORY, MEMORY_A_BYTE = 512 * MEGABYTE, 128  # a list takes up to 70 times its size; a person some two kilobytes
SECONDS, SECONDS_A_MEGABYTE = 60.0, 12.0  # four times what a slow machine was found to take
SMALL = 4 * MEGABYTE

Report = Callable[[int, int], Any]


class Asked(NamedTuple):
    """A file to be read: by the numbers and days of which office, which sheet of a spreadsheet if not the first, and how.

    `follow` says what its columns mean, else it is recognised. `for_mapping`: as for `read_people`.
    """

    path: Path
    country: str
    today: date
    sheet: str = ""
    follow: Mapping | ReadyProfile | None = None
    for_mapping: bool = False


def read_file(asked: Asked, report: Report) -> ReadFile:
    """Read the file; meant for the worker process, elsewhere without limits of memory and time.

    Raises:
        Told: the file as a whole cannot be used.
    """
    size = _size(asked.path)
    try:
        with within(memory=MEMORY + size * MEMORY_A_BYTE, seconds=SECONDS + size / MEGABYTE * SECONDS_A_MEGABYTE):
            read = read_people(
                asked.path, asked.country, report,
                today=asked.today, sheet=asked.sheet, follow=asked.follow, for_mapping=asked.for_mapping,
            )  # fmt: skip
            return replace(read, digest=digest_of(asked.path, read.sheet))
    except MemoryError:
        what = _("Reading the file {name} would take more memory than a list of its size may.")
        raise RuleBroken(what, SPLIT_ROWS, name=asked.path.name) from None


def read_for_a_command(asked: Asked) -> ReadFile:
    """Do what `read_file` does, in a process of its own when the file is large or may be larger than it looks.

    Raises:
        Told: the file as a whole cannot be used.
    """
    if _size(asked.path) <= SMALL and not _is_book(asked.path):
        return read_file(asked, lambda done, total: None)
    try:
        read: ReadFile = run_apart(read_file, asked)
    except WorkerEnded:
        raise reading_ended(asked.path.name) from None
    return read


def reading_ended(name: str) -> Unavailable:
    """What to say when the worker process died over a file."""
    return Unavailable(
        _("Reading the file {name} took too much memory or time and was ended."),
        _("Nothing was changed. Save the list as a new file, or split it, and try again."),
        name=name,
    )


def digest_of(path: Path, sheet: str) -> str:
    """By which the same content is known again, whatever the file is called.

    Raises:
        Unavailable: the file can no longer be read.
    """
    try:
        with path.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256")
    except OSError:
        raise Unavailable(
            _("The file {name} can no longer be read."), _("Look whether it is still there."), name=path.name
        ) from None
    whole.update(sheet.encode())
    return whole.hexdigest()


def _size(path: Path) -> int:
    """In bytes; a file that cannot be opened is told of by who reads it."""
    return path.stat().st_size if path.is_file() else 0


def _is_book(path: Path) -> bool:
    """Whether it is a spreadsheet, which may hold more than shows or lead its reader astray."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(OLD_OFFICE)).startswith((*ZIPS, OLD_OFFICE))
