"""What goes into the built program, found by looking at the source: a module added later needs no line here."""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from db.secrets import TRUSTED
from desktop.core.manifest import Manifest
from desktop.core.packed import Packed, opened_by

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("db", "desktop", "resources")
ENTRY = ("desktop.cli",)
# What a translator, a developer or the package itself needs, and the running program does not.
_LEFT_OUT = frozenset({".py", ".pyc", ".po", ".pot"})
_FOLDERS_LEFT_OUT = frozenset({"tests", "__pycache__", "packaging"})
_DOTTED = re.compile(r"(?:db|desktop)(?:\.\w+)+(?::\w+)?")
# Modules from outside may use Python's own library; these parts of it are for making programs, draw with Tk, are for a
# terminal, or need a library of the system's for something nobody asks of a register.
_NOT_PACKED = frozenset(
    {
        *("antigravity", "distutils", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "this", "venv"),
        *("tkinter", "turtle", "turtledemo"),
        *("crypt", "curses", "dbm", "nis", "ossaudiodev", "readline", "spwd"),
    }
)


@dataclass(frozen=True)
class Contents:
    """Everything below `root` that belongs into the program."""

    root: Path = ROOT

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The dotted names of all our Python modules, without tests and revisions."""
        paths = (path for path in self._paths(".py") if path.parent.name != "migrations")
        return tuple(sorted(self._dotted(path) for path in paths))

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """What every module of this source says about itself."""
        found = (import_module(name) for name in self.modules if name.endswith(".manifest") and name != Manifest.__module__)
        return tuple(module.MANIFEST for module in found if hasattr(module, "MANIFEST"))  # others are parts of one of these

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """All dotted names opened when first wanted: those of the manifests, those the code names, and every module."""
        return tuple(sorted({*opened_by(self.manifests), *self._named(), *self.modules}))

    @cached_property
    def data(self) -> tuple[str, ...]:
        """Paths below the root, with slashes, of all files the program reads: icons, fonts, catalogues, revisions, names."""
        return tuple(sorted(path.relative_to(self.root).as_posix() for path in self._data()))

    @cached_property
    def hidden(self) -> tuple[str, ...]:
        """The modules a freezing tool cannot see, beside our own: what the revisions import, and the keyrings."""
        revised = {name for path in self._paths(".py") if path.parent.name == "migrations" for name in imports(path)}
        return tuple(sorted({*revised, *(name.rpartition(".")[0] for name in TRUSTED)}))

    @property
    def version(self) -> str:
        """The program's version, which stands in one place."""
        with (self.root / "pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])

    def list(self) -> Packed:
        """What the built program's `doctor` shall find."""
        return Packed(self.version, self.targets, self.data)

    def _data(self) -> Iterator[Path]:
        for path in self._paths(""):
            if path.suffix not in _LEFT_OUT or (path.suffix == ".py" and path.parent.name == "migrations"):
                yield path

    def _named(self) -> Iterator[str]:
        known = frozenset(self.modules)
        for path in self._paths(".py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
                if _DOTTED.fullmatch(text) and text.partition(":")[0] in known:
                    yield text

    def _paths(self, suffix: str) -> Iterator[Path]:
        for package in PACKAGES:
            for path in sorted((self.root / package).rglob(f"*{suffix}")):
                if path.is_file() and not _FOLDERS_LEFT_OUT & set(path.relative_to(self.root).parts[:-1]):
                    yield path

    def _dotted(self, path: Path) -> str:
        parts = path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """The modules a file imports by name; of "from x import y" both x and x.y, since y may be a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level and node.module != "__future__":
            yield node.module


def python_library(folder: Path | None = None) -> list[str]:
    """Python's own library, for modules from outside that use parts of it which ours do not."""
    folder = folder or Path(sysconfig.get_path("stdlib"))
    names = (name for name in sys.stdlib_module_names - _NOT_PACKED if not name.startswith("_"))
    found = {name for name in names if find_spec(name) is not None}
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).with_suffix("").parts
        inner = parts[1:-1] if parts[-1] == "__init__" else parts[1:]
        if parts[0] in found and inner and not {"test", "tests", "__main__", "idle_test"} & set(inner):
            found.add(".".join((parts[0], *inner)))
    return sorted(found)
