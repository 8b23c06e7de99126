"""Keeps True, False and None alive under Python 3.11, where Qt's Python binding wears them out."""

from __future__ import annotations

import ctypes
import sys

_PLENTY = 1 << 40  # more signals than a program ever sends


def steady_constants() -> None:
    """Raise the reference counts of the constants beyond reach; from Python 3.12 on they need none.

    PySide6 6.12 gives back one reference to True more than it took with every signal that is emitted. After some
    hundreds or thousands of signals Python 3.11 stops with "deallocating True or False".
    """
    if sys.implementation.name == "cpython" and sys.version_info < (3, 12):
        for constant in (True, False, None):
            ctypes.c_ssize_t.from_address(id(constant)).value += _PLENTY
