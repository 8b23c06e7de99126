"""Makes the one-folder program: an environment with nothing but what it needs, then PyInstaller, then a lean folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

from desktop.core.packed import LIST
from desktop.core.texts import LANGUAGES
from desktop.doctor import MODULES
from installer.contents import ENTRY, Contents, python_library
from installer.icons import draw_icons
from installer.licences import collect_licences, requirements

_TOOLS = Path(__file__).parent / "requirements.txt"
# Parts the libraries would use if they were there; leaving them out keeps the program from growing by chance.
_EXCLUDED = (
    *("numpy", "matplotlib", "gi", "IPython", "pytest", "_pytest", "mypy", "setuptools", "pip", "distutils"),
    *("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtOpenGL", "PIL.ImageQt", "PIL.ImageTk", "PIL._imagingtk", "PIL._avif"),
    *("tkinter", "_tkinter", "readline", "curses", "_curses", "_curses_panel", "crypt", "_crypt", "nis", "_dbm", "_gdbm"),
)


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folder the builds are made in; may be kept between builds and thrown away at any time."""

    folder: Path
    epoch: int  # the time every packed file gets, in seconds, so that the same source gives the same package

    @property
    def python(self) -> Path:
        """The interpreter whose library is packed."""
        return self.folder / "environment" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def program(self) -> Path:
        """The one-folder program."""
        return self.folder / "dist" / "kontinuum"

    @property
    def inside(self) -> Path:
        """The part of the program's folder that holds db, desktop and resources."""
        return self.program / "_internal"

    def run(self, *words: str | Path, cwd: Path | None = None) -> None:
        """Run a command; its failure is ours."""
        environment = {**os.environ, "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(self.epoch), "QT_QPA_PLATFORM": "offscreen"}
        environment.pop("PYTHONPATH", None)
        subprocess.run([str(word) for word in words], check=True, env=environment, cwd=cwd)


def prepare(shop: Workshop, root: Path) -> None:
    """An environment with the program's requirements at their tested versions and the freezing tool; quick when it is there."""
    texts = b"".join((root / name).read_bytes() for name in ("pyproject.toml", "requirements.txt")) + _TOOLS.read_bytes()
    stamp = shop.folder / "environment" / f"made-{zlib.crc32(texts):08x}"
    if stamp.exists():
        return
    shutil.rmtree(shop.folder / "environment", ignore_errors=True)
    shop.run(sys.executable, "-m", "venv", shop.folder / "environment")
    install = (shop.python, "-m", "pip", "install", "--quiet", "--quiet", "--disable-pip-version-check")
    wanted = [str(one) for one in requirements(root)]
    shop.run(*install, "--constraint", root / "requirements.txt", "--requirement", _TOOLS, *wanted)
    shop.run(*install, "--no-deps", "--editable", root)
    stamp.touch()


def freeze(shop: Workshop, contents: Contents) -> None:
    """Pack the program into its folder, with the list its doctor reads and the licences of all that is in it."""
    shop.folder.mkdir(parents=True, exist_ok=True)
    listed = shop.folder / LIST.name
    listed.write_text(contents.list().written(), encoding="utf-8")
    icons = draw_icons(contents.root / "resources" / "packaging" / "kontinuum.svg", shop.folder / "icons")
    plan = {
        "root": str(contents.root),
        "entry": str(Path(__file__).with_name("start.py")),
        "modules": [*contents.modules, *contents.hidden, *MODULES, *ENTRY],
        "library": python_library(),
        "data": [*_pairs(contents), (str(listed), LIST.parent.as_posix())],
        "distributions": _distributions(shop, contents.root),
        "excludes": list(_EXCLUDED),
        "languages": list(LANGUAGES),
        "icon": str(icons[256]),
        "version": contents.version,
        "plist": {"CFBundleShortVersionString": contents.version, "NSHighResolutionCapable": True},
    }
    path = shop.folder / "plan.json"
    path.write_text(json.dumps(plan, indent=1), encoding="utf-8")
    spec = Path(__file__).with_name("program.spec")
    places = ("--distpath", shop.program.parent, "--workpath", shop.folder / "work")
    shop.run(shop.python, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", *places, spec, "--", path)
    if sys.platform.startswith("linux"):
        _lighten(shop)
    collect_licences(shop.python, contents.root, shop.program / "licences")


def _pairs(contents: Contents) -> list[tuple[str, str]]:
    return [(str(contents.root / name), Path(name).parent.as_posix()) for name in contents.data]


def _distributions(shop: Workshop, root: Path) -> list[str]:
    """The installed packages whose name, version and entry points the program asks for."""
    code = "from installer.licences import closure; print(*closure(), sep='\\n')"
    told = subprocess.run([shop.python, "-c", code], cwd=root, check=True, capture_output=True, text=True)
    return ["kontinuum", *told.stdout.split()]


def _lighten(shop: Workshop) -> None:
    """Drop what only a debugger reads from the libraries that carry it; the others come without."""
    for pattern in ("libpython3*.so*", "python3*/lib-dynload/*.so", "sqlcipher3/*.so", "sqlalchemy/**/*.so"):
        for path in shop.inside.glob(pattern):
            if not path.is_symlink():
                shop.run("strip", "--strip-unneeded", path)


def size(folder: Path) -> int:
    """Bytes of all files in a folder; links count nothing, and a file with several names counts once."""
    found = (path.lstat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum({(one.st_dev, one.st_ino): one.st_size for one in found}.values())
