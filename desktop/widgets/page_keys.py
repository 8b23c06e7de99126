"""The keys of a page: they act while the cursor is on the page or in one of its parts, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def listen(page: QWidget, keys: Mapping[str, Callable[..., object]]) -> None:
    """Let each key, written such as Ctrl+Return, do its act."""
    for key, act in keys.items():
        shortcut = QShortcut(QKeySequence(key), page, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(act)
