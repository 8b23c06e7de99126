"""Words for a disk that is full or broken. Light: worker processes without a database use them too."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from db.errors import Unavailable
from db.texts import _

FULL = (
    _("There is no room left on the disk that holds {file}: {free} MB are free."),
    _("Nothing was saved; your entries are still there. Make room and try again."),
)
BROKEN = (
    _("The disk that holds {file} reports an error."),
    _("Nothing was saved. Check the disk, then try again."),
)
UNSURE = (
    _("The disk that holds {file} reports an error."),
    _("It is not certain whether this was saved. Check the disk, look whether it is there, then try again."),
)
_WORDS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EIO: BROKEN}


def tell_disk(error: OSError, path: Path) -> None:
    """Raise `Unavailable` if this says that the disk of `path` is full or broken; the system often names no file then."""
    if error.errno in _WORDS:
        raise Unavailable(*_WORDS[error.errno], file=path.name, free=free(path)) from error


def free(path: Path) -> int:
    """Megabytes free on the disk of a file that may not be there."""
    place = next((place for place in (path, *path.parents) if place.exists()), Path())
    return shutil.disk_usage(place).free // 1_000_000
