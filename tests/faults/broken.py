"""Builds modules that do something wrong, in folders of their own, found like every module of the program."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

import desktop.modules

PACKAGE = "desktop.modules"
GATE = "gate_of_a_fault_test"  # holds `opened`, which ends what would else never end
MANIFEST = """
from db.texts import Msgid
from desktop.core.manifest import Contribution, Manifest, Page
{first}
KINDS = ("person_tab", "selection_action", "my_day_card", "timeline_kind", "import", "document", "handover", "demo_data")
MANIFEST = Manifest(
    key="{key}", title=Msgid("{title}"), icon="", group="desk", order=99{more},
    pages=(Page("{key}.list", Msgid("{title}"), "", "{package}.pages:ListPage"),),
    contributions=tuple(
        Contribution(kind, f"{key}.{{kind}}", Msgid("{title} " + kind), f"{package}.hooks:{{kind}}_hook")
        for kind in KINDS if kind in {kinds}
    ),
)
"""
PAGES = """
{first}
from PySide6.QtWidgets import QPushButton
class ListPage(QPushButton):
    def __init__(self, context, parent=None):
        super().__init__("do it", parent)
        self.setWindowTitle("{title}")
        self.clicked.connect(self.act)
    def act(self):
        {act}
"""
HOOKS = """
import os, sys
def broken(*values, **named):
    {act}
person_tab_hook = selection_action_hook = my_day_card_hook = timeline_kind_hook = broken
import_hook = document_hook = handover_hook = demo_data_hook = broken
"""


class Modules:
    """Where the broken modules of one test lie."""

    def __init__(self, root: Path) -> None:
        self.root, self.keys, self.gate = root, list[str](), threading.Event()

    def add(
        self,
        key: str,
        *,
        manifest: str = "",
        pages: str = "",
        slot: str = "pass",
        hook: str = "pass",
        kinds: tuple[str, ...] = (),
        more: str = "",
    ) -> str:
        """Write a module; the arguments are the code that does harm, and where. Answers its title."""
        folder, title = self.root / key, key.replace("_", " ").capitalize()
        folder.mkdir(parents=True)
        names = {"key": key, "title": title, "package": f"{PACKAGE}.{key}", "more": more, "kinds": repr(kinds)}
        (folder / "__init__.py").write_text('"""A module that does something wrong."""\n')
        (folder / "manifest.py").write_text(MANIFEST.format(first=manifest, **names))
        (folder / "pages.py").write_text(PAGES.format(first=pages, act=slot, **names))
        (folder / "hooks.py").write_text(HOOKS.format(act=hook))
        self.keys.append(key)
        return title

    def find(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on the program finds them beside its own."""
        monkeypatch.setattr(desktop.modules, "__path__", [*desktop.modules.__path__, str(self.root)])
        gate = ModuleType(GATE)
        gate.opened = self.gate  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, GATE, gate)

    def forget(self) -> None:
        """End what still runs of them and let Python forget them."""
        self.gate.set()
        for thread in [thread for thread in threading.enumerate() if thread.name.startswith("starting ")]:
            thread.join(10)
        for name in [name for name in sys.modules for key in self.keys if f"{name}.".startswith(f"{PACKAGE}.{key}.")]:
            del sys.modules[name]
        for key in self.keys:
            if hasattr(desktop.modules, key):
                delattr(desktop.modules, key)
