"""Turns what the driver, the file and the disk say into words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from db.disk import BROKEN, FULL, UNSURE, free, tell_disk
from db.errors import Unavailable
from db.keys import KeyMissing, key_of
from db.sqlite import opening
from db.texts import Msgid, _

PAGE = 4096  # bytes; encrypted databases are whole pages
NOISE = 10  # a head with fewer letters than this is none of any known kind of file

# What the engine's message contains -> what happened, what to do.
_WORDS: tuple[tuple[str, Msgid, Msgid], ...] = (
    (
        "is locked",
        _("Another program is writing to {file} just now."),
        _("Nothing was saved; your entries are still there. Try again in a moment."),
    ),
    ("is full", *FULL),
    (
        "readonly",
        _("{file} or its folder is read-only."),
        _("Nothing was saved. Choose a file in a folder you may write to, or ask for the right."),
    ),
    ("unable to open", _("{file} cannot be opened or made."), _("Check that the folder exists and that you may write to it.")),
    (
        "not a database",
        _("{file} is not a Kontinuum database, or it is damaged."),
        _("Nothing was changed. Choose another file, or restore a backup."),
    ),
    ("image is malformed", _("{file} is damaged."), _("Nothing was changed. Restore a backup.")),
    ("disk i/o", *BROKEN),
)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise `Unavailable` in words for every fault of the file or disk; defects pass through."""
    try:
        yield
    except (DBAPIError, dbapi2.Error) as error:
        own = error.orig if isinstance(error, DBAPIError) else error
        raw = "image is malformed" if type(own) is dbapi2.DatabaseError else str(own).lower()  # damage has many sentences
        if "unable to open" in raw and not free(path):
            raw = "is full"  # the engine does not say why it could not make a file
        for sign, what, to_do in _WORDS:
            if sign in raw and "constraint" not in raw:
                raise Unavailable(what, to_do, file=path.name, free=free(path)) from error
        raise
    except OSError as error:
        tell_disk(error, path)
        if not isinstance(error.filename, str | os.PathLike):
            raise  # no file's fault, such as a reader of our output that went away
        raise Unavailable(
            _("{file} cannot be used: {reason}."),
            _("Nothing was saved."),
            file=Path(error.filename).name,
            reason=error.strerror or str(error),
        ) from error


@contextmanager
def committing(path: Path) -> Iterator[None]:
    """Around a commit: should the disk fail now, the step is undone here, yet may be there again after a crash."""
    try:
        yield
    except DBAPIError as error:
        if "disk i/o" in str(error.orig).lower():
            raise Unavailable(*UNSURE, file=path.name) from error
        raise


def check_file(path: Path, *, writes: bool = True) -> None:
    """Refuse early, in words, what cannot become or is not a database; with `writes`, also what may only be read.

    Raises:
        Unavailable: a folder, a foreign file, or a place one may not write to.
    """
    if path.is_dir():
        raise Unavailable(_("{file} is a folder."), _("Choose a file."), file=path.name)
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            head = file.read(opening.HEAD)
            if head != opening.MAGIC and not opening.is_mark(head):
                if path.stat().st_size % PAGE == 0 and sum(32 <= byte < 127 for byte in head) < NOISE:
                    raise Unavailable(
                        _("{file} was encrypted by another program, or it is damaged."),
                        _("Nothing was changed. Choose another file, or restore a backup."),
                        file=path.name,
                    )
                raise Unavailable(
                    _("{file} is not a Kontinuum database, or it is damaged."),
                    _("Nothing was changed. Choose another file, or restore a backup."),
                    file=path.name,
                )
    if writes and not writable(path):
        raise Unavailable(
            _("{file} or its folder is read-only."),
            _("Nothing was saved. Choose a file in a folder you may write to, or ask for the right."),
            file=path.name,
        )


def remove_unused(path: Path) -> None:
    """Take away the file of a database that could not be made, unless another program is at it."""
    if not path.exists() or any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal")):
        return
    with suppress(OSError, dbapi2.Error, KeyMissing):
        if path.stat().st_size:
            with closing(opening.connect(path, key_of(path), "immutable")) as raw:
                if raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                    return
        path.unlink()


def writable(path: Path) -> bool:
    """True when the file may be changed and other files made beside it."""
    return os.access(path if path.exists() else path.parent, os.W_OK) and os.access(path.parent, os.W_OK)
