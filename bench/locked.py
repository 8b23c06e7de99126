"""The key of databases that are measured encrypted. It is no secret: the people in them are invented."""

from __future__ import annotations

from pathlib import Path

from db import encryption, keys
from db.keys import Key

KEY = Key(bytes(range(32)))
FOLDER = "encrypted"  # below the folder of a run; whatever lies in it is encrypted
keys.use(KEY)


def begin(path: Path) -> None:
    """Make the file encrypted if it is not there and lies where they are."""
    if path.parent.name == FOLDER and not path.exists():
        encryption.begin(path, KEY)
