"""Stands between the engine and the disk: sees every write, sync and removal before it happens, and may refuse it.

The very library the product runs on is watched, not a stand-in: its file system (VFS) keeps its own functions, and those
that change something are asked for first. Calls of Python that belong to storing (`os.replace`, `os.fsync`, removals,
copies) are seen the same way.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlcipher3 import _sqlite3 as engine

OK, IO_WRITE, IO_SYNC, IO_TRUNCATE, IO_DELETE, FULL, CANNOT_OPEN = 0, 778, 1034, 1546, 2570, 13, 14
DONE = -1  # say that it is done, and do nothing; for syncs
_CREATE = 0x4
_Pointer = ctypes.c_void_p
_Open = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, _Pointer, ctypes.c_int, ctypes.POINTER(ctypes.c_int))
_Delete = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, ctypes.c_int)
_Close = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, _Pointer, ctypes.c_int, ctypes.c_int64)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, _Pointer, ctypes.c_int)


class Touch(NamedTuple):
    """Something that is about to reach the disk."""

    kind: str  # make, write, sync, truncate, remove, replace
    path: str
    offset: int = 0  # of a write; of a truncation the new length; of a removal 1 when it is made to last at once
    data: bytes = b""
    target: str = ""  # of a replacement


Watcher = Callable[[Touch], int]  # answers OK, DONE, or the fault that shall be


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", _Pointer),
        ("name", ctypes.c_char_p),
        ("data", _Pointer),
        ("open", _Pointer),
        ("delete", _Pointer),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int)] + [
        (name, _Pointer)
        for name in (
            "close", "read", "write", "truncate", "sync", "size", "lock", "unlock", "reserved", "control", "sector", "traits",
            "shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch",
        )
    ]  # fmt: skip


@dataclass
class _Shim:
    """Lies over the engine's file system from the first use to the end of the process; lets all through without a watcher."""

    watcher: Watcher | None = None
    names: dict[int, str] = field(default_factory=dict)  # open files by the address of the engine's own record
    methods: dict[int, tuple[_Methods, _Methods]] = field(default_factory=dict)  # by address: theirs, ours
    kept: list[Any] = field(default_factory=list)  # what the engine points to must live on

    def lie_over(self) -> None:
        """Put our functions in the place of those that change something."""
        library = ctypes.CDLL(engine.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        vfs = library.sqlite3_vfs_find(None).contents
        self.their_open, self.their_delete = _Open(vfs.open), _Delete(vfs.delete)
        ours = _Open(self._open), _Delete(self._delete)
        self.functions = {
            "close": _Close(self._close), "write": _Write(self._write), "truncate": _Truncate(self._truncate), "sync": _Sync(self._sync)
        }  # fmt: skip
        vfs.open, vfs.delete = (ctypes.cast(function, _Pointer) for function in ours)
        self.kept += [library, vfs, ours]

    def ask(self, touch: Touch) -> int:
        return self.watcher(touch) if self.watcher is not None else OK

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        path = _text(name)  # the pointer itself goes on: the engine reads what stands around the name
        if path and flags & _CREATE and not os.path.exists(path):
            refused = self.ask(Touch("make", path))
            if refused:
                return CANNOT_OPEN
        code: int = self.their_open(vfs, name, file, flags, out)
        place = ctypes.cast(file, ctypes.POINTER(_Pointer))
        theirs = place.contents.value
        if code == OK and path and theirs:
            if theirs not in self.methods:
                self.methods[theirs] = self._with_ours(theirs)
            place[0] = ctypes.addressof(self.methods[theirs][1])
            self.names[file] = path
        return code

    def _with_ours(self, theirs: int) -> tuple[_Methods, _Methods]:
        former = _Methods.from_address(theirs)
        copy = _Methods.from_buffer_copy(former)
        for name, function in self.functions.items():
            setattr(copy, name, ctypes.cast(function, _Pointer))
        self.kept.append(copy)
        self.by_ours = {**getattr(self, "by_ours", {}), ctypes.addressof(copy): former}
        return former, copy

    def _theirs(self, file: int) -> _Methods:
        found: _Methods = self.by_ours[ctypes.cast(file, ctypes.POINTER(_Pointer)).contents.value]
        return found

    def _close(self, file: int) -> int:
        close = _Close(self._theirs(file).close)
        self.names.pop(file, None)
        code: int = close(file)
        return code

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        if self.watcher is not None:
            refused = self.ask(Touch("write", self.names[file], offset, ctypes.string_at(data, size)))
            if refused:
                return refused
        code: int = _Write(self._theirs(file).write)(file, data, size, offset)
        return code

    def _truncate(self, file: int, size: int) -> int:
        refused = self.ask(Touch("truncate", self.names[file], size))
        return IO_TRUNCATE if refused else _Truncate(self._theirs(file).truncate)(file, size)

    def _sync(self, file: int, flags: int) -> int:
        refused = self.ask(Touch("sync", self.names[file]))
        if refused == DONE:
            return OK
        return IO_SYNC if refused else _Sync(self._theirs(file).sync)(file, flags)

    def _delete(self, vfs: int, name: int, sync: int) -> int:
        path = _text(name)
        if os.path.exists(path) and self.ask(Touch("remove", path, sync)):
            return IO_DELETE
        code: int = self.their_delete(vfs, name, sync)
        return code


def _text(name: int | None) -> str:
    return os.fsdecode(ctypes.string_at(name)) if name else ""


_SHIM = _Shim()


def lie_over() -> None:
    """See to it that files opened from now on can be watched."""
    if not _SHIM.kept:
        _SHIM.lie_over()


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Show `watcher` everything on its way to the disk, and heed its answer."""
    lie_over()
    assert _SHIM.watcher is None, "one watcher at a time"
    former = {name: getattr(os, name) for name in ("replace", "fsync", "unlink", "remove", "sendfile") if hasattr(os, name)}
    _SHIM.watcher = watcher
    try:
        for name, function in _python_calls(watcher, former).items():
            if name in former:
                setattr(os, name, function)
        yield
    finally:
        _SHIM.watcher = None
        for name, function in former.items():
            setattr(os, name, function)


def _python_calls(watcher: Watcher, former: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Python's own storing, asked for first; a refused call raises as the system would."""

    def ask(touch: Touch, *named: str) -> None:
        refused = watcher(touch)
        if refused > 0:
            code = errno.ENOSPC if refused == FULL else errno.EIO
            raise OSError(code, os.strerror(code), *named)

    def replace(source: Any, target: Any, **more: Any) -> None:
        ask(Touch("replace", os.fspath(source), target=os.fspath(target)), os.fspath(source))
        former["replace"](source, target, **more)

    def fsync(handle: Any) -> None:
        number = handle if isinstance(handle, int) else handle.fileno()
        ask(Touch("sync", os.path.realpath(f"/proc/self/fd/{number}")))
        former["fsync"](handle)

    def unlink(path: Any, **more: Any) -> None:
        if os.path.lexists(path):
            ask(Touch("remove", os.fspath(path)), os.fspath(path))
        former["unlink"](path, **more)

    def sendfile(target: int, source: int, offset: int, count: int, *more: Any) -> int:
        path = os.path.realpath(f"/proc/self/fd/{target}")
        sent: int = former["sendfile"](target, source, offset, min(count, 65536), *more)
        if sent:
            ask(Touch("write", path, offset, os.pread(source, sent, offset)))
        return sent

    return {"replace": replace, "fsync": fsync, "unlink": unlink, "remove": unlink, "sendfile": sendfile}
