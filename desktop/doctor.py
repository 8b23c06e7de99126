"""Looks at the machine and says in words what is missing."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import requires
from importlib.resources import files

from db.profiles import Places

MODULES = ("PySide6.QtWidgets", "PySide6.QtSvg", "sqlalchemy", "alembic", "sqlcipher3", "reportlab", "pypdf", "pypdfium2", "segno",
           "phonenumbers", "babel", "platformdirs", "uuid_utils")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing looked at."""

    text: str
    well: bool


def examine(places: Places) -> list[Remark]:
    """Python, libraries, the database engine, fonts, folders and a screen."""
    remarks = [
        Remark(f"Python {sys.version_info.major}.{sys.version_info.minor}, 3.11 or newer is needed", sys.version_info >= (3, 11))
    ]
    remarks += [_import(name) for name in MODULES]
    remarks += [_engine(), _fonts(), _declared()]
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


def _writable(label: str, folder: os.PathLike[str]) -> Remark:
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return Remark(f"{label} folder {folder}", True)
    except OSError as error:
        return Remark(f"{label} folder {folder}: {error.strerror}", False)
