"""The one way a connection to a database file is opened, encrypted or not, and how an encrypted file is known.

The first bytes of an encrypted file are never encrypted. They hold a mark and the name of the key, and every copy that the
engine makes has the same: so a moved file, and a backup, are found their key wherever they lie.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from sqlcipher3 import dbapi2

MAGIC = b"SQLite format 3\x00"  # how a plain file begins
MARK = b"Kont"  # how an encrypted one begins; twelve bytes that name the key follow
HEAD = len(MAGIC)


class Unlocking(Protocol):
    """What opens an encrypted file."""

    @property
    def spoken(self) -> str:
        """The key and the head of its files, as the engine takes them."""


def connect(path: Path, key: Unlocking | None, mode: str = "rwc", **options: Any) -> Any:
    """A raw connection without transactions of the driver's own.

    Args:
        mode: As in a `file:` address: "ro", "rw", "rwc"; "immutable" for a file that nobody changes.
    """
    how = "immutable=1" if mode == "immutable" else f"mode={mode}"
    address = str(path) if mode == "rwc" else f"file:{quoted(path)}?{how}"
    raw = dbapi2.connect(address, uri=mode != "rwc", isolation_level=None, **options)
    try:
        unlock(raw, key)
    except dbapi2.Error:
        raw.close()
        raise
    return raw


def unlock(raw: Any, key: Unlocking | None) -> None:
    """Tell a new connection the key of its file, before it reads anything."""
    if key is not None:
        raw.execute("PRAGMA cipher_log_level = NONE").close()  # what is wrong is told once, by us
        raw.execute(f'PRAGMA key = "{key.spoken}"').close()


def mark_of(path: Path) -> bytes | None:
    """The head of an encrypted file, which names its key; None for a plain, empty, foreign or missing one.

    The engine reads it, for were a file that is open in this program opened and closed by others, its locks were gone.
    """
    try:
        raw = dbapi2.connect(f"file:{quoted(path)}?mode=ro", uri=True, isolation_level=None)
        with closing(raw):
            raw.execute("PRAGMA cipher_log_level = NONE").close()
            raw.execute(f"PRAGMA key = \"x'{bytes(32).hex()}'\"").close()
            found = raw.execute("PRAGMA cipher_salt").fetchone()
    except dbapi2.Error:
        return None  # whoever opens it in earnest will hear why
    head = bytes.fromhex(found[0]) if found else b""
    return head if is_mark(head) else None


def is_mark(head: bytes) -> bool:
    """Whether a file that begins so was encrypted by us."""
    return len(head) >= HEAD and head.startswith(MARK)


def quoted(path: Path) -> str:
    """A path as it stands in a `file:` address."""
    return path.resolve().as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")
