"""Lines of a definition below each other, of which each can be taken away again by keyboard."""

from __future__ import annotations

from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.widgets.buttons import Button
from desktop.widgets.theme import current_theme


class StackLine(QWidget):
    """A line with a cross that takes it away."""

    changed = Signal()
    removed = Signal()  # the cross was pressed

    remove: Button


L = TypeVar("L", bound=StackLine)


class LineStack(Generic[L]):
    """Holds the lines in `body`. With one taken away the cursor stands on the next, without any on what adds one.

    Args:
        changed: Told of every change in a line, and when one is taken away.
        add: What adds a line.
    """

    def __init__(self, changed: SignalInstance, add: QWidget) -> None:
        self._changed, self._add = changed, add
        self.lines: list[L] = []
        self.body = QVBoxLayout()
        self.body.setSpacing(current_theme().px(8))

    def append(self, line: L) -> None:
        """Put a line below the others."""
        line.changed.connect(self._changed)
        line.removed.connect(partial(self._take_away, line))
        self.lines.append(line)
        self.body.addWidget(line)

    def _take_away(self, line: L) -> None:
        place = self.lines.index(line)
        self.lines.remove(line)
        self.body.removeWidget(line)
        line.hide()
        line.deleteLater()
        after = self.lines[min(place, len(self.lines) - 1)].remove if self.lines else self._add
        after.setFocus(Qt.FocusReason.OtherFocusReason)
        self._changed.emit()
