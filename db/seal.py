"""The seal of a copy: a checksum in two fields of the file's own header that nobody else uses.

The engine finds a broken page but not a changed letter. A seal finds both. It lies inside the file, so that it travels
with it under any name, and it holds only until the file is written to: opening a copy as a database takes it off.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Literal

Seal = Literal["none", "whole", "broken"]
_HEADER = 100
_COUNTER, _SUM, _SEALED_AT = slice(24, 28), slice(60, 64), slice(68, 72)  # change counter, user version, application id
_BLOCK = 1 << 20


def seal(path: Path) -> None:
    """Seal a closed file that has no log beside it."""
    with path.open("r+b") as file:
        header = bytearray(file.read(_HEADER))
        header[_SEALED_AT] = header[_COUNTER]
        file.seek(_SEALED_AT.start)
        file.write(header[_SEALED_AT])
        file.flush()
        checksum = _checksum(path)
        file.seek(_SUM.start)
        file.write(checksum)
        file.flush()
        os.fsync(file.fileno())


def look_at_seal(path: Path) -> Seal:
    """Whether the file is as it was when it was sealed; "none" if it was not, or was written to since."""
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or header[_SEALED_AT] != header[_COUNTER] or not any(header[_COUNTER]):
        return "none"
    return "whole" if header[_SUM] == _checksum(path) else "broken"


def _checksum(path: Path) -> bytes:
    with path.open("rb") as file:
        first = bytearray(file.read(_HEADER))
        first[_SUM] = bytes(4)
        found = zlib.crc32(first)
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found.to_bytes(4, "big")
