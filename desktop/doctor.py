"""Looks at the machine and the program and says in words what is missing."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import requires
from importlib.resources import files
from pathlib import Path

from db.profiles import Places
from db.secrets import is_usable
from desktop.core.packed import PROGRAM, opened_by, read_packed

MODULES = ("PySide6.QtWidgets", "PySide6.QtSvg", "sqlalchemy", "alembic", "sqlcipher3", "reportlab", "pypdf", "pypdfium2", "segno",
           "phonenumbers", "babel", "platformdirs", "uuid_utils", "keyring", "xlrd")  # fmt: skip
PATIENCE = 30.0  # seconds the process for heavy work has to start and answer


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing looked at."""

    text: str
    well: bool


def examine(places: Places, program: Path = PROGRAM) -> list[Remark]:
    """Python, libraries, the database engine, fonts, every part of the program, folders and a screen."""
    remarks = [
        Remark(f"Python {sys.version_info.major}.{sys.version_info.minor}, 3.11 or newer is needed", sys.version_info >= (3, 11))
    ]
    remarks += [_import(name) for name in MODULES]
    remarks += [_engine(), _fonts(), _declared(), _worker(), _keyring()]
    remarks += _parts(program)
    for label, folder in (("data", places.data), ("settings", places.config)):
        remarks.append(_writable(label, folder))
    screen = sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    remarks.append(Remark("a screen" if screen else "no screen: only the command line and the tour run here", True))
    return remarks


def _import(name: str) -> Remark:
    try:
        import_module(name)
    except ImportError as error:
        return Remark(f"library {name} ({error})", False)
    return Remark(f"library {name}", True)


def _engine() -> Remark:
    from sqlcipher3 import dbapi2

    version = tuple(map(int, dbapi2.sqlite_version.split(".")))
    return Remark(f"SQLite {dbapi2.sqlite_version}, 3.51.3 or newer is needed", version >= (3, 51, 3))


def _keyring() -> Remark:
    """No fault where there is none: it is said, and the recovery key is typed instead."""
    if is_usable():
        return Remark("a keyring that can hold the keys of encrypted databases", True)
    return Remark("no keyring that may be used: a new database is plain, or its recovery key is typed each time", True)


def _fonts() -> Remark:
    folder = files("resources") / "fonts"
    found = [entry.name for entry in folder.iterdir() if entry.name.endswith(".ttf")] if folder.is_dir() else []
    return Remark(f"fonts for documents ({len(found)} files)", bool(found))


def _declared() -> Remark:
    try:
        count = len(requires("kontinuum") or [])
    except ModuleNotFoundError:
        return Remark("the program itself is not installed in this Python", False)
    return Remark(f"Kontinuum is installed, with {count} declared requirements", True)


def _worker() -> Remark:
    from desktop.core.worker import Task, Worker

    answers: list[object] = []
    over = threading.Event()

    def ended(answer: object, error: Exception | None) -> None:
        answers.append(answer if error is None else error)
        over.set()

    worker = Worker()
    worker.put(Task(double, 21, lambda: None, lambda _done, _total: None, ended))
    over.wait(PATIENCE)
    worker.close()
    well = answers[:1] == [42]
    return Remark("the process for heavy work" + ("" if well else f" ({answers[0] if answers else 'no answer'})"), well)


def double(number: int, _report: Callable[[int, int], None]) -> int:
    """What the process for heavy work is asked, to hear whether it answers."""
    return 2 * number


def _parts(program: Path) -> list[Remark]:
    """What a built program was to hold, or what the modules of this source say they open: each imported, each file there."""
    from desktop.assembly import new_registry
    from desktop.core.clock import SystemClock, office_zone

    packed = read_packed(program)
    modules = new_registry(SystemClock(office_zone())).modules
    opened = opened_by(module.manifest for module in modules if module.manifest)
    targets = sorted({*opened, *(packed.targets if packed else ())})
    wanted = packed.files if packed else ()
    faults = [fault for target in targets if (fault := unopened(target))]
    faults += [Remark(f"file {name}", False) for name in wanted if not (program / name).is_file()]
    faults += [Remark(f"module {m.key} ({m.detail or m.reason})", False) for m in modules if m.state == "failed"]
    return faults or [Remark(f"{len(targets)} parts and {len(wanted)} files of the program, {len(modules)} modules", True)]


def unopened(target: str) -> Remark | None:
    """What is wrong with "package.module:Name" or "package.module"; None if it opens."""
    path, _colon, name = target.partition(":")
    try:
        module = import_module(path)
    except Exception as caught:  # whatever a module's code raises is what we want to tell
        return Remark(f"part {target} ({type(caught).__name__}: {caught})", False)
    if name and not hasattr(module, name):
        return Remark(f"part {target} (no {name} in it)", False)
    return None


def _writable(label: str, folder: os.PathLike[str]) -> Remark:
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Remark(f"{label} folder {folder}", True)
    except OSError as error:
        return Remark(f"{label} folder {folder}: {error.strerror}", False)
