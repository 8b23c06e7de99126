"""A program folder as the freezing tool would fill it: exactly what the script collects, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.core.packed import LIST
from installer.contents import ROOT, Contents


@dataclass(frozen=True)
class Program:
    """The folder, and its doctor."""

    folder: Path

    def doctor(self) -> subprocess.CompletedProcess[str]:
        """Run `kontinuum doctor` in a process that sees only this folder's db, desktop and resources."""
        home = self.folder.parent / "home"
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
        environment |= {f"XDG_{name}_HOME": str(home / name) for name in ("DATA", "CONFIG", "STATE")}
        words = [sys.executable, "-m", "desktop.cli", "doctor"]
        return subprocess.run(words, cwd=self.folder.parent, env=environment, capture_output=True, text=True)

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """The folder as if these files had not been packed."""
        kept = {name: (self.folder / name).read_bytes() for name in names}
        for name in names:
            (self.folder / name).unlink()
        yield
        for name, content in kept.items():
            (self.folder / name).write_bytes(content)


def pack(root: Path, folder: Path) -> Program:
    """Copy what belongs into the program, with the list of it."""
    contents = Contents(root)
    paths = [Path(*name.split(".")) for name in contents.modules]
    files = [path / "__init__.py" if (root / path).is_dir() else path.with_suffix(".py") for path in paths]
    for path in [*files, *map(Path, contents.data)]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, folder / path)
    (folder / LIST).write_text(contents.list().written(), encoding="utf-8")
    return Program(folder)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Everything the script collects from this source."""
    return pack(ROOT, tmp_path_factory.mktemp("built") / "program")
