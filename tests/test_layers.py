"""Imports go one way, the data side knows no Qt, and what is heavy is imported when it is wanted."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.contract.places import ROOT, imports, sources

DATA = ("sqlalchemy", "db.models", "db.database", "db.bulk", "reportlab", "pypdf", "pypdfium2", "openpyxl")
FILES_WITHOUT_QT = ("manifest", "tables", "service", "reports", "imports", "rules", "queue", "rounds", "calls", "demo")
HEAVY = ("alembic", "reportlab", "pypdf", "pypdfium2", "segno", "phonenumbers", "openpyxl", "xlrd")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_imports_go_one_way() -> None:
    ended = run(sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())")
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]


@pytest.mark.parametrize("folder", ["db", "desktop/core", "desktop/people", "desktop/shell", "desktop/modules"])
def test_files_that_hold_data_rules_know_no_window(folder: str) -> None:
    wrong = []
    for path in sources(folder):
        found = imports(path)
        widgets = {name for name in found if name.startswith(("PySide6.QtWidgets", "PySide6.QtGui", "desktop.widgets"))}
        named = path.stem in FILES_WITHOUT_QT
        if widgets and (named or writes_queries(found)):
            wrong.append(f"{path.relative_to(ROOT).as_posix()}: {sorted(name for name in found if name.startswith(DATA))}")
    assert wrong == []


def writes_queries(found: set[str]) -> bool:
    """Whether a file makes queries or touches rows itself; a type alone does no work."""
    verbs = {f"sqlalchemy.{word}" for word in ("select", "insert", "update", "delete", "exists", "text")}
    models = {
        name for name in found if name.startswith("db.models.") and name.count(".") == 3 and not name.split(".")[3].isupper()
    }
    return bool(found & verbs or models or {name for name in found if name.startswith("reportlab")})


@pytest.mark.parametrize("folder", ["desktop/people", "desktop/modules"])
def test_a_module_s_data_files_import_without_qt(folder: str) -> None:
    """Manifests are read before any window; services run on the command line and in the worker."""
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sources(folder)
        if path.stem in FILES_WITHOUT_QT and any(name.startswith("PySide6") for name in imports(path))
    ]
    assert wrong == []


def test_starting_the_window_imports_nothing_heavy() -> None:
    code = f"import sys, desktop.app; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    ended = run(sys.executable, "-c", code)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == []


def test_reading_all_manifests_imports_no_window() -> None:
    code = """
import sys
from datetime import UTC, datetime
from desktop.core.clock import FixedClock
from desktop.core.registry import Registry
registry = Registry(FixedClock(datetime(2026, 1, 1, tzinfo=UTC), UTC), builtin=("desktop.people", "desktop.shell"))
assert all(module.manifest for module in registry.modules), registry.modules
print(*[name for name in ("PySide6.QtWidgets", "PySide6.QtCore", "reportlab") if name in sys.modules])
"""
    ended = run(sys.executable, "-c", code)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == []
