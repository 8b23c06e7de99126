"""A module is its folder and nothing else: take the folder away, and everything else goes on."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .places import ROOT, imports, place, sources, tree

MODULES = ROOT / "desktop" / "modules"
KEYS = sorted(path.parent.name for path in MODULES.glob("*/manifest.py"))
COPIED = ("db", "desktop", "resources", "tests")
TRIED = (
    "tests/contract/test_manifests.py::test_every_module_found_has_a_manifest_that_can_be_read",
    "tests/contract/test_tables.py",
    "tests/contract/test_pages.py::test_each_page_opens_on_an_empty_database[sqlite]",
    "tests/contract/test_pages.py::test_each_page_can_be_used_on_a_demo[en]",
)


def outside(key: str) -> list[Path]:
    """The program's files outside a module's folder."""
    folder = MODULES / key
    guided = [path for path in sources("db", "desktop") if "tour" in path.parts]  # shows what a full office has
    return [path for path in sources("db", "desktop") if not path.is_relative_to(folder) and path not in guided]


@pytest.mark.parametrize("key", KEYS)
def test_nobody_outside_a_module_imports_it(key: str) -> None:
    name = f"desktop.modules.{key}"
    found = [path.name for path in outside(key) if any(f"{used}.".startswith(f"{name}.") for used in imports(path))]
    assert found == []


@pytest.mark.parametrize("key", KEYS)
def test_nobody_outside_a_module_knows_its_pages(key: str) -> None:
    wrong = [
        f"{place(path, node)} {node.value!r}"
        for path in outside(key)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(f"{key}.")
    ]
    assert wrong == []


@pytest.mark.parametrize("key", KEYS)
def test_the_program_goes_on_without_a_module(key: str, tmp_path: Path) -> None:
    """In a copy without the folder: manifests, tables, every page empty and filled, and the other modules' services."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.rmtree(tmp_path / "desktop" / "modules" / key)
    others = [str(path) for path in sorted((tmp_path / "desktop" / "modules").glob("*/tests/test_service*.py"))]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TRIED, *others]
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-1000:]
    where = [sys.executable, "-c", "import desktop; print(desktop.__file__)"]
    answer = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.startswith(str(tmp_path)), "the copy was not what was tried"
